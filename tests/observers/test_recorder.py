"""Which value of the graph each tensor is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.observers.watching import recorder_of
from tracelab.nesting import tensors_in
from tracelab.observers import Recorder
from tracelab.observers.recorder import Call

X = torch.ones(2, 3)


def asked(func: Any, ask: Callable[[Recorder, Call], Any], *args: Any) -> list[Any]:
    """What a recorder answers after each call of torch."""
    answers: list[Any] = []
    recorder = recorder_of((lambda recorder, call: answers.append(ask(recorder, call)),), func, *(args or (X,)))
    assert recorder.sightings.faults == []
    return answers


def test_each_call_is_told_by_its_name() -> None:
    assert asked(lambda x: torch.relu(x + 1).sum(), lambda r, call: call.name) == [
        "Tensor.add",
        "torch.relu",
        "Tensor.sum",
    ]


def test_a_call_that_records_nothing_did_not_grow() -> None:
    def look(x: torch.Tensor) -> torch.Tensor:
        return x + 1 if x.dtype == torch.float32 else x

    assert asked(look, lambda r, call: (call.name, call.grew)) == [("Tensor.dtype", False), ("Tensor.add", True)]


def test_arguments_are_values_of_the_graph_and_so_are_results() -> None:
    known = asked(lambda x: (x + 1) * 2, lambda r, call: [r.number(tensor) is not None for tensor in call.tensors])
    assert known == [[True], [True]]


def test_a_result_is_known_under_the_number_that_the_next_call_takes() -> None:
    numbers = asked(lambda x: (x + 1) * 2, lambda r, call: (r.numbers(call.args), r.used_by(call)))
    for given, used in numbers:
        assert set(given) <= used


def test_a_tensor_from_outside_is_no_value() -> None:
    outside = torch.ones(3)
    assert asked(lambda x: x + outside, lambda r, call: r.number(outside)) == [None]


def test_parameters_and_buffers_are_known_by_their_names() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    found = asked(model, lambda r, call: {r.parameter(tensor) for tensor in call.tensors})
    assert found[0] == {None, "0.weight", "0.bias"}
    assert {"1.weight", "1.running_mean"} <= found[-1]  # type: ignore[operator]


def test_a_shared_parameter_has_its_first_name() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(3, 3, bias=False)
            self.second = nn.Linear(3, 3, bias=False)
            self.second.weight = self.first.weight

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.second(x)

    assert asked(Tied(), lambda r, call: [r.parameter(tensor) for tensor in call.tensors]) == [[None, "first.weight"]]


def test_sizes_and_what_is_computed_of_them() -> None:
    def reshape(x: torch.Tensor) -> torch.Tensor:
        return x.view(x.size(0) * 3 + x.size(1) - 3)

    recorder = recorder_of((), reshape, X)
    assert len(recorder.sizes) == len(["size(0)", "* 3", "size(1)", "+", "- 3"])


def test_what_mixes_sizes_with_elements_is_no_size() -> None:
    recorder = recorder_of((), lambda x: x.sum() + x.size(0), X)
    assert len(recorder.sizes) == len(["size(0)"])


def test_a_call_that_raised_is_remembered() -> None:
    def falls_back(x: torch.Tensor) -> torch.Tensor:
        try:
            return x.view(7)
        except RuntimeError:
            return x + 1

    from tracelab.backends.interpose import AbandonedError

    with pytest.raises(AbandonedError, match=r"Tensor\.view"):
        recorder_of((), falls_back, X)


def test_a_failing_observer_is_a_fault_and_tracing_goes_on() -> None:
    def fail(recorder: Recorder, call: Call) -> None:
        raise KeyError(call.name)

    recorder = recorder_of((fail,), lambda x: x + 1, X)
    assert [str(fault) for fault in recorder.sightings.faults] == ["'Tensor.add'"]


def test_nothing_is_known_of_the_call_before() -> None:
    """A tensor that is gone must not lend its number to a new one at its address."""

    def many(x: torch.Tensor) -> torch.Tensor:
        for _ in range(50):
            x = (x + 1).clone()
        return x

    known = asked(many, lambda r, call: r.numbers(call.args))
    assert len(set(known)) == 100


def test_tensors_in_nested_values() -> None:
    a, b, c = torch.ones(1), torch.ones(2), torch.ones(3)
    assert list(map(id, tensors_in((a, [b, {"c": c, "d": 1}], None)))) == [id(a), id(b), id(c)]
