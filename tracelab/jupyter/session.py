"""TraceLab in one kernel, as JupyterLab's panel sees it: it tells what has changed, and answers each page that asks.

The kernel opens one comm (`PUSH`), by which it only tells. A page opens another (`RPC`), by which it asks. They are two
because ipykernel sends what a page says to the shell that last spoke on its comm: on one that cells speak on, a page
would have to wait for the cell that runs.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, cast

from tracelab.jupyter.code import Cells
from tracelab.jupyter.wants import torch_if_whole
from tracelab.wire import CHANNEL, PUSH, RPC, Told, whole

if TYPE_CHECKING:
    from tracelab.handle import Trace
    from tracelab.jupyter.answers import Line

_QUIET_SECONDS = 0.05
"""What changes within so long is told once."""


class Session:
    """What pages and a shell have in common, from its making to `end`."""

    def __init__(self, shell: Any) -> None:
        self._shell, self.cells = shell, Cells(shell)
        self.cells.begun(getattr(shell, "get_parent", dict[str, Any])())
        self._lines: dict[str, tuple[Any, Line]] = {}
        self._lock = threading.RLock()
        # A Trace can go at any moment, also while a message is sent: then nothing is done but a word put here.
        self._changes: queue.SimpleQueue[bool] = queue.SimpleQueue()
        shell.events.register("pre_run_cell", self._cell_begins)
        shell.events.register("post_run_cell", self._cell_ends)
        _manager().register_target(RPC, self._page_comes)
        self._push: Any = None
        self._open_push()
        threading.Thread(target=self._tell_changes, name="tracelab-changes", daemon=True).start()

    def end(self) -> None:
        """Leave the shell, and every page."""
        for name, heard in (("pre_run_cell", self._cell_begins), ("post_run_cell", self._cell_ends)):
            with contextlib.suppress(ValueError):
                self._shell.events.unregister(name, heard)
        _manager().targets.pop(RPC, None)
        self._changes.put(False)
        with self._lock:
            lines, self._lines = [*self._lines.values()], {}
        for comm, line in lines:
            line.close()
            _forget(comm)
        with contextlib.suppress(Exception):
            self._push.close()

    # -- telling -----------------------------------------------------------------------------------------------------

    def made(self, trace: Trace) -> None:
        """There is one Trace more; when it goes, that is told too."""
        self._changes.put(True)
        weakref.finalize(trace, self._changes.put, True).atexit = False

    def changed(self) -> None:
        """A Trace has another document."""
        self._changes.put(True)

    def _tell_changes(self) -> None:
        while self._changes.get():
            time.sleep(_QUIET_SECONDS)
            with contextlib.suppress(queue.Empty):
                while self._changes.get_nowait():
                    pass
                return
            self._tell(Told(what="traces"))

    def _tell(self, told: Told) -> None:
        with contextlib.suppress(Exception):  # a kernel that ends
            self._push.send(whole(told))

    def _open_push(self) -> None:
        """Open the comm again where a page has closed it: there are others."""
        from comm import create_comm

        with self._lock, contextlib.suppress(Exception):
            if self._push is None or self._push._closed:
                self._push = create_comm(target_name=PUSH, data={"version": CHANNEL})

    # -- cells -------------------------------------------------------------------------------------------------------

    def _cell_begins(self, info: Any) -> None:
        self.cells.begin(info)

    def _cell_ends(self, result: Any) -> None:
        self.cells.end()
        if torch_if_whole() is not None:
            from tracelab.jupyter import moment

            moment.keep()
        self._tell(Told(what="executed"))

    # -- pages -------------------------------------------------------------------------------------------------------

    def _page_comes(self, comm: Any, message: Any) -> None:
        from tracelab.jupyter.answers import Line  # to load the extension takes no longer for it

        line = Line(lambda reply, buffers: comm.send(reply, buffers=[*buffers]), self._variables, self.cells)

        def heard(message: Any) -> None:
            line.receive(message["content"].get("data"))

        def closed(message: Any) -> None:
            self._page_goes(comm.comm_id)

        with self._lock:
            self._lines[comm.comm_id] = (comm, line)
        comm.on_msg(heard)
        comm.on_close(closed)
        self._open_push()

    def _page_goes(self, name: str) -> None:
        with self._lock:
            _, line = self._lines.pop(name, (None, None))
        if line is not None:
            line.close()

    def _variables(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self._shell.user_ns)


def _manager() -> Any:
    from comm import get_comm_manager

    return get_comm_manager()


def _forget(comm: Any) -> None:
    """End a page's comm without a word: all pages would hear it, and to those that never had it that is an error."""
    comm._closed = True
    _manager().unregister_comm(comm)


class _Here:
    """The session of this process; a kernel has one shell."""

    session: Session | None = None
    is_unwanted = False
    lock = threading.Lock()


def begin(shell: Any) -> Session | None:
    """The session of a kernel's shell, begun where there is none; None outside of a kernel, or in one without comms."""
    with _Here.lock, contextlib.suppress(ImportError):
        _Here.is_unwanted = False
        if _Here.session is None and getattr(shell, "kernel", None) is not None:
            _Here.session = Session(shell)
    return _Here.session


def made(trace: Trace) -> None:
    """There is one Trace more. The first begins the session, unless the user has taken TraceLab out of the kernel."""
    if not _Here.is_unwanted:
        from IPython import get_ipython

        session = begin(get_ipython())
        if session is not None:
            session.made(trace)


def changed() -> None:
    """A Trace has another document."""
    if _Here.session is not None:
        _Here.session.changed()


def end() -> None:
    """End the session, until the extension is loaded again."""
    with _Here.lock:
        session, _Here.session, _Here.is_unwanted = _Here.session, None, True
    if session is not None:
        session.end()
