"""What a cell that ends with a Trace shows, in the forms that the hosts keep.

The widget is live, where there is a kernel, and gone with it. The document is what JupyterLab's extension reads in a
notebook that is opened again. GitHub, nbviewer and nbconvert keep the picture, and everybody the text.
"""

# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import base64
import contextlib
import html
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from tracelab import display
from tracelab.capture import Capture
from tracelab.errors import MissingToolError, TracelabError
from tracelab.jupyter import picture, session
from tracelab.jupyter.feed import feed_of
from tracelab.viewer import packed

if TYPE_CHECKING:
    from tracelab.handle import Trace
    from tracelab.jupyter.widget import TraceWidget

WIDGET = "application/vnd.jupyter.widget-view+json"
DOCUMENT = "application/vnd.tracelab+json"
VERSION = 1
"""Of what stands under `DOCUMENT`; the bytes inside have a version of their own."""

Formats = tuple[dict[str, Any], dict[str, Any]]

_widgets: WeakKeyDictionary[Trace, TraceWidget] = WeakKeyDictionary()


def widget(trace: Trace) -> TraceWidget:
    """The widget of a Trace, always the same one until it is closed, with the document as it is now.

    Raises:
        MissingToolError: anywidget is not installed.
    """
    try:
        from tracelab.jupyter.widget import TraceWidget
    except ImportError as error:
        cure = "pip install 'tracelab[notebook]'; or write a report: t.report(\"trace.html\")"
        raise MissingToolError(f"The widget needs anywidget: {error}", cure=cure) from error
    made = _widgets.get(trace)
    if made is None or not made.is_open:
        made = _widgets[trace] = TraceWidget(trace.capture, trace)
    made.show(trace.capture)
    return made


def made(trace: Trace) -> None:
    """Tell the pages of this kernel that there is one Trace more. No Trace is lost where they cannot be told."""
    with contextlib.suppress(Exception):
        session.made(trace)


def changed(trace: Trace) -> None:
    """Show the document as it is now: in the widget, where one is there, and in the panel."""
    from tracelab.jupyter import cells

    with contextlib.suppress(Exception), cells.jobs().shielded():
        feed_of(trace)
        session.changed()
    made = _widgets.get(trace)
    if made is not None and made.is_open:
        made.show(trace.capture)


def bundle(trace: Trace) -> Formats:
    """Every form by its mimetype, and their metadata; outside a notebook, the text alone."""
    if not display.has_kernel():
        return {"text/plain": trace.capture.summary()}, {}
    try:
        return widget(trace).formats()
    except MissingToolError:
        return kept(trace.capture, packed(trace.capture), trace.id), {}


def kept(capture: Capture, document: bytes, name: str = "") -> dict[str, Any]:
    """The forms that need no kernel.

    Args:
        capture: the document.
        document: the same, packed.
        name: the id of the Trace that it is of, by which a page finds it as long as it lives.
    """
    return {
        "text/plain": capture.summary(),
        "text/html": still(capture),
        DOCUMENT: {"version": VERSION, "trace": name, "packed": base64.b64encode(document).decode()},
    }


def still(capture: Capture) -> str:
    """A picture of the findings and the folded graph; the text, where Graphviz is not installed."""
    try:
        drawn = picture.svg(capture)
    except TracelabError:
        return f"<pre>{html.escape(capture.summary())}</pre>"
    encoded = base64.b64encode(drawn.encode(errors="replace")).decode()
    return f'<img alt="{html.escape(picture.alternative(capture))}" src="data:image/svg+xml;base64,{encoded}">'
