"""Lists that grow in a loop and are joined to one tensor below it: `parts.append(x)`, then `torch.stack(parts)`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from tracelab.repair.flow import inside
from tracelab.repair.forms import keywords, method
from tracelab.repair.place import Place
from tracelab.repair.trees import expression, name_of, text_of

_JOINS = ("torch.stack", "torch.cat", "torch.concat", "stack", "cat")
Written = Callable[[str, cst.Call, str], str]
"""Is given a list's name, the call that joins it and the dimension; what stands for the call."""


@dataclass(frozen=True)
class Lists:
    """The lists that grow by one in each round of a loop."""

    grown: dict[Any, str]
    """The statements that append, each with the list's name."""
    others: list[Any]
    """What else is done."""

    @property
    def names(self) -> list[str]:
        """What they are called."""
        return list(dict.fromkeys(self.grown.values()))

    def value_of(self, statement: Any) -> cst.BaseExpression:
        """What is appended."""
        return statement.body[0].value.args[0].value

    def joined(self, rest: Sequence[Any], written: Written) -> list[Any]:
        """What follows the loop, with something else in place of each join."""
        return [statement.visit(_Joining(self.names, written)) for statement in rest]


def lists_of(place: Place, steps: Sequence[Any], rest: Sequence[Any]) -> Lists | None:
    """The lists that grow in a loop; None where one is not empty before it, or is read otherwise than to be joined.

    Args:
        place: where the loop stands.
        steps: what a round does.
        rest: what follows the loop.
    """
    grown = {step: name for step in steps if (name := _appended_to(step)) is not None}
    found = Lists(grown, [step for step in steps if step not in grown])
    names = found.names
    if len(names) != len(grown) or any(_reads(found.others, name) for name in names):
        return None
    if not all(_is_empty(place, name) for name in names):
        return None
    left = found.joined(rest, lambda name, call, dim: "None")
    known = [2 + _count(rest, name) for name in names]  # where it begins, where it grows, and what follows
    if known != [_count([place.function], name) for name in names] or any(_reads(left, name) for name in names):
        return None
    return found


def _appended_to(node: Any) -> str | None:
    """`parts` of `parts.append(x)`."""
    parts = node.body if isinstance(node, cst.SimpleStatementLine) else ()
    call = parts[0].value if len(parts) == 1 and isinstance(parts[0], cst.Expr) else None
    found = method(call, "append")
    return found[0].value if found and len(found[1]) == 1 and isinstance(found[0], cst.Name) else None


def _is_empty(place: Place, name: str) -> bool:
    """Whether a list is bound once in its function, to an empty one."""
    made = [part for part in inside(place.function.body) if isinstance(part, cst.Assign)]
    pairs = [pair for part in made for target in part.targets for pair in _pairs(target.target, part.value)]
    values = [value for bound, value in pairs if isinstance(bound, cst.Name) and bound.value == name]
    return name in place.before and all(isinstance(value, cst.List) and not value.elements for value in values)


def _pairs(target: Any, value: Any) -> list[tuple[Any, Any]]:
    """`a, b = [], []` is two assignments."""
    if isinstance(target, cst.Tuple) and isinstance(value, cst.Tuple):
        return [(one.value, other.value) for one, other in zip(target.elements, value.elements)]
    return [(target, value)]


def _reads(nodes: Sequence[cst.CSTNode], name: str) -> bool:
    return _count(nodes, name) > 0


def _count(nodes: Sequence[cst.CSTNode], name: str) -> int:
    return sum(isinstance(part, cst.Name) and part.value == name for node in nodes for part in inside(node))


class _Joining(cst.CSTTransformer):
    def __init__(self, names: Sequence[str], written: Written) -> None:
        super().__init__()
        self._names, self._written = names, written

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        first = updated_node.args[0].value if updated_node.args else None
        if not isinstance(first, cst.Name) or first.value not in self._names:
            return updated_node
        dim = _dim(updated_node)
        if name_of(updated_node.func) not in _JOINS or dim is None:
            return updated_node
        return expression(self._written(first.value, updated_node, dim))


def _dim(call: cst.Call) -> str | None:
    """The dimension that a join has, as it is written; None where that is no number."""
    named, rest = keywords(call), [arg.value for arg in call.args[1:] if arg.keyword is None]
    if len(named) + len(rest) > 1 or not set(named) <= {"dim"}:
        return None
    text = text_of([*rest, *named.values()][0]) if rest or named else "0"
    return text if text.lstrip("-").isdigit() else None
