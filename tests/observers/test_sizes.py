"""A list of tensors whose length Python reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from tests.observers.watching import seen, watch
from tracelab.observers import sizes

X = torch.arange(6.0).reshape(3, 2)


def pairs(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([part.sum() for part in x.split(2)])


def rows(x: torch.Tensor) -> torch.Tensor:
    total = x.sum()
    for row in x:
        total = total + row.sum()
    return total


def test_parts_that_are_handled_one_by_one() -> None:
    assert seen(sizes.observe, pairs, X) == [("list-length", "Tensor.split", "2")]
    assert seen(sizes.observe, rows, X) == [("list-length", "Tensor.unbind", "3")]


def test_the_number_depends_on_the_size_of_what_is_split() -> None:
    sighting = watch((sizes.observe,), pairs, X)[0]
    assert sighting.of_shape
    assert len(sighting.traced_sources) == 1


def unpacked(x: torch.Tensor) -> torch.Tensor:
    a, b, c = x.unbind()
    return a + b + c


def unpacked_itself(x: torch.Tensor) -> torch.Tensor:
    a, b, c = x
    return a + b + c


def spread(x: torch.Tensor) -> torch.Tensor:
    first, *rest = x.unbind()
    return first + len(rest)


@pytest.mark.parametrize(
    "program", [unpacked, unpacked_itself, lambda x: torch.cat(x.chunk(3)), lambda x: torch.cat(x.tensor_split(2))]
)
def test_a_number_that_the_code_names_is_none(program: Callable[[torch.Tensor], torch.Tensor]) -> None:
    assert seen(sizes.observe, program, X) == []


def test_the_rest_of_a_list_may_have_any_length() -> None:
    assert seen(sizes.observe, spread, X) == [("list-length", "Tensor.unbind", "3")]


def test_fewer_chunks_than_were_asked_for() -> None:
    """`chunk(2)` of five rows gives two parts, `chunk(4)` only three."""
    assert seen(sizes.observe, lambda x: torch.cat(x.chunk(4)), torch.ones(5)) == [("list-length", "Tensor.chunk", "3")]
