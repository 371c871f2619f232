"""A loop becomes `while_loop`: what is carried, and what is left."""

from __future__ import annotations

import pytest

from tests.repair.rewriting import rewritten
from tracelab.repair import loops


def body(code: str, rule: str = "data-dependent-loop") -> list[str]:
    """The lines of the function that a proposal makes; none where there is no proposal."""
    texts = rewritten(loops.proposals, code, rule)
    return [line.strip() for line in texts[0].splitlines()[1:] if line.strip()] if texts else []


def test_what_a_round_reads_and_binds_is_carried() -> None:
    code = (
        "def f(x):\n    n = 0\n    while x.sum() > 1 and n < 9:  # here\n        h = x / 2\n        x = h * 1\n"
        "        n += 1\n    return x\n"
    )
    lines = body(code)
    assert "return torch.logical_and(x.sum() > 1, n < 9)" in lines
    assert "return x, n" in lines
    assert f"x, n = {loops.WHILE_LOOP}(goes_on, step, (x, torch.as_tensor(n)))" in lines


def test_a_range_is_counted() -> None:
    lines = body("def f(x, n):\n    for i in range(n.item()):  # here\n        x = x + i\n    return x\n")
    assert lines[:2] == ["def goes_on(i, x):", "return i < n"]
    assert "return i + 1, x" in lines
    assert lines[-2] == f"_, x = {loops.WHILE_LOOP}(goes_on, step, (torch.tensor(0), x))"


def test_the_end_of_a_range_is_whole() -> None:
    assert "return i < x.sum().long()" in body(
        "def f(x):\n    for i in range(int(x.sum())):  # here\n        x = x + i\n    return x\n"
    )
    assert "return i < x.shape[0]" in body(
        "def f(x):\n    for i in range(int(x.shape[0])):  # here\n        x = x + i\n    return x\n",
        "shape-dependent-loop",
    )


def test_what_is_swapped_is_copied() -> None:
    code = "def f(a, b):\n    while a.sum() < 9:  # here\n        a, b = b, a + b\n    return a\n"
    assert "return a.clone(), b.clone()" in body(code)


@pytest.mark.parametrize(
    "step",
    [
        "x[0] = 1", "out.append(x)", "break", "return x", "self.n = x", "x += 1", "print(x)", "x = x.mul_(2)",
        "y = x * 2", "yield x",
    ],
)  # fmt: skip
def test_rounds_that_do_more_than_bind_names_are_left(step: str) -> None:
    assert body(f"def f(x):\n    while x.any():  # here\n        {step}\n    return x\n") == []


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    while x.any():  # here\n        x = x + 1\n    else:\n        x = 1\n    return x\n",
        "def f(x):\n    for i in range(n):  # here\n        x = x + i\n    return i\n",
        "def f(x):\n    for i in x:  # here\n        x = x + i\n    return x\n",
        "def f(x):\n    for i in range(0, n, 2):  # here\n        x = x + i\n    return x\n",
        "def f(x):\n    while x.any():  # here\n        x = x + 1\n        y = x\n    return y\n",
    ],
)
def test_loops_with_more_to_them_are_left(code: str) -> None:
    assert body(code) == []
