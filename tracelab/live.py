"""`trace`, `trace_module` and the live handle that they return."""

from __future__ import annotations

import contextlib
import gc
import threading
import traceback
import warnings
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from tracelab.assembly import Case, case_of, document
from tracelab.backends import jit
from tracelab.backends.base import Request
from tracelab.bindings import python_cu
from tracelab.capture import Capture
from tracelab.errors import UsageError
from tracelab.preserve import Preserved, cloned
from tracelab.replay import Budget, Prover, Wish, check_first, prover_of, try_all
from tracelab.schema import Finding

_lock = threading.RLock()
"""Tracing replaces process-wide entries of torch: one capture at a time."""


_LEAST_SECONDS = 1.5
_SHARE, _SHARE_OF_SUSPECTS = 1.1, 2.2
"""How long is tried where the user does not say: so long, or so many times as long as the capture took."""


class TracelabWarning(UserWarning):
    """An observer failed; the program is whole, the findings may not be."""


class Trace:
    """What a user holds after `tracelab.trace`: the function, the program, and the Capture that says what was frozen.

    Attributes:
        func: what was traced.
        program: exactly what `torch.jit.trace` returned; None where it returned nothing.
        capture: the document.
    """

    def __init__(self, case: Case, prover: Prover, capture: Capture) -> None:
        self.func, self.program, self.capture = case.request.func, case.captured.program, capture
        self._case, self._prover = case, prover

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was frozen, worst first."""
        return self.capture.findings

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the program.

        Raises:
            UsageError: there is no program, as the capture stopped.
        """
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

    def raise_for_findings(self) -> None:
        """Raise FrozenError where a finding diverges or raises."""
        self.capture.raise_for_findings()

    def save(self, path: str | Path) -> None:
        """Write the Capture as a `.tracelab` file."""
        self.capture.save(path)

    def report(self, path: str | Path, *, title: str | None = None) -> Path:
        """Write a self-contained HTML report."""
        return self.capture.report(path, title=title)

    def __repr__(self) -> str:
        return self.capture.summary()


def trace(
    func: Any,
    example_inputs: Any = None,
    optimize: Any = None,
    check_trace: bool = True,
    check_inputs: Any = None,
    check_tolerance: float = 1e-5,
    strict: bool = True,
    _force_outplace: bool = False,
    _module_class: Any = None,
    _compilation_unit: Any = python_cu,
    example_kwarg_inputs: Any = None,
    _store_inputs: bool = True,
    *,
    backend: str = "jit",
    probes: int | Sequence[Any] | None = None,
    seconds: float | None = None,
) -> Trace:
    """Trace as `torch.jit.trace` does, and find what was frozen.

    Every argument means what it means there. What torch's checker would raise becomes a finding, and what the
    function raises becomes a partial Trace.

    Args:
        func: what to trace: a function, a module, or the `forward` of one.
        example_inputs: a tensor, or a tuple of arguments.
        optimize: as torch: does nothing any more.
        check_trace: whether eager and captured are compared, on the example inputs where `check_inputs` says no other.
        check_inputs: a list of such inputs to compare them on.
        check_tolerance: the relative error that is allowed.
        strict: as torch: whether mutable containers as outputs are refused.
        example_kwarg_inputs: a dict of keyword arguments, in place of `example_inputs`.
        backend: `jit`.
        probes: what is tried to prove the findings: None for all that make sense (nothing, where `check_trace` is off),
            a number for so many at most, or a sequence of axes (`"shapes"`, `"mode"`) and of inputs; `()` tries
            nothing.
        seconds: how long is tried; None takes as long as is in proportion to the capture.

    Raises:
        Exception: what `torch.jit.trace` raises for a wrong use of its arguments.
        UsageError: there is no such backend.
    """
    options = {
        "example_inputs": example_inputs,
        "optimize": optimize,
        "strict": strict,
        "_force_outplace": _force_outplace,
        "_module_class": _module_class,
        "_compilation_unit": _compilation_unit,
        "example_kwarg_inputs": example_kwarg_inputs,
        "_store_inputs": _store_inputs,
    }
    return _traced(
        Request(func, options, False, check_trace, check_inputs, check_tolerance), backend, Wish(probes, seconds)
    )


def trace_module(
    mod: Any,
    inputs: Any,
    optimize: Any = None,
    check_trace: bool = True,
    check_inputs: Any = None,
    check_tolerance: float = 1e-5,
    strict: bool = True,
    _force_outplace: bool = False,
    _module_class: Any = None,
    _compilation_unit: Any = python_cu,
    example_inputs_is_kwarg: bool = False,
    _store_inputs: bool = True,
    *,
    backend: str = "jit",
    probes: int | Sequence[Any] | None = None,
    seconds: float | None = None,
) -> Trace:
    """Trace several methods as `torch.jit.trace_module` does, and find what was frozen.

    Args:
        mod: the module.
        inputs: the name of each method to trace, with its example inputs.
        optimize: as torch: does nothing any more.
        check_trace: whether eager and captured are compared, on the example inputs where `check_inputs` says no other.
        check_inputs: a list of such dicts to compare them on.
        check_tolerance: the relative error that is allowed.
        strict: as torch: whether mutable containers as outputs are refused.
        example_inputs_is_kwarg: whether the example inputs are dicts of keyword arguments.
        backend: `jit`.
        probes: what is tried to prove the findings: None for all that make sense (nothing, where `check_trace` is off),
            a number for so many at most, or a sequence of axes (`"shapes"`, `"mode"`) and of inputs; `()` tries
            nothing.
        seconds: how long is tried; None takes as long as is in proportion to the capture.

    Raises:
        Exception: what `torch.jit.trace_module` raises for a wrong use of its arguments.
        UsageError: there is no such backend.
    """
    options = {
        "inputs": inputs,
        "optimize": optimize,
        "strict": strict,
        "_force_outplace": _force_outplace,
        "_module_class": _module_class,
        "_compilation_unit": _compilation_unit,
        "example_inputs_is_kwarg": example_inputs_is_kwarg,
        "_store_inputs": _store_inputs,
    }
    return _traced(
        Request(mod, options, True, check_trace, check_inputs, check_tolerance), backend, Wish(probes, seconds)
    )


def _traced(request: Request, backend: str, wish: Wish) -> Trace:
    if backend != jit.name:
        raise UsageError(f"there is no backend {backend!r}", cure=f"use backend={jit.name!r}")
    with _lock, _no_collection(), Preserved(request.func) as preserved:
        captured = jit.capture(request, preserved)
        case = case_of(request, captured)
        prover = prover_of(request, captured, case.subject, case.findings, preserved, _budget(wish, case))
        if captured.program is not None and captured.stopped is None and captured.outputs:
            agrees = check_first(prover, request, captured)
            if agrees and (request.check_trace or wish.probes is not None):
                try_all(prover, wish, captured)
        capture = document(case, prover)
    if captured.sightings.faults:
        _warn_of(captured.sightings.faults[0])
    return Trace(case, prover, capture)


def _budget(wish: Wish, case: Case) -> Budget:
    """As much time as was wanted, else in proportion to what the capture took."""
    if wish.seconds is not None:
        return Budget(wish.seconds, wish.limit, is_generous=True)
    is_suspect = any(finding.level == "warning" for finding in case.findings)
    share = _SHARE_OF_SUSPECTS if is_suspect else _SHARE
    return Budget(max(_LEAST_SECONDS, share * case.captured.seconds), wish.limit)


def _warn_of(fault: Exception) -> None:
    where = traceback.extract_tb(fault.__traceback__)[-1]
    said = f"an observer failed, findings may be missing: {fault!r} at {where.filename}:{where.lineno}"
    warnings.warn(said, TracelabWarning, stacklevel=4)


@contextlib.contextmanager
def _no_collection() -> Generator[None]:
    """Pause Python's cyclic garbage collector: a capture makes many small objects and few cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
