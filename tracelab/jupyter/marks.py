"""Where things were frozen, as a list shows it, and as a cell or an editor marks its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from tracelab import schema
from tracelab.jupyter.code import Cells
from tracelab.renderers import story, tally
from tracelab.renderers.safe import visible
from tracelab.viewer.places import place_name
from tracelab.wire import Found, Mark, Marked

if TYPE_CHECKING:
    from tracelab.handle import Trace

_MOST_MARKS = 2000
"""So many lines are marked at most, those of the newest Traces."""


def found(trace: Trace, cells: Cells) -> tuple[Found, ...]:
    """The findings of a Trace, worst first."""
    capture = trace.capture
    texts = _texts(capture)
    return tuple(_found(finding, texts, cells) for finding in capture.findings)


def _found(finding: schema.Finding, texts: dict[str, str], cells: Cells) -> Found:
    source = finding.source
    cell = cells.find(source.filename) if source else None
    if source and cell:
        text = texts.get(source.filename, "")
        lines = cell.line(source.lineno, text), cell.line(source.end_lineno, text)
        source = structs.replace(source, lineno=lines[0], end_lineno=max(lines))
    return Found(
        id=finding.id,
        rule=visible(finding.rule, 60),
        verdict=finding.verdict,
        look=tally.look(finding),
        message=visible(finding.message, 600),
        frozen=story.frozen_value(finding),
        place=place_name(source) if source else "",
        source=source,
        cell=cell.ids[-1] if cell and cell.ids else "",
    )


def marked(traces: Iterable[Trace], cells: Cells) -> tuple[Marked, ...]:
    """The files and cells with frozen lines.

    Args:
        traces: the newest first. Of a thing that several of them say, what the newest says counts.
        cells: those of the notebook.
    """
    places: dict[tuple[str, str], dict[tuple[int, str, str], Mark]] = {}
    texts: dict[tuple[str, str], str] = {}
    count = 0
    for trace in traces:
        capture = trace.capture
        of_files = _texts(capture)
        for finding in capture.findings:
            source = finding.source
            if source is None or source.lineno < 1 or count >= _MOST_MARKS:
                continue
            cell = cells.find(source.filename)
            text = of_files.get(source.filename, "")
            key = (source.filename, cell.text if cell else text)
            line = cell.line(source.lineno, text) if cell else source.lineno
            last = cell.line(source.end_lineno, text) if cell else source.end_lineno
            about = (line, finding.rule, capture.name)
            if key[1] and about not in places.setdefault(key, {}):
                places[key][about] = _mark(trace.id, finding, line, max(line, last))
                texts[key] = key[1]
                count += 1
    return tuple(part for key, marks in places.items() for part in _placed(*key, [*marks.values()], cells))


def _placed(filename: str, text: str, marks: list[Mark], cells: Cells) -> Iterator[Marked]:
    marks.sort(key=lambda mark: (mark.line, tally.LOOKS.index(mark.look)))
    cell = cells.find(filename)
    for name in (cell.ids or [""]) if cell else [""]:
        yield Marked(filename=filename, cell=name, is_cell=cell is not None, text=text, marks=tuple(marks))


def _mark(trace: str, finding: schema.Finding, line: int, last: int) -> Mark:
    frozen = story.frozen_value(finding)
    message = visible(finding.message, 600)
    return Mark(
        trace=trace,
        finding=finding.id,
        line=line,
        last=last,
        look=tally.look(finding),
        title=f"{visible(finding.rule, 60)}: {tally.word(finding)}",
        text=f"frozen: {frozen}\n{message}" if frozen else message,
    )


def _texts(capture: schema.Capture) -> dict[str, str]:
    return {file.filename: file.text for file in capture.sources}
