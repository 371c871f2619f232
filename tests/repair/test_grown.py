"""Lists that grow in a loop over a size: a tensor that `while_loop` fills, at whatever size comes."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import tracelab
from tests.repair import loop_models
from tests.repair.rewriting import rewritten
from tracelab.repair import grown, loops


def body(code: str) -> list[str]:
    """The lines of the function that a proposal makes; none where there is no proposal."""
    texts = rewritten(grown.proposals, code, "shape-dependent-loop")
    return [line.strip() for line in texts[0].splitlines()[1:] if line.strip()] if texts else []


def program_of(func: Any, *args: torch.Tensor) -> Any:
    """The repaired program, as torch runs it."""
    found = tracelab.trace(func, args, backend="export").repair(60)
    assert found.program is not None, found.left
    return found.program.module()


def test_a_recurrent_layer_takes_other_lengths() -> None:
    torch.manual_seed(0)
    module = loop_models.Recurs().eval()
    program = program_of(module, torch.randn(2, 4, 3))
    for length in (2, 3, 7):
        x = torch.randn(2, length, 3)
        torch.testing.assert_close(program(x), module(x))


def test_windows_of_another_width() -> None:
    program = program_of(loop_models.windows, torch.randn(2, 4))
    for width in (3, 9):
        x = torch.randn(2, width)
        torch.testing.assert_close(program(x), loop_models.windows(x))


def test_rows_that_are_stored() -> None:
    program = program_of(loop_models.stores, torch.randn(2, 3))
    for rows in (2, 5):
        x = torch.randn(rows, 3)
        torch.testing.assert_close(program(x), loop_models.stores(x))


@pytest.mark.parametrize(
    ("store", "wanted"),
    [
        ("h[i] = y", ["h = h.index_copy(0, i.view(1), y.expand_as(h.select(0, 0)).unsqueeze(0))"]),
        (
            "h[:, i + 1] = y * 2",
            ["h = h.index_copy(1, (i + 1).view(1), (y * 2).expand_as(h.select(1, 0)).unsqueeze(1))"],
        ),
        ("h[..., i] = y", ["h = h.index_copy(-1, i.view(1), y.expand_as(h.select(-1, 0)).unsqueeze(-1))"]),
        ("h[i, 0] = y", []),
        ("h[i:] = y", []),
        ("x[i] = y", []),
    ],
)
def test_what_a_round_stores(store: str, wanted: list[str]) -> None:
    code = f"def f(x, y, n):\n    h = x * 1\n    for i in range(n.item()):  # here\n        {store}\n    return h\n"
    texts = rewritten(loops.proposals, code, "data-dependent-loop")
    assert [line.strip() for text in texts for line in text.splitlines() if "h = h" in line] == wanted


def test_rounds_that_index_by_their_number() -> None:
    x, lengths = torch.randn(2, 5, 3), torch.tensor([2, 3])
    program = program_of(loop_models.reads_rounds, x, lengths)
    for other in (torch.tensor([5, 1]), torch.tensor([1, 1])):
        torch.testing.assert_close(program(x, other), loop_models.reads_rounds(x, other))


@pytest.mark.parametrize(
    ("indexed", "wanted"),
    [
        ("x[i]", "x[i.view(1)].squeeze(0)"),
        ("x[:, i]", "x[:, i.view(1)].squeeze(1)"),
        ("x[..., i - 1]", "x[..., (i - 1).view(1)].squeeze(-1)"),
        ("x[0, :, i]", "x[0, :, i.view(1)].squeeze(1)"),
        ("x[:, i:i + 2]", "x[:, i + torch.arange(2)]"),
        ("x[i * n:(i + 1) * n]", "x[(i * n) + torch.arange(n)]"),
        ("x[i:]", "x[i:]"),
        ("x[i, y]", "x[i, y]"),
        ("x[y[0]]", "x[y[0]]"),
    ],
)
def test_what_the_number_of_a_round_indexes(indexed: str, wanted: str) -> None:
    code = (
        f"def f(x, y, n):\n    h = x\n    for i in range(n.item()):  # here\n        h = h + {indexed}\n    return h\n"
    )
    texts = rewritten(loops.proposals, code, "data-dependent-loop")
    assert f"h = h + {wanted}\n" in texts[0]


@pytest.mark.parametrize(
    ("joined", "wanted"),
    [
        ("torch.stack(out)", "out"),
        ("torch.stack(out, 1)", "out.movedim(0, 1)"),
        ("torch.stack(out, dim=-1)", "out.movedim(0, -1)"),
        ("torch.cat(out)", "out.flatten(0, 1)"),
        ("torch.cat(out, 1)", "out.movedim(0, 1).flatten(1, 2)"),
        ("torch.cat(out, dim=-1)", "out.movedim(0, -2).flatten(-2, -1)"),
    ],
)
def test_joins(joined: str, wanted: str) -> None:
    code = (
        f"def f(x):\n    out = []\n    for i in range(len(x)):  # here\n        out.append(x[i])\n    return {joined}\n"
    )
    assert body(code)[-1] == f"return {wanted}"
    rows = [torch.randn(2, 3) for _ in range(4)]
    scope = {"torch": torch, "out": rows}
    theirs = eval(joined, scope)
    torch.testing.assert_close(eval(wanted, {"out": torch.stack(rows)}), theirs)


@pytest.mark.parametrize(
    ("before", "head", "round_", "after"),
    [
        ("out = []", "i in range(len(x))", "out.append(x[i])", "return out"),
        ("out = []", "i in range(len(x))", "out.append(x[i]); n = len(out)", "return torch.stack(out)"),
        ("out = [x[0]]", "i in range(len(x))", "out.append(x[i])", "return torch.stack(out)"),
        ("out = []", "i in range(1, len(x))", "out.append(x[i])", "return torch.stack(out)"),
        ("out = []", "y in x", "out.append(y)", "return torch.stack(out)"),
        ("out = []", "i in range(len(x))", "out.append(x[i])", "out.append(x[0]); return torch.stack(out)"),
        ("out = []", "i in range(len(x))", "x[i] = 0; out.append(x[i])", "return torch.stack(out)"),
    ],
)
def test_lists_with_more_to_them_are_left(before: str, head: str, round_: str, after: str) -> None:
    assert body(f"def f(x):\n    {before}\n    for {head}:  # here\n        {round_}\n    {after}\n") == []
