"""What a report says without its viewer: on paper, and where no script runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracelab import schema
from tracelab.renderers import evidence, figures, listing, mending, story, tally
from tracelab.renderers.markup import Child, Html, name, tag
from tracelab.renderers.page import look_word
from tracelab.renderers.reading import Line, Reader
from tracelab.renderers.safe import visible

_COLUMNS = 160
_MEANINGS: dict[tally.Look, str] = {
    "error": "shown by a run",
    "warning": "no run has settled it",
    "holds": "the runs that changed it agreed in every output",
    "note": "no input is known to reach it",
}


@dataclass(frozen=True)
class Room:
    """How much is shown of what a capture has much of."""

    wrong: int
    """Findings that are proven or open."""
    harmless: int
    runs: int
    boxes: figures.Boxes
    lines: listing.Extent


ALONE = Room(300, 300, 300, figures.Boxes(), listing.Extent())
"""Of a page that has no viewer."""
BESIDE = Room(60, 20, 40, figures.Boxes(most=60, tooltips=False), listing.Extent(whole=60, around=4, most=600))
"""Of a page that has one, which shows the rest: what can be read on paper."""


def body(capture: schema.Capture, heading: str, room: Room, said: Child = ()) -> list[Child]:
    """All of the page, with room for so much; `said` stands below what was captured."""
    reader = Reader(capture)
    return [
        tag("h1", tag("bdi", heading)),
        tag("p", f"{tally.headline(capture)}.", class_="answer"),
        _tallies(capture),
        tag("p", story.stop(capture.stop), class_="stop", role="alert") if capture.stop else "",
        _facts(story.facts(capture)),
        said,
        _findings(reader, room),
        mending.repairs(reader),
        figures.graphs(capture, room.boxes),
        evidence.runs(reader, room.runs),
        listing.sources(reader, room.lines),
    ]


def _facts(rows: Sequence[tuple[str, str]]) -> Html:
    return tag("dl", [[tag("dt", label), tag("dd", tag("bdi", value))] for label, value in rows])


def _tallies(capture: schema.Capture) -> Html:
    """How many findings of each kind, each leading to its group."""
    items = [
        tag("li", tag("a", look_word(look, text), href=f"#{look}-findings"))
        for look, text in tally.tallies(capture.findings)
    ]
    return tag("ul", items, class_="tallies", aria_label="Findings") if items else Html()


def _findings(reader: Reader, room: Room) -> Html:
    findings = reader.capture.findings
    groups = [_group(reader, look, found, room) for look in tally.LOOKS if (found := tally.of_look(findings, look))]
    return tag("section", tag("h2", "Findings"), groups or tag("p", tally.silence(reader.capture)))


def _group(reader: Reader, look: tally.Look, found: Sequence[schema.Finding], room: Room) -> Html:
    most = room.wrong if look in ("error", "warning") else room.harmless
    heading = [look_word(look, tally.tally(found)), tag("span", f": {_MEANINGS[look]}", class_="meaning")]
    shown = [_finding(reader, finding) for finding in found[:most]]
    more = [tag("p", f"{len(found) - most} more are not shown here.", class_="soft")] if len(found) > most else []
    if look in ("holds", "note"):
        return tag("details", tag("summary", heading), shown, more, id=f"{look}-findings")
    return tag("section", tag("h3", heading), shown, more, id=f"{look}-findings")


def _finding(reader: Reader, finding: schema.Finding) -> Html:
    lines, look = reader.excerpt(finding, _COLUMNS), tally.look(finding)
    remarks = [row for row in story.remarks(reader, finding) if row[0] != "tried"]
    if story.frozen_value(finding) and not lines:
        remarks.insert(0, ("frozen", story.frozen_value(finding, 200)))
    return tag(
        "article",
        tag("h4", look_word(look, finding.verdict), " ", name(visible(finding.rule, 60))),
        tag("p", tag("bdi", visible(finding.message, 600))),
        tag("p", listing.link(reader, finding.source), class_="soft"),
        _excerpt(lines, finding),
        evidence.witness(reader, witness) if (witness := story.witness(finding)) else "",
        _facts(remarks) if remarks else "",
        evidence.tried(reader, finding),
        class_=look,
        id=evidence.anchor(reader, finding),
    )


def _excerpt(lines: Sequence[Line], finding: schema.Finding) -> Html:
    if not lines:
        return Html()
    last = max(line.number for line in lines if line.role == "frozen")
    return tag("pre", _rows(lines, last, story.frozen_value(finding)), tabindex="0")


def _rows(lines: Sequence[Line], last: int, frozen: str) -> Iterator[Html]:
    for before, line in zip([None, *lines], lines):
        if before and line.number > before.number + 1:
            yield tag("span", tag("span", "⋮", class_="number"), class_="line")
        said = tag("bdi", f"frozen: {frozen}", class_="frozen") if line.number == last and frozen else Html()
        if line.role == "not run":
            said = tag("span", "not run", class_="said")
        yield listing.row(line, said)
