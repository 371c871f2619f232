"""An `if` becomes `torch.where`, where both arms only compute."""

from __future__ import annotations

import pytest

from tests.repair.rewriting import rewritten
from tracelab.repair import where


def body(code: str) -> list[str]:
    """The lines of the function that a proposal makes; none where there is no proposal."""
    texts = rewritten(where.proposals, code, "data-dependent-branch")
    return [line.strip() for line in texts[0].splitlines()[1:]] if texts else []


def test_an_assignment() -> None:
    code = "def f(x):\n    if x.sum() > 0:  # here\n        x = x * 2\n    return x\n"
    assert body(code) == ["x = torch.where(x.sum() > 0, x * 2, x)", "return x"]


def test_two_returns() -> None:
    code = "def f(x):\n    if x.any():  # here\n        return x + 1\n    y = x - 1\n    return y * y\n"
    assert body(code) == ["y_other = x - 1", "return torch.where(x.any(), x + 1, y_other * y_other)"]


def test_both_arms_set_the_same_names() -> None:
    code = "def f(x):\n    if x.any():  # here\n        a, b = 1, 2\n    return x\n"
    assert body(code) == [], "a tuple of names is not split"
    code = "def f(x):\n    if x.any():  # here\n        a = x\n    else:\n        a = -x\n    return a\n"
    assert body(code) == ["a = torch.where(x.any(), x, -x)", "return a"]


def test_what_is_set_twice_keeps_its_order() -> None:
    code = "def f(x):\n    if x.any():  # here\n        x = x * 2\n        x += 1\n    return x\n"
    assert body(code) == ["x_one = x * 2", "x = torch.where(x.any(), x_one + 1, x)", "return x"]


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ("lo < x.mean() < hi", "torch.logical_and(lo < x.mean(), x.mean() < hi)"),
        ("x.mean() > 0 and x.max() < 1", "torch.logical_and(x.mean() > 0, x.max() < 1)"),
        ("not x.any()", "torch.logical_not(x.any())"),
        ("x.max().item() > 0.5", "x.max() > 0.5"),
        ("bool(x.all())", "x.all()"),
        ("torch.equal(x, y)", "((x == y).all() if x.shape == y.shape else torch.tensor(False))"),
        ("x[0]", "x[0] != 0"),
    ],
)
def test_conditions(asked: str, condition: str) -> None:
    assert body(f"def f(x):\n    return x if {asked} else -x  # here\n") == [
        f"return torch.where({condition}, x, -x)  # here"
    ]


@pytest.mark.parametrize(
    "arm", ["self.a = x", "print(x)", "for i in x:\n            x = x + i", "x[0] = 1", "raise ValueError", "return"]
)
def test_arms_that_do_more_than_compute_are_left(arm: str) -> None:
    assert body(f"def f(x):\n    if x.any():  # here\n        {arm}\n    return x\n") == []


@pytest.mark.parametrize("asked", ["x is None", "x in y"])
def test_conditions_that_are_about_no_element_are_left(asked: str) -> None:
    assert body(f"def f(x, y):\n    if {asked}:  # here\n        x = x + 1\n    return x\n") == []


def test_an_elif() -> None:
    code = (
        "def f(x):\n    if x.sum() > 1:  # here\n        return x\n    elif x.sum() > 0:\n        return -x\n"
        "    else:\n        return x * 0\n"
    )
    wanted = "return torch.where(x.sum() > 1, x, torch.where(x.sum() > 0, -x, x * 0))"
    assert body(code) == [wanted]


def test_a_comment_above_stays() -> None:
    code = "def f(x):\n    # why\n    if x.any():  # here\n        x = x + 1\n    return x\n"
    assert body(code)[0] == "# why"
