"""What a page asks of a kernel, on one thread of its own: the main thread stays free to hear what else is asked.

A job and a cell never run at the same time: both use the user's model, and torch's state is the process's. A cell that
starts waits for the job that runs; a job that is asked for while a cell runs waits for the cell.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator
from pathlib import Path
from types import FrameType
from typing import Any

from tracelab import preserve
from tracelab.replay import limits

_PATIENCE_SECONDS = 2.0
"""A job that is on its way into a `with` for longer is interrupted there all the same."""
_DELICATE = (str(Path(preserve.__file__).parent), limits.__file__)
_raise_in: Any = ctypes.pythonapi.PyThreadState_SetAsyncExc

Around = Callable[[], contextlib.AbstractContextManager[Any]]


class Job:
    """Something to do.

    Args:
        work: does it; `KeyboardInterrupt` ends it.
        ended: is called with what `work` raised, or None, whatever happens.
    """

    def __init__(self, work: Callable[[], object], ended: Callable[[BaseException | None], None]) -> None:
        self._work, self._ended = work, ended
        self.is_cancelled = False
        self.over = threading.Event()
        self._lock = threading.RLock()  # whoever cancels may be a signal, inside of another cancelling
        self._thread: int | None = None

    def cancel(self) -> None:
        """Interrupt it, once, or let it never begin. What waits inside C ends first."""
        with self._lock:
            is_first, self.is_cancelled = not self.is_cancelled, True
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while is_first and not self._interrupted(time.monotonic() > deadline):
            time.sleep(0.001)

    def _interrupted(self, at_once: bool) -> bool:
        """Interrupt it, unless it is about to take on, or put back, what nobody would put back then."""
        with self._lock:
            if self._thread is None:
                return True
            frame = sys._current_frames().get(self._thread)  # pyright: ignore[reportPrivateUsage]
            if frame is not None and _is_delicate(frame) and not at_once:
                return False
            _raise_in(ctypes.c_ulong(self._thread), ctypes.py_object(KeyboardInterrupt))
            return True

    def check(self) -> None:
        """Raise `KeyboardInterrupt` where it was cancelled: the user's code may have caught the first one."""
        if self.is_cancelled:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def shielded(self) -> Generator[None]:
        """A block at whose end an interruption comes that was meant for its midst."""
        with self._lock:
            here, self._thread = self._thread, None
        is_late = False
        try:
            _take_pending()
        except KeyboardInterrupt:
            is_late = True
        before = self.is_cancelled
        try:
            yield
        finally:
            with self._lock:
                self._thread = here
        if here is not None and (is_late or (self.is_cancelled and not before)):
            raise KeyboardInterrupt

    def run(self, around: Around) -> None:
        """Do it in this thread."""
        error: BaseException | None = None
        try:
            try:
                with self._lock:
                    self._thread = threading.get_ident()
                self.check()
                with around():
                    self._work()
            finally:
                with self._lock:  # nobody interrupts what follows
                    self._thread = None
            _take_pending()
        except KeyboardInterrupt as raised:
            _let_go(raised)
            error = KeyboardInterrupt()
        except BaseException as raised:  # noqa: BLE001  told below, whatever it is
            error = raised
        self.end(error)

    def end(self, error: BaseException | None) -> None:
        """Tell how it ended."""
        try:
            self._ended(error)
        finally:
            self._work = self._ended = _nothing  # whoever has the job has the user's things no longer
            self.over.set()


def _nothing(*given: object) -> None: ...


def _is_delicate(frame: FrameType) -> bool:
    """Whether a thread is on its way into or out of a `with`."""
    above: FrameType | None = frame
    while above is not None:
        if above.f_code.co_name in ("__enter__", "__exit__") or above.f_code.co_filename.startswith(_DELICATE):
            return True
        above = above.f_back
    return False


def _let_go(error: BaseException) -> None:
    """End the generators that an interruption left in their midst: only this thread can give its locks back."""
    chain: BaseException | None = error
    while chain is not None:
        traceback.clear_frames(chain.__traceback__)
        chain = chain.__context__


def _take_pending() -> None:
    """Let an interruption that is on its way come here; to take it back leaves CPython 3.11 waiting for it."""
    for _ in range(100):
        pass


class Jobs:
    """The jobs of a kernel, one after the other.

    Attributes:
        around: what each runs in.
    """

    def __init__(self, around: Around = contextlib.nullcontext) -> None:
        self.around = around
        self._changed = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._cells: dict[int, int] = {}
        self._running: Job | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> Job | None:
        """The job that runs now."""
        return self._running

    def why_not_yet(self) -> str:
        """Why a job that is added now would wait; nothing, where it would not."""
        if self._cells:
            return "the kernel is busy with a cell"
        return "another request is under way" if self._running or self._waiting else ""

    def add(self, job: Job) -> None:
        """Run a job as soon as it may be."""
        with self._changed:
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tracelab-jobs", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def shielded(self) -> contextlib.AbstractContextManager[None]:
        """A block that no cancelling interrupts, where it is a job's; elsewhere, nothing."""
        job = self._running
        is_ours = job is not None and self._thread is threading.current_thread()
        return job.shielded() if job is not None and is_ours else contextlib.nullcontext()

    def cancel(self, job: Job) -> None:
        """Interrupt a job, or take it out of the row."""
        with self._changed:
            waits = job in self._waiting
            if waits:
                self._waiting.remove(job)
        job.cancel()
        if waits:
            job.end(KeyboardInterrupt())

    @property
    def busy(self) -> set[int]:
        """The threads that run a cell."""
        return {*self._cells}

    def cell_begins(self, thread: int | None = None) -> Job | None:
        """No job begins from now on; the one that runs, whose end the cell has to wait for."""
        with self._changed:
            here = threading.get_ident() if thread is None else thread
            self._cells[here] = self._cells.get(here, 0) + 1
            return self._running

    def cell_ends(self, thread: int | None = None) -> None:
        """Jobs may begin again, where this was the outermost cell."""
        with self._changed:
            here = threading.get_ident() if thread is None else thread
            left = self._cells.pop(here, 0) - 1
            if left > 0:
                self._cells[here] = left
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting and not self._cells)
                self._running = job = self._waiting.popleft()
            try:
                with contextlib.suppress(Exception):  # a page that is gone cannot be told
                    job.run(self.around)
            finally:
                with self._changed:
                    self._running = None
                job.over.set()
                del job
