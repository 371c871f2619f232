"""An `if` on a tensor, both arms computed and one of them chosen by `torch.where`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.forms import call, method
from tracelab.repair.trees import Tree, bare, expression, operand, statements, text_of, tree_of, with_import

_TITLE = "both arms are computed, and torch.where chooses"
_TRUTHS = ("any", "all", "isfinite", "isnan", "isinf", "eq", "ne", "lt", "le", "gt", "ge", "logical_not")


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The `if` of the finding's line, or the ternary in it."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    if tree is None or spot.source is None:
        return
    for changed in _texts(tree, spot.lineno):
        changed = changed if "torch" in spot.names else with_import(changed, "torch")
        yield Proposal(_TITLE, spot.plan.with_source(spot.source.changed(changed)))


def _texts(tree: Tree, lineno: int) -> Iterator[str]:
    statement = tree.statement(lineno)
    if isinstance(statement, cst.If):
        yield from _of_if(tree, outermost(tree, statement))
        return
    if statement is None or isinstance(statement, (cst.While, cst.For, cst.FunctionDef)):
        return
    text_ = tree.rewritten(statement, lambda old, new: _of_ternary(new) if isinstance(old, cst.IfExp) else new)
    if text_ != tree.text:
        yield text_


def outermost(tree: Tree, node: cst.If) -> cst.If:
    """The `if` that an `elif` belongs to."""
    parent = tree.parent(node)
    return outermost(tree, parent) if isinstance(parent, cst.If) and parent.orelse is node else node


def _of_ternary(node: cst.IfExp) -> Any:
    condition = condition_of(node.test)
    return node if condition is None else expression(_chosen(condition, node.body, node.orelse))


def _chosen(condition: str, one: cst.BaseExpression, other: cst.BaseExpression) -> str:
    return f"torch.where({condition}, {text_of(bare(one))}, {text_of(bare(other))})"


# -- conditions -----------------------------------------------------------------------------------------------------


def condition_of(node: cst.BaseExpression) -> str | None:
    """What Python asks of a tensor, as a tensor of bool; None where it is about something else."""
    if isinstance(node, cst.BooleanOperation):
        parts = condition_of(node.left), condition_of(node.right)
        name = "logical_and" if isinstance(node.operator, cst.And) else "logical_or"
        return None if None in parts else f"torch.{name}({parts[0]}, {parts[1]})"
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
        inner = condition_of(node.expression)
        return None if inner is None else f"torch.logical_not({inner})"
    if isinstance(node, cst.Comparison):
        return _comparison(node)
    arguments = call(node, "torch.equal")
    if arguments and len(arguments) == 2:
        one, other = (text_of(operand(argument)) for argument in arguments)
        return f"(({one} == {other}).all() if {one}.shape == {other}.shape else torch.tensor(False))"
    arguments = call(node, "torch.allclose")
    if arguments and len(arguments) == 2:
        return f"torch.isclose({text_of(arguments[0])}, {text_of(arguments[1])}).all()"
    inner_call = call(node, "bool") or _item(node)
    if inner_call:
        return condition_of(inner_call[0])
    found = method(node, "is_nonzero")
    if found:
        return f"{text_of(operand(found[0]))} != 0"
    is_truth = isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in _TRUTHS
    return text_of(bare(node)) if is_truth else f"{text_of(operand(node))} != 0"


def _item(node: Any) -> list[cst.BaseExpression] | None:
    found = method(node, "item")
    return [found[0]] if found and not found[1] else None


def _comparison(node: cst.Comparison) -> str | None:
    """`a < b < c` -> both, joined; what asks for identity or membership is about something else."""
    sides = [node.left, *(part.comparator for part in node.comparisons)]
    if any(isinstance(part.operator, (cst.Is, cst.IsNot, cst.In, cst.NotIn)) for part in node.comparisons):
        return None
    sides = [_number(side) for side in sides]
    pairs = [
        f"{text_of(operand(left))} {text_of(part.operator).strip()} {text_of(operand(right))}"
        for left, part, right in zip(sides, node.comparisons, sides[1:])
    ]
    joined = pairs[0]
    for pair in pairs[1:]:
        joined = f"torch.logical_and({joined}, {pair})"
    return joined


def _number(node: cst.BaseExpression) -> cst.BaseExpression:
    inner = _item(node) or call(node, "float", "int")
    return inner[0] if inner and len(inner) == 1 else node


# -- arms ------------------------------------------------------------------------------------------------------------


@dataclass
class _Arm:
    """What one way through gives: the names it sets, and what it returns."""

    set: dict[str, str] = field(default_factory=dict[str, str])
    """Each name that is assigned, with the expression that it has in the end."""
    lines: list[str] = field(default_factory=list[str])
    """Assignments to names of its own, which come before."""
    returned: cst.BaseExpression | None = None


def _of_if(tree: Tree, node: cst.If) -> Iterator[str]:
    parent = tree.parent(node)
    body: Sequence[Any] = getattr(parent, "body", ())
    if node not in body:
        return
    here = list(body).index(node)
    rest = list(body[here + 1 :])
    made = _chain(node, rest)
    if made is None:
        return
    lines, takes_rest = made
    new = statements("\n".join(lines))
    first = new[0].with_changes(leading_lines=node.leading_lines)
    kept = [first, *new[1:], *([] if takes_rest else rest)]
    assert parent is not None
    yield tree.with_(parent, parent.with_changes(body=[*body[:here], *kept]))


def _chain(node: cst.If, rest: list[Any]) -> tuple[list[str], bool] | None:
    """The lines that stand for an `if`, and whether they stand for all that follows it, too."""
    condition, number = condition_of(node.test), 0
    one = _arm(node.body.body, "one")
    if condition is None or one is None:
        return None
    takes_rest = one.returned is not None and node.orelse is None
    if isinstance(node.orelse, cst.If):
        inner = _chain(node.orelse, rest)
        if inner is None or one.returned is None or not inner[0][-1].startswith("return "):
            return None
        last = expression(inner[0][-1].removeprefix("return "))
        other, takes_rest = _Arm(lines=inner[0][:-1], returned=last), inner[1]
    else:
        others: Sequence[Any] = rest if takes_rest else node.orelse.body.body if node.orelse is not None else ()
        found = _arm(others, "other")
        if found is None:
            return None
        other = found
    number += (one.returned is None) + (other.returned is None)
    if number == 1:
        return None
    return _joined(condition, one, other), takes_rest


def _joined(condition: str, one: _Arm, other: _Arm) -> list[str]:
    lines = [*one.lines, *other.lines]
    names = list(dict.fromkeys((*one.set, *other.set)))
    uses = len(names) + (one.returned is not None)
    if one.returned is not None and other.returned is not None:
        pairs = _pairs(one.returned, other.returned)
        named = condition if len(pairs) == 1 else "chosen"
        lines += [f"chosen = {condition}"] if len(pairs) > 1 else []
        made = [_chosen(named, *pair) for pair in pairs]
        return [*lines, f"return {', '.join(made)}"]
    lines += [f"chosen = {condition}"] if uses > 1 else []
    named = "chosen" if uses > 1 else condition
    return lines + [f"{n} = torch.where({named}, {one.set.get(n, n)}, {other.set.get(n, n)})" for n in names]


def _pairs(one: cst.BaseExpression, other: cst.BaseExpression) -> list[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """What is returned, part by part where both return as many."""
    if isinstance(one, cst.Tuple) and isinstance(other, cst.Tuple) and len(one.elements) == len(other.elements):
        return [(a.value, b.value) for a, b in zip(one.elements, other.elements)]
    return [(one, other)]


def _arm(body: Sequence[Any], suffix: str) -> _Arm | None:
    """What statements come to; None where they do more than set names and return."""
    arm = _Arm()
    simple = [part for line in body for part in (line.body if isinstance(line, cst.SimpleStatementLine) else [line])]
    names: dict[str, str] = {}
    for at, part in enumerate(simple):
        if isinstance(part, cst.Pass):
            continue
        if isinstance(part, cst.Return) and at == len(simple) - 1 and part.value is not None:
            arm.returned = _renamed(part.value, names)
            continue
        found = assignment_of(part)
        if found is None or arm.returned is not None:
            return None
        name, value = found[0], _renamed(found[1], names)
        if at == len(simple) - 1 or (_is_last(simple[at + 1 :], name) and isinstance(value, cst.Name)):
            arm.set[name] = text_of(bare(value))
        else:
            names[name] = f"{name}_{suffix}"
            arm.lines.append(f"{names[name]} = {text_of(value)}")
            arm.set[name] = names[name]
    if arm.returned is not None:
        arm.set.clear()
    return arm


def _is_last(rest: list[Any], name: str) -> bool:
    return not any(name in text_of(part) for part in rest)


def assignment_of(node: Any) -> tuple[str, cst.BaseExpression] | None:
    """The name that a statement binds, and the value; None where it binds other than one name."""
    if isinstance(node, cst.Assign) and len(node.targets) == 1 and isinstance(node.targets[0].target, cst.Name):
        return node.targets[0].target.value, node.value
    if isinstance(node, cst.AugAssign) and isinstance(node.target, cst.Name):
        sign = text_of(node.operator).strip().removesuffix("=")
        return node.target.value, expression(f"{node.target.value} {sign} {text_of(operand(node.value))}")
    return None


class _Renaming(cst.CSTTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self._names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:  # noqa: N802
        return updated_node.with_changes(value=self._names.get(updated_node.value, updated_node.value))

    def visit_Attribute_attr(self, node: cst.Attribute) -> None:  # noqa: N802
        self._held = dict(self._names)
        self._names.clear()

    def leave_Attribute_attr(self, node: cst.Attribute) -> None:  # noqa: N802
        self._names.update(self._held)


def _renamed(node: cst.BaseExpression, names: dict[str, str]) -> cst.BaseExpression:
    made: Any = node.visit(_Renaming(dict(names)))
    return made
