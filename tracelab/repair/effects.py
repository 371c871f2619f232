"""What a block does besides binding names: only one that does nothing else can be a function of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import libcst as cst

from tracelab.repair.flow import inside
from tracelab.repair.forms import keywords
from tracelab.repair.trees import expression, operand, text_of

_ELSEWHERE = (
    cst.Return, cst.Raise, cst.Assert, cst.Global, cst.Nonlocal, cst.Del, cst.Import, cst.ImportFrom, cst.ClassDef,
    cst.Try, cst.TryStar, cst.With, cst.Match, cst.NamedExpr, cst.Yield, cst.Await,
)  # fmt: skip
"""What leaves a block, or is seen outside of it, or what is not followed here."""
_CHANGING = {
    "append", "extend", "insert", "pop", "popitem", "update", "setdefault", "remove", "discard", "clear", "print",
    "setattr", "delattr", "next",
}  # fmt: skip
"""Functions and methods that change what they are given, or the screen."""


def only_computes(nodes: Sequence[cst.CSTNode], lent: Iterable[str]) -> bool:
    """Whether statements do nothing but bind names: no call for its effect, no write into what others hold.

    Args:
        nodes: the statements.
        lent: names of what belongs to the caller, which `x += 1` would change.
    """
    lent = set(lent)
    return not any(_does_more(node, lent) for node in nodes) and _stays(nodes, 0)


def _does_more(node: cst.CSTNode, lent: set[str]) -> bool:
    if isinstance(node, cst.FunctionDef):  # its own names are its own
        own = {part.name.value for part in inside(node.params) if isinstance(part, cst.Param)}
        body = [part for part in node.body.body if not _returns(part)]
        return any(_does_more(part, lent | own) for part in body)
    return _has_effect(node, lent) or any(_does_more(child, lent) for child in node.children)


def _returns(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Return)


def _has_effect(node: cst.CSTNode, lent: set[str]) -> bool:
    if isinstance(node, (*_ELSEWHERE, cst.Expr)):
        return True
    if isinstance(node, cst.Assign):
        return not all(_are_names(target.target) for target in node.targets)
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        changes = isinstance(node, cst.AugAssign) and text_of(node.target) in lent
        return changes or not isinstance(node.target, cst.Name)
    return isinstance(node, cst.Call) and _changes(node)


def _are_names(node: cst.CSTNode) -> bool:
    if isinstance(node, (cst.Tuple, cst.List)):
        return all(isinstance(part, cst.Element) and _are_names(part.value) for part in node.elements)
    return isinstance(node, cst.Name)


def _changes(node: cst.Call) -> bool:
    """Whether a call writes into what it is given: `x.add_(1)`, `torch.add(x, y, out=z)`, `names.append(x)`."""
    func = node.func
    name = func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""
    is_in_place = isinstance(func, cst.Attribute) and name.endswith("_") and not name.endswith("__")
    named = keywords(node)
    is_in_place |= "out" in named or text_of(named.get("inplace", expression("False"))) != "False"
    return is_in_place or name in _CHANGING


def _stays(nodes: Iterable[cst.CSTNode], loops: int) -> bool:
    """Whether each `break` and `continue` is of a loop among them."""
    for node in nodes:
        if isinstance(node, (cst.Break, cst.Continue)) and not loops:
            return False
        if not _stays(node.children, loops + isinstance(node, (cst.For, cst.While))):
            return False
    return True


class Rebinding(cst.CSTTransformer):
    """`x += 1` -> `x = x + 1`: nothing is written into."""

    def leave_AugAssign(self, original_node: cst.AugAssign, updated_node: cst.AugAssign) -> Any:  # noqa: N802
        sign = text_of(updated_node.operator).strip().removesuffix("=")
        value = expression(f"{text_of(updated_node.target)} {sign} {text_of(operand(updated_node.value))}")
        return cst.Assign([cst.AssignTarget(updated_node.target)], value, semicolon=updated_node.semicolon)


def rebound(nodes: Sequence[Any]) -> list[Any]:
    """Statements that bind names where they wrote in place, without `pass`."""
    return [node.visit(Rebinding()) for node in nodes if not _is_pass(node)]


def _is_pass(node: Any) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and all(isinstance(part, cst.Pass) for part in node.body)
