"""Fresh copies of inputs."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import pytest
import torch

from tracelab.preserve import cloned

Pair = namedtuple("Pair", "first second")


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3),
        torch.arange(6.0).reshape(2, 3).t(),
        torch.arange(6.0)[::2],
        torch.arange(3.0).expand(2, 3),
        torch.tensor(1 + 2j).conj(),
        torch.ones(0, 3),
        torch.ones(2, dtype=torch.int8),
    ],
    ids=["plain", "transposed", "strided", "expanded", "conjugate", "empty", "integers"],
)
def test_a_copy_has_the_same_elements_and_strides_and_its_own_memory(tensor: torch.Tensor) -> None:
    copy = cloned(tensor)
    assert torch.equal(copy, tensor)
    assert (copy.stride(), copy.dtype) == (tensor.stride(), tensor.dtype)
    assert copy.data_ptr() != tensor.data_ptr() or not tensor.numel()


def test_a_copy_wants_gradients_of_its_own() -> None:
    leaf = torch.ones(2, requires_grad=True)
    copy = cloned(leaf)
    copy.sum().backward()
    assert copy.grad is not None
    assert leaf.grad is None


def test_gradients_flow_through_the_copy_of_what_was_computed() -> None:
    leaf = torch.ones(2, requires_grad=True)
    cloned(leaf * 3).sum().backward()
    assert leaf.grad is not None
    assert leaf.grad.tolist() == [3, 3]


def test_what_is_given_twice_stays_one() -> None:
    tensor = torch.ones(2)
    copy = cloned((tensor, [tensor], {"again": tensor}))
    assert copy[0] is copy[1][0] is copy[2]["again"]
    assert copy[0] is not tensor


@pytest.mark.parametrize(
    "value",
    [
        (torch.ones(1), 2),
        [torch.ones(1), None],
        OrderedDict(b=torch.ones(1), a="x"),
        Pair(torch.ones(1), (torch.ones(2),)),
    ],
)
def test_containers_keep_their_kind(value: Any) -> None:
    copy = cloned(value)
    assert type(copy) is type(value)
    assert str(copy) == str(value)


def test_anything_else_is_handed_on() -> None:
    value = object()
    assert cloned({"a": [value]})["a"][0] is value


def test_writing_to_a_copy_leaves_the_input_alone() -> None:
    tensor = torch.zeros(2)
    cloned([tensor])[0].add_(1)
    assert (tensor.tolist(), tensor._version) == ([0, 0], 0)
