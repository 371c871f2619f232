"""A loop that data leave from inside, by `break` or `return` under an `if`: what leaves it, and what follows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from tracelab.repair.flow import inside
from tracelab.repair.trees import Tree, lines_of, statements, text_of
from tracelab.repair.where import condition_of

_LEAVING = (cst.Break, cst.Continue, cst.Return)


@dataclass(frozen=True)
class Exit:
    """An `if` under which a loop is left."""

    condition: str
    nodes: list[Any]
    """What is done before it is left."""
    returned: cst.BaseExpression | None
    """What is returned; None for a `break`."""


@dataclass(frozen=True)
class Leaving:
    """A loop that is left from inside."""

    node: Any
    round: list[Any]
    """The statements of one round, and an `Exit` in place of each `if` that leaves it."""
    block: Any
    """What it stands in."""
    rest: list[Any]
    """What follows it there."""

    @property
    def exits(self) -> list[Exit]:
        """Where it is left."""
        return [part for part in self.round if isinstance(part, Exit)]

    @property
    def steps(self) -> list[Any]:
        """All that a round does, without leaving."""
        return [node for part in self.round for node in (part.nodes if isinstance(part, Exit) else [part])]

    @property
    def returns(self) -> bool:
        """Whether it is left by `return`."""
        return self.exits[0].returned is not None

    def replaced(self, tree: Tree, new: Sequence[Any], rest: Sequence[Any]) -> str:
        """The text with other statements in place of the loop and of what follows it."""
        body: list[Any] = list(self.block.body)
        kept = [*body[: body.index(self.node)], *new, *rest]
        return tree.with_(self.block, self.block.with_changes(body=kept))


def leaving_at(tree: Tree, lineno: int) -> Leaving | None:
    """The loop that is left on a line, or begins there; None where there is none that can be followed."""
    node: Any = tree.statement(lineno)
    if isinstance(node, cst.If):
        node = next(iter(above for above in tree.above(node) if not isinstance(above, cst.IndentedBlock)), None)
    block: Any = tree.parent(node) if isinstance(node, (cst.For, cst.While)) else None
    if node is None or node.orelse is not None or not isinstance(block, cst.IndentedBlock):
        return None
    parts = [exit_of(part) or part for part in lines_of(node.body)]
    found = Leaving(node, parts, block, list(block.body)[list(block.body).index(node) + 1 :])
    kinds = {one.returned is None for one in found.exits}
    if len(kinds) != 1 or _leaves([part for part in parts if not isinstance(part, Exit)]):
        return None
    if found.returns and not (isinstance(tree.parent(block), cst.FunctionDef) and _is_returned(found.rest)):
        return None
    return found


def exit_of(node: Any) -> Exit | None:
    """What leaves a loop, where a statement does so whenever a tensor says so."""
    if not isinstance(node, cst.If) or node.orelse is not None:
        return None
    *before, last = lines_of(node.body)
    end = last.body[-1] if isinstance(last, cst.SimpleStatementLine) and len(last.body) == 1 else None
    condition = condition_of(node.test)
    if condition is None or not isinstance(end, (cst.Break, cst.Return)):
        return None
    value = end.value if isinstance(end, cst.Return) else None
    if isinstance(end, cst.Return) and value is None:
        return None
    return Exit(condition, before, value)


def _leaves(nodes: Iterable[cst.CSTNode]) -> bool:
    return any(isinstance(part, _LEAVING) for node in nodes for part in inside(node))


def _is_returned(rest: list[Any]) -> bool:
    """Whether what follows ends in one `return`, and has no other."""
    last = rest[-1].body[-1] if rest and isinstance(rest[-1], cst.SimpleStatementLine) else None
    return isinstance(last, cst.Return) and last.value is not None and not _leaves(rest[:-1])


def parts_of_value(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """What a tuple is made of; anything else is one part."""
    return [element.value for element in node.elements] if isinstance(node, cst.Tuple) else [node]


def chosen_at_the_end(rest: list[Any], flag: str, names: Sequence[str]) -> list[Any] | None:
    """What follows a loop, where what it returned counts once it was left; None where both return other numbers.

    Args:
        rest: what follows; it ends in `return`.
        flag: says whether the loop ran to its end.
        names: hold the parts of what was returned from inside.
    """
    last: Any = rest[-1]
    own = parts_of_value(last.body[-1].value)
    if len(own) != len(names):
        return None
    chosen = ", ".join(f"torch.where({flag}, {text_of(part)}, {name})" for part, name in zip(own, names))
    made: Any = statements(f"return {chosen}")[0]
    return [*rest[:-1], last.with_changes(body=[*last.body[:-1], *made.body])]
