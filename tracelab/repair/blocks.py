"""What a block of statements reads, binds and does besides: whether it can be a function of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from tracelab.repair.forms import keywords
from tracelab.repair.trees import Tree, expression, operand, text_of

_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef)
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


# -- names ----------------------------------------------------------------------------------------------------------


def inside(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and all that it is made of, in the order of the text."""
    yield node
    for child in node.children:
        yield from inside(child)


def read_in(node: cst.CSTNode) -> list[str]:
    """The names that an expression reads, each once."""
    found = _Reads()
    node.visit(found)
    return list(found.names)


class _Reads(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, None] = {}
        self._own: list[set[str]] = []

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
        if not any(node.value in own for own in self._own):
            self.names.setdefault(node.value)

    def visit_Attribute(self, node: cst.Attribute) -> bool:  # noqa: N802
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:  # noqa: N802
        node.value.visit(self)  # and not the keyword, which is no variable
        return False

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.Lambda, cst.BaseComp)):
            self._own.append(_own_names(node))
        return super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        super().on_leave(original_node)
        if isinstance(original_node, (cst.Lambda, cst.BaseComp)):
            self._own.pop()


def _own_names(node: cst.Lambda | cst.BaseComp) -> set[str]:
    """The parameters of a lambda, the variables of a comprehension."""
    if isinstance(node, cst.Lambda):
        return {part.name.value for part in inside(node.params) if isinstance(part, cst.Param)}
    return {name for part in inside(node) if isinstance(part, cst.CompFor) for name in targets(part.target)}


def targets(node: cst.CSTNode) -> list[str]:
    """The names that an assignment to a target binds."""
    if isinstance(node, cst.Name):
        return [node.value]
    if isinstance(node, (cst.Tuple, cst.List)):
        return [name for element in node.elements for name in targets(element.value)]
    return []


@dataclass
class Flow:
    """What statements, run in turn, read of what was there before, and what they bind."""

    free: dict[str, None] = field(default_factory=dict[str, None])
    """Names that may be read before they are bound, in order."""
    bound: dict[str, None] = field(default_factory=dict[str, None])
    """Names that may be bound."""
    sure: set[str] = field(default_factory=set[str])
    """Those that are bound whatever happens."""

    def take(self, nodes: Sequence[cst.CSTNode]) -> None:
        """Follow statements."""
        for node in nodes:
            self._statement(node)

    def _read(self, *nodes: cst.CSTNode) -> None:
        for node in nodes:
            self.free.update(dict.fromkeys(name for name in read_in(node) if name not in self.sure))

    def _bind(self, names: Iterable[str]) -> None:
        for name in names:
            self.bound.setdefault(name)
            self.sure.add(name)

    def _statement(self, node: cst.CSTNode) -> None:
        if isinstance(node, (cst.SimpleStatementLine, cst.IndentedBlock, cst.SimpleStatementSuite, cst.Else)):
            self.take(_parts(node))
        elif isinstance(node, cst.Assign):
            self._read(node.value)
            self._read(*(target.target for target in node.targets if not targets(target.target)))
            self._bind(name for target in node.targets for name in targets(target.target))
        elif isinstance(node, cst.AnnAssign):
            self._read(*([node.value] if node.value is not None else []))
            self._bind(targets(node.target) if node.value is not None else ())
        elif isinstance(node, cst.AugAssign):
            self._read(node.target, node.value)
            self._bind(targets(node.target))
        elif isinstance(node, cst.If):
            self._read(node.test)
            self._fork([[node.body], [node.orelse] if node.orelse is not None else []])
        elif isinstance(node, cst.While):
            self._read(node.test)
            self._fork([[node.body], []])
        elif isinstance(node, cst.For):
            self._read(node.iter)
            before = set(self.sure)
            self._bind(targets(node.target))
            self.take([node.body])
            self.sure = before
        elif isinstance(node, cst.FunctionDef):
            inner = flow_of([node.body])
            known = {part.name.value for part in inside(node.params) if isinstance(part, cst.Param)} | self.sure
            self.free.update(dict.fromkeys(name for name in inner.free if name not in known))
            self._bind([node.name.value])
        elif isinstance(node, cst.Return):
            self._read(*([node.value] if node.value is not None else []))
        else:
            self._read(node)

    def _fork(self, ways: Sequence[Sequence[cst.CSTNode]]) -> None:
        before, ends = set(self.sure), list[set[str]]()
        for way in ways:
            self.sure = set(before)
            self.take(way)
            ends.append(self.sure)
        self.sure = {name for name in self.bound if all(name in end for end in ends)} | before


def _parts(node: Any) -> Sequence[cst.CSTNode]:
    """The statements of a block, the small ones of a line."""
    body: Any = node.body
    return [body] if isinstance(body, cst.CSTNode) else list(body)


def flow_of(nodes: Sequence[cst.CSTNode]) -> Flow:
    """What statements read and bind."""
    flow = Flow()
    flow.take(nodes)
    return flow


# -- what it does besides -------------------------------------------------------------------------------------------


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


# -- where it stands ------------------------------------------------------------------------------------------------


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
