"""`dot`'s SVG, made fit to stand in a page: known elements and places only, no links. The colours are the page's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

from tracelab.renderers.markup import Html, join, tag

_ELEMENTS = {"svg", "g", "polygon", "polyline", "ellipse", "path", "text"}
_PLACES = {"transform", "points", "d", "cx", "cy", "rx", "ry", "x", "y", "viewBox", "width", "height"}
_LOOKS = {"class", "stroke-dasharray"}
_TITLE = "{http://www.w3.org/1999/xlink}title"
_NUMBER = re.compile(r"-?\d+\.\d+")
_PAGE_WIDTH, _PAGE_HEIGHT = 500.0, 660.0
"""What a sheet has room for (A4 and Letter, in points), less the heading and the caption."""


def clean(svg: str, *, tooltips: bool = True, anchor: str = "") -> Html:
    """The drawing alone.

    Args:
        svg: what Graphviz wrote.
        tooltips: keep what Graphviz has as a link's title.
        anchor: a name of the group that holds everything, for `pieces`.
    """
    root = ElementTree.fromstring(svg)
    outer = next((child for child in root if _local(child) == "g"), None)
    if anchor and outer is not None:
        outer.set("name", anchor)
    return _element(root, tooltips)


def _element(element: ElementTree.Element, tooltips: bool) -> Html:
    kind = _local(element)
    if kind == "a":
        return join([_element(child, tooltips) for child in element])
    if kind not in _ELEMENTS:
        return Html()
    words = {key: _short(key, value) for key, value in element.attrib.items() if key in _PLACES | _LOOKS}
    words |= {"id": element.attrib["name"]} if "name" in element.attrib else {}
    tooltip = _tooltip(element) if tooltips and _is_box(element) else ""
    title = [tag("title", tooltip)] if tooltip else []
    text = (element.text or "") if kind == "text" else ""
    return tag(kind, title, text, [_element(child, tooltips) for child in element], **words)


def _short(key: str, value: str) -> str:
    """A place to a tenth of a point."""
    return _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), value) if key in _PLACES else value


def _tooltip(element: ElementTree.Element) -> str:
    return next((a.attrib[_TITLE] for a in element.iter() if _TITLE in a.attrib), "")


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_box(element: ElementTree.Element) -> bool:
    return element.attrib.get("class", "").split(" ")[0] in ("node", "cluster")


def pieces(svg: str, anchor: str) -> list[Html]:
    """The drawing once more, a sheet of paper each, cut between the boxes; none where one sheet has room for it."""
    root = ElementTree.fromstring(svg)
    box = [float(number) for number in root.attrib.get("viewBox", "").split()]
    if len(box) != 4 or box[3] <= _most(box[2]) * 1.25:
        return []
    cuts = _cuts(sorted(_spans(root)), box[3], _most(box[2]))
    return [_piece(anchor, box[2], top, bottom) for top, bottom in pairwise(cuts)]


def _most(width: float) -> float:
    """How much of a drawing as wide as this goes on a sheet."""
    return _PAGE_HEIGHT * max(1.0, width / _PAGE_WIDTH)


def _piece(anchor: str, width: float, top: float, bottom: float) -> Html:
    view = f"0 {top:.1f} {width:.1f} {bottom - top:.1f}"
    size = {"width": f"{width:.0f}pt", "height": f"{bottom - top:.0f}pt"}
    return tag("svg", tag("use", href=f"#{anchor}"), viewBox=view, **size)


def _spans(root: ElementTree.Element) -> Iterator[tuple[float, float]]:
    """From where to where each box goes, counted from the drawing's top."""
    outer = next((child for child in root if _local(child) == "g"), root)
    moved = re.search(r"translate\(\s*[-\d.]+[\s,]+([-\d.]+)", outer.attrib.get("transform", ""))
    down = float(moved[1]) if moved else 0.0
    for group in outer.iter():
        if group.attrib.get("class", "").startswith("node"):
            heights = [down + float(y) for part in group.iter() for y in _heights(part)]
            if heights:
                yield min(heights), max(heights)


def _heights(part: ElementTree.Element) -> list[str]:
    points = part.attrib.get("points", "") or part.attrib.get("d", "")
    return re.findall(r"-?[\d.]+,(-?[\d.]+)", points)


def _cuts(spans: list[tuple[float, float]], height: float, most: float) -> list[float]:
    """Where the drawing is cut: as late as there is room, and between boxes where it can be."""
    cuts = [0.0]
    while height - cuts[-1] > most:
        last = cuts[-1] + most
        gaps = [y for y in _gaps(spans) if cuts[-1] + most / 3 < y <= last]
        cuts.append(gaps[-1] if gaps else last)
    return [*cuts, height]


def _gaps(spans: list[tuple[float, float]]) -> Iterator[float]:
    """The middles of the strips that hold no box."""
    end = 0.0
    for top, bottom in spans:
        if top > end:
            yield (end + top) / 2
        end = max(end, bottom)
