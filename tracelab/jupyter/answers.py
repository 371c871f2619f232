"""What a page asks of a kernel, and the answers. No request raises, and each has an end.

A request may come on a thread of its own, while a cell runs on another: torch may be half imported, and variables come
and go. Only what names a Trace needs torch, and then it is there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tracelab import document
from tracelab.errors import TracelabError
from tracelab.format import clip
from tracelab.jupyter import marks
from tracelab.jupyter.code import Cells
from tracelab.jupyter.desk import Desk, Send
from tracelab.jupyter.feed import feed_of
from tracelab.jupyter.listing import called, listed, living, snapshot
from tracelab.renderers import html
from tracelab.wire import Reply, Request

if TYPE_CHECKING:
    from tracelab.handle import Trace
    from tracelab.jupyter.jobs import Jobs


class Line:
    """One page's line to the kernel.

    Args:
        send: gives a reply with its buffers to the page.
        namespace: gives the user's variables, in which new ones can be set.
        cells: those that were run.
    """

    def __init__(self, send: Send, namespace: Callable[[], dict[str, Any]], cells: Cells) -> None:
        self._namespace, self._cells = namespace, cells
        self._desk = Desk(send, _jobs)
        self._of_all = {"list": self._list, "traces": self._traces, "marks": self._marks}
        self._of_one = {
            "findings": self._findings,
            "document": self._document,
            "report": self._report,
            "save": self._save,
        }

    def receive(self, message: object) -> None:
        """Answer a message, or begin to."""
        self._desk.answer(message, self._answer)

    def close(self) -> None:
        """The page is gone: what it asked for ends."""
        self._desk.close()

    def _answer(self, request: Request) -> None:
        if request.what in self._of_all:
            self._desk.reply(self._of_all[request.what](request))
        elif request.what in self._of_one:
            reply, *buffers = self._of_one[request.what](request, _trace(request))
            self._desk.reply(reply, buffers)
        elif request.what == "trace":
            from tracelab.jupyter.making import Making

            making = Making(request.make, self._namespace())
            self._desk.begin(request, making.reply, call=making.call)
        else:
            from tracelab.jupyter.channel import answer_for

            answer_for(_trace(request), request, self._desk, self._namespace)

    # -- of all ------------------------------------------------------------------------------------------------------

    def _list(self, request: Request) -> Reply:
        return Reply(id=request.id, state="done", listing=listed(snapshot(self._namespace())))

    def _traces(self, request: Request) -> Reply:
        return Reply(id=request.id, state="done", listing=called(snapshot(self._namespace())))

    def _marks(self, request: Request) -> Reply:
        return Reply(id=request.id, state="done", marked=marks.marked(living(), self._cells))

    # -- of one Trace ------------------------------------------------------------------------------------------------

    def _findings(self, request: Request, trace: Trace) -> tuple[Any, ...]:
        return (Reply(id=request.id, state="done", findings=marks.found(trace, self._cells)),)

    def _document(self, request: Request, trace: Trace) -> tuple[Any, ...]:
        sent, buffers = feed_of(trace).since(request.known)
        return (Reply(id=request.id, state="done", sent=sent), *buffers)

    def _report(self, request: Request, trace: Trace) -> tuple[Any, ...]:
        page = html.report(trace.capture).encode("utf-8", errors="xmlcharrefreplace")
        return (Reply(id=request.id, state="done", filename=f"{self._stem(trace)}.html"), page)

    def _save(self, request: Request, trace: Trace) -> tuple[Any, ...]:
        data = document.dump(trace.capture)
        return (Reply(id=request.id, state="done", filename=f"{self._stem(trace)}.tracelab"), data)

    def _stem(self, trace: Trace) -> str:
        """What a file of it may be called: every system takes these letters."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", trace.capture.name).strip("-_")
        return plain[:60] or "trace"


def _trace(request: Request) -> Trace:
    find = getattr(sys.modules.get("tracelab.handle"), "lives", None)
    found = find(request.trace) if find is not None else None
    if found is None:
        what = f"The kernel has no Trace {clip(request.trace, 40)!r}" if request.trace else "No Trace was named"
        raise TracelabError(what, cure="It is gone, or the kernel was restarted. Run its cell again.")
    return found


def _jobs() -> Jobs:
    from tracelab.jupyter import cells

    return cells.jobs()
