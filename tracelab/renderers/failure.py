"""A failed check in few lines, for a test's output: each finding with its line, the frozen value and the witness."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len

from tracelab import schema
from tracelab.allowed import Sorted, entry_for
from tracelab.format import place_text, plural
from tracelab.renderers import proof, story
from tracelab.renderers.reading import Line, Reader, short
from tracelab.renderers.safe import visible

_WHOLE = 5
"""So many findings are shown whole, the others with a line each."""
_COLUMNS = 100


def render(capture: schema.Capture, found: Sorted) -> str:
    """What is wrong with a capture."""
    reader = Reader(capture)
    besides = f", and {len(found.allowed)} allowed" if found.allowed else ""
    lines = [f"{plural(len(found.failing), 'finding')} in {visible(capture.name, 120) or 'the trace'}{besides}:"]
    lines += [f"  {story.stop(capture.stop)}"] if capture.stop and not found.failing else []
    for place, finding in enumerate(found.failing):
        lines.append(f"  {_head(finding)}")
        lines += [f"    {line}" for line in _rest(reader, finding)] if place < _WHOLE else []
    return "\n".join(lines)


def cure(found: Sorted) -> str:
    """Where to read on, and how to let the first of them pass."""
    if not found.failing:
        return ""
    first = found.failing[0]
    return f"`tracelab explain {first.rule}` says how to mend it; allow=[{entry_for(first)!r}] lets it pass."


def _head(finding: schema.Finding) -> str:
    where = f" at {short(place_text(finding.source))}" if finding.source else ""
    return f"{visible(finding.rule, 60)} {finding.verdict}{where}: {visible(finding.message, 300)}"


def _rest(reader: Reader, finding: schema.Finding) -> Iterator[str]:
    lines = [line for line in reader.excerpt(finding, _COLUMNS, untaken=0) if line.role == "frozen"]
    frozen = story.frozen_value(finding, 80)
    for line in lines[:1]:
        yield from _underlined(line, frozen)
    if frozen and not lines:
        yield f"frozen: {frozen}"
    if witness := story.witness(finding):
        given = f" ({proof.inputs(witness.inputs)})" if witness.inputs else ""
        yield f"witness: {visible(witness.probe, 120)}{given}: {proof.outcome(witness)}"


def _underlined(line: Line, frozen: str) -> Iterator[str]:
    indent = len(line.text) - len(line.text.lstrip())
    yield f"  {line.text[indent:]}"
    start = max(line.start, indent)
    mark = " " * cell_len(line.text[indent:start]) + "^" * max(cell_len(line.text[start : line.end]), 1)
    yield f"  {mark} frozen: {frozen}" if frozen else f"  {mark}"
