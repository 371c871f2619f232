"""Witnesses near to the example."""

from __future__ import annotations

import re
from typing import Any

import torch

import tracelab

X = torch.linspace(-1, 1, 8).reshape(2, 4)


def witness(func: Any, *args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], str]:
    """The inputs that prove the one finding, and what is said of them."""
    trace = tracelab.trace(func, args, **kwargs)
    (finding,) = (f for f in trace.findings if f.witness is not None)
    inputs = trace.witness_inputs(finding)
    assert inputs is not None
    assert finding.witness is not None
    return inputs[0], finding.witness.probe


def changed(one: torch.Tensor, other: torch.Tensor) -> int:
    return int((one != other).sum())


def test_one_element_is_enough() -> None:
    example = torch.ones(6)
    (x,), text = witness(lambda x: x + 1 if x[3] > 2 else x, example)
    assert (changed(x, example), x[3] > 2) == (1, True)
    assert re.fullmatch(r"x\[3\] = \S+ in place of 1", text)


def test_in_a_grid_its_place_is_named() -> None:
    (x,), text = witness(lambda x: x + 1 if x[1, 2] > 0.9 else x, X)
    assert changed(x, X) == 1
    assert text.startswith("x[1, 2] = ")
    assert text.endswith("in place of 0.714286")


def test_the_change_is_small() -> None:
    example = torch.ones(6)
    (x,), _ = witness(lambda x: x + 1 if x[3] > 2 else x, example)
    assert 2 < float(x[3]) < 4


def test_an_input_that_does_not_matter_is_the_examples() -> None:
    (x, y), text = witness(lambda x, y: x + y if y.sum() > 4 else x, X, X + 0)
    assert torch.equal(x, X)
    assert re.match(r"y\[|\d of 8 elements of y ", text)
    assert not torch.equal(y, X)


def sizes(x: torch.Tensor) -> torch.Tensor:
    return x * int(x.shape[0])


def test_the_smallest_other_shape() -> None:
    (x,), text = witness(sizes, torch.ones(6, 2))
    assert x.shape in ((5, 2), (7, 2))
    assert text == f"x of shape {list(x.shape)}"


def test_of_two_inputs_only_one_gets_another_shape() -> None:
    (x, y), _ = witness(lambda x, y: x.sum() * int(y.shape[0]), torch.ones(4), torch.ones(4))
    assert x.shape == (4,)
    assert y.shape in ((3,), (5,))


def test_whole_numbers_stay_whole() -> None:
    example = torch.tensor([1, 2, 3, 4])
    (x,), _ = witness(lambda x: x * 2 if x[2] == 1 else x, example)
    assert (x.dtype, changed(x, example), int(x[2])) == (torch.int64, 1, 1)


def test_truths() -> None:
    example = torch.tensor([True, True, False])
    (mask,), text = witness(lambda mask: mask.float() * 2 if mask[0] else mask.float(), example)
    assert mask.tolist() == [False, True, False]
    assert text == "mask[0] = 0 in place of 1"


def test_a_nan_needs_one_element() -> None:
    example = torch.ones(5)
    (x,), _ = witness(lambda x: x.nan_to_num() * 2 if x.isnan().any() else x, example)
    assert int(x.isnan().sum()) == 1
    assert changed(x, example) == 1


def test_gradients_stay() -> None:
    example = torch.ones(4).requires_grad_()
    (x,), _ = witness(lambda x: x + 1 if x[0] > 2 else x * 1, example)
    assert x.requires_grad
    assert changed(x, example) == 1


def test_what_was_shown_is_still_shown() -> None:
    """A shrunk witness of one branch does not flip the other."""

    def two(x: torch.Tensor) -> torch.Tensor:
        y = x * 2 if x[0] > 5 else x
        return y + 3 if x[1] < -5 else y

    example = torch.ones(4)
    trace = tracelab.trace(two, example)
    for finding in trace.findings:
        inputs = trace.witness_inputs(finding)
        assert inputs is not None
        x = inputs[0][0]
        assert int(x[0] > 5) + int(x[1] < -5) == 1
        assert changed(x, example) == 1
