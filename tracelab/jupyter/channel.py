"""One protocol between a page and a Trace, whatever carries it: requests with ids, and a reply that ends each.

A channel is given something to send by, and receives what comes. What a page sends is not trusted: whatever cannot be
read is answered, and never raises. `tracelab/wire.py` has the words.
"""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, cast

import msgspec

from tracelab import display
from tracelab.errors import TracelabError
from tracelab.format import clip, plural
from tracelab.handle import Trace
from tracelab.jupyter.call import Call, FormError, call_of, seconds_of
from tracelab.jupyter.form import offered
from tracelab.jupyter.jobs import Job, Jobs
from tracelab.schema import Finding, Outcome
from tracelab.wire import CHANNEL, Problem, Reply, Request, whole

Send = Callable[[dict[str, Any]], None]
Told = Callable[[str, float], None]
_OTHER = Problem(
    what="This page was made by another version of TraceLab",
    cure="Run the cell again; reload the page if that is not enough.",
)
_TELLING_SECONDS = 0.1
"""Progress is told so often at most."""
_OUTCOMES: dict[Outcome, str] = {
    "agrees": "eager and captured agree",
    "diverges": "the captured program gives another answer than eager",
    "captured_raises": "the captured program raises, and eager does not",
    "captured_refuses": "a guard of the captured program refuses these inputs, and says so",
    "eager_raises": "eager raises",
}


class Channel:
    """Answers what a page asks of a Trace.

    Args:
        trace: the Trace.
        send: gives a reply to the page; may be called from any thread.
        jobs: where what takes its time is done.
        namespace: gives the user's variables.
    """

    def __init__(self, trace: Trace, send: Send, jobs: Jobs, namespace: Callable[[], dict[str, Any]]) -> None:
        self._trace, self._send, self._jobs, self._namespace = trace, send, jobs, namespace
        self._open: dict[str, Job] = {}
        self._lock = threading.Lock()

    def receive(self, message: object) -> None:
        """Answer a message, or begin to."""
        request = self._read(message)
        if request is None:
            return
        try:
            self._answer(request)
        except Exception as error:  # noqa: BLE001  a request gets an end
            self._fail(request.id, error)

    def close(self) -> None:
        """Nobody listens any more: what was asked for ends."""
        for job in [*self._open.values()]:
            self._jobs.cancel(job)

    # -- reading -----------------------------------------------------------------------------------------------------

    def _read(self, message: object) -> Request | None:
        """The request; None where it cannot be read, and was answered."""
        parts = cast("dict[str, Any]", message) if isinstance(message, dict) else {}
        name: Any = parts.get("id")
        name = name[:200] if isinstance(name, str) else ""
        if "version" in parts and parts["version"] != CHANNEL:
            self._reply(Reply(id=name, state="failed", problems=(_OTHER,)))
            return None
        try:
            return msgspec.convert(message, Request)
        except (msgspec.ValidationError, RecursionError) as error:
            what = f"This request cannot be read: {clip(str(error), 200)}"
            self._reply(Reply(id=name, state="failed", problems=(Problem(what=what, cure=_OTHER.cure),)))
            return None

    def _answer(self, request: Request) -> None:
        if request.what == "cancel":
            self._cancel(request)
        elif request.what == "form":
            self._needs_program()
            form = offered(self._trace, self._namespace(), f"{self._name()}.rerun()")
            self._reply(Reply(id=request.id, state="done", form=form))
        elif request.what == "call":
            self._reply(Reply(id=request.id, state="done", call=self._call(request).text))
        elif request.what == "rerun":
            call = self._call(request)
            self._begin(request, lambda tell: self._rerun(call), call.text)
        else:
            seconds = seconds_of(request.seconds)
            self._begin(request, lambda tell: self._search(seconds, tell))

    def _needs_program(self) -> None:
        if not self._trace.can_run:
            stop = self._trace.capture.stop
            why = f": {stop.error}" if stop else ""
            raise TracelabError(f"There is no program to run again, as the capture stopped{why}")

    def _call(self, request: Request) -> Call:
        self._needs_program()
        return call_of(self._trace, request, self._name())

    def _name(self) -> str:
        """What the user calls the Trace."""
        names = (name for name, value in [*self._namespace().items()] if value is self._trace)
        return next((name for name in names if not name.startswith("_")), "t")

    # -- what takes its time -----------------------------------------------------------------------------------------

    def _begin(self, request: Request, work: Callable[[Told], Reply], call: str = "") -> None:
        found: list[Reply] = []

        last = 0.0

        def tell(text: str, part: float) -> None:
            nonlocal last
            if time.monotonic() - last > _TELLING_SECONDS:
                self._reply(Reply(id=request.id, state="running", text=clip(text, 120), part=min(max(part, 0.0), 1.0)))
                last = time.monotonic()
            job.check()

        def run() -> None:
            self._reply(Reply(id=request.id, state="running", call=call))
            found.append(work(tell))

        def ended(error: BaseException | None) -> None:
            with self._lock:
                self._open.pop(request.id, None)
            with contextlib.suppress(Exception):  # what was found before an interruption is shown too
                display.changed(self._trace)
            if isinstance(error, KeyboardInterrupt):
                self._reply(Reply(id=request.id, state="cancelled", text="Cancelled."))
            elif error is not None:
                self._fail(request.id, error)
            else:
                self._reply(msgspec.structs.replace(found[0], id=request.id))

        job = Job(run, ended)
        with self._lock:
            if not request.id or request.id in self._open:
                problem = Problem(what=f"A request with the id {clip(request.id, 40)!r} is under way")
                self._reply(Reply(id=request.id, state="failed", problems=(problem,)))
                return
            self._open[request.id] = job
        self._reply(Reply(id=request.id, state="queued", text=self._jobs.why_not_yet()))
        self._jobs.add(job)

    def _rerun(self, call: Call) -> Reply:
        args, kwargs = call.values(self._namespace())
        options = call.options
        run = self._trace.rerun(
            *args, mode=options.mode, calls=options.calls, seed=options.seed, method=options.method, kwargs=kwargs
        )
        text = f"Run {run.id}: {_OUTCOMES[run.outcome]}."
        return Reply(id="", state="done", run=run.id, text=text, call=call.text)

    def _search(self, seconds: float, tell: Told) -> Reply:
        before = _proofs(self._trace.findings)
        findings = self._trace.search(seconds, tell)
        text = _found(before, _proofs(findings))
        call = f"{self._name()}.search(seconds={seconds:g})"
        if self._trace.is_interrupted:
            return Reply(id="", state="cancelled", text=f"Cancelled. {text}", call=call)
        return Reply(id="", state="done", text=text, call=call)

    def _cancel(self, request: Request) -> None:
        with self._lock:
            job = self._open.get(request.of)
        if job is not None:
            self._jobs.cancel(job)
        self._reply(Reply(id=request.id, state="done", text="" if job is not None else "It has ended already."))

    # -- replies -----------------------------------------------------------------------------------------------------

    def _fail(self, name: str, error: BaseException) -> None:
        if isinstance(error, FormError):
            problems = error.problems
        elif isinstance(error, TracelabError):
            problems = (Problem(what=clip(error.what, 400), cure=clip(error.cure, 400)),)
        else:
            problems = (Problem(what=clip(f"{type(error).__name__}: {error}", 400), cure=_blamed(error)),)
        self._reply(Reply(id=name, state="failed", problems=problems))

    def _reply(self, reply: Reply) -> None:
        with contextlib.suppress(Exception), self._jobs.shielded():  # a page that is gone cannot be told
            self._send(cast("dict[str, Any]", whole(reply)))


def _proofs(findings: tuple[Finding, ...]) -> dict[str, object]:
    return {finding.id: finding.witness for finding in findings}


def _found(before: dict[str, object], after: dict[str, object]) -> str:
    new = [name for name, witness in after.items() if witness is not None and before.get(name) is None]
    other = [name for name, witness in after.items() if witness is not None and before.get(name) not in (None, witness)]
    parts = [f"{plural(len(new), 'finding')} more {'is' if len(new) == 1 else 'are'} proven"] if new else []
    parts += [f"{plural(len(other), 'witness')} {'is' if len(other) == 1 else 'are'} smaller"] if other else []
    return f"{', '.join(parts)}." if parts else "Nothing new was found."


def _blamed(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"It was raised at {frames[-1].filename}:{frames[-1].lineno}." if frames else ""
