"""`trace`, `trace_module` and the live handle that they return."""

from __future__ import annotations

import contextlib
import contextvars
import gc
import inspect
import traceback
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

from tracelab.assembly import Case, case_of, document
from tracelab.backends import jit
from tracelab.backends.base import Request
from tracelab.backends.registry import BACKENDS
from tracelab.bindings import python_cu
from tracelab.errors import TracelabError, UsageError
from tracelab.format import joined
from tracelab.handle import LOCK, Trace
from tracelab.preserve import Preserved
from tracelab.replay import Budget, Wish, check_first, prover_of, try_all
from tracelab.source import warn

_SMALL_SECONDS = 1.5
"""So long is tried what is captured in no time; of slower captures less, until a share of their own time is more."""
_FADING = 8.0
_SHARE, _SHARE_OF_SUSPECTS, _EAGER_RUNS = 0.7, 0.3, 4.0
"""The time for trying as a part of what the capture took, without warnings and with, then with so many runs of eager
besides: torch's own check costs a capture and such runs, and all of ours is to stay within three times that."""


_SHARE_OF_EXPORT, _FADING_OF_EXPORT = 0.25, 2.0
"""The same of an export, which takes longer itself: all of it is to stay within one and a half of a draft_export."""
_teller: contextvars.ContextVar[Callable[[str, float], None]] = contextvars.ContextVar("teller")


@contextlib.contextmanager
def telling(tell: Callable[[str, float], None]) -> Generator[None]:
    """A block in which what is traced tells what is being tried, and which part of the time is over, from 0 to 1."""
    token = _teller.set(tell)
    try:
        yield
    finally:
        _teller.reset(token)


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
    dynamic_shapes: Any = None,
    export_strict: bool = False,
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
        backend: `jit`, or `export` for `torch.export.export`, which takes positional and keyword inputs together.
        dynamic_shapes: for `export`, as there; `"auto"` leaves every size open that can be left open.
        export_strict: for `export`, its `strict`.
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
    request = Request(func, options, False, check_trace, check_inputs, check_tolerance)
    request.export = {"dynamic_shapes": dynamic_shapes, "strict": export_strict}
    return _traced(request, backend, Wish(probes, seconds))


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
    if backend not in BACKENDS:
        raise UsageError(f"there is no backend {backend!r}", cure=f"use {joined([*map(repr, BACKENDS)])}")
    with LOCK, _no_collection(), Preserved(request.func) as preserved:
        captured = BACKENDS[backend].capture(request, preserved)
        case = case_of(request, captured)
        prover = prover_of(request, captured, case.subject, case.findings, preserved, _budget(wish, case))
        if captured.runnable is not None and (captured.stopped is None or captured.exported) and captured.outputs:
            agrees = check_first(prover, request, captured)
            if agrees and (request.check_trace or wish.probes is not None):
                try_all(prover, wish, captured)
        capture = document(case, prover)
    faults = [*captured.sightings.faults, *prover.faults]
    if faults:
        _warn_of(faults[0])
    return Trace(case, prover, capture, _retraced)


def _retraced(request: Request, backend: str, dynamic_shapes: Any, seconds: float | None) -> Trace:
    """The same function and inputs by another backend."""
    args, kwargs = request.options.get("example_inputs"), request.options.get("example_kwarg_inputs")
    options = dict(request.options)
    if backend == jit.name and args is not None and kwargs:
        bound = inspect.signature(getattr(request.func, "forward", request.func)).bind(*args, **kwargs)
        options |= {"example_inputs": None, "example_kwarg_inputs": dict(bound.arguments)}
    again = replace(request, options=options, check_inputs=None)
    again.export = {"dynamic_shapes": dynamic_shapes, "strict": request.export.get("strict")}
    return _traced(again, backend, Wish(None, seconds))


def _budget(wish: Wish, case: Case) -> Budget:
    """As much time as was wanted, else in proportion to what the capture took."""
    tell = _teller.get(Budget.tell)
    if wish.seconds is not None:
        return Budget(wish.seconds, wish.limit, is_generous=True, tell=tell)
    is_suspect = any(finding.level == "warning" for finding in case.findings)
    taken, eager = case.captured.seconds, case.captured.eager_seconds
    if case.captured.exported is not None:
        return Budget(max(_SMALL_SECONDS - _FADING_OF_EXPORT * taken, _SHARE_OF_EXPORT * taken), wish.limit, tell=tell)
    share = _SHARE_OF_SUSPECTS * taken + _EAGER_RUNS * eager if is_suspect else _SHARE * taken
    return Budget(max(_SMALL_SECONDS - _FADING * taken, share), wish.limit, tell=tell)


def _warn_of(fault: Exception) -> None:
    if isinstance(fault, TracelabError):
        warn(str(fault))
        return
    where = traceback.extract_tb(fault.__traceback__)[-1]
    said = f"a part of TraceLab failed, findings may be missing: {fault!r} at {where.filename}:{where.lineno}"
    warn(said)


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
