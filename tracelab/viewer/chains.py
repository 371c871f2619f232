"""Why a value is frozen: the shortest way from an input to what Python asked."""

from __future__ import annotations

from collections.abc import Sequence

from tracelab import schema
from tracelab.renderers import story
from tracelab.renderers.reading import Reader
from tracelab.renderers.safe import visible
from tracelab.viewer.order import Row
from tracelab.viewer.places import place_name
from tracelab.viewer.strings import label, spec

MOST_TOLD = 12
"""So many steps are told in words; of a longer way the last ones."""
_FAR = 1 << 40


class Ways:
    """Of each node, how far it is from an input, and the node before it on the shortest way."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._far = [_FAR] * len(row.nodes)
        self._before = [-1] * len(row.nodes)
        for number, node in enumerate(row.nodes):
            if node.op == "placeholder":
                self._far[number] = 0
            for maker in row.takes[number]:
                if self._far[maker] + 1 < self._far[number]:
                    self._far[number], self._before[number] = self._far[maker] + 1, maker

    def to(self, number: int) -> tuple[int, ...]:
        """The way from an input to a node; where no input reaches it, the node and the ghosts behind it."""
        way = [number]
        while self._before[way[-1]] >= 0:
            way.append(self._before[way[-1]])
        while self._row.nodes[way[-1]].op != "placeholder" and (behind := self._ghost(way[-1])) is not None:
            way.append(behind)
        return tuple(reversed(way))

    def _ghost(self, number: int) -> int | None:
        return next((maker for maker in self._row.takes[number] if self._row.nodes[maker].ghost), None)


def ways(row: Row) -> Ways:
    """The shortest ways of a graph; what a node takes stands before it, so one pass finds them all."""
    return Ways(row)


def told(reader: Reader, finding: schema.Finding, row: Row, chain: Sequence[int]) -> tuple[str, ...]:
    """A way in words; the last one is the line that made the value a constant."""
    if not chain:
        return ()
    nodes = [row.nodes[number] for number in chain]
    skipped = len(nodes) - MOST_TOLD
    steps = [_step(reader, finding.method, node) for node in (nodes[-MOST_TOLD + 1 :] if skipped > 0 else nodes)]
    if skipped > 0:
        steps[:0] = [_step(reader, finding.method, nodes[0]), f"… {skipped} more …"]
    seen = reader.observations(finding)
    asked = visible(seen[0].asked, 120) if seen else ""
    value = story.frozen_value(finding, 80)
    made = (f"{asked} gave {value}" if asked else f"frozen: {value}") if value else f"{asked or 'Python'} asked"
    return (*steps, made + (f" at {place_name(finding.source)}" if finding.source else ""))


def _step(reader: Reader, method: str, node: schema.Node) -> str:
    """`sum f32[] at net.py:3 (ran, but is not in the program)`."""
    if node.op == "placeholder":
        return label(node)
    source = reader.source_of(method, node)
    parts = [label(node), spec(node), f"at {place_name(source)}" if source else ""]
    parts += ["(ran, but is not in the program)"] if node.ghost else []
    return " ".join(part for part in parts if part)
