"""What a backend and the checker found -> the Capture."""

from __future__ import annotations

import inspect
import platform
import traceback
from collections.abc import Iterator
from typing import Any

import torch
from msgspec.structs import replace

import tracelab
from tracelab.backends import jit
from tracelab.backends.base import Captured, Method, Request, Stopped
from tracelab.backends.observe import assemble, filenames
from tracelab.capture import Capture
from tracelab.detectors import Facts, detect
from tracelab.detectors.base import EXAMPLE
from tracelab.observers import Sighting
from tracelab.replay import Checked
from tracelab.schema import Input, Run, Stop, Tensor
from tracelab.source import is_user_file, line_range, source_files
from tracelab.syntax import Site
from tracelab.tensors import describe, stored

KEPT_BYTES = 8 << 20
"""Inputs are kept in the document up to this size in all."""


def document(request: Request, captured: Captured, checked: Checked) -> Capture:
    """The document of a capture; what stopped it, and a Run that says so, are added to `captured` and `checked`."""
    methods = jit.methods_of(request) or []
    tensors: dict[str, Tensor] = {}
    inputs = tuple(_inputs(methods, tensors, "inputs"))
    runs = [
        replace(run, inputs=tuple(_inputs([checked.inputs[run.id]], tensors, f"runs.{run.id}"))) for run in checked.runs
    ]
    stop = _stop(captured.stopped) if captured.stopped is not None else None
    if stop is not None:
        captured.sightings.seen.append(_stop_sighting(stop, captured))
        if stop.stage != "eager":
            runs.append(Run(id=len(runs), probe=EXAMPLE, outcome="captured_raises", error=stop.error, inputs=inputs))
            checked.inputs[runs[-1].id] = methods[0]
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
        return Stop(stage=stopped.stage, error=error)
    said = str(error).strip().splitlines() or [""]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_user_file(frame.filename)]
    inner = frames[-1] if frames and stopped.stage != "output" else None
    source = line_range(inner.filename, inner.lineno or 1, inner.name) if inner is not None else None
    return Stop(stage=stopped.stage, error=f"{type(error).__name__}: {said[0]}", source=source)


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
    if not isinstance(value, torch.Tensor) or value.layout != torch.strided:
        return None
    if value.nbytes + sum(len(kept.data) for kept in tensors.values()) > KEPT_BYTES:
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
