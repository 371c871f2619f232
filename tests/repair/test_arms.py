"""An `if` becomes `torch.cond`: what is handed in and given back, and what is left."""

from __future__ import annotations

import pytest

from tests.repair.rewriting import rewritten
from tracelab.repair import arms


def body(code: str) -> list[str]:
    """The lines of the function that the first proposal makes; none where there is no proposal."""
    texts = [text for way in (arms.costly, arms.proposals) for text in rewritten(way, code, "data-dependent-branch")]
    return [line.strip() for line in texts[0].splitlines()[1:] if line.strip()] if texts else []


def test_what_an_arm_does_not_bind_is_handed_on_as_a_copy() -> None:
    code = "def f(x):\n    if x.any():  # here\n        x = x + 1\n    return x\n"
    assert body(code) == [
        "def one(x):", "x = x + 1", "return x", "def other(x):", "return x.clone()",
        "x = torch.cond(x.any(), one, other, (x,))", "return x",
    ]  # fmt: skip


def test_what_nobody_reads_later_is_not_given_back() -> None:
    code = "def f(x):\n    if x.any():  # here\n        h = x + 1\n        x = h * h\n    return x\n"
    assert "return x" in body(code)
    assert not any("h, x" in line or "x, h" in line for line in body(code))


def test_numbers_become_tensors() -> None:
    code = "def f(x):\n    k = 1.0\n    if x.any():  # here\n        k = 2.0\n    return x * k\n"
    assert "return torch.tensor(k)" in body(code)
    assert "k = torch.cond(x.any(), one, other, (torch.as_tensor(k),))" in body(code)


def test_both_ways_return() -> None:
    code = "def f(x, y):\n    if x.any():  # here\n        return x, y + 1\n    h = self.a(y)\n    return h, y\n"
    lines = body(code)
    assert "return x.clone(), y + 1" in lines
    assert "return h, y.clone()" in lines
    assert lines[-1] == "return torch.cond(x.any(), one, other, (x, y))"


def test_an_elif_is_one_more_choice() -> None:
    code = (
        "def f(x):\n    if x.sum() > 1:  # here\n        x = self.a(x)\n    elif x.sum() > 0:\n        x = self.b(x)\n"
        "    return x\n"
    )
    assert "x = torch.cond(x.sum() > 0, one2, other2, (x,))" in body(code)
    assert "x = torch.cond(x.sum() > 1, one, other, (x,))" in body(code)


@pytest.mark.parametrize(
    "arm",
    [
        "self.a = x", "print(x)", "x[0] = 1", "raise ValueError", "return", "x.add_(1)", "x = x.relu_()", "x += 1",
        "x = torch.add(x, 1, out=x)", "names.append(x)", "y = names.pop()", "global x", "import os", "del x",
        "with a:\n            x = x + 1", "assert x.all()", "x = (y := x)",
    ],
)  # fmt: skip
def test_arms_that_do_more_than_bind_names_are_left(arm: str) -> None:
    assert body(f"def f(x):\n    if x.any():  # here\n        {arm}\n    return x\n") == []


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    if x.any():  # here\n        y = x\n    return y\n",
        "def f(x):\n    if x.any():  # here\n        return x, x\n    return x, x, x\n",
        "def f(x):\n    if x is None:  # here\n        x = 1\n    return x\n",
        "def f(x):\n    for i in x:\n        if x.any():  # here\n            break\n    return x\n",
        "def f(x):\n    for i in x:\n        if x.any():  # here\n            return x\n    return x\n",
    ],
)
def test_what_one_way_leaves_undefined_or_other_is_left(code: str) -> None:
    assert body(code) == []


def test_names_that_are_taken_are_not_taken_again() -> None:
    code = "def f(one):\n    if one.any():  # here\n        one = one + 1\n    return one\n"
    assert "one = torch.cond(one.any(), one_2, other, (one,))" in body(code)


def test_comments_and_formatting_stay() -> None:
    code = "def f(x):\n    # why\n    if x.any():  # here\n        # inside\n        x = x +1\n    return  x\n"
    assert body(code)[:4] == ["# why", "def one(x):", "# inside", "x = x +1"]
    assert body(code)[-1] == "return  x"


def test_a_loop_in_which_it_stands_reads_it_again() -> None:
    code = (
        "def f(x):\n    y = x\n    for i in x:\n        x = y * 2\n        if x.any():  # here\n"
        "            y = x + 1\n    return x\n"
    )
    assert any(line.startswith("y = torch.cond(") for line in body(code))
