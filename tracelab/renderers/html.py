"""One capture as one file to send: no network, one script whose hash is known, nothing of the user's text that acts."""

from __future__ import annotations

from tracelab import schema
from tracelab.renderers import bundle, still
from tracelab.renderers.folders import without_folders
from tracelab.renderers.index import index
from tracelab.renderers.markup import Html, tag
from tracelab.renderers.page import page
from tracelab.renderers.safe import visible
from tracelab.viewer import packed
from tracelab.viewer.private import hidden

__all__ = ["index", "report"]


def report(capture: schema.Capture, *, title: str | None = None, source: bool = True, values: bool = True) -> str:
    """The report of a capture as one HTML file: the viewer, and a page that is printed and that needs no script.

    Args:
        capture: the document.
        title: the page's title; the traced function's name where it is None.
        source: whether the text of the source files is in it, and the folders where they stand.
        values: whether values are in it: what was frozen, inputs, constants, errors, snippets.
    """
    told = hidden(capture if source else without_folders(capture), source=source, values=values)
    heading = visible(title or told.name or "A capture", 160)
    script = bundle.script()
    if script is None:
        return page(heading, still.body(told, heading, still.ALONE, _missing()))
    data = packed(told, title=heading, source=source, values=values)
    return page(heading, still.body(told, heading, still.BESIDE), data=data, script=script)


def _missing() -> Html:
    said = f"This page is without the viewer, which is not built here: {bundle.HOW_TO_BUILD}."
    return tag("p", said, class_="soft")
