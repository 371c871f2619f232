"""What statements read and what they bind: the names that go into a block, and come out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst


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
