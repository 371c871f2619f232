"""Source files with what there is to say of their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracelab import schema
from tracelab.renderers import story, tally
from tracelab.renderers.reading import Reader, span
from tracelab.renderers.safe import path
from tracelab.shown import ShownFile, ShownMark
from tracelab.viewer.places import Files
from tracelab.viewer.tokens import tokens

MOST_TOKENS = 2_000_000
"""Of a longer text, which no person wrote, the tokens are left out."""


def shown_files(reader: Reader, files: Files) -> tuple[ShownFile, ...]:
    """Every file that something points into, marked."""
    marks: dict[str, list[ShownMark]] = {}
    for filename, mark in _marks(reader):
        marks.setdefault(filename, []).append(mark)
    return tuple(_file(name, files, marks) for name in files.names)


def _file(name: str, files: Files, marks: Mapping[str, Sequence[ShownMark]]) -> ShownFile:
    raw = files.texts.get(name)
    # Lines are Python's; a lone surrogate cannot be sent, and JavaScript would see the same replacement.
    text = None if raw is None else raw.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return ShownFile(
        title=files.title(name),
        filename=path(name, 400),
        text=text,
        tokens=tokens(text) if text and len(text) <= MOST_TOKENS else (),
        marks=tuple(sorted(marks.get(name, ()), key=lambda mark: (mark.line, mark.kind))),
    )


def _marks(reader: Reader) -> Iterator[tuple[str, ShownMark]]:
    """Frozen lines, worst first, then lines that were never recorded, each once."""
    findings = reader.capture.findings
    seen: set[tuple[str, int, int]] = set()
    for place in sorted(range(len(findings)), key=lambda at: tally.LOOKS.index(tally.look(findings[at]))):
        finding = findings[place]
        if finding.source is None or finding.source.lineno < 1:
            continue
        yield finding.source.filename, _frozen(reader, finding, finding.source, place)
        for first, last in reader.untaken(finding):
            if first >= 1 and (finding.source.filename, first, last) not in seen:
                seen.add((finding.source.filename, first, last))
                mark = ShownMark(line=first, last=max(first, last), kind="unrecorded", text="not run", finding=place)
                yield finding.source.filename, mark


def _frozen(reader: Reader, finding: schema.Finding, source: schema.SourceRange, place: int) -> ShownMark:
    lines = reader.lines(source.filename)
    text = lines[source.lineno - 1] if source.lineno <= len(lines) else ""
    start, end = _columns(source, text) if text.strip() else (None, None)
    value = story.frozen_value(finding)
    other = "stopped here" if finding.rule == "untraceable" else ""
    return ShownMark(
        line=source.lineno,
        last=max(source.lineno, source.end_lineno),
        kind="frozen",
        text=f"frozen: {value}" if value else other,
        finding=place,
        start=start,
        end=end,
    )


def _columns(source: schema.SourceRange, text: str) -> tuple[int, int]:
    """What is meant of the first line, in UTF-16 units."""
    start, end = span(source, source.lineno, text)
    return _units(text[:start]), _units(text[:end])


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
