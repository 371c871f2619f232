"""The drawn graphs in a page, and the same cut into pieces where it is longer than a sheet of paper."""

from __future__ import annotations

from dataclasses import dataclass

from tracelab import schema
from tracelab.errors import TracelabError
from tracelab.renderers.dot import caption, dot, svg
from tracelab.renderers.folding import MOST_BOXES
from tracelab.renderers.markup import Html, name, tag
from tracelab.renderers.safe import visible
from tracelab.renderers.svg import clean, pieces


@dataclass(frozen=True)
class Boxes:
    """How much is drawn."""

    most: int = MOST_BOXES
    tooltips: bool = True


def graphs(capture: schema.Capture, boxes: Boxes) -> Html:
    """Each method's graph, with what it shows."""
    drawn = [graph for graph in capture.graphs if graph.nodes]
    figures = [_figure(capture, graph.method, boxes, f"graph-{at}") for at, graph in enumerate(drawn)]
    return tag("section", tag("h2", "Graph"), figures or tag("p", "No operation was recorded."))


def _figure(capture: schema.Capture, method: str, boxes: Boxes, anchor: str) -> Html:
    told = caption(capture, method=method, most=boxes.most)
    said = [
        "Method ",
        name(visible(method, 80)),
        f": {told} Frozen operations have their own shape and say so; ",
        "what ran but is not in the program has a dashed outline.",
    ]
    try:
        picture = svg(capture, method=method, most=boxes.most)
    except TracelabError as error:
        return tag("figure", tag("figcaption", said), _undrawn(capture, method, boxes, str(error)))
    return tag("figure", tag("figcaption", said), _drawing(picture, boxes, anchor))


def _drawing(picture: str, boxes: Boxes, anchor: str) -> list[Html]:
    """The picture as wide as the page, or in its own size: a switch that needs no script."""
    switch = tag("label", tag("input", type="checkbox", class_="full"), " Actual size")
    whole = clean(picture, tooltips=boxes.tooltips, anchor=anchor)
    sheets = pieces(picture, anchor)
    kind = "graph cut" if sheets else "graph"
    box = tag("div", whole, class_=kind, tabindex="0", role="region", aria_label="The graph")
    return [switch, box, *[tag("div", sheet, class_="graph sheet", aria_hidden="true") for sheet in sheets]]


def _undrawn(capture: schema.Capture, method: str, boxes: Boxes, why: str) -> list[Html]:
    text = dot(capture, method=method, most=boxes.most)
    folded = tag("details", tag("summary", "DOT"), tag("pre", text), class_="screen")
    return [tag("p", f"The graph is not drawn. {why}"), folded]
