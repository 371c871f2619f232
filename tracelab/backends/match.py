"""Which recorded node became which node of the program, and which were lost to dead-code elimination.

The program's nodes are a subsequence of the recorded ones. What made the outputs is paired first, then what
made that, and so on. Of the others (writes in place, and what surrounds scripted code) a recorded node is paired
with the first free node of the program that stands for the same operator at the same Python stack and takes the
paired arguments; one that finds no partner is dead. Calls of scripted functions are expanded in the program, so
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

    def run(self) -> Matching:
        for one, other in zip(self._recorded.inputs, self._finished.inputs):
            self._matching.values[one.number] = other.number
        self._follow()
        paired = set(self._matching.nodes.values())
        for index, node in enumerate(self._finished.nodes):
            if index not in paired:
                self._queues[node.kind, node.stack].append(index)
        for index, node in enumerate(self._recorded.nodes):
            if index in self._matching.nodes:
                continue
            if node.kind in SCRIPT_CALLS:
                self._matching.expanded.add(index)
                self._matching.values.update({value.number: _ANY for value in node.outputs})
            else:
                self._pair(index, node)
        self._pair_renamed()
        self._matching.nodes = dict(sorted(self._matching.nodes.items()))
        return self._matching

    def _follow(self) -> None:
        """Pair what made the outputs, back to the inputs: which of several like nodes lived is plain from its use."""
        ours, theirs = _producers(self._recorded), _producers(self._finished)
        pending = [(tuple(self._recorded.outputs), tuple(self._finished.outputs))]
        while pending:
            for one, other in zip(*pending.pop()):
                if isinstance(one, Items) and isinstance(other, Items) and len(one.items) == len(other.items):
                    pending.append((one.items, other.items))
                elif isinstance(one, Ref) and isinstance(other, Ref) and one.value not in self._matching.values:
                    index, partner = ours.get(one.value), theirs.get(other.value)
                    if index is not None and partner is not None and self._are_alike(index, partner, one, other):
                        self._join(index, self._recorded.nodes[index], partner)
                        pending.append((self._recorded.nodes[index].args, self._finished.nodes[partner].args))

    def _are_alike(self, index: int, partner: int, one: Ref, other: Ref) -> bool:
        ours, theirs = self._recorded.nodes[index], self._finished.nodes[partner]
        places = [
            [value.number for value in node.outputs].index(ref.value) for node, ref in ((ours, one), (theirs, other))
        ]
        return (ours.kind, ours.stack, len(ours.args), places[0]) == (
            theirs.kind,
            theirs.stack,
            len(theirs.args),
            places[1],
        )

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


def _producers(graph: RawGraph) -> dict[int, int]:
    """The index of the node that made each value."""
    return {value.number: index for index, node in enumerate(graph.nodes) for value in node.outputs}
