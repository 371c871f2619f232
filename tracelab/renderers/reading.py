"""A capture, indexed for reading: which line, which observation, which part of a line is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len

from tracelab import schema
from tracelab.format import place_text
from tracelab.renderers import safe

Role = Literal["frozen", "not run", "context"]


@dataclass(frozen=True)
class Line:
    """A line of source as it is shown: nothing in it acts on the screen."""

    number: int
    text: str
    role: Role = "context"
    start: int = 0
    """Where the meant part begins, in characters of `text`."""
    end: int = 0


class Reader:
    """Answers about one capture."""

    def __init__(self, capture: schema.Capture) -> None:
        self.capture = capture
        self._texts = {file.filename: file.text for file in capture.sources}
        self._lines: dict[str, list[str]] = {}
        self._observations = {seen.id: seen for seen in capture.observations}
        self._findings = {finding.id: finding for finding in capture.findings}
        self._positions = {id(finding): at for at, finding in enumerate(capture.findings)}
        self._runs = {run.id: run for run in capture.runs}
        self._nodes: dict[str, dict[int, schema.Node]] = {}

    def lines(self, filename: str) -> list[str]:
        """The lines of a file as Python counts them; none where its text was not kept."""
        if filename not in self._lines:
            text = self._texts.get(filename, "").replace("\r\n", "\n").replace("\r", "\n")
            self._lines[filename] = text.removesuffix("\n").split("\n") if text else []
        return self._lines[filename]

    def observations(self, finding: schema.Finding) -> list[schema.Observation]:
        """The facts that a finding rests on; ids that name nothing are passed over."""
        return [self._observations[key] for key in finding.observations if key in self._observations]

    def finding(self, name: str) -> schema.Finding | None:
        """The finding of an id; None where there is none."""
        return self._findings.get(name)

    def position(self, finding: schema.Finding) -> int:
        """Which of the capture's findings it is, counted from 0."""
        return self._positions[id(finding)]

    def run(self, number: int) -> schema.Run | None:
        """The Run of an id; None where there is none."""
        return self._runs.get(number)

    def node(self, method: str, number: int) -> schema.Node | None:
        """The node of an id, one of a nested block too; None where there is none."""
        if method not in self._nodes:
            self._nodes[method] = {node.id: node for node in every_node(self._graph(method).nodes)}
        return self._nodes[method].get(number)

    def source_of(self, method: str, node: schema.Node) -> schema.SourceRange | None:
        """The user's line that recorded a node."""
        frames = self._graph(method).frames
        outer = node.stack[0] if node.stack and 0 <= node.stack[0] < len(frames) else None
        return node.source or (frames[outer] if outer is not None else None)

    def _graph(self, method: str) -> schema.Graph:
        named = (graph for graph in self.capture.graphs if graph.method == method)
        return next(named, self.capture.graph if method == "forward" else schema.Graph())

    def untaken(self, finding: schema.Finding) -> list[tuple[int, int]]:
        """The line spans that were not run because of it, in the finding's own file."""
        file = finding.source.filename if finding.source else ""
        seen = [o for o in self.observations(finding) if o.source is None or o.source.filename == file]
        return sorted({o.untaken for o in seen if o.untaken})

    def excerpt(self, finding: schema.Finding, width: int = 100, untaken: int = 3) -> list[Line]:
        """The finding's own lines, and the first few of those that were not run; empty where no text was kept."""
        if finding.source is None:
            return []
        place, source = finding.source, self.lines(finding.source.filename)
        shown = {n: _frozen_line(place, n, source[n - 1], width) for n in _numbers(place, len(source))}
        if not shown:
            return []
        skipped = [n for first, last in self.untaken(finding) for n in range(max(first, 1), min(last, len(source)) + 1)]
        for number in [n for n in skipped if n not in shown and source[n - 1].strip()][:untaken]:
            shown[number] = _skipped_line(number, source[number - 1], width)
        return [shown[number] for number in sorted(shown)]


def place_of(source: schema.SourceRange | None) -> str:
    """`model.py:12:8` with a 1-based column, safe to print."""
    column = f":{source.col_offset + 1}" if source else ""
    return safe.path(place_text(source)) + column


def short(place: str) -> str:
    """A place within the package that it belongs to, safe to print."""
    return safe.path(re.split(r"[/\\](?:site|dist)-packages[/\\]", place)[-1])


def every_node(nodes: Iterable[schema.Node]) -> Iterator[schema.Node]:
    """Nodes and all that is nested in them."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [inner for block in node.blocks for inner in block.nodes]


def _numbers(place: schema.SourceRange, count: int, most: int = 4) -> list[int]:
    """The line numbers of a range that exist: the first few and the last."""
    numbers = range(max(place.lineno, 1), min(max(place.end_lineno, place.lineno), count) + 1)
    return [*numbers] if len(numbers) <= most else [*numbers[: most - 1], numbers[-1]]


def _frozen_line(place: schema.SourceRange, number: int, text: str, width: int) -> Line:
    start, end = span(place, number, text)
    return show(number, text, width, "frozen", start, end)


def span(place: schema.SourceRange, number: int, text: str) -> tuple[int, int]:
    """The characters of a line that a range covers: at least one, never blanks at the line's ends."""
    content, blank = len(text.rstrip()), len(text) - len(text.lstrip())
    start = place.col_offset if number == place.lineno else blank
    end = place.end_col_offset if number == place.end_lineno and place.end_col_offset is not None else content
    start = min(max(start, 0), max(content - 1, 0))
    return start, max(min(end, content), start + 1)


def _skipped_line(number: int, text: str, width: int) -> Line:
    return show(number, text, width, "not run", len(text) - len(text.lstrip()), len(text.rstrip()))


def show(number: int, raw: str, width: int, role: Role = "context", start: int = 0, end: int = 0) -> Line:
    """A line in at most `width` columns, with the meant part in view."""
    left = 0 if end <= width - 2 else max(0, start - width // 4)
    text, column = ("…", 1) if left else ("", 0)
    first = last = -1
    for index in range(left, min(len(raw), left + 4 * width)):
        first = len(text) if index == start else first
        last = len(text) if index == end else last
        piece = safe.character(raw[index], column)
        column += cell_len(piece)
        if column >= width and index + 1 < len(raw):
            text += "…"
            break
        text += piece
    if role == "context":
        return Line(number, text)
    return Line(number, text, role, max(first, 0), last if last >= 0 else max(len(text), first + 1))
