"""Checks, lists of values, attributes that are written, and batches of one, for `torch.export`."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import tracelab
from tests.repair import checked_models
from tests.repair.rewriting import line, rewritten
from tracelab.handle import Repaired
from tracelab.repair import checks, gathered

X = torch.arange(6.0).view(2, 3) + 1
IDS = torch.tensor([1, 0, 1])


def repaired(func: Any, *args: torch.Tensor) -> Repaired:
    found = tracelab.trace(func, args, backend="export").repair(60)
    assert found.program is not None, found.left
    return found


@pytest.mark.parametrize(
    ("func", "wrong", "said"),
    [(checked_models.asserts, X - 3, "out of range"), (checked_models.raises, -X, "total < 0")],
)
def test_a_check_raises_in_the_program(func: Any, wrong: torch.Tensor, said: str) -> None:
    program = repaired(func, X).program.module()
    torch.testing.assert_close(program(X * 2), func(X * 2))
    with pytest.raises(RuntimeError, match=said):
        program(wrong)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ('assert x.any(), "none"', ['torch._assert_async(x.any(), "none")']),
        ("assert x.any(), f'{x}'", ['torch._assert_async(x.any(), "x.any() does not hold")']),
        ('if x.any(): raise ValueError("some")', ['torch._assert_async(torch.logical_not(x.any()), "some")']),
        (
            "assert x.any() and y.sum() > 0",
            [
                f'torch._assert_async({part}, "x.any() and y.sum() > 0 does not hold")'
                for part in ("x.any()", "y.sum() > 0")
            ],
        ),
    ],
)
def test_what_a_check_becomes(code: str, wanted: list[str]) -> None:
    (text,) = rewritten(checks.proposals, f"def f(x, y):\n    {code}  # here\n")
    assert [part.removesuffix("  # here").strip() for part in text.splitlines()[1:]] == wanted


@pytest.mark.parametrize(
    "code",
    [
        "assert x is not None  # here",
        "if x.any():  # here\n        print(x)\n        raise ValueError",
        "if y:\n        x = 1\n    elif x.any():  # here\n        raise ValueError",
        "if x.any():  # here\n        raise",
    ],
)
def test_checks_with_more_to_them_are_left(code: str) -> None:
    assert rewritten(checks.proposals, f"def f(x, y):\n    {code}\n") == []


def test_what_else_there_is_to_a_check_stays() -> None:
    code = (
        "def f(x):\n    if x.any():  # here\n        raise ValueError('a')\n    elif x.sum() > 1:\n        x = x + 1\n"
    )
    (text,) = rewritten(checks.proposals, code)
    wanted = ['torch._assert_async(torch.logical_not(x.any()), "a")', "if x.sum() > 1:", "x = x + 1"]
    assert [part.strip() for part in text.splitlines()[1:]] == wanted


def test_tensors_of_other_sizes_are_not_equal() -> None:
    program = repaired(checked_models.compares, X, X.clone()).program.module()
    torch.testing.assert_close(program(X, X + 1), checked_models.compares(X, X + 1))


def test_an_attribute_that_is_rebound_is_carried_on() -> None:
    torch.manual_seed(0)
    module = checked_models.Keeps().eval()
    found = repaired(module, X)
    assert '+        self.register_buffer("last", torch.zeros(2, 3))\n' in found.diff
    assert "copy_" not in found.diff, "an export has what a buffer is bound to"
    program, fresh = found.program.module(), checked_models.Keeps().eval()
    fresh.load_state_dict(module.state_dict())
    for x in (X, X * 2, -X):
        torch.testing.assert_close(program(x), fresh(x))


@pytest.mark.parametrize(
    ("func", "args", "others"),
    [
        (checked_models.ranks, (torch.tensor([2, 3, 1]),), (torch.tensor([1, 2, 3]),)),
        (checked_models.distinct, (X, IDS), (X, IDS * 0)),
        (checked_models.picks, (X, IDS), (X, 1 - IDS)),
        (checked_models.largest, (X,), (X.flip(0),)),
    ],
)
def test_lists_of_values(func: Any, args: tuple[torch.Tensor, ...], others: tuple[torch.Tensor, ...]) -> None:
    program = repaired(func, *args).program.module()
    torch.testing.assert_close(program(*others), func(*others))


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("n = {int(i) for i in x}", "n = torch.unique(x)"),
        ("n = set(x.tolist())", "n = torch.unique(x)"),
        ("n = [i.item() for i in x]", "n = x"),
        ("n = sorted(x.tolist(), reverse=True)", "n = x.sort(descending=True).values"),
        ("n = torch.stack([w[i] for i in x.tolist()])", "n = w[x]"),
        ("n = any(i > 0 for i in x)", "n = torch.stack([i > 0 for i in x]).any()"),
    ],
)
def test_what_torch_does_in_place_of_lists(code: str, wanted: str) -> None:
    assert line(gathered.proposals, code)[0] == wanted


@pytest.mark.parametrize(
    "code",
    ["n = {i for i in x}", "n = [int(i) + 1 for i in x]", "n = sorted(x, key=f)", "n = max(x)",
     "n = torch.stack([w[i] for i in range(3)])", "n = sum(i for i in x if i)"],
)  # fmt: skip
def test_lists_that_hold_more_than_values_are_left(code: str) -> None:
    assert line(gathered.proposals, code) == []


def test_what_is_written_to_data_is_written_in_place() -> None:
    program, fresh = repaired(checked_models.Halves(), X).program.module(), checked_models.Halves()
    for _ in range(3):
        torch.testing.assert_close(program(X), fresh(X))


def test_a_number_of_a_parameter_follows_it() -> None:
    module = checked_models.Scaled()
    program = repaired(module, X).program.module()
    with torch.no_grad():
        module.scale.fill_(2.0)
    torch.testing.assert_close(program(X), module(X))


def test_a_batch_of_one_is_left_open() -> None:
    found = repaired(checked_models.Windows(), torch.randn(1, 8))
    assert "backed_size_oblivious" in found.repairs[-1].code
    program = found.program.module()
    for x in (torch.randn(1, 8), torch.randn(5, 8)):
        torch.testing.assert_close(program(x), checked_models.Windows()(x))
    scope: dict[str, Any] = {"torch": torch, "model": torch.nn.ReLU(), "x": torch.ones(1, 8)}
    exec(found.repairs[-1].code.replace("'x'", "'input'"), scope)
    assert scope["program"].module()(torch.ones(3, 8)).shape == (3, 8)
