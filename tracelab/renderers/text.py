"""The capture as a compiler would report it: the answer first, then each place with its line and a caret."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tracelab import schema
from tracelab.format import place_text, plural
from tracelab.renderers import proof, repairs, safe, story, tally
from tracelab.renderers.reading import Line, Reader, place_of, short
from tracelab.renderers.safe import visible

_STYLES = {"error": "bold red", "warning": "bold yellow", "holds": "bold green", "note": "bold cyan"}
_RULER, _STRONG = "blue", "bold"
_WHOLE, _LISTED = 6, 12
"""How many unproven findings are shown whole; how many that hold, or notes, get a line each."""


def render(capture: schema.Capture, *, everything: bool = False, colour: bool = False, width: int = 100) -> str:
    """The capture as text.

    Args:
        capture: the document.
        everything: show each finding whole, and each run on a line.
        colour: use ANSI colours. Names and source never carry escapes of their own.
        width: the columns to fill.
    """
    width, reader = max(width, 40), Reader(capture)
    lines = [*_summary(capture), *_findings(reader, everything, width)]
    lines += [*_runs(reader)] if everything else []
    lines += _repairs(capture, everything)
    return _print([*lines, *_last(capture)], colour, width)


def _print(lines: list[Text], colour: bool, width: int) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        force_jupyter=False,  # there rich would show each line instead of writing it
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        _environ={},
    )
    for line in lines:
        console.print(line, soft_wrap=True)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _summary(capture: schema.Capture) -> Iterator[Text]:
    yield Text(tally.headline(capture), _STRONG)
    totals = tally.tally(capture.findings)
    for label, value in [*([("findings", totals)] if totals else []), *story.facts(capture)]:
        yield _hanging(f"  {label:<9}", value, "dim")
    if capture.stop:
        yield _hanging("  ", story.stop(capture.stop), _STYLES["error"], _STYLES["error"])


def _last(capture: schema.Capture) -> Iterator[Text]:
    """The answer once more, where the screen has scrolled the first line away."""
    wrong = tally.of_look(capture.findings, "error")
    if wrong:
        yield Text()
        yield Text.assemble(("error", _STYLES["error"]), (f": {tally.tally(capture.findings)}", _STRONG))
        yield from map(_again, wrong[:_LISTED] if len(wrong) < len(capture.findings) else ())


def _again(finding: schema.Finding) -> Text:
    """What is wrong in half a line, after all that was shown since."""
    place = short(place_text(finding.source))
    return Text.assemble(("  ", ""), (finding.verdict, _STYLES["error"]), f" {place} {visible(finding.rule, 60)}")


def _hanging(label: str, value: str, style: str, value_style: str = "") -> Text:
    """A line that `_print` leaves alone: what is long here is a name, and a broken name cannot be copied."""
    return Text.assemble((label, style), (value, value_style))


def _findings(reader: Reader, everything: bool, width: int) -> Iterator[Text]:
    short = False
    for look in tally.LOOKS:
        found = tally.of_look(reader.capture.findings, look)
        whole = len(found) if everything or look == "error" else _WHOLE if look == "warning" else 0
        for finding in found[:whole]:
            yield Text()
            yield from _finding(reader, finding, width)
        if found[whole:]:
            yield Text()
            yield from _listed(found[whole:])
        short |= len(found) > whole
    if short:
        yield Text("  --all (everything=True) shows each of them", "dim")


def _finding(reader: Reader, finding: schema.Finding, width: int) -> Iterator[Text]:
    style = _STYLES[tally.look(finding)]
    yield Text.assemble(
        (f"{finding.level}[{visible(finding.rule, 60)}]", style),
        (f" {finding.verdict}: {visible(finding.message, 600)}", _STRONG),
    )
    lines = reader.excerpt(finding, width - 12)
    gutter = max((len(str(line.number)) for line in lines), default=2)
    yield Text.assemble((f"{'':{gutter}}--> ", _RULER), place_of(finding.source))
    yield from _excerpt(lines, finding, gutter, style)
    if story.frozen_value(finding) and not lines:
        yield _remark("frozen", story.frozen_value(finding, 200), gutter)
    witness = story.witness(finding)
    for label, value in [*(proof.rows(reader, witness) if witness else []), *story.remarks(reader, finding)]:
        yield from _wrapped(label, value, gutter, width)
    yield from _snippet(witness.snippet, gutter) if witness else ()


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


def _snippet(code: str, gutter: int) -> Iterator[Text]:
    """Python to copy: lines are not broken, and all are indented alike."""
    lines = safe.code(code)
    if lines:
        yield _remark("reproduce", "without TraceLab; `model` is what was traced", gutter)
        yield from (Text(f"{'':{gutter + 3}}{line}".rstrip()) for line in lines)


def _listed(found: Sequence[schema.Finding]) -> Iterator[Text]:
    """A line for each finding, or for each rule where there are many."""
    if len(found) <= _LISTED:
        yield from map(_line, found)
        return
    by_rule: dict[str, list[schema.Finding]] = {}
    for finding in found:
        by_rule.setdefault(finding.rule, []).append(finding)
    for same in by_rule.values():
        yield _line(same[0]) if len(same) == 1 else _place(same[0], f"{len(same)} places, first at ", "")


def _line(finding: schema.Finding) -> Text:
    frozen = story.frozen_value(finding, 40)
    held = f", {plural(len(finding.tried), 'probe')} tried" if finding.tried else ""
    return _place(finding, "", (f" (frozen: {frozen})" if frozen else "") + held)


def _place(finding: schema.Finding, before: str, after: str) -> Text:
    kind = (f"{finding.level}[{visible(finding.rule, 60)}]", _STYLES[tally.look(finding)])
    return Text.assemble(kind, f" {finding.verdict}: {before}{short(place_text(finding.source))}{after}")


def _repairs(capture: schema.Capture, everything: bool) -> Iterator[Text]:
    """What is offered, each in two lines, and why the rest is not mended; `everything` shows the change itself."""
    if capture.repairs or capture.left:
        yield Text()
        yield Text("repairs", _STRONG)
    for repair in capture.repairs:
        for line in repairs.lines(repair):
            yield _hanging("  ", line, "")
        for line in repairs.change(repair) if everything else ():
            yield _hanging("      ", line, "")
    for line in repairs.not_mended(capture.left):
        yield _hanging("  ", line, "")


def _runs(reader: Reader) -> Iterator[Text]:
    """Each run on a line."""
    runs = reader.capture.runs
    if runs:
        yield Text()
        yield Text("runs", _STRONG)
    for run in runs:
        yield _hanging("  ", f"{visible(run.probe, 80)}: {proof.outcome(run)}{proof.blamed(reader, run)}", "")
