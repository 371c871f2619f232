"""`trace`, `trace_module` and the live handle that they return."""

from __future__ import annotations

import contextlib
import gc
import inspect
import platform
import threading
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from msgspec.structs import replace

import tracelab
from tracelab.backends import jit
from tracelab.backends.base import Captured, Method, Request, Stopped
from tracelab.backends.observe import assemble, filenames
from tracelab.capture import Capture
from tracelab.detectors import Facts, detect
from tracelab.errors import UsageError
from tracelab.observers import Sighting
from tracelab.preserve import Preserved, cloned
from tracelab.replay import Checked, check
from tracelab.replay.check import EXAMPLE
from tracelab.schema import Finding, Input, Run, Stop, Tensor
from tracelab.source import is_user_file, line_range, source_files
from tracelab.syntax import Site
from tracelab.tensors import describe, stored

KEPT_BYTES = 8 << 20
"""Inputs are kept in the document up to this size in all."""

_lock = threading.RLock()
"""Tracing replaces process-wide entries of torch: one capture at a time."""

_python_cu: Any = torch.jit._state._python_cu  # pyright: ignore


class TracelabWarning(UserWarning):
    """An observer failed; the program is whole, the findings may not be."""


class Trace:
    """What a user holds after `tracelab.trace`: the function, the program, and the Capture that says what was frozen.

    Attributes:
        func: what was traced.
        program: exactly what `torch.jit.trace` returned; None where it returned nothing.
        capture: the document.
    """

    def __init__(self, func: Any, program: Any, capture: Capture, witnesses: dict[int, Method]) -> None:
        self.func, self.program, self.capture = func, program, capture
        self._witnesses = witnesses

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
        method = self._witnesses.get(finding.witness.id) if finding.witness is not None else None
        return None if method is None else cloned((method.args, method.kwargs))

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
    _compilation_unit: Any = _python_cu,
    example_kwarg_inputs: Any = None,
    _store_inputs: bool = True,
    *,
    backend: str = "jit",
) -> Trace:
    """Trace as `torch.jit.trace` does, and find what was frozen.

    Every argument means what it means there. What torch's checker would raise becomes a finding, and what the
    function raises becomes a partial Trace.

    Args:
        backend: `jit`.

    Raises:
        Exception: what `torch.jit.trace` raises for a wrong use of its arguments.
        UsageError: there is no such backend.
    """
    options = {
        "example_inputs": example_inputs, "optimize": optimize, "strict": strict, "_force_outplace": _force_outplace,
        "_module_class": _module_class, "_compilation_unit": _compilation_unit, "example_kwarg_inputs": example_kwarg_inputs,
        "_store_inputs": _store_inputs,
    }  # fmt: skip
    return _traced(Request(func, options, False, check_trace, check_inputs, check_tolerance), backend)


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
    _compilation_unit: Any = _python_cu,
    example_inputs_is_kwarg: bool = False,
    _store_inputs: bool = True,
    *,
    backend: str = "jit",
) -> Trace:
    """Trace several methods as `torch.jit.trace_module` does, and find what was frozen.

    Args:
        backend: `jit`.

    Raises:
        Exception: what `torch.jit.trace_module` raises for a wrong use of its arguments.
        UsageError: there is no such backend.
    """
    options = {
        "inputs": inputs, "optimize": optimize, "strict": strict, "_force_outplace": _force_outplace, "_module_class": _module_class,
        "_compilation_unit": _compilation_unit, "example_inputs_is_kwarg": example_inputs_is_kwarg, "_store_inputs": _store_inputs,
    }  # fmt: skip
    return _traced(Request(mod, options, True, check_trace, check_inputs, check_tolerance), backend)


def _traced(request: Request, backend: str) -> Trace:
    if backend != jit.name:
        raise UsageError(f"there is no backend {backend!r}", cure=f"use backend={jit.name!r}")
    with _lock, _no_collection(), Preserved(request.func) as preserved:
        captured = jit.capture(request, preserved)
        checked = check(request, captured, preserved)
        capture = _document(request, captured, checked)
    for fault in captured.sightings.faults[:1]:
        where = traceback.extract_tb(fault.__traceback__)[-1]
        warnings.warn(
            f"an observer failed, findings may be missing: {fault!r} at {where.filename}:{where.lineno}",
            TracelabWarning,
            stacklevel=3,
        )
    return Trace(request.func, captured.program, capture, {} if checked.isolated else checked.inputs)


@contextlib.contextmanager
def _no_collection() -> Iterator[None]:
    """Pause Python's cyclic garbage collector: a capture makes many small objects and few cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _document(request: Request, captured: Captured, checked: Checked) -> Capture:
    tensors: dict[str, Tensor] = {}
    inputs = tuple(_inputs(jit.methods_of(request) or [], tensors, "inputs"))
    runs = [
        replace(run, inputs=tuple(_inputs([checked.inputs[run.id]], tensors, f"runs.{run.id}"))) for run in checked.runs
    ]
    stop = _stop(captured.stopped) if captured.stopped is not None else None
    if stop is not None:
        captured.sightings.seen.append(_stop_sighting(stop, captured))
        if stop.stage != "eager":
            runs.append(Run(id=len(runs), probe=EXAMPLE, outcome="captured_raises", error=stop.error, inputs=inputs))
            checked.inputs[runs[-1].id] = (jit.methods_of(request) or [])[0]
    facts = Facts(runs=tuple(runs), stop=stop)
    captured.sightings.extend(checked.sightings)
    module = _module_of(request.func)
    graphs, observations = assemble(captured, module)
    return Capture(
        tracelab=tracelab.__version__,
        torch=str(torch.__version__),
        python=platform.python_version(),
        backend=jit.name,
        name=_name_of(request.func),
        mode=("train" if module.training else "eval") if module is not None else "",
        inputs=inputs,
        graphs=graphs,
        observations=observations,
        findings=detect(observations, graphs, facts),
        runs=tuple(runs),
        sources=source_files({name for name in filenames(observations, graphs) if is_user_file(name)}),
        stop=stop,
        tensors=tensors,
    )


def _stop(stopped: Stopped) -> Stop:
    error = stopped.error
    if isinstance(error, str):
        return Stop(stage=stopped.stage, error=error)  # pyright: ignore[reportArgumentType]
    message = next(iter(str(error).strip().splitlines()), "")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_user_file(f.filename)]
    bottom = next((i for i, f in enumerate(frames) if f.name == "_tracelab_bottom_"), -1)
    inner = [f for f in frames[bottom + 1 :] if f.filename != __file__]
    source = (
        line_range(inner[-1].filename, inner[-1].lineno or 1, inner[-1].name)
        if inner and stopped.stage != "output"
        else None
    )
    return Stop(stage=stopped.stage, error=f"{type(error).__name__}: {message}", source=source)  # pyright: ignore[reportArgumentType]


def _stop_sighting(stop: Stop, captured: Captured) -> Sighting:
    top = next((ran for ran in captured.ran if ran.top), None)
    site = Site(stop.source) if stop.source is not None else None
    if site is None and top is not None:
        site = top.return_site if stop.stage == "output" else top.site
    return Sighting("stop", stop.stage, stop.error, site, () if site is None else (site.source,), detail=stop.stage)


def _inputs(methods: list[Method], tensors: dict[str, Tensor], prefix: str) -> Iterator[Input]:
    for method in methods:
        forward = getattr(method.func, "forward", method.func)
        names = _parameter_names(forward)
        given = [(names[i] if i < len(names) else f"arg{i}", value, False) for i, value in enumerate(method.args)]
        given += [(name, value, True) for name, value in method.kwargs.items()]
        for name, value, keyword in given:
            label = name if len(methods) == 1 else f"{method.name}.{name}"
            yield Input(
                name=label, spec=describe(value), tensor=_kept(value, tensors, f"{prefix}.{label}"), keyword=keyword
            )


def _kept(value: Any, tensors: dict[str, Tensor], key: str) -> str | None:
    if not isinstance(value, torch.Tensor) or value.nbytes + sum(len(t.data) for t in tensors.values()) > KEPT_BYTES:
        return None
    kept = stored(value)
    if kept is None:
        return None
    tensors[key] = kept
    return key


def _parameter_names(function: Any) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _module_of(func: Any) -> torch.nn.Module | None:
    owner = getattr(func, "__self__", func)
    return owner if isinstance(owner, torch.nn.Module) else None


def _name_of(func: Any) -> str:
    target: Any = type(func) if isinstance(func, torch.nn.Module) else func
    return str(getattr(target, "__qualname__", type(func).__qualname__))
