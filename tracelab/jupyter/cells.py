"""The jobs of this kernel, kept apart from its cells, and what a job finds of the user's."""

from __future__ import annotations

import contextlib
import functools
import signal
import sys
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any, cast

from tracelab.jupyter import moment
from tracelab.jupyter.jobs import Job, Jobs

_PATIENCE_SECONDS = 1.0
"""A cell that waits longer for a job says so."""


def jobs() -> Jobs:
    """The jobs of this process. In a notebook, its cells are heard from now on."""
    with _MAKING:
        return _jobs_beside(_shell())


_MAKING = threading.Lock()


@functools.cache
def _jobs_beside(shell: Any) -> Jobs:
    made = Jobs()
    if shell is not None:
        Cells(shell, made)
    return made


def namespace() -> dict[str, Any]:
    """The user's variables."""
    shell = _shell()
    return vars(sys.modules["__main__"]) if shell is None else shell.user_ns


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


class Cells:
    """The cells of a shell, beside the jobs of its process.

    Args:
        shell: IPython's.
        jobs: wait for its cells from now on, and its cells for them.
    """

    def __init__(self, shell: Any, jobs: Jobs) -> None:
        self._shell, self._jobs = shell, jobs
        moment.keep()
        jobs.around = lambda: moment.last().again()
        shell.events.register("pre_run_cell", self.begin)
        shell.events.register("post_run_cell", self.end)
        for thread in _running(shell):
            jobs.cell_begins(thread)
        running = _running(shell)
        for thread in jobs.busy - running:  # one that has ended while we looked
            jobs.cell_ends(thread)
        self._hear_interrupts()

    def begin(self, info: Any) -> None:
        """A cell begins: it waits for the job that runs. To interrupt the cell is to interrupt that job."""
        job = self._jobs.cell_begins()
        if job is not None and not job.over.is_set():
            self._wait_for(job)
        self._own_outputs()

    def _wait_for(self, job: Job) -> None:
        with _interrupted_by(job):
            if not job.over.wait(_PATIENCE_SECONDS):
                self._say("TraceLab is still at work for its viewer; this cell comes next. Interrupt to end that work.")
                job.over.wait()

    def end(self, result: Any) -> None:
        """A cell has ended: what it left of torch's state is what a job finds."""
        moment.keep()
        self._jobs.cell_ends()

    def _own_outputs(self) -> None:
        """Tell the streams whose outputs they carry: ipykernel told those that the job had put in their place."""
        parent = getattr(self._shell, "get_parent", dict[str, Any])()
        for stream in (sys.stdout, sys.stderr):
            if parent and hasattr(stream, "set_parent"):
                cast("Any", stream).set_parent(parent)

    def _say(self, text: str) -> None:
        # Not by sys.stdout, which the job may have silenced.
        self._shell.display_pub.publish({"text/plain": text})

    def _hear_interrupts(self) -> None:
        """Let an interruption end a job also where no cell runs: ipykernel ignores it then."""
        loop = getattr(getattr(self._shell, "kernel", None), "io_loop", None)
        if loop is not None:
            loop.add_callback(self._hear)

    def _hear(self) -> None:
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, self._interrupt)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        job = self._jobs.running
        if job is not None:
            job.cancel()


@contextlib.contextmanager
def _interrupted_by(job: Job) -> Generator[None]:
    """While the main thread waits, an interruption is for the job."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        job.cancel()

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.SIG_DFL)


def _running(shell: Any) -> set[int]:
    """The threads that run a cell of the shell: its beginning was not heard."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage]
    return {thread for thread, frame in frames.items() if _runs_a_cell(frame, shell)}


def _runs_a_cell(frame: FrameType | None, shell: Any) -> bool:
    while frame is not None:
        if frame.f_code.co_name in ("run_cell", "run_cell_async") and frame.f_locals.get("self") is shell:
            return True
        frame = frame.f_back
    return False
