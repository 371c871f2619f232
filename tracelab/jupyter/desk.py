"""Requests of one page: each is read, and replied to until it has ended; some of them are jobs that can be cancelled.

What a page sends is not trusted: whatever cannot be read is answered, and never raises. Nothing here loads torch.
"""

from __future__ import annotations

import contextlib
import contextvars
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import msgspec

from tracelab.errors import TracelabError
from tracelab.format import clip
from tracelab.wire import CHANNEL, Problem, Reply, Request, whole

if TYPE_CHECKING:
    from tracelab.jupyter.jobs import Job, Jobs

Send = Callable[[dict[str, Any], Sequence[bytes]], None]
Told = Callable[[str, float | None], None]
_OTHER = Problem(
    what="This page was made by another version of TraceLab",
    cure="Run the cell again; reload the page if that is not enough.",
)
_TELLING_SECONDS = 0.1
"""Progress is told so often at most."""


class FormError(TracelabError):
    """What was filled in cannot be run; each problem names its place on the form."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(problems[0].what, problems[0].where, problems[0].cure)


class Desk:
    """What is under way for one page.

    Args:
        send: gives a reply with its buffers to the page; may be called from any thread.
        jobs: gives the place where what takes its time is done.
    """

    def __init__(self, send: Send, jobs: Callable[[], Jobs]) -> None:
        self._send, self._jobs = send, jobs
        self._open: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._shield: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext

    def answer(self, message: object, by: Callable[[Request], None]) -> None:
        """Read a message, and answer it, or begin to; whatever is raised is told."""
        request = self._read(message)
        if request is None:
            return
        try:
            if request.what == "cancel":
                self._cancel(request)
            else:
                by(request)
        except KeyboardInterrupt:
            self.reply(Reply(id=request.id, state="cancelled", text="Interrupted."))
        except Exception as error:  # noqa: BLE001  a request gets an end
            self.fail(request.id, error)

    def begin(
        self, request: Request, work: Callable[[Told], Reply], after: Callable[[], None] = lambda: None, call: str = ""
    ) -> None:
        """Do what takes its time, as a job.

        Args:
            request: what was asked.
            work: does it. What it is given tells what is being tried, and raises where the job was cancelled.
            after: is called in the end, however that came.
            call: the Python that does the same.
        """
        from tracelab.jupyter.jobs import Job

        jobs = self._jobs()
        self._shield = jobs.shielded
        # ipykernel sends the next message of a page to the shell that last answered it, and who answered it knows by
        # its context: a job has that of the user's cells, and all that a page asks would wait for those.
        context = contextvars.copy_context()
        found: list[Reply] = []
        last = 0.0

        def reply(one: Reply) -> None:
            context.copy().run(self.reply, one)

        def tell(text: str, part: float | None) -> None:
            nonlocal last
            if job.over.is_set():  # a Trace plays on, long after, with who heard of it first
                return
            if time.monotonic() - last > _TELLING_SECONDS:
                part = None if part is None else min(max(part, 0.0), 1.0)
                reply(Reply(id=request.id, state="running", text=clip(text, 120), part=part))
                last = time.monotonic()
            job.check()

        def run() -> None:
            reply(Reply(id=request.id, state="running", call=call))
            found.append(work(tell))

        def ended(error: BaseException | None) -> None:
            with self._lock:
                self._open.pop(request.id, None)
            with contextlib.suppress(Exception):
                after()
            if isinstance(error, KeyboardInterrupt):
                reply(Reply(id=request.id, state="cancelled", text="Cancelled."))
            elif error is not None:
                context.copy().run(self.fail, request.id, error)
            else:
                reply(msgspec.structs.replace(found[0], id=request.id))

        job = Job(run, ended)
        if self._note(request, job):
            self.reply(Reply(id=request.id, state="queued", text=jobs.why_not_yet()))
            jobs.add(job)

    def _note(self, request: Request, job: Job) -> bool:
        with self._lock:
            is_new = bool(request.id) and request.id not in self._open
            if is_new:
                self._open[request.id] = job
        if not is_new:
            problem = Problem(what=f"A request with the id {clip(request.id, 40)!r} is under way")
            self.reply(Reply(id=request.id, state="failed", problems=(problem,)))
        return is_new

    def close(self) -> None:
        """Nobody listens any more: what was asked for ends."""
        with self._lock:
            jobs = [*self._open.values()]
        for job in jobs:
            self._jobs().cancel(job)

    def _cancel(self, request: Request) -> None:
        with self._lock:
            job = self._open.get(request.of)
        if job is not None:
            self._jobs().cancel(job)
        self.reply(Reply(id=request.id, state="done", text="" if job is not None else "It has ended already."))

    def _read(self, message: object) -> Request | None:
        """The request; None where it cannot be read, and was answered."""
        parts = cast("dict[str, Any]", message) if isinstance(message, dict) else {}
        name: Any = parts.get("id")
        name = name[:200] if isinstance(name, str) else ""
        if "version" in parts and parts["version"] != CHANNEL:
            self.reply(Reply(id=name, state="failed", problems=(_OTHER,)))
            return None
        try:
            return msgspec.convert(message, Request)
        except (msgspec.ValidationError, RecursionError) as error:
            what = f"This request cannot be read: {clip(str(error), 200)}"
            self.reply(Reply(id=name, state="failed", problems=(Problem(what=what, cure=_OTHER.cure),)))
            return None

    def reply(self, reply: Reply, buffers: Sequence[bytes] = ()) -> None:
        """Say something to the page; one that is gone cannot be told."""
        with contextlib.suppress(Exception), self._shield():
            self._send(cast("dict[str, Any]", whole(reply)), buffers)

    def fail(self, name: str, error: BaseException) -> None:
        """Say that a request failed, and why."""
        if isinstance(error, FormError):
            problems = error.problems
        elif isinstance(error, TracelabError):
            problems = (Problem(what=clip(error.what, 400), cure=clip(error.cure, 400)),)
        else:
            problems = (Problem(what=clip(f"{type(error).__name__}: {error}", 400), cure=_blamed(error)),)
        self.reply(Reply(id=name, state="failed", problems=problems))


def _blamed(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"It was raised at {frames[-1].filename}:{frames[-1].lineno}." if frames else ""
