"""Loops that data leave from inside: the flag that takes the place of `break` and `return`, and what is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import tracelab
from tests.repair import loop_models
from tests.repair.rewriting import rewritten
from tracelab.repair import Way, flags, unrolled

X = torch.arange(6.0).view(2, 3) + 1


def body(way: Way, code: str) -> list[str]:
    """The lines of the function that a proposal makes; none where there is no proposal."""
    texts = rewritten(way, code, "data-dependent-branch")
    return [line.strip() for line in texts[0].splitlines()[1:] if line.strip()] if texts else []


def repaired(func: Any, *args: torch.Tensor) -> Callable[..., Any]:
    """The program, as torch runs it, that is made of what torch.export refuses as it is."""
    trace = tracelab.trace(func, args, backend="export")
    assert trace.program is None
    found = trace.repair(60)
    assert found.program is not None, found.left
    return found.program.module()


@pytest.mark.parametrize(
    "func",
    [
        loop_models.solves, loop_models.endless, loop_models.returns_from_inside, loop_models.leaves_by_two_ways,
    ],
)  # fmt: skip
def test_while_loop_asks_the_flag(func: Any) -> None:
    program = repaired(func, X)
    for x in (X, X * 0.1, X * 9, X - 20):
        torch.testing.assert_close(program(x), func(x))


@pytest.mark.parametrize("kind", [loop_models.Exits, loop_models.Answers])
def test_every_layer_is_run_and_one_counts(kind: Any) -> None:
    torch.manual_seed(0)
    module = kind().eval()
    program = repaired(module, X)
    for x in (X, X * 9, X * 0, -X):
        torch.testing.assert_close(program(x), module(x))


def test_a_list_is_as_long_as_it_was_when_the_loop_was_left() -> None:
    program = repaired(loop_models.writes, X)
    inputs = (X, X / 100, X / 9, -X)
    assert len({loop_models.writes(x)[0].shape[1] for x in inputs}) > 1, "they leave the loop at different rounds"
    for x in inputs:
        torch.testing.assert_close(program(x), loop_models.writes(x))


def test_what_continue_leaves_out_is_left_out() -> None:
    program = repaired(loop_models.goes_on, X)
    for x in (X, X.flip(0), X * 3, X * 0):
        torch.testing.assert_close(program(x), loop_models.goes_on(x))


def test_what_stands_below_the_exit_counts_while_the_loop_runs() -> None:
    code = (
        "def f(x):\n    while x.sum() < 9:\n        h = x + 1\n        if h.any():  # here\n            x = h\n"
        "            break\n"
        "        x = h * 2\n    return x\n"
    )
    lines = body(flags.proposals, code)
    assert lines[0] == "running = torch.tensor(True)"
    assert "return torch.logical_and(running, x.sum() < 9)" in lines
    leaving = ["leaves = h.any()", "x = torch.where(leaves, h, x)", "running = torch.logical_not(leaves)"]
    at = lines.index(leaving[0])
    assert lines[at : at + 5] == [*leaving, "x = torch.where(running, h * 2, x)", "return x, running"]


def test_what_returns_from_inside_is_chosen_at_the_end() -> None:
    code = (
        "def f(x):\n    while x.sum() < 9:\n        x = x + 1\n        if x.any(): return x * 2  # here\n    return x\n"
    )
    assert body(flags.proposals, code)[-2:] == ["found = x * 2", "return torch.where(running, x, found)"]


def test_a_name_that_is_read_below_is_kept_as_it_was() -> None:
    code = (
        "def f(x, layers):\n    for layer in layers:\n        h = layer(x)\n        x = x + h\n"
        "        if h.any(): break  # here\n    return x\n"
    )
    lines = body(unrolled.proposals, code)
    assert "x_kept = x if x_kept is None else torch.where(running, x, x_kept)" in lines
    assert lines[-2:] == ["x = x if x_kept is None else torch.where(running, x, x_kept)", "return x"]
    assert "h_kept" not in "".join(lines), "nobody reads it below"


LEFT = [
    "while x.any():\n        if x.all(): continue  # here\n        x = x + 2\n    return x",
    "while x.any():\n        if x.all(): break  # here\n    else:\n        x = 1\n    return x",
    "while x.any():\n        if x.all(): return x  # here\n        if x.any(): break\n    return x",
    "while x.any():\n        x.add_(1)\n        if x.all(): break  # here\n    return x",
    "for y in x:\n        self.y = y\n        if y.all(): break  # here\n    return x",
    "for y in x:\n        if y.all(): return y, x  # here\n    return x",
    "for y in x:\n        if y.all(): return y  # here",
    "for y in x:\n        for z in y:\n            if z.all(): return z  # here\n    return x",
    "out = []\n    for y in x:\n        out.append(y)\n        if y.all(): break  # here\n    return out",
    "out = [x]\n    for y in x:\n        out.append(y)\n        if y.all(): break  # here\n    return torch.stack(out)",
    "for y in x:\n        if y is None: break  # here\n    return x",
]


@pytest.mark.parametrize("code", LEFT)
def test_loops_with_more_to_them_are_left(code: str) -> None:
    assert [body(way, f"def f(x):\n    {code}\n") for way in (flags.proposals, unrolled.proposals)] == [[], []]
