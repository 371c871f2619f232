"""A tensor that no input feeds."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from torch import nn

from tests.observers.watching import watch
from tracelab.observers import constants

X = torch.ones(3)
TABLE = torch.arange(3.0)


def details(program: Callable[[torch.Tensor], object], kind: str = "constant-tensor") -> list[tuple[str, str]]:
    return [(s.detail, s.value) for s in watch((constants.observe,), program, X) if s.kind == kind]


def test_a_tensor_of_traced_scalars_is_made_of_them() -> None:
    sighting = watch((constants.observe,), lambda x: x + torch.tensor([x.sum(), 1.0, 2.0]), X)[0]
    assert (sighting.kind, sighting.detail, sighting.value) == ("constant-tensor", "made", "f32[3]")
    assert len(sighting.traced_sources) == 1


@pytest.mark.parametrize(
    "program", [lambda x: x + torch.tensor(2.0), lambda x: torch.as_tensor(x) + 1, lambda x: x + torch.ones(3)]
)
def test_literals_and_factories_are_no_constants_of_ours(program: Callable[[torch.Tensor], torch.Tensor]) -> None:
    assert details(program) == []


@pytest.mark.parametrize("leave", [lambda x: x.data, copy.deepcopy])
def test_a_tensor_that_left_the_graph(leave: Callable[[torch.Tensor], torch.Tensor]) -> None:
    assert ("left", "f32[3]") in details(lambda x: x + leave(x))


def test_a_tensor_from_outside_is_named_as_the_function_spells_it() -> None:
    assert details(lambda x: x + TABLE) == [("kept:TABLE", "f32[3]")]


def test_an_attribute_that_is_no_buffer_is_named() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mask = torch.ones(3)
            self.table: torch.Tensor
            self.register_buffer("table", torch.ones(3))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.mask + self.table

    found = [(s.detail, s.value) for s in watch((constants.observe,), Model(), X)]
    assert found == [("kept:self.mask", "f32[3]")]


def test_a_tensor_that_is_used_twice_is_said_once() -> None:
    assert len(details(lambda x: (x + TABLE) * TABLE)) == 1


@pytest.mark.parametrize(
    "make", [lambda x: torch.tensor([1.0, 2.0, 3.0]), lambda x: x.new_tensor([1.0, 2.0, 3.0]), lambda x: TABLE]
)
def test_a_write_to_a_constant_is_not_what_eager_does(make: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Eager starts anew on each call; the program goes on from what the call before left."""

    def program(x: torch.Tensor) -> torch.Tensor:
        made = make(x)
        made.add_(1)
        return x + made

    found = details(program, "lost-write")
    TABLE.copy_(torch.arange(3.0))
    assert [detail for detail, _ in found] == ["in-place"]


def test_the_input_itself_is_no_constant() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        same = torch.as_tensor(x + 1)
        same.add_(1)
        return same

    assert details(program, "lost-write") == []


def test_a_write_to_a_traced_tensor_is_not_lost() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        y = x + 1
        y.add_(1)
        y[0] = 2
        return y

    assert details(program, "lost-write") == []


def test_data_that_is_assigned_is_lost() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        y = x + 1
        y.data = torch.zeros(3)
        return y

    assert [detail for detail, _ in details(program, "lost-write")] == ["assignment"]


def test_a_size_that_is_changed_in_place() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        n = x.shape[0]
        n += 2
        return x * n

    assert [detail for detail, _ in details(program, "lost-write")] == ["size"]


def test_memory_that_is_handed_out() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        y = x + 1
        y.untyped_storage()
        return y

    assert len(details(program, "memory")) == 1
