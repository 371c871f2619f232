"""Offered repairs, ready to be read: the lines of a diff with their kinds, and Python's tokens in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracelab import schema
from tracelab.renderers.repairs import heading, lines_of, plain, proven
from tracelab.shown import ShownLine, ShownRepair
from tracelab.viewer.tokens import Token, encoded, tokens, tokens_of_part

MOST_LINES = 2000
"""Of a diff, which is copied whole however long it is."""


def shown_repairs(capture: schema.Capture) -> tuple[ShownRepair, ...]:
    """All of them, in the document's order."""
    places = {finding.id: at for at, finding in enumerate(capture.findings)}
    return tuple(_repair(repair, places) for repair in capture.repairs)


def repairs_of(capture: schema.Capture) -> Mapping[str, tuple[int, ...]]:
    """The id of a finding -> the places of the repairs that mend it."""
    found: dict[str, tuple[int, ...]] = {}
    for at, repair in enumerate(capture.repairs):
        for name in repair.findings:
            found[name] = (*found.get(name, ()), at)
    return found


def _repair(repair: schema.Repair, places: Mapping[str, int]) -> ShownRepair:
    lines, code = lines_of(repair.diff), plain(repair.code)
    shown = lines[:MOST_LINES]
    return ShownRepair(
        title=heading(repair),
        proven=proven(repair),
        findings=tuple(places[name] for name in repair.findings if name in places),
        diff=plain(repair.diff),
        lines=shown,
        more=len(lines) - len(shown),
        tokens=encoded(_tokens(shown), [line.text for line in shown]),
        code=code,
        code_tokens=tokens(code),
    )


def _tokens(lines: Sequence[ShownLine]) -> Iterator[Token]:
    """Of each side of each hunk by itself: where they are the same, they have the same tokens."""
    for part in _hunks(lines):
        for kinds in (("same", "added"), ("removed",)):
            side = [at for at in part if lines[at].kind in (*kinds, "same")]
            for line, first, past, kind in tokens_of_part([lines[at].text for at in side]):
                if lines[side[line]].kind in kinds:
                    yield side[line], first, past, kind


def _hunks(lines: Sequence[ShownLine]) -> Iterator[list[int]]:
    """The places of the lines of each hunk."""
    part: list[int] = []
    for at, line in enumerate(lines):
        if line.kind in ("head", "hunk"):
            yield part
            part = []
        else:
            part.append(at)
    yield part
