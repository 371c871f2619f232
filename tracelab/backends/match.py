"""Which recorded node became which node of the program, and which were lost to dead-code elimination.

The program's nodes are a subsequence of the recorded ones. A recorded node is paired with the first free
node of the program that stands for the same operator at the same Python stack and takes the paired
arguments; one that finds no partner is dead. Calls of scripted functions are expanded in the program, so
their outputs may pair with anything.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field

from tracelab.backends.raw import RawGraph, RawNode
from tracelab.schema import Arg, Items, Ref

SCRIPT_CALLS = {"prim::CallMethod", "prim::CallFunction"}
_ANY = -1
"""The partner of a value that a scripted call made."""


@dataclass
class Matching:
    """Pairs of recorded and finished nodes and values."""

    nodes: dict[int, int] = field(default_factory=dict[int, int])
    """Index of a recorded node -> index of the program's node."""
    values: dict[int, int] = field(default_factory=dict[int, int])
    """Number of a recorded value -> number of the program's value."""
    expanded: set[int] = field(default_factory=set[int])
    """Indices of recorded calls of scripted code."""


def match(recorded: RawGraph, finished: RawGraph) -> Matching:
    """Pair the nodes of a recorded graph with those of the program made of it."""
    return _Matcher(recorded, finished).run()


class _Matcher:
    def __init__(self, recorded: RawGraph, finished: RawGraph) -> None:
        self._recorded, self._finished = recorded, finished
        self._matching = Matching()
        self._queues: dict[tuple[str, str], deque[int]] = defaultdict(deque)
        for index, node in enumerate(finished.nodes):
            self._queues[node.kind, node.stack].append(index)

    def run(self) -> Matching:
        for one, other in zip(self._recorded.inputs, self._finished.inputs):
            self._matching.values[one.number] = other.number
        for index, node in enumerate(self._recorded.nodes):
            if node.kind in SCRIPT_CALLS:
                self._matching.expanded.add(index)
                self._matching.values.update({value.number: _ANY for value in node.outputs})
            else:
                self._pair(index, node)
        self._pair_renamed()
        return self._matching

    def _pair(self, index: int, node: RawNode) -> None:
        queue = self._queues[node.kind, node.stack]
        if queue and self._agree(node.args, self._finished.nodes[queue[0]].args):
            self._join(index, node, queue.popleft())

    def _join(self, index: int, node: RawNode, partner: int) -> None:
        self._matching.nodes[index] = partner
        for one, other in zip(node.outputs, self._finished.nodes[partner].outputs):
            self._matching.values[one.number] = other.number

    def _pair_renamed(self) -> None:
        """Operators that torch replaces by another name of theirs (`aten::multiply` by `aten::mul`)."""
        free: dict[str, deque[int]] = defaultdict(deque)
        for (_, stack), queue in self._queues.items():
            free[stack].extend(queue)
        if not any(free.values()):
            return
        for index, node in enumerate(self._recorded.nodes):
            if index in self._matching.nodes or index in self._matching.expanded:
                continue
            queue = free.get(node.stack)
            if queue and self._agree(node.args, self._finished.nodes[queue[0]].args):
                self._join(index, node, queue.popleft())
            else:
                self._pair(index, node)  # its arguments may have found their partners since

    def _agree(self, recorded: tuple[Arg, ...], finished: tuple[Arg, ...]) -> bool:
        return len(recorded) == len(finished) and all(map(self._same, recorded, finished))

    def _same(self, one: Arg, other: Arg) -> bool:
        if isinstance(one, Items) and isinstance(other, Items):
            return self._agree(one.items, other.items)
        if isinstance(one, Ref):
            return self._same_value(one.value, other)
        return one == other

    def _same_value(self, number: int, other: Arg) -> bool:
        fqn = self._recorded.attributes.get(number)
        if fqn is not None:
            return isinstance(other, Ref) and self._finished.attributes.get(other.value) == fqn
        partner = self._matching.values.get(number)
        return partner == _ANY or (isinstance(other, Ref) and partner == other.value)
