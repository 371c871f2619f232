"""An `if` whose body changes nothing where the condition is false: then the body can be run always.

So it is of padding (`if w % p: x = F.pad(x, (0, p - w % p))`), of resizing to a size that is there already, and of
replacing what is not finite. Whether it is so is for the proof to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.trees import expression, operand, text_of, tree_of


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The body of the finding's `if` without the `if`."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    node = tree.statement(spot.lineno) if tree is not None else None
    if tree is None or spot.source is None or not isinstance(node, cst.If) or node.orelse is not None:
        return
    if isinstance(tree.parent(node), cst.If) or not all(map(_only_sets, node.body.body)):
        return
    body: list[Any] = [line.visit(_Rest()) for line in node.body.body]
    body[0] = body[0].with_changes(leading_lines=[*node.leading_lines, *body[0].leading_lines])
    text = tree.with_(node, cst.FlattenSentinel(body))
    title = "the body of the if is run always: where the condition is false it changes nothing"
    yield Proposal(title, spot.plan.with_source(spot.source.changed(text)))


def _only_sets(line: cst.BaseStatement | cst.BaseSmallStatement) -> bool:
    parts = line.body if isinstance(line, cst.SimpleStatementLine) else ()
    return bool(parts) and all(isinstance(part, (cst.Assign, cst.AugAssign)) for part in parts)


class _Rest(cst.CSTTransformer):
    """`p - w % p`, which is p where nothing is missing, -> `(p - w % p) % p`."""

    def leave_BinaryOperation(  # noqa: N802
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BaseExpression:
        whole, rest = updated_node.left, updated_node.right
        if not isinstance(updated_node.operator, cst.Subtract) or not isinstance(rest, cst.BinaryOperation):
            return updated_node
        if not isinstance(rest.operator, cst.Modulo) or text_of(rest.right) != text_of(whole):
            return updated_node
        return expression(f"({text_of(operand(updated_node))} % {text_of(operand(whole))})")
