"""Source in a page: rows with numbers, and the files with their frozen lines marked."""

from __future__ import annotations

from collections.abc import Iterator

from tracelab import schema
from tracelab.format import plural
from tracelab.renderers import tally
from tracelab.renderers.markup import Html, tag
from tracelab.renderers.reading import Line, Reader, place_of, show, span
from tracelab.renderers.safe import path

_COLUMNS, _WHOLE, _AROUND = 400, 1500, 15
"""The widest line shown; the longest file shown whole; of a longer one, the lines around each frozen line."""

Marks = dict[int, schema.Finding]


def row(line: Line, said: str = "", look: str = "", anchor: str = "") -> Html:
    """A line of source with its number, the meant part marked."""
    text: list[str | Html] = [line.text]
    if line.role == "frozen":
        meant = tag("mark", line.text[line.start : line.end], class_=look)
        text = [line.text[: line.start], meant, line.text[line.end :]]
    kind = "line skipped" if line.role == "not run" else "line"
    return tag(
        "span",
        tag("span", str(line.number), class_="number"),
        tag("bdi", tag("code", text)),
        said,
        class_=kind,
        id=anchor,
    )


def link(reader: Reader, source: schema.SourceRange | None) -> Html:
    """The place of a finding, which leads to its line in the listing."""
    place = tag("bdi", tag("code", place_of(source)))
    if source is None or not 1 <= source.lineno <= len(reader.lines(source.filename)):
        return place
    return tag("a", place, href=f"#{_anchor(reader, source.filename, source.lineno)}")


def _anchor(reader: Reader, filename: str, number: int) -> str:
    return f"file-{[file.filename for file in reader.capture.sources].index(filename)}-line-{number}"


def sources(reader: Reader) -> Html:
    """Every file that a finding points into."""
    files = [(file.filename, _marks(reader, file.filename)) for file in reader.capture.sources]
    shown = [_file(reader, filename, marks) for filename, marks in files if marks]
    return tag("section", tag("h2", "Source"), shown) if shown else Html()


def _marks(reader: Reader, filename: str) -> Marks:
    """The worst finding of each line."""
    found: Marks = {}
    for finding in sorted(reader.capture.findings, key=lambda finding: tally.LOOKS.index(tally.look(finding))):
        if finding.source and finding.source.filename == filename:
            found.setdefault(finding.source.lineno, finding)
    return {number: finding for number, finding in found.items() if 1 <= number <= len(reader.lines(filename))}


def _file(reader: Reader, filename: str, marks: Marks) -> Html:
    rows = list(_rows(reader, filename, marks))
    summary = [tag("bdi", tag("code", path(filename))), f": {plural(len(marks), 'frozen line')}"]
    return tag("details", tag("summary", summary), tag("pre", rows, tabindex="0"))


def _rows(reader: Reader, filename: str, marks: Marks) -> Iterator[Html]:
    lines, before = reader.lines(filename), 0
    for number in _numbers(len(lines), marks):
        if number > before + 1:
            yield tag("span", tag("span", "⋮", class_="number"), class_="line")
        before = number
        yield _row(reader, filename, number, marks.get(number))


def _row(reader: Reader, filename: str, number: int, finding: schema.Finding | None) -> Html:
    text = reader.lines(filename)[number - 1]
    if finding is None or finding.source is None:
        return row(show(number, text, _COLUMNS))
    line = show(number, text, _COLUMNS, "frozen", *span(finding.source, number, text))
    return row(line, look=tally.look(finding), anchor=_anchor(reader, filename, number))


def _numbers(count: int, marks: Marks) -> list[int]:
    if count <= _WHOLE:
        return [*range(1, count + 1)]
    near = {number for mark in marks for number in range(mark - _AROUND, mark + _AROUND + 1)}
    return sorted(number for number in near if 1 <= number <= count)
