"""Which call of which module recorded a node, and in which other call that one was made.

A document says of a node its module and the number of the call. A scope is such a call, seen from outside: a part of
the row of nodes with no gap, so that closed boxes never feed one another in a circle. A module that records nothing of
its own (`Sequential`) is known by what it holds; one that is never called (`ModuleList`) is no scope. A shared module
stands where it was called: in the call that goes on after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tracelab import schema
from tracelab.viewer.order import Arm, Row

_UNCALLED = (".ModuleList", ".ModuleDict")
_WITHOUT_PLACE = ("placeholder", "get_attr", "output")


@dataclass
class Scope:
    """One call of a module, or a nested block."""

    parent: int
    fqn: str
    title: str
    call: int = 0
    block: schema.Node | None = None
    """The node that the block belongs to."""


@dataclass
class Scopes:
    """All scopes in the order in which they were entered, and the scope of each node."""

    all: list[Scope]
    of_node: list[int] = field(default_factory=list[int])


@dataclass
class _Open:
    """A scope that nodes may still be recorded in."""

    scope: int
    fqn: str
    call: int | None = None
    """None while it has recorded nothing of its own."""
    is_base: bool = False
    """The whole, or a block: it is left where it ends."""
    held: set[str] = field(default_factory=set[str])


def scopes(graph: schema.Graph, row: Row) -> Scopes:
    """The scopes of a graph."""
    return _Walk(graph, row).walk()


class _Walk:
    def __init__(self, graph: schema.Graph, row: Row) -> None:
        self._row = row
        self._uncalled = {info.fqn for info in graph.modules if info.type.endswith(_UNCALLED)}
        self._found = Scopes([Scope(0, "", "")])
        self._open = [_Open(0, "", is_base=True)]
        self._counts: dict[str, int] = {}
        self._last: dict[tuple[str, int], int] = {}
        """The number of the last node that a call recorded itself."""
        self._latest: dict[str, int] = {}
        """The same of all calls of a module."""
        self._ancestors: dict[str, list[str]] = {}
        self._calls: dict[str, int] = {}
        """How often a module was called; of one that recorded nothing of its own, as often as its rarest part."""
        for number, node in enumerate(row.nodes):
            if node.op not in _WITHOUT_PLACE:
                self._last[node.module, node.call] = self._latest[node.module] = number
                self._calls[node.module] = max(self._calls.get(node.module, 0), node.call + 1)
        self._estimate_calls()

    def _estimate_calls(self) -> None:
        parts = {part for fqn in self._calls for part in self._between("", fqn)}
        for fqn in sorted(parts, key=lambda fqn: -fqn.count(".")):
            outer = self._between("", fqn)[-2:-1]
            if outer and outer[0] not in self._latest:
                self._calls[outer[0]] = min(self._calls.get(outer[0], self._calls[fqn]), self._calls[fqn])

    def walk(self) -> Scopes:
        for step in self._row.steps:
            if isinstance(step, Arm):
                self._enter(step)
            elif step is None:
                self._leave()
            else:
                self._found.of_node.append(self._scope_of(step, len(self._found.of_node)))
        self._sink_attributes()
        return self._found

    def _enter(self, arm: Arm) -> None:
        node = arm.owner
        self._place(node.module, node.call, len(self._found.of_node))
        if node.blocks[arm.place].nodes:
            self._push(node.module, arm.title, node.call, node)
        else:  # nothing to hold: no scope
            self._open.append(_Open(self._open[-1].scope, node.module, node.call, is_base=True))

    def _leave(self) -> None:
        while not self._open.pop().is_base:
            pass

    def _scope_of(self, node: schema.Node, number: int) -> int:
        if node.op in _WITHOUT_PLACE:
            return next(opened.scope for opened in reversed(self._open) if opened.is_base)
        self._place(node.module, node.call, number)
        return self._open[-1].scope

    def _place(self, fqn: str, call: int, number: int) -> None:
        """Leave what is over and enter what is new, so that the innermost scope is this call."""
        was_split = False
        while not (top := self._open[-1]).is_base:
            again = self._child(top.fqn, fqn) in top.held
            if self._goes_on(top, fqn, call, number, again and not was_split):
                break
            was_split |= again and top.fqn != fqn
            self._open.pop()
        if top.fqn == fqn and (top.is_base or top.call in (None, call)):
            if not top.is_base:
                top.call = self._found.all[top.scope].call = call
            return
        # What the whole records inside a block has no scope of its own there.
        for part in self._between(top.fqn, fqn) if fqn else ():
            self._push(part, _title(part, self._open[-1].fqn), call if part == fqn else None)

    def _goes_on(self, top: _Open, fqn: str, call: int, number: int, again: bool) -> bool:
        """Whether a node of that call is recorded in an open scope."""
        if top.fqn == fqn:
            return top.call in (None, call)
        if _is_below(top.fqn, fqn):
            return False
        if top.call is not None and self._last.get((top.fqn, top.call), -1) > number:
            return True
        if not _is_below(fqn, top.fqn):
            return False
        if not again:
            return True
        # It was there already: either it was called twice, or what is around it was called again.
        if top.fqn in self._latest:
            return top.call is None or self._latest[top.fqn] < number
        return self._counts[top.fqn] + 1 >= self._calls[top.fqn]

    def _between(self, outer: str, fqn: str) -> list[str]:
        """The modules from below an outer one down to one that is called; the last is always the one itself."""
        if fqn not in self._ancestors:
            parts = fqn.split(".")
            self._ancestors[fqn] = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        return [
            part
            for part in self._ancestors[fqn]
            if part == fqn or (part not in self._uncalled and not _is_below(outer, part) and part != outer)
        ]

    def _child(self, outer: str, fqn: str) -> str:
        """The module directly below an outer one on the way to another."""
        return self._between(outer, fqn)[0]

    def _push(self, fqn: str, title: str, call: int | None, block: schema.Node | None = None) -> None:
        parent = self._open[-1]
        if block is None:
            parent.held.add(fqn)
            count = self._counts[fqn] = self._counts.get(fqn, -1) + 1
        else:
            count = call or 0
        number = len(self._found.all)
        self._found.all.append(Scope(parent.scope, fqn, title, count if call is None else call, block))
        self._open.append(_Open(number, fqn, call, is_base=block is not None))

    def _sink_attributes(self) -> None:
        """A parameter stands where it is used first."""
        attributes = {number for number, node in enumerate(self._row.nodes) if node.op == "get_attr"}
        for number, taken in enumerate(self._row.takes):
            for maker in taken:
                if maker in attributes:
                    attributes.discard(maker)
                    self._found.of_node[maker] = self._found.of_node[number]


def _is_below(fqn: str, outer: str) -> bool:
    return not outer or fqn.startswith(outer + ".")


def _title(fqn: str, outer: str) -> str:
    """The name as the scope around it would say it: `attention`, `layers.0`."""
    return fqn[len(outer) + 1 :] if outer and _is_below(fqn, outer) else fqn
