"""A capture as workflow commands of GitHub Actions: each finding stands at its line in the pull request."""

from __future__ import annotations

from collections.abc import Sequence

from tracelab import schema
from tracelab.allowed import Sorted, sort_out
from tracelab.format import place_text
from tracelab.renderers import proof, story, tally
from tracelab.renderers.artifacts import inside, is_file
from tracelab.renderers.reading import Reader, short
from tracelab.renderers.safe import path, visible

_COMMANDS: dict[tally.Look, str] = {"error": "error", "warning": "warning", "holds": "notice", "note": "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def render(capture: schema.Capture, root: str = "", *, everything: bool = False, allow: Sequence[str] = ()) -> str:
    """The capture as a line for each finding, and the answer as the last line.

    Args:
        capture: the document.
        root: the folder of the checkout: files in it are named from there on.
        everything: also what holds, notes, and what is let pass. GitHub shows ten of a kind and drops the others.
        allow: what is let pass, as `tracelab.allowed` reads it.
    """
    reader, found = Reader(capture), sort_out(capture, allow)
    names = [(name, finding) for look in tally.LOOKS for name, finding in _named(capture, found, look)]
    lines = [_stop(capture.stop, root)] if capture.stop else []
    lines += [_finding(reader, name, finding, root) for name, finding in names if everything or name != "notice"]
    return "\n".join([*lines, tally.headline(capture)])


def _named(capture: schema.Capture, found: Sorted, look: tally.Look) -> list[tuple[str, schema.Finding]]:
    findings = tally.of_look(capture.findings, look)
    return [("notice" if finding in found.allowed else _COMMANDS[look], finding) for finding in findings]


def _finding(reader: Reader, name: str, finding: schema.Finding, root: str) -> str:
    title, place = f"{visible(finding.rule, 60)} {finding.verdict}", _shown_at(reader, finding, root)
    where = f"{short(place_text(finding.source))}: " if place != finding.source else ""
    said = [where + visible(finding.message, 600), *(f"{label}: {value}" for label, value in told(reader, finding))]
    return command(name, place, root, title, said)


def _shown_at(reader: Reader, finding: schema.Finding, root: str) -> schema.SourceRange | None:
    """The place; of one in a library the line of the checkout that led there: a pull request shows no other files."""
    frames = [frame for seen in reader.observations(finding)[:1] for frame in seen.stack]
    places = [finding.source, *frames] if finding.source else []
    return next((place for place in places if is_file(place) and inside(place.filename, root)), finding.source)


def _stop(why: schema.Stop, root: str) -> str:
    return command("error", why.source, root, "the capture stopped", [story.stop(why)])


def told(reader: Reader, finding: schema.Finding) -> list[tuple[str, str]]:
    """What was frozen, and what proves it, or what was tried and is open."""
    rows = [("frozen", story.frozen_value(finding))]
    if witness := story.witness(finding):
        rows += proof.rows(reader, witness)
    else:
        rows += [("tried", phrase) for phrase in proof.tried(reader, finding)]
        rows += [("note", visible(finding.reason, 600))]
    return [row for row in rows if row[1]]


def command(name: str, source: schema.SourceRange | None, root: str, title: str, lines: list[str]) -> str:
    """`::error file=model.py,line=12,endLine=12,col=8,endColumn=19,title=...::...`.

    Args:
        name: `error`, `warning` or `notice`.
        source: the place; one that is in no file is told in the message.
        root: the folder that names of files start from.
        title: what stands above the message.
        lines: the message.
    """
    place: dict[str, str] = {}
    if source is not None and is_file(source):
        place = {"file": visible(inside(source.filename, root) or source.filename, 4000), **_span(source)}
    elif source is not None:
        lines = [f"{path(place_text(source))}: {lines[0]}", *lines[1:]]
    told = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in {**place, "title": title}.items())
    return f"::{name} {told}::{_escaped(chr(10).join(lines), _DATA)}"


def _span(source: schema.SourceRange) -> dict[str, str]:
    """Lines, and columns where the place is on one line: GitHub takes them there alone."""
    first, last = max(source.lineno, 1), max(source.lineno, source.end_lineno, 1)
    span = {"line": first, "endLine": last}
    if first == last and source.end_col_offset is not None and source.end_col_offset > source.col_offset >= 0:
        span |= {"col": source.col_offset + 1, "endColumn": source.end_col_offset + 1}
    return {key: str(value) for key, value in span.items()}


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)
