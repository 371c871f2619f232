"""Two outputs, leaf by leaf."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tracelab.replay import compare
from tracelab.schema import OutputError

NAN, INF = float("nan"), float("inf")


def one(eager: Any, captured: Any, tolerance: float = 1e-5) -> OutputError:
    (found,) = compare(eager, captured, tolerance)
    return found


T = torch.tensor
SAME: dict[str, tuple[Any, Any]] = {
    "tensors": (T([1.0, 2.0]), T([1.0, 2.0])),
    "rounding": (T([1.0, 1e4]), T([1.000001, 1e4 + 0.01])),
    "nan": (T([NAN, 1.0]), T([NAN, 1.0])),
    "inf": (T([INF, -INF]), T([INF, -INF])),
    "nan and rounding": (T([NAN, 1.0]), T([NAN, 1.000001])),
    "inf and rounding": (T([INF, 1.0]), T([INF, 1.000001])),
    "complex": (T([1 + 1j]), T([1 + 1.000001j])),
    "bool": (T([True, False]), T([True, False])),
    "no elements": (torch.ones(0, 3), torch.ones(0, 3)),
    "none": (None, None),
    "a number that became a tensor": (3, T(3)),
    "a nan number": (NAN, T(NAN)),
    "text": ("a", "a"),
    "gradient": (torch.ones(1, requires_grad=True), torch.ones(1)),
    "strides": (torch.ones(2, 3).t(), torch.ones(3, 2)),
    "negative zero": (T([0.0]), T([-0.0])),
    "large integers": (T([2**62]), T([2**62])),
}
APART: dict[str, tuple[Any, Any]] = {
    "values": (T([1.0, 2.0]), T([1.0, 2.1])),
    "a nan": (T([NAN, 1.0]), T([0.0, 1.0])),
    "the captured nan": (T([0.0, 1.0]), T([NAN, 1.0])),
    "inf": (T([INF]), T([-INF])),
    "inf and a number": (T([INF]), T([1.0])),
    "a number and inf": (T([1.0]), T([INF])),
    "a nan and inf": (T([NAN]), T([INF])),
    "complex inf": (T([complex(1, 0)]), T([complex(INF, 0)])),
    "complex": (T([1 + 1j]), T([1 + 2j])),
    "bool": (T([True, False]), T([True, True])),
    "shape": (torch.ones(2), torch.ones(1, 2)),
    "dtype": (torch.ones(2), torch.ones(2, dtype=torch.float64)),
    "shape without elements": (torch.ones(0, 3), torch.ones(0, 4)),
    "device": (torch.ones(2), torch.ones(2, device="meta")),
    "none": (None, torch.ones(1)),
    "numbers": (3, T(4)),
    "text": ("a", "b"),
    "a tensor for a number": (3, T([3, 3])),
    "integers": (T([3]), T([4])),
}


@pytest.mark.parametrize("name", SAME)
def test_what_agrees(name: str) -> None:
    assert one(*SAME[name]).agrees


@pytest.mark.parametrize("name", APART)
def test_what_is_apart(name: str) -> None:
    assert not one(*APART[name]).agrees


def test_how_far_and_where() -> None:
    found = one(torch.zeros(2, 3) + 2, torch.full((2, 3), 2.0).index_put((T([1]), T([2])), T([2.5])))
    assert (found.max_abs, found.max_rel, found.index) == (0.5, 0.5 / 2.5, (1, 2))
    assert (found.eager, found.captured) == ("f32[2, 3]", "f32[2, 3]")


def test_the_worst_is_beside_no_nan() -> None:
    found = one(T([NAN, 1.0, 5.0]), T([NAN, 2.0, 5.0]))
    assert (found.max_abs, found.index) == (1.0, (1,))


def test_a_nan_that_one_side_lacks_is_the_worst() -> None:
    found = one(T([1.0, NAN]), T([3.0, 0.0]))
    assert (found.max_abs, found.index) == (None, (1,))  # what is not finite is not kept: JSON has no word for it


def test_what_is_equal_is_nothing_apart() -> None:
    found = one(torch.ones(2), torch.ones(2))
    assert (found.max_abs, found.max_rel, found.index) == (0.0, 0.0, None)


def test_a_difference_from_zero_has_no_relative_size() -> None:
    found = one(T([1.0]), T([0.0]))
    assert (found.max_abs, found.max_rel) == (1.0, None)


@pytest.mark.parametrize(("tolerance", "agrees"), [(1e-5, False), (1e-2, True), (0.0, False)])
def test_the_tolerance_is_relative(tolerance: float, agrees: bool) -> None:
    assert one(T([1000.0]), T([1001.0]), tolerance).agrees is agrees


def test_half_precision_is_allowed_its_rounding() -> None:
    eager = torch.full((1,), 5e-6, dtype=torch.float16)
    assert one(eager, torch.zeros(1, dtype=torch.float16)).agrees
    assert not one(eager.double(), torch.zeros(1, dtype=torch.float64)).agrees


def test_leaves_have_paths() -> None:
    eager = (torch.ones(1), {"logits": [torch.ones(1), torch.ones(2)], 3: None})
    captured = (torch.ones(1), {"logits": [torch.ones(1), torch.zeros(2)], 3: None})
    found = compare(eager, captured, 1e-5)
    assert [leaf.path for leaf in found] == ["[0]", "[1]['logits'][0]", "[1]['logits'][1]", "[1][3]"]
    assert [leaf.agrees for leaf in found] == [True, True, False, True]


def test_a_list_and_a_tuple_agree() -> None:
    assert all(leaf.agrees for leaf in compare([torch.ones(1)], (torch.ones(1),), 1e-5))


def test_another_number_of_outputs() -> None:
    found = one((torch.ones(1), torch.ones(1)), (torch.ones(1),))
    assert (found.agrees, found.eager, found.captured) == (False, "2 outputs", "1 outputs")


def test_no_outputs_agree() -> None:
    assert compare((), [], 1e-5) == ()


def test_sparse_tensors_are_compared_by_their_kind() -> None:
    assert one(torch.eye(2).to_sparse(), torch.eye(2).to_sparse()).agrees
