"""The live handle that `trace` returns."""

from __future__ import annotations

import contextlib
import importlib.util
import secrets
import threading
import weakref
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakValueDictionary

from tracelab import display
from tracelab.assembly import Case, document, rerun
from tracelab.backends import export
from tracelab.beside import Sided, compared
from tracelab.capture import Capture
from tracelab.errors import MissingToolError, UsageError
from tracelab.nesting import filled
from tracelab.pair import Comparison
from tracelab.preserve import Preserved, cloned
from tracelab.probes.base import Subject
from tracelab.renderers import repairs as repair_text
from tracelab.replay import Budget, Prover, search_on, wanted
from tracelab.replay.stage import modes
from tracelab.schema import Finding, Run

if TYPE_CHECKING:
    from tracelab.repair import Mended

LOCK = threading.RLock()
"""Tracing replaces process-wide entries of torch: one capture, or one rerun, at a time."""


class Trace:
    """What a user holds after `tracelab.trace`: the function, the program, and the Capture that says what was frozen.

    Attributes:
        func: what was traced.
        program: exactly what `torch.jit.trace` returned; None where it returned nothing.
        capture: the document.
        id: no other Trace has it, in this process or another.
    """

    def __init__(self, case: Case, prover: Prover, capture: Capture, retrace: Callable[..., Trace]) -> None:
        self.func, self.program, self.capture = case.request.func, case.captured.program, capture
        self._case, self._prover, self._retrace = case, prover, retrace
        module: Any = case.subject.module
        parts: Any = () if module is None else module.named_modules()
        self._modes: dict[str, bool] = {name: part.training for name, part in parts}
        self.id = secrets.token_hex(8)
        _LIVING[self.id] = self
        display.made(self)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was frozen, worst first."""
        return self.capture.findings

    @property
    def subject(self) -> Subject:
        """What can be called, and the inputs that were traced."""
        return self._case.subject

    @property
    def can_run(self) -> bool:
        """Whether there is a program to run."""
        return self._case.captured.runnable is not None and bool(self._case.captured.outputs)

    @property
    def can_be_repaired(self) -> bool:
        """Whether there is a program to mend, or one that torch.export refuses to make of what eager runs."""
        return self.can_run or (self.capture.backend == export.name and bool(self._case.captured.outputs))

    @property
    def is_interrupted(self) -> bool:
        """Whether the user interrupted the trying; what was found until then is there."""
        return self._prover.interrupted

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the program.

        Raises:
            UsageError: there is no program, as the capture stopped.
        """
        if self._case.captured.exported is not None and self.program is not None:
            return self._case.captured.exported(*args, **kwargs)
        if self.program is None:
            error = self.capture.stop.error if self.capture.stop else "nothing was traced"
            raise UsageError("there is no program to call", cure=f"the capture stopped: {error}")
        return self.program(*args, **kwargs)

    def witness_inputs(self, finding: Finding) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        """The inputs of the Run that proves a finding, as fresh tensors.

        None where no Run does, or where the inputs alone do not: the function leaves state behind, and each side has
        to start from the same.
        """
        run = finding.witness
        if run is None or not run.by_inputs or self._case.captured.changes_state or run.id >= len(self._prover.results):
            return None
        given = self._prover.results[run.id].probe.calls[-1]
        return cloned((given.args, dict(given.kwargs)))

    def rerun(
        self,
        *args: Any,
        mode: Literal["train", "eval"] | None = None,
        calls: int = 1,
        seed: int | None = None,
        method: str = "forward",
        under: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext,
        kwargs: dict[str, Any] | None = None,
    ) -> Run:
        """Run eager and captured side by side, each from the state that is there now, which is put back.

        The Run joins those of `capture`, which is then a new document. Where only the inputs of one call are other than
        traced, it counts for the findings as those do that were made unasked: it may prove one.

        Args:
            *args: the inputs; those that were traced where there are none. In place of any input, or of a part of
                one, `...` stands for what was traced.
            mode: the mode that both are put into; None takes the one that was traced.
            calls: how often both are called in a row.
            seed: what torch's, Python's and numpy's generators are seeded with; None leaves them.
            method: which method, after `trace_module`.
            under: makes a context in which both run: `torch.no_grad`.
            kwargs: inputs by keyword.

        Raises:
            UsageError: there is no program, no such method or mode, or nothing was traced where a `...` stands.
        """
        if not self.can_run:
            raise UsageError("there is nothing to run", cure="the capture stopped; see Trace.capture.stop")
        if mode not in ("train", "eval", None):
            raise UsageError(f"there is no mode {mode!r}", cure="use 'train' or 'eval'")
        subject = self._case.subject
        if method not in [one.name for one in subject.methods]:
            raise UsageError(f"no method {method!r} was traced", cure=f"use {subject.methods[0].name!r}")
        example = subject.example(method)
        args, given = filled(args, example.args), filled(kwargs or {}, dict(example.kwargs))
        probe = wanted(subject, args, given, mode, calls, seed, method, under)
        with self._reopened():
            run = rerun(self._case, self._prover, probe)
            self.capture = document(self._case, self._prover)
        display.changed(self)
        return run

    def search(
        self, seconds: float = 10.0, progress: Callable[[str, float], None] = lambda text, part: None
    ) -> tuple[Finding, ...]:
        """Look longer for witnesses of what is unproven; an interruption keeps what was found.

        Args:
            seconds: how long.
            progress: is told what is being tried, and which part of the time is over, from 0 to 1.

        Returns:
            The findings, which are now sharper; `capture` is a new document.
        """
        if self.can_run:
            with self._reopened():
                search_on(self._prover, self._case.captured, Budget(seconds, is_generous=True, tell=progress))
                self.capture = document(self._case, self._prover)
            display.changed(self)
        return self.findings

    def compare(
        self,
        other: Trace | None = None,
        *,
        backend: str = "export",
        dynamic_shapes: Any = "auto",
        seconds: float | None = None,
    ) -> Comparison:
        """Compare with a capture by another backend: what freezes in the one and not in the other.

        Args:
            other: a Trace of the same function; None makes one, of the same inputs.
            backend: what makes it.
            dynamic_shapes: for `export`; `"auto"` leaves every size open that can be.
            seconds: how long is tried, as for `tracelab.trace`.

        Raises:
            UsageError: the other one is of another function, or of the same backend.
        """
        other = other or self._other(backend, dynamic_shapes, seconds)
        if other.func is not self.func:
            raise UsageError("the two Traces are of different functions", cure="trace the same function twice")
        return compared(self._sided(), other._sided())

    def _other(self, backend: str, dynamic_shapes: Any, seconds: float | None) -> Trace:
        if backend == self.capture.backend:
            cure = f"use backend={'jit' if backend == 'export' else 'export'!r}"
            raise UsageError(f"this Trace is one of backend={backend!r} itself", cure=cure)
        with modes(self._case.subject.module, self._modes):
            return self._retrace(self._case.request, backend, dynamic_shapes, seconds)

    def _sided(self) -> Sided:
        return Sided(self._case, self._prover, self.capture, self._reopened)

    def repair(
        self,
        seconds: float = 30.0,
        progress: Callable[[str, float], None] = lambda text, part: None,
        *,
        files_only: bool = False,
    ) -> Repaired:
        """Mend what is proven wrong, and prove that it is mended; an interruption keeps what was proven.

        Each change is tried beside what is there: functions are made anew from a changed text, modules are repaired in
        a copy that shares the parameters, and no file is written. It is offered when the repaired program does what
        the function as it is does, on every witness and on the probes.

        Args:
            seconds: how long is tried.
            progress: is told what is being tried, and which part of the time is over, from 0 to 1.
            files_only: whether only changes to source files are tried, and none to the call of the tracer.

        Returns:
            What is offered, which `capture` then has too, and what could not be mended, and why.

        Raises:
            MissingToolError: libcst, which changes source and keeps its formatting, is not installed.
            UsageError: there is no program, as the capture stopped; a refusal of `torch.export` is what can be mended.
        """
        if importlib.util.find_spec("libcst") is None:
            cure = "Install it: pip install 'tracelab[repair]'."
            raise MissingToolError("libcst, which repairs are written with, is not installed", cure=cure)
        if not self.can_be_repaired:
            raise UsageError("there is no program to mend", cure="the capture stopped; see Trace.capture.stop")
        from tracelab.repair import mended

        with self._reopened():
            found = mended(self._case, self._prover, self.findings, seconds, progress, files_only)
            self._case.repairs, self._case.left = found.repairs, found.left
            self.capture = document(self._case, self._prover)
        display.changed(self)
        trace = None
        if found.taken is not None and found.prover is not None and found.capture is not None:
            trace = Trace(found.taken.proof.case, found.prover, found.capture, self._retrace)
            weakref.finalize(trace, found.taken.applied.shelf.clear)  # its tracebacks show the changed text
        return Repaired(self, trace, found)

    @contextlib.contextmanager
    def _reopened(self) -> Generator[None]:
        # The program keeps the mode that was traced: beside a module that is in another by now, all would diverge.
        with LOCK, modes(self._case.subject.module, self._modes), Preserved(self.func) as preserved:
            self._prover.stage.preserved = preserved
            yield

    def raise_for_findings(self, allow: Sequence[str] = ()) -> None:
        """Raise FrozenError where a finding diverges or raises that `allow` does not let pass.

        Args:
            allow: as `assert_faithful` takes it.
        """
        __tracebackhide__ = True
        self.capture.raise_for_findings(allow)

    def save(self, path: str | Path) -> None:
        """Write the Capture as a `.tracelab` file."""
        self.capture.save(path)

    def report(self, path: str | Path, *, title: str | None = None, source: bool = True, values: bool = True) -> Path:
        """Write a self-contained HTML report, with or without the text of your source files, and values."""
        return self.capture.report(path, title=title, source=source, values=values)

    def widget(self) -> Any:
        """The viewer as a notebook's widget: always the same one, so that two views of it stay in step.

        Its `finding`, `run`, `selection`, `height` and `theme` can be read and set; see `tracelab.jupyter.widget`.

        Raises:
            MissingToolError: anywidget is not installed.
        """
        return display.shown_by().widget(self)

    def _repr_mimebundle_(self, **wanted: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return display.shown_by().bundle(self)

    def __repr__(self) -> str:
        return self.capture.summary()


_LIVING: WeakValueDictionary[str, Trace] = WeakValueDictionary()
"""In the order in which they were made."""


def living() -> list[Trace]:
    """Every Trace that somebody still holds, in the order in which they were made."""
    return [trace for reference in _LIVING.valuerefs() if (trace := reference()) is not None]


def lives(name: str) -> Trace | None:
    """The living Trace of that id."""
    return _LIVING.get(name)


class Repaired:
    """What could be mended of a Trace, and what could not.

    Attributes:
        original: the Trace that was mended.
        trace: the Trace of what was repaired; None where nothing could be.
        repairs: what is offered, each proven by itself.
        runs: the Runs that prove all of them together: the function as it is, beside the repaired program.
        left: the id of each finding that is not mended, and why.
    """

    def __init__(self, original: Trace, trace: Trace | None, found: Mended) -> None:
        self.original, self.trace = original, trace
        self.repairs, self.runs, self.left = found.repairs, found.runs, found.left
        self.sources = found.sources

    @property
    def program(self) -> Any:
        """What to use in the place of the program that was wrong; None where nothing could be mended."""
        return self.trace.program if self.trace is not None else None

    @property
    def mended(self) -> tuple[str, ...]:
        """The ids of the findings that are mended."""
        return tuple(dict.fromkeys(name for repair in self.repairs for name in repair.findings))

    @property
    def diff(self) -> str:
        """What all of them together change in the source files, as `diff -u` writes it."""
        return "".join(source.diff() for source in self.sources)

    def __repr__(self) -> str:
        return repair_text.summary(self.repairs, self.left, self.diff)
