"""An `assert` on data, or an `if` whose first arm only raises: an assertion of torch's, which a program keeps."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.trees import lines_of, statements, text_of, tree_of, with_import
from tracelab.repair.where import condition_of

_TITLE = "the check is torch._assert_async, which raises a RuntimeError where the program runs"


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The check of the finding's line."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    node: Any = tree.statement(spot.lineno) if tree is not None else None
    lines = asserted(node) if tree is not None and not isinstance(tree.parent(node), cst.If) else None  # an elif
    if tree is None or spot.source is None or lines is None:
        return
    new = statements("\n".join(lines))
    new[0] = new[0].with_changes(leading_lines=node.leading_lines)
    new[-1] = new[-1].with_changes(trailing_whitespace=_end_of(node))
    new += _otherwise(node)
    text = tree.with_(node, cst.FlattenSentinel(new))
    text = text if "torch" in spot.names else with_import(text, "torch")
    yield Proposal(_TITLE, spot.plan.with_source(spot.source.changed(text)))


def _end_of(node: Any) -> cst.TrailingWhitespace:
    """The comment at the end of a line, which stays."""
    return node.trailing_whitespace if isinstance(node, cst.SimpleStatementLine) else cst.TrailingWhitespace()


def _otherwise(node: Any) -> list[Any]:
    """What is done where a check holds: `elif` is an `if` of its own then."""
    orelse: Any = getattr(node, "orelse", None)
    return [orelse] if isinstance(orelse, cst.If) else lines_of(orelse.body) if orelse is not None else []


def asserted(node: Any) -> list[str] | None:
    """What stands for a check; None where a statement is none, or does more."""
    return _of_raise(node) if isinstance(node, cst.If) else _of_assert(node)


def _of_assert(node: Any) -> list[str] | None:
    check: Any = node.body[0] if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1 else None
    if not isinstance(check, cst.Assert):
        return None
    return _of_test(check.test, _said(check.msg) or f"{text_of(check.test)} does not hold")


def _of_raise(node: cst.If) -> list[str] | None:
    raised, condition = _raised(node), condition_of(node.test)
    if raised is None or condition is None:
        return None
    arguments = raised.exc.args if isinstance(raised.exc, cst.Call) else ()
    said = _said(arguments[0].value if arguments else None) or text_of(node.test)
    return [f"torch._assert_async(torch.logical_not({condition}), {_quoted(said)})"]


def _of_test(test: cst.BaseExpression, said: str) -> list[str] | None:
    """One assertion for each part of what `and` joins."""
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
        one, other = _of_test(test.left, said), _of_test(test.right, said)
        return None if one is None or other is None else [*one, *other]
    condition = condition_of(test)
    return None if condition is None else [f"torch._assert_async({condition}, {_quoted(said)})"]


def _raised(node: cst.If) -> cst.Raise | None:
    """The `raise` that is all that the first arm of an `if` is for."""
    lines = lines_of(node.body)
    if len(lines) != 1:
        return None
    line = lines[0]
    last = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
    return last if isinstance(last, cst.Raise) and last.exc is not None else None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _said(node: Any) -> str:
    """A text as it is written; empty for one that is put together at run time."""
    if not isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        return ""
    try:
        value = ast.literal_eval(text_of(node))
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
