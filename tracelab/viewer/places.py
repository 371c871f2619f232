"""The files that a capture points into, and the ranges of one graph."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tracelab import schema
from tracelab.format import place_text
from tracelab.renderers.reading import every_node
from tracelab.renderers.safe import path


class Files:
    """Every file that is named, by number: those whose text was kept come first."""

    def __init__(self, capture: schema.Capture) -> None:
        self.texts = {file.filename: file.text for file in capture.sources}
        self.cells: dict[str, str] = {}
        self._places = {name: at for at, name in enumerate(self.texts)}
        for place in _ranges(capture):
            self._places.setdefault(place.filename, len(self._places))
            if place.cell:
                self.cells.setdefault(place.filename, place.cell)

    @property
    def names(self) -> tuple[str, ...]:
        """The file names by number."""
        return tuple(self._places)

    def place(self, filename: str) -> int:
        """The number of a file."""
        return self._places[filename]

    def title(self, filename: str) -> str:
        """`model.py`, `In [3]`."""
        return path(self.cells.get(filename) or re.split(r"[/\\]", filename)[-1] or filename, 60)


def place_name(source: schema.SourceRange) -> str:
    """`model.py:12`, `In [3]:12`."""
    return path(re.split(r"[/\\]", place_text(source))[-1], 80)


def _ranges(capture: schema.Capture) -> Iterator[schema.SourceRange]:
    """Every place that is shown."""
    for graph in capture.graphs:
        yield from graph.frames
        yield from (info.source for info in graph.modules if info.source)
        yield from (node.source for node in every_node(graph.nodes) if node.source)
    yield from (seen.source for seen in capture.observations if seen.source)
    yield from (finding.source for finding in capture.findings if finding.source)


class Ranges:
    """The ranges of one graph, each once; 0 is none."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._places: dict[tuple[int, int, int], int] = {(0, 0, 0): 0}

    def place(self, source: schema.SourceRange | None) -> int:
        """The number of a range."""
        if source is None or source.lineno < 1:
            return 0
        key = (self._files.place(source.filename), source.lineno, max(source.lineno, source.end_lineno))
        return self._places.setdefault(key, len(self._places))

    @property
    def columns(self) -> tuple[list[int], list[int], list[int]]:
        """Files, first lines, last lines."""
        files, first, last = zip(*self._places)
        return list(files), list(first), list(last)
