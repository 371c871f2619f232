"""What a decision controls: the nodes recorded under it, and a caption that says what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from tracelab import schema
from tracelab.format import plural
from tracelab.renderers.reading import Reader
from tracelab.renderers.safe import visible
from tracelab.shown import ShownRegion
from tracelab.syntax import STEERING
from tracelab.viewer.order import Row

_LOOPS = ("for", "while", "comprehension")
_BRANCHES = ("if", "elif")


def regions(reader: Reader, rows: Sequence[Row], graphs: Sequence[int]) -> list[tuple[ShownRegion, ...]]:
    """The regions of each graph.

    Args:
        reader: the capture.
        rows: its graphs, in order.
        graphs: of each finding, the place of its graph.
    """
    found: list[list[ShownRegion]] = [[] for _ in rows]
    for place, finding in enumerate(reader.capture.findings):
        if not rows or not 0 <= graphs[place] < len(rows):
            continue
        number = rows[graphs[place]].number
        seen = steering(reader, finding)
        nodes = sorted({number[node] for each in seen for node in each.nodes if node in number})
        if nodes:
            found[graphs[place]].append(ShownRegion(caption=caption(seen, finding), finding=place, nodes=tuple(nodes)))
    return [tuple(several) for several in found]


def steering(reader: Reader, finding: schema.Finding) -> list[schema.Observation]:
    """The decisions that chose which code ran next; the others only took a value."""
    return [seen for seen in reader.observations(finding) if seen.syntax in STEERING]


def caption(seen: Sequence[schema.Observation], finding: schema.Finding) -> str:
    """`loop unrolled 3 times, frozen`, `else-arm (lines 14 to 18) not recorded`, `assert decided once, frozen`."""
    first = seen[0]
    if first.syntax in _LOOPS:
        times = _times(seen)
        return f"loop unrolled {plural(times, 'time')}, frozen" if times is not None else "loop unrolled, frozen"
    untaken = next((each.untaken for each in seen if each.untaken), None)
    if first.syntax in _BRANCHES and untaken:
        arm = first.syntax if first.lines is None or untaken[0] < first.lines[0] else "else"
        return f"{arm}-arm ({_lines(untaken)}) not recorded"
    value = f" ({visible(finding.frozen, 40)})" if finding.frozen else ""
    return f"{visible(first.syntax, 40)} decided once{value}, frozen"


def _times(seen: Sequence[schema.Observation]) -> int | None:
    """How often the loop went round: as often as its condition held, or as often as its number says."""
    if seen[0].syntax == "while":
        return sum(each.value == "True" for each in seen) if seen[0].value in ("True", "False") else None
    return int(seen[0].value) if len(seen) == 1 and seen[0].value.isdecimal() and len(seen[0].value) < 10 else None


def _lines(span: tuple[int, int]) -> str:
    return f"line {span[0]}" if span[0] == span[1] else f"lines {span[0]} to {span[1]}"
