"""The capture as a compiler would report it: the answer first, then each place with its line and a caret."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tracelab import schema
from tracelab.format import plural
from tracelab.renderers import story
from tracelab.renderers.reading import Line, Reader
from tracelab.renderers.safe import visible

_STYLES = {"error": "bold red", "warning": "bold yellow", "note": "bold cyan"}
_RULER, _STRONG = "blue", "bold"


def render(capture: schema.Capture, *, everything: bool = False, colour: bool = False, width: int = 100) -> str:
    """The capture as text.

    Args:
        capture: the document.
        everything: show each note by itself, not one line a rule.
        colour: use ANSI colours. Names and source never carry escapes of their own.
        width: the columns to fill.
    """
    width = max(width, 40)
    lines = [*_summary(capture), *_findings(Reader(capture), everything, width)]
    return _print(lines, colour, width)


def _print(lines: list[Text], colour: bool, width: int) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        _environ={},
    )
    for line in lines:
        console.print(line, soft_wrap=True)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _summary(capture: schema.Capture) -> Iterator[Text]:
    yield Text(story.headline(capture), _STRONG)
    totals = story.counts(capture.findings)
    for label, value in [*([("findings", totals)] if totals else []), *story.facts(capture)]:
        yield _hanging(f"  {label:<9}", value, "dim")
    if capture.stop:
        yield _hanging("  ", story.stop(capture.stop), _STYLES["error"], _STYLES["error"])


def _hanging(label: str, value: str, style: str, value_style: str = "") -> Text:
    """A line that `_print` leaves alone: what is long here is a name, and a broken name cannot be copied."""
    return Text.assemble((label, style), (value, value_style))


def _findings(reader: Reader, everything: bool, width: int) -> Iterator[Text]:
    findings = reader.capture.findings
    shown = [finding for finding in findings if everything or finding.level != "note"]
    for finding in shown:
        yield Text()
        yield from _finding(reader, finding, width)
    if len(shown) < len(findings):
        yield Text()
        yield from _collapsed(story.of_level(findings, "note"))


def _finding(reader: Reader, finding: schema.Finding, width: int) -> Iterator[Text]:
    style = _STYLES[finding.level]
    yield Text.assemble(
        (f"{finding.level}[{visible(finding.rule, 60)}]", style),
        (f" {finding.verdict}: {visible(finding.message, 600)}", _STRONG),
    )
    lines = reader.excerpt(finding, width - 12)
    gutter = max((len(str(line.number)) for line in lines), default=2)
    yield Text.assemble((f"{'':{gutter}}--> ", _RULER), story.place_of(finding.source))
    yield from _excerpt(lines, finding, gutter, style)
    if story.frozen_value(finding) and not lines:
        yield _remark("frozen", story.frozen_value(finding, 200), gutter)
    for label, value in story.remarks(reader, finding):
        yield from _wrapped(label, value, gutter, width)


def _excerpt(lines: list[Line], finding: schema.Finding, gutter: int, style: str) -> Iterator[Text]:
    bar = Text(f"{'':{gutter}} |", _RULER)
    if lines:
        yield bar
    last_frozen = max((line.number for line in lines if line.role == "frozen"), default=0)
    for before, line in zip([None, *lines], lines):
        if before and line.number > before.number + 1:
            yield Text("...", _RULER)
        yield Text.assemble((f"{line.number:>{gutter}} |", _RULER), " ", line.text)
        yield bar + _underline(line, finding if line.number == last_frozen else None, style)
    if lines:
        yield bar


def _underline(line: Line, finding: schema.Finding | None, style: str) -> Text:
    mark, mark_style = ("^", style) if line.role == "frozen" else ("-", _RULER)
    blank, meant = cell_len(line.text[: line.start]), cell_len(line.text[line.start : line.end])
    said = "not run" if line.role == "not run" else ""
    if finding and story.frozen_value(finding):
        said = f"frozen: {story.frozen_value(finding, 80)}"
    return Text.assemble(" " * (blank + 1), (mark * max(meant, 1), mark_style), " ", (said, mark_style))


def _remark(label: str, value: str, gutter: int) -> Text:
    return Text.assemble((f"{'':{gutter}} = ", _RULER), (f"{label}: ", _STRONG), value)


def _wrapped(label: str, value: str, gutter: int, width: int) -> Iterator[Text]:
    indent = gutter + 3 + len(label) + 2
    parts = Text(value).wrap(Console(width=width, file=io.StringIO(), _environ={}), max(width - indent, 20))
    yield _remark(label, parts[0].plain.rstrip(), gutter)
    for part in parts[1:]:
        yield Text(" " * indent + part.plain.rstrip())


def _collapsed(notes: list[schema.Finding]) -> Iterator[Text]:
    by_rule: dict[str, list[schema.Finding]] = {}
    for note in notes:
        by_rule.setdefault(note.rule, []).append(note)
    for rule, found in by_rule.items():
        where = f"{plural(len(found), 'place')}, first at {story.place_of(found[0].source)}"
        yield Text.assemble((f"note[{visible(rule, 60)}]", _STYLES["note"]), f" {story.verdicts(found)}: {where}")
    yield Text("  --all (everything=True) shows each of them", "dim")
