"""Source in a page: rows with numbers, and the files with their frozen lines marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracelab import schema
from tracelab.format import plural
from tracelab.renderers import tally
from tracelab.renderers.markup import Html, tag
from tracelab.renderers.reading import Line, Reader, place_of, show, span
from tracelab.renderers.safe import path

_COLUMNS = 400
"""The widest line shown."""


@dataclass(frozen=True)
class Extent:
    """How much is shown of the source."""

    whole: int = 1500
    """The longest file that is shown whole."""
    around: int = 15
    """Of a longer one, the lines around each frozen line."""
    most: int = 100_000
    """Lines of all files together."""


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
        tag("bdi", text),
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


def sources(reader: Reader, extent: Extent) -> Html:
    """Every file that a finding points into."""
    left, shown = extent.most, list[Html]()
    for file in reader.capture.sources:
        if marks := _marks(reader, file.filename):
            numbers = _numbers(len(reader.lines(file.filename)), marks, extent)[:left]
            left -= len(numbers)
            shown += [_file(reader, file.filename, marks, numbers)] if numbers else []
    return tag("section", tag("h2", "Source"), shown) if shown else Html()


def _marks(reader: Reader, filename: str) -> Marks:
    """The worst finding of each line."""
    found: Marks = {}
    for finding in sorted(reader.capture.findings, key=lambda finding: tally.LOOKS.index(tally.look(finding))):
        if finding.source and finding.source.filename == filename:
            found.setdefault(finding.source.lineno, finding)
    return {number: finding for number, finding in found.items() if 1 <= number <= len(reader.lines(filename))}


def _file(reader: Reader, filename: str, marks: Marks, numbers: list[int]) -> Html:
    summary = [tag("bdi", tag("code", path(filename))), f": {plural(len(marks), 'frozen line')}"]
    return tag("details", tag("summary", summary), tag("pre", _rows(reader, filename, marks, numbers), tabindex="0"))


def _rows(reader: Reader, filename: str, marks: Marks, numbers: list[int]) -> Iterator[Html]:
    before = 0
    for number in numbers:
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


def _numbers(count: int, marks: Marks, extent: Extent) -> list[int]:
    if count <= extent.whole:
        return [*range(1, count + 1)]
    near = {number for mark in marks for number in range(mark - extent.around, mark + extent.around + 1)}
    return sorted(number for number in near if 1 <= number <= count)
