"""Other elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from tests.probes.staging import made, only, played
from tracelab.probes.base import Given
from tracelab.probes.values import FLOATS, TRUTHS, WHOLE, bounds, changed, names_of, probes

X = torch.tensor([[1.0, -2.0], [3.0, 0.5]])
IDS = torch.tensor([[3, 0], [7, 2]])
MASK = torch.tensor([True, False, True])


def by_text(x: torch.Tensor) -> dict[str, torch.Tensor]:
    return {probe.text: only(probe).args[0] for probe in made(probes, lambda x: x * 1, x)}


def test_floating_point() -> None:
    found = by_text(X)
    assert len(found) == len(FLOATS)
    assert torch.equal(found["x negated"], -X)
    assert torch.equal(found["x in reverse order"], torch.tensor([[0.5, 3.0], [-2.0, 1.0]]))
    assert torch.equal(found["x sorted"], torch.tensor([[-2.0, 0.5], [1.0, 3.0]]))
    assert int(found["x with a NaN"].isnan().sum()) == int(found["x with an infinity"].isinf().sum()) == 1
    assert not torch.equal(found["x drawn anew (seed 1)"], found["x drawn anew (seed 2)"])


def test_whole_numbers_that_are_drawn_stay_in_their_range() -> None:
    """Token ids: eager refuses those beyond the embedding."""
    found = by_text(IDS)
    drawn = [x for text, x in found.items() if "drawn" in text]
    assert len(drawn) == 3
    assert all(x.dtype == torch.int64 and int(x.min()) >= 0 and int(x.max()) <= 7 for x in drawn)
    assert torch.equal(found["x plus 1"], IDS + 1)


@pytest.mark.parametrize(("elements", "range_"), [([3, 5], (3, 5)), ([1, 1], (0, 1)), ([0, 0], (0, 0)), ([], (0, 0))])
def test_the_range_of_whole_numbers(elements: list[int], range_: tuple[int, int]) -> None:
    assert bounds(torch.tensor(elements, dtype=torch.int64)) == range_


def test_truths() -> None:
    found = by_text(MASK)
    assert set(found) == {f"x {way.text}" for way in TRUTHS}
    assert torch.equal(found["x inverted"], ~MASK)


@pytest.mark.parametrize("way", [*FLOATS, *WHOLE], ids=lambda way: way.text)
def test_the_code_says_what_is_made(way: Any) -> None:
    example = X if way in FLOATS else IDS
    if way.code:
        assert torch.equal(eval(way.code.format(x="x"), {"torch": torch, "x": example}), way.make(example))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int8, torch.complex64])
def test_dtype_shape_and_gradients_stay(dtype: torch.dtype) -> None:
    x = torch.ones(2, 3, dtype=dtype).requires_grad_(dtype.is_floating_point)
    others = [only(probe).args[0] for probe in made(probes, lambda x: x * 1, x)]
    assert {(y.dtype, y.shape, y.requires_grad) for y in others} == {(dtype, x.shape, x.requires_grad)}


@pytest.mark.parametrize("shape", [(), (0,), (1,), (0, 3)])
def test_few_elements(shape: tuple[int, ...]) -> None:
    assert {x.shape for x in by_text(torch.ones(shape)).values()} == {torch.Size(shape)}


def test_layouts_stay_where_the_way_keeps_them() -> None:
    assert by_text(X.t())["x negated"].stride() == X.t().stride()


def test_all_inputs_change_at_once() -> None:
    def target(x: torch.Tensor, pair: Any) -> torch.Tensor:
        return x + pair[0] + pair[1]

    probe = made(probes, target, X, (X, X * 2))[1]
    call = only(probe)
    assert probe.text == "x, pair, pair negated"
    assert torch.equal(call.args[1][1], X * -2)


def test_only_one_changes() -> None:
    given = Given((X, (X * 2, IDS)), {}, ("x", "pair"))
    probe = changed(given, "forward", 1, only=2)
    x, (y, ids) = only(probe).args
    assert x is X
    assert torch.equal(y, X * 2)
    assert torch.equal(ids, IDS.flatten().flip(0).view(2, 2))
    assert probe.text == "pair in reverse order"


def test_the_tensors_of_a_call_have_the_names_of_their_arguments() -> None:
    given = Given((X, {"a": X, "b": [IDS]}), {"mask": MASK, "gain": 2.0}, ("x", "table"))
    assert [name for name, _ in names_of(given)] == ["x", "table", "table", "mask"]


ASK: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "x negated": lambda x: x if x.sum() > 0 else -x * 2,
    "x with a NaN": lambda x: x.nan_to_num() if x.isnan().any() else x,
    "x times 1000": lambda x: x / 10 if x.max() > 2000 else x,
    "x all one": lambda x: x * 2 if (x == 1).all() else x,
    "x sorted": lambda x: x if torch.equal(x, x.flatten().sort()[0].view(x.shape)) else x * 2,
}


@pytest.mark.parametrize("text", ASK)
def test_what_only_one_way_shows(text: str) -> None:
    assert played(probes, ASK[text], X)[text] == "diverges"
