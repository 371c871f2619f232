"""One capture as one file to send: no network, no script, nothing of the user's text that acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracelab import schema
from tracelab.errors import TracelabError
from tracelab.renderers import evidence, listing, story, tally
from tracelab.renderers.dot import caption, dot, svg
from tracelab.renderers.index import index
from tracelab.renderers.markup import Html, name, tag
from tracelab.renderers.page import look_word, page
from tracelab.renderers.reading import Line, Reader
from tracelab.renderers.safe import visible
from tracelab.renderers.svg import clean

__all__ = ["index", "report"]

_COLUMNS, _MOST = 160, 300
_MEANINGS: dict[tally.Look, str] = {
    "error": "shown by a run",
    "warning": "no run has settled it",
    "holds": "the runs that changed it agreed in every output",
    "note": "no input is known to reach it",
}


def report(capture: schema.Capture, *, title: str | None = None) -> str:
    """The report of a capture as one HTML file.

    Args:
        capture: the document.
        title: the page's title; the traced function's name where it is None.
    """
    heading = visible(title or capture.name or "A capture", 160)
    reader = Reader(capture)
    return page(
        heading,
        tag("h1", tag("bdi", heading)),
        tag("p", f"{tally.headline(capture)}.", class_="answer"),
        _tallies(capture),
        tag("p", story.stop(capture.stop), class_="stop", role="alert") if capture.stop else "",
        _facts(story.facts(capture)),
        _findings(reader),
        _graphs(capture),
        evidence.runs(reader),
        listing.sources(reader),
    )


def _facts(rows: Sequence[tuple[str, str]]) -> Html:
    return tag("dl", [[tag("dt", label), tag("dd", tag("bdi", value))] for label, value in rows])


def _tallies(capture: schema.Capture) -> Html:
    """How many findings of each kind, each leading to its group."""
    items = [
        tag("li", tag("a", look_word(look, text), href=f"#{look}-findings"))
        for look, text in tally.tallies(capture.findings)
    ]
    return tag("ul", items, class_="tallies", aria_label="Findings") if items else Html()


def _findings(reader: Reader) -> Html:
    findings = reader.capture.findings
    groups = [_group(reader, look, found) for look in tally.LOOKS if (found := tally.of_look(findings, look))]
    nothing = "No rule fired: nothing of this one run was seen to steer the program."
    return tag("section", tag("h2", "Findings"), groups or tag("p", nothing))


def _group(reader: Reader, look: tally.Look, found: Sequence[schema.Finding]) -> Html:
    heading = [look_word(look, tally.tally(found)), tag("span", f": {_MEANINGS[look]}", class_="meaning")]
    shown = [_finding(reader, finding) for finding in found[:_MOST]]
    more = [tag("p", f"{len(found) - _MOST} more are not shown here.", class_="soft")] if len(found) > _MOST else []
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


def _graphs(capture: schema.Capture) -> Html:
    """The seam: what draws the graphs. A page with a viewer of its own replaces this section alone."""
    graphs = [graph for graph in capture.graphs if graph.nodes]
    figures = [_figure(capture, graph.method) for graph in graphs]
    return tag("section", tag("h2", "Graph"), figures or tag("p", "No operation was recorded."))


def _figure(capture: schema.Capture, method: str) -> Html:
    said = [
        "Method ",
        name(visible(method, 80)),
        f": {caption(capture, method=method)} Frozen operations have their own ",
    ]
    said += ["shape and say so; what ran but is not in the program has a dashed outline."]
    try:
        drawing = _drawing(clean(svg(capture, method=method)))
    except TracelabError as error:
        drawing = _undrawn(capture, method, str(error))
    return tag("figure", tag("figcaption", said), drawing)


def _drawing(picture: Html) -> Html:
    """The picture as wide as the page, or in its own size: a switch that needs no script."""
    switch = tag("label", tag("input", type="checkbox", class_="full"), " Actual size")
    return Html(switch + tag("div", picture, class_="graph", tabindex="0", role="region", aria_label="The graph"))


def _undrawn(capture: schema.Capture, method: str, why: str) -> Html:
    text = dot(capture, method=method)
    return Html(tag("p", f"The graph is not drawn. {why}") + tag("details", tag("summary", "DOT"), tag("pre", text)))
