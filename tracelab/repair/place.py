"""Where a block stands in its function: what is bound before it, and read after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from tracelab.repair.flow import inside, targets
from tracelab.repair.trees import Tree

_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef)


@dataclass(frozen=True)
class Place:
    """A statement, and the names of the function that it stands in."""

    tree: Tree
    node: Any
    function: cst.FunctionDef
    parameters: tuple[str, ...]
    """Without `self`."""
    plain: Mapping[str, Any]
    """Parameters that were given no tensor."""
    before: frozenset[str]
    """Names of the function that are bound before it."""
    after: frozenset[str]
    """Names that are read after it, or by the next round of the loop that it stands in."""
    numbers: frozenset[str]
    """Names that hold a number as it is written: `times = 0`."""

    def fresh(self, name: str) -> str:
        """A name that the function does not use."""
        taken = {part.value for part in inside(self.function) if isinstance(part, cst.Name)}
        return next(one for one in (name, *(f"{name}_{n}" for n in range(2, 1000))) if one not in taken)

    def lines_above(self) -> list[Any]:
        """What stands above it, and an empty line above a function that takes its place, unless it is first."""
        body: Sequence[Any] = getattr(self.tree.parent(self.node), "body", ())
        above = [*self.node.leading_lines]
        is_apart = bool(above) and above[0].comment is None
        return above if is_apart or (body and body[0] is self.node) else [cst.EmptyLine(indent=False), *above]

    def lent(self) -> set[str]:
        """Names of what the caller may hold."""
        return set(self.parameters) - set(self.plain)


def place_of(tree: Tree, node: Any, ran: Mapping[str, Any]) -> Place | None:
    """Where a statement stands; None outside of functions.

    Args:
        tree: of its file.
        node: the statement.
        ran: what the function's parameters were, where that is known, without tensors.
    """
    function = next((above for above in tree.above(node) if isinstance(above, cst.FunctionDef)), None)
    if function is None:
        return None
    first, last = tree.lines(node)
    loops = [a for a in _up_to(tree, node, function) if isinstance(a, (cst.For, cst.While))]
    again = {part.value for loop in loops for part in inside(loop) if isinstance(part, cst.Name)}
    names = [part for part in inside(function.body) if isinstance(part, cst.Name)]
    parameters = [part.name.value for part in inside(function.params) if isinstance(part, cst.Param)]
    own = parameters[1:] if tree.is_method(function) and parameters[:1] == ["self"] else parameters
    bindings = list(_bindings(function.body))
    earlier = [(name, value) for name, value, at in bindings if tree.lines(at)[0] < first]
    return Place(
        tree,
        node,
        function,
        tuple(own),
        {n: ran[n] for n in own if type(ran.get(n, ...)) in (bool, int, float, str, type(None))},
        frozenset((*own, *(name for name, _ in earlier))),
        frozenset(part.value for part in names if tree.lines(part)[0] > last) | frozenset(again),
        frozenset(name for name, value in dict(earlier).items() if is_number(value)),
    )


def _up_to(tree: Tree, node: cst.CSTNode, function: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for above in tree.above(node):
        if above is function:
            return
        yield above


def _bindings(node: cst.CSTNode) -> Iterator[tuple[str, Any, cst.CSTNode]]:
    """Each name that a function's body binds, with the value, where it is bound to one."""
    if isinstance(node, cst.Assign):
        for target in node.targets:
            alone = isinstance(target.target, cst.Name)
            yield from ((name, node.value if alone else None, node) for name in targets(target.target))
    elif isinstance(node, (cst.AugAssign, cst.AnnAssign, cst.For)):
        value = node.value if isinstance(node, cst.AnnAssign) else None
        yield from ((name, value, node) for name in targets(node.target))
    elif isinstance(node, cst.AsName):
        yield from ((name, None, node) for name in targets(node.name))
    if not isinstance(node, _SCOPES):
        for child in node.children:
            yield from _bindings(child)


def is_number(node: Any) -> bool:
    """Whether an expression is a number as it is written."""
    inner = node.expression if isinstance(node, cst.UnaryOperation) else node
    return isinstance(inner, (cst.Integer, cst.Float))


def last_value(nodes: Sequence[cst.CSTNode], name: str) -> Any:
    """What a name is bound to last, where that is one expression at the end of a block's own statements."""
    found: Any = None
    for node in nodes:
        for bound, value, _ in _bindings(node):
            found = value if bound == name else found
    return found
