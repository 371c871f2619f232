"""What each recorded value is computed from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.backends.recording import record
from tracelab.backends.origins import Origins, argument_name
from tracelab.backends.raw import RawValue
from tracelab.schema import Origin

X, Y = torch.ones(2, 3), torch.ones(3)


def origin(func: Any, *args: Any, of_shape: bool = False) -> Origin:
    """The origin of the last value that a function recorded."""
    graph = record(func, *(args or (X, Y))).recorded
    return Origins(graph).of((graph.nodes[-1].outputs[0].number,), of_shape)


CASES: dict[str, tuple[Callable[..., torch.Tensor], Origin]] = {
    "one input": (lambda x, y: x.sum(), Origin(values=("x",))),
    "both": (lambda x, y: x + y, Origin(values=("x", "y"))),
    "a size": (lambda x, y: x.new_zeros(x.size(0)) * x.size(1), Origin(shapes=("x",))),
    "values of one and size of the other": (lambda x, y: y * x.size(0), Origin(values=("y",), shapes=("x",))),
    "values hide the size": (lambda x, y: x * x.size(0), Origin(values=("x",))),
    "like": (lambda x, y: torch.zeros_like(x) + 1, Origin(shapes=("x",))),
    "a draw": (lambda x, y: torch.rand(3) + 1, Origin(random=True)),
    "a draw in place": (lambda x, y: torch.empty(3).normal_() + 1, Origin(random=True)),
    "a draw and a value": (lambda x, y: torch.rand(3) + y, Origin(values=("y",), random=True)),
    "a draw of an input's size": (lambda x, y: torch.rand_like(y) + 1, Origin(values=("y",), random=True)),
    "nothing": (lambda x, y: torch.zeros(3) + 1, Origin()),
    "how many": (lambda x, y: y[y > 0].new_zeros(y[y > 0].size(0)), Origin(values=("y",))),
    "how many are not zero": (lambda x, y: y.nonzero().size(0) * torch.ones(1), Origin(values=("y",))),
    "the size of a plain selection": (lambda x, y: x[:, 1].size(0) * torch.ones(1), Origin(shapes=("x",))),
    "the size after a write": (
        lambda x, y: y.clone().masked_fill(y > 0, 1).size(0) * torch.ones(1),
        Origin(shapes=("y",)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_value_comes_from(name: str) -> None:
    func, expected = CASES[name]
    assert origin(func) == expected


def test_of_a_value_that_is_asked_for_its_size() -> None:
    assert origin(lambda x, y: x * 2, of_shape=True) == Origin(shapes=("x",))
    assert origin(lambda x, y: y[y > 0], of_shape=True) == Origin(values=("y",))


class Model(nn.Module):
    """Two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 3)
        self.shift: torch.Tensor
        self.register_buffer("shift", torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x)) + self.shift


def test_parameters_are_named_nearest_first() -> None:
    found = origin(Model(), X)
    assert found.values == ("x",)
    assert found.parameters[0] == "shift"
    assert set(found.parameters) == {"shift", "second.weight", "second.bias", "first.weight", "first.bias"}
    assert found.parameters.index("second.weight") < found.parameters.index("first.weight")


def test_the_size_of_a_parameter_is_fixed() -> None:
    class Sized(Model):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.shift.size(0) * torch.ones(1)

    assert origin(Sized(), X) == Origin()


def test_several_values_together() -> None:
    graph = record(lambda x, y: (x + 1) @ (y * 2), X, Y).recorded
    one, other = (graph.nodes[index].outputs[0].number for index in (0, 1))
    origins = Origins(graph)
    assert (origins.of((one,)), origins.of((other,))) == (Origin(values=("x",)), Origin(values=("y",)))
    assert origins.of((one, other)) == Origin(values=("x", "y"))
    assert origins.of(()) == Origin()


@pytest.mark.parametrize(("name", "text"), [("x", "x"), ("x.3", "x"), ("x.y", "x.y"), ("3", "3")])
def test_the_name_of_an_argument(name: str, text: str) -> None:
    assert argument_name(RawValue(0, name)) == text
