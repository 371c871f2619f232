"""The body of an `if` that is run always."""

from __future__ import annotations

import torch
import torch.nn.functional as F

import tracelab
from tests.repair.rewriting import rewritten
from tracelab.repair import always


def pads(x):
    width = x.shape[-1]
    # to whole patches
    if width % 4 != 0:
        missing = (0, 4 - width % 4)
        x = F.pad(x, missing)
    return x.reshape(-1, 4).sum(-1)


def test_padding_is_done_always() -> None:
    found = tracelab.trace(pads, (torch.ones(2, 8),)).repair(seconds=60)
    assert "+    missing = (0, ((4 - width % 4) % 4))\n+    x = F.pad(x, missing)\n" in found.diff
    assert "     # to whole patches\n" in found.diff
    assert torch.equal(found.program(torch.ones(2, 10)), pads(torch.ones(2, 10)))


def test_bodies_that_do_more_than_set_names_are_left() -> None:
    for body in ("print(x)", "return x", "raise ValueError", "for y in x:\n            x = y"):
        assert rewritten(always.proposals, f"def f(x):\n    if len(x):  # here\n        {body}\n    return x\n") == []


def test_an_else_is_left() -> None:
    code = "def f(x):\n    if len(x):  # here\n        x = 1\n    else:\n        x = 2\n    return x\n"
    assert rewritten(always.proposals, code) == []


def test_a_rest_is_none_where_nothing_is_missing() -> None:
    code = "def f(x):\n    if x.any():  # here\n        x = 8 - x % 8 - y\n    return x\n"
    assert rewritten(always.proposals, code) == ["def f(x):\n    x = ((8 - x % 8) % 8) - y\n    return x\n"]
