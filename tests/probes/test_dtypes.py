"""Other dtypes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from tests.probes.staging import asked, made, only, played, staged
from tracelab.probes.dtypes import probes


def branches(x: torch.Tensor) -> torch.Tensor:
    return x + 1 if x.dtype == torch.float32 else x - 1


def test_each_width_takes_the_other_branch() -> None:
    outcomes = played(probes, branches, torch.ones(3))
    assert {outcomes[f"x as {kind}"] for kind in ("f64", "bf16", "f16")} == {"diverges"}


def test_the_inputs_have_the_dtype() -> None:
    kinds = [only(probe).args[0].dtype for probe in made(probes, branches, torch.ones(3))]
    assert kinds == [torch.float64, torch.bfloat16, torch.float16, torch.int64, torch.uint8]


def test_the_example_s_own_dtype_is_not_tried() -> None:
    assert "x as f16" not in played(probes, branches, torch.ones(3, dtype=torch.float16))


def test_aims_are_the_reads() -> None:
    subject, _ = staged(branches, torch.ones(3))
    assert {probe.aims for probe in probes(subject)} == {asked(subject, "dtype")}


def test_whole_numbers_where_floating_is_asked() -> None:
    outcomes = played(probes, lambda x: x * 2 if x.is_floating_point() else x * 3, torch.ones(3))
    assert outcomes["x as f64"] == "agrees"
    assert outcomes["x as i64"] == "diverges"


def test_complex_where_that_is_asked() -> None:
    assert played(probes, lambda x: x.abs() * 2 if x.is_complex() else x, torch.ones(3))["x as c64"] == "diverges"


class Casts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        return self.linear(x) + ids.to(x.dtype)


def test_the_module_is_converted_with_its_inputs() -> None:
    first = made(probes, Casts(), torch.ones(3), torch.arange(3))[0]
    assert first.to == torch.float64
    assert [x.dtype for x in only(first).args] == [torch.float64, torch.int64]
    assert first.code == ("model.to(torch.float64)", "traced.to(torch.float64)")


@pytest.mark.filterwarnings("ignore:The .grad attribute")  # of the copied program, when it is converted
def test_a_converted_module_runs() -> None:
    assert played(probes, Casts(), torch.ones(3), torch.arange(3)) == {
        "x as f64": "agrees",  # the sum is f64, though the program adds f32
        "x as bf16": "diverges",
        "x as f16": "diverges",
    }


def test_other_widths_of_whole_numbers() -> None:
    outcomes = played(probes, lambda ids: ids + torch.iinfo(ids.dtype).max // 2, torch.tensor([3, 70000]))
    assert outcomes == {"ids as i32": "diverges"}  # 70000 does not fit in i16


def test_a_mask_of_ones_as_truths() -> None:
    def masked(mask: torch.Tensor) -> torch.Tensor:
        return mask * 2 if mask.dtype == torch.bool else mask * 3

    assert played(probes, masked, torch.tensor([0, 1]))["mask as b8"] == "diverges"


def test_gradients_are_kept() -> None:
    def cast(x: torch.Tensor) -> torch.Tensor:
        return x.to(x.dtype)

    assert all(only(p).args[0].requires_grad for p in made(probes, cast, torch.ones(3, requires_grad=True)))


def test_nothing_where_nobody_asks() -> None:
    assert made(probes, lambda x: x * 2, torch.ones(3)) == []


def test_nothing_where_only_torch_asks() -> None:
    lstm = nn.LSTM(3, 2)
    subject, _ = staged(lstm, torch.ones(4, 3))
    assert asked(subject, "dtype")
    assert list(probes(subject)) == []


def test_nothing_where_a_parameter_is_asked() -> None:
    class AsksItself(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(3))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * 2 if self.scale.dtype == torch.float32 else x

    assert made(probes, AsksItself(), torch.ones(3)) == []


class Norms(nn.Module):
    """Casts back to the dtype of its weights, as the norms of language models do."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(5, 3)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.words(ids)
        return (x.float() * 2).to(x.dtype)


def test_the_module_alone_where_the_answer_is_its_own() -> None:
    first = made(probes, Norms(), torch.arange(3))[0]
    assert (first.text, first.to) == ("the module as f64", torch.float64)
    assert torch.equal(only(first).args[0], torch.arange(3))


def test_whole_numbers_stay_where_the_answer_is_a_floating_dtype() -> None:
    assert not any("ids" in probe.text for probe in made(probes, Norms(), torch.arange(3)))


def test_nothing_where_the_tensor_was_cast_before() -> None:
    assert made(probes, lambda ids: ids.float() * torch.finfo(ids.float().dtype).eps, torch.arange(3)) == []


def test_a_dict_of_several_dtypes() -> None:
    def target(batch: dict[str, torch.Tensor]) -> torch.Tensor:
        return batch["x"] * 2 if batch["x"].dtype == torch.float32 else batch["x"] + batch["ids"]

    batch = only(made(probes, target, {"x": torch.ones(3), "ids": torch.arange(3)})[0]).args[0]
    assert (batch["x"].dtype, batch["ids"].dtype) == (torch.float64, torch.int64)
