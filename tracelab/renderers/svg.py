"""`dot`'s SVG, made fit to stand in a page: known elements and attributes only, no links, no identifiers."""

from __future__ import annotations

from xml.etree import ElementTree

from tracelab.renderers.markup import Html, join, tag

_ELEMENTS = {"svg", "g", "polygon", "polyline", "ellipse", "path", "text"}
_PLACES = {"transform", "points", "d", "cx", "cy", "rx", "ry", "x", "y", "viewBox", "width", "height"}
_LOOKS = {"class", "fill", "stroke", "stroke-width", "stroke-dasharray", "text-anchor", "font-family", "font-size"}
_TITLE = "{http://www.w3.org/1999/xlink}title"


def clean(svg: str) -> Html:
    """The drawing alone. What Graphviz keeps as a link's title becomes the tooltip."""
    return _element(ElementTree.fromstring(svg))


def _element(element: ElementTree.Element) -> Html:
    kind = _local(element)
    if kind == "a":
        return join([_element(child) for child in element])
    if kind not in _ELEMENTS:
        return Html()
    words = {key: value for key, value in element.attrib.items() if key in _PLACES | _LOOKS}
    tooltip = next((a.attrib[_TITLE] for a in element.iter() if _TITLE in a.attrib), "") if _is_box(element) else ""
    title = [tag("title", tooltip)] if tooltip else []
    text = (element.text or "") if kind == "text" else ""
    return tag(kind, title, text, [_element(child) for child in element], **words)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_box(element: ElementTree.Element) -> bool:
    return element.attrib.get("class", "").split(" ")[0] in ("node", "cluster")
