"""One protocol between a page and a Trace, whatever carries it: requests with ids, and a reply that ends each.

A channel is given something to send by, and receives what comes; `tracelab/wire.py` has the words. A widget has one;
the kernel's line uses what is inside, for whichever Trace is named.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracelab import display
from tracelab.errors import TracelabError
from tracelab.format import plural
from tracelab.handle import Trace
from tracelab.jupyter import mending
from tracelab.jupyter.call import Call, call_of, seconds_of
from tracelab.jupyter.desk import Desk, Told
from tracelab.jupyter.form import offered
from tracelab.jupyter.jobs import Jobs
from tracelab.jupyter.listing import names, snapshot
from tracelab.schema import Finding, Outcome
from tracelab.wire import Reply, Request

Namespace = Callable[[], dict[str, Any]]
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

    def __init__(self, trace: Trace, send: Callable[[dict[str, Any]], None], jobs: Jobs, namespace: Namespace) -> None:
        self._trace, self._namespace = trace, namespace
        self._desk = Desk(lambda reply, buffers: send(reply), lambda: jobs)

    def receive(self, message: object) -> None:
        """Answer a message, or begin to."""
        self._desk.answer(message, lambda request: answer_for(self._trace, request, self._desk, self._namespace))

    def close(self) -> None:
        """Nobody listens any more: what was asked for ends."""
        self._desk.close()


def answer_for(trace: Trace, request: Request, desk: Desk, namespace: Namespace) -> None:
    """Answer `form`, `call`, `rerun`, `search`, `repair` or `apply`, or begin to.

    Raises:
        TracelabError: there is no program; the form cannot be read; a Trace has no such request.
    """
    asked = _Asked(trace, request, desk, namespace)
    answers = {
        "form": asked.form,
        "call": asked.call,
        "rerun": asked.rerun,
        "search": asked.search,
        "repair": asked.repair,
        "apply": asked.apply,
    }
    if request.what not in answers:
        raise TracelabError(f"A Trace has no answer to {request.what!r}")
    answers[request.what]()


class _Asked:
    """One request to a Trace."""

    def __init__(self, trace: Trace, request: Request, desk: Desk, namespace: Namespace) -> None:
        self._trace, self._request, self._desk, self._namespace = trace, request, desk, namespace

    def form(self) -> None:
        self._needs_program()
        form = offered(self._trace, snapshot(self._namespace()), f"{self._name()}.rerun()")
        self._desk.reply(Reply(id=self._request.id, state="done", form=form))

    def call(self) -> None:
        self._desk.reply(Reply(id=self._request.id, state="done", call=self._call().text))

    def rerun(self) -> None:
        call = self._call()
        self._begin(lambda tell: self._rerun(call), call.text)

    def search(self) -> None:
        seconds = seconds_of(self._request.seconds)
        self._begin(lambda tell: self._search(seconds, tell))

    def repair(self) -> None:
        self._needs_what_can_be_mended()
        seconds = seconds_of(self._request.seconds)
        self._begin(lambda tell: mending.repaired(self._trace, self._name(), seconds, tell))

    def apply(self) -> None:
        self._needs_what_can_be_mended()
        self._begin(lambda tell: mending.applied(self._trace, self._name(), self._namespace(), tell))

    def _begin(self, work: Callable[[Told], Reply], call: str = "") -> None:
        # What was found before an interruption is shown too.
        self._desk.begin(self._request, work, lambda: display.changed(self._trace), call)

    def _needs_program(self) -> None:
        if not self._trace.can_run:
            raise TracelabError(f"There is no program to run again, as the capture stopped{self._why()}")

    def _needs_what_can_be_mended(self) -> None:
        if not self._trace.can_be_repaired:
            raise TracelabError(f"There is no program to mend, as the capture stopped{self._why()}")

    def _why(self) -> str:
        stop = self._trace.capture.stop
        return f": {stop.error}" if stop else ""

    def _call(self) -> Call:
        self._needs_program()
        return call_of(self._trace, self._request, self._name())

    def _name(self) -> str:
        """What the user calls the Trace."""
        return names(snapshot(self._namespace()), [self._trace]).get(id(self._trace), "t")

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


def _proofs(findings: tuple[Finding, ...]) -> dict[str, object]:
    return {finding.id: finding.witness for finding in findings}


def _found(before: dict[str, object], after: dict[str, object]) -> str:
    new = [name for name, witness in after.items() if witness is not None and before.get(name) is None]
    other = [name for name, witness in after.items() if witness is not None and before.get(name) not in (None, witness)]
    parts = [f"{plural(len(new), 'finding')} more {'is' if len(new) == 1 else 'are'} proven"] if new else []
    parts += [f"{plural(len(other), 'witness')} {'is' if len(other) == 1 else 'are'} smaller"] if other else []
    return f"{', '.join(parts)}." if parts else "Nothing new was found."
