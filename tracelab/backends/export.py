"""`torch.export.export`, observed.

What escapes Python is seen as for `torch.jit.trace`: in an eager run, and in a recording that is made for the
observation alone and never becomes a program. What is exported is paired with that recording.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import itertools
import logging
from collections.abc import Generator, Iterator
from typing import Any

import torch

from tracelab.backends import dynamic, fx_graph, said
from tracelab.backends.base import Captured, Method, Recording, Request, Stopped
from tracelab.backends.exported import Exported
from tracelab.backends.fx_match import match
from tracelab.backends.jit import as_arguments, observe_eager, recorded_by
from tracelab.backends.raw import RawGraph
from tracelab.backends.wrapping import as_module, of_tensors
from tracelab.bindings import draft_export, export, export_with_ones, settle_compiler
from tracelab.errors import UsageError
from tracelab.nesting import MAPPING, leaves
from tracelab.observers import TRACE_OBSERVERS, Recorder, Sighting
from tracelab.preserve import Preserved, cloned, quiet
from tracelab.stopwatch import Stopwatch

name = "export"
AUTO = "auto"
"""The `dynamic_shapes` that are proposed."""
WITH_ONES = "torch.fx.experimental._config.patch(backed_size_oblivious=True)(torch.export.export)"
"""`torch.export.export` where a size of 1 can be left open."""


def capture(request: Request, preserved: Preserved) -> Captured:
    """Export as torch does, and note what escaped.

    Args:
        request: what to export.
        preserved: puts everything back between the runs.

    Raises:
        Exception: what torch raises for a wrong use of its arguments. What the user's function raises, and why torch
            refuses to export it, is part of the answer instead.
    """
    watch = Stopwatch()
    settle_compiler()
    captured = _Capture(request, preserved).run()
    captured.seconds = watch.seconds
    return captured


def methods_of(request: Request) -> list[Method]:
    """The one callable to run, with its inputs.

    Raises:
        UsageError: several methods are to be captured, or the inputs are none that can be passed.
    """
    if request.many:
        raise UsageError("torch.export takes one method", cure="use tracelab.trace(model.encode, x, backend='export')")
    options = request.options
    args, kwargs = options["example_inputs"], options["example_kwarg_inputs"]
    given = () if args is None else as_arguments(args)
    if not callable(request.func) or given is None or not isinstance(kwargs, (MAPPING, type(None))):
        raise UsageError(
            "there is nothing to call, or nothing to call it with",
            cure="pass a module or a function, a tuple of arguments, and a dict of those by keyword",
        )
    owner = getattr(request.func, "__self__", None)
    is_forward = isinstance(owner, torch.nn.Module) and getattr(request.func, "__name__", "") == "forward"
    return [Method("forward", owner if is_forward else request.func, given, dict(kwargs or {}))]


def called(request: Request, captured: Captured) -> tuple[str, str]:
    """The function of torch's that made the program, and what it was given besides the inputs, as Python."""
    is_draft = captured.exported is not None and captured.exported.is_draft
    shapes, strict = captured.dynamic_shapes, request.export.get("strict")
    options = "" if shapes is None else f", dynamic_shapes={dynamic.written(shapes)}"
    options += ", strict=True" if strict else ""
    plain = f"torch.export.{'draft_export' if is_draft else 'export'}"
    return (WITH_ONES if request.export.get("ones") else plain), options


def opened(request: Request) -> Any:
    """The same function exported with every size open that can be; None where torch refuses."""
    method = methods_of(request)[0]
    module, strict = as_module(method.func), bool(request.export.get("strict"))
    args, kwargs = cloned((method.args, method.kwargs))
    shapes = next(dynamic.choices(module, args, kwargs))
    with contextlib.suppress(Exception), quiet(), _unlogged(), contextlib.redirect_stdout(io.StringIO()):
        return export(module, args, kwargs or None, dynamic_shapes=shapes, strict=strict)
    return None


class _Capture:
    def __init__(self, request: Request, preserved: Preserved) -> None:
        self._request, self._preserved = request, preserved
        self._captured = Captured(name, methods_of(request))
        self._method = self._captured.methods[0]
        _fit(self._method)

    def run(self) -> Captured:
        captured = self._captured
        observe_eager(captured, self._preserved, for_export=True)
        if captured.stopped is not None:
            return captured
        for sighting in captured.sightings.seen:
            if sighting.asked == "torch.jit.is_tracing":
                sighting.asked = "torch is_tracing"  # which eager and an export answer alike
        self._record()
        exported = self._export()
        if exported is None:
            return captured
        graph = fx_graph.read(exported.program)
        recording = captured.recordings[0] if captured.recordings else Recording("forward", graph)
        recording.finished = graph
        recording.matching = match(recording.recorded, graph)
        captured.recordings = [recording]
        captured.exported = exported
        if not exported.is_draft:
            captured.program = exported.program
        captured.sightings.extend(said.of_program(exported.program, {ran.filename for ran in captured.ran}))
        return captured

    def _record(self) -> None:
        """What Python asks of tensors, and which operations run because of it."""
        before, recordable = len(self._captured.sightings.seen), self._recordable()
        with contextlib.redirect_stdout(io.StringIO()):  # the export prints what the function prints
            interposer = recorded_by(recordable, Recorder(self._captured.sightings, TRACE_OBSERVERS))
        self._preserved.restore()
        seen = self._captured.sightings.seen
        seen[before:] = [sighting for sighting in seen[before:] if not _is_tracers(sighting)]
        for one in (*interposer.recordings, *seen[before:]):
            one.method = self._method.name  # which torch calls by the name of the function
        for sighting in seen[before:]:
            sighting.parameters = tuple(map(fx_graph.without_owner, sighting.parameters))
        for recording in interposer.recordings:
            self._rename(recording.recorded)
        self._captured.recordings = interposer.recordings[-1:]
        for replica in interposer.replicas.values():
            replica.of_tensors = recordable is not self._method
            self._captured.replicas[self._method.name] = replica
        for generator in interposer.recorder.generators:
            self._preserved.objects.note(generator)

    def _recordable(self) -> Method:
        """The method as `torch.jit.trace` takes it, which is given tensors alone."""
        method = self._method
        values = [value for _, value in leaves((method.args, method.kwargs))]
        if all(isinstance(value, torch.Tensor) for value in values) and not (method.args and method.kwargs):
            return method
        func, tensors = of_tensors(method.func, method.args, method.kwargs)
        return Method(method.name, func, tensors, {})

    def _rename(self, graph: RawGraph) -> None:
        """Let a recording of a function of tensors alone speak of the arguments, and of the module, by their names."""
        graph.attributes = {number: fx_graph.without_owner(fqn) for number, fqn in graph.attributes.items()}
        for node in graph.nodes:
            node.scope = fx_graph.without_owner(node.scope)
        names = [name for name, value in _named_leaves(self._method) if isinstance(value, torch.Tensor)]
        if len(names) == len(graph.inputs):
            for value, name in zip(graph.inputs, names):
                value.name = name

    def _export(self) -> Exported | None:
        module = as_module(self._method.func)
        args, kwargs = cloned((self._method.args, self._method.kwargs))
        wanted, strict = self._request.export.get("dynamic_shapes"), bool(self._request.export.get("strict"))
        refusal: Exception | None = None
        for shapes in dynamic.choices(module, args, kwargs) if wanted == AUTO else [wanted]:
            try:
                with quiet(), _unlogged():
                    make = export_with_ones if self._request.export.get("ones") else export
                    made = make(module, args, kwargs or None, dynamic_shapes=shapes, strict=strict)
                self._captured.dynamic_shapes = shapes
                return Exported(made)
            except Exception as error:
                if _is_misuse(error):
                    raise
                refusal = error
            finally:
                self._preserved.restore()
        self._captured.stopped = Stopped("capture", refusal or "torch.export refuses this")
        if refusal is not None:
            self._captured.sightings.extend(said.of_refusal(refusal))
        return self._draft(module, wanted, strict) if self._request.export.get("draft", True) else None

    def _draft(self, module: Any, wanted: Any, strict: bool) -> Exported | None:
        """What `draft_export` makes of what `export` refuses; None where it refuses too."""
        args, kwargs = cloned((self._method.args, self._method.kwargs))
        several = dynamic.choices(module, args, kwargs) if wanted == AUTO else [wanted]
        for shapes, is_strict in itertools.product(several, dict.fromkeys((strict, False))):
            try:
                with quiet(), _unlogged(), contextlib.redirect_stdout(io.StringIO()):
                    made = draft_export(module, args, kwargs or None, dynamic_shapes=shapes, strict=is_strict)
                    exported = Exported(made, is_draft=True)
            except Exception:  # noqa: BLE001  the refusal of `export` says it already
                continue
            finally:
                self._preserved.restore()
            self._captured.sightings.extend(said.of_report(made))
            self._captured.dynamic_shapes = shapes
            return exported
        return None


def _named_leaves(method: Method) -> Iterator[tuple[str, Any]]:
    """The parts of the arguments, by the names that the function gives them: `x`, `feats['a']`."""
    try:
        names = list(inspect.signature(getattr(method.func, "forward", method.func)).parameters)
    except (TypeError, ValueError):
        names = []
    for place, value in enumerate(method.args):
        name = names[place] if place < len(names) else f"arg{place}"
        yield from ((name + path, part) for path, part in leaves(value))
    for name, value in method.kwargs.items():
        yield from ((name + path, part) for path, part in leaves(value))


def _is_tracers(sighting: Sighting) -> bool:
    """Whether it is so only under `torch.jit.trace`, where a size is a tensor."""
    return (sighting.kind, sighting.detail) in (("conversion", "lost"), ("lost-write", "size"))


def _fit(method: Method) -> None:
    """Raise where the arguments do not fit the function: then eager has nothing to say."""
    with contextlib.suppress(ValueError):  # it has no signature
        inspect.signature(getattr(method.func, "forward", method.func)).bind(*method.args, **method.kwargs)


def _is_misuse(error: Exception) -> bool:
    """Whether the fault is in the arguments of `export`, and not in what is exported."""
    kind = getattr(error, "error_type", None)
    return getattr(kind, "name", "") == "INVALID_INPUT"


@contextlib.contextmanager
def _unlogged() -> Generator[None]:
    """Keep off the screen what torch logs and prints when it refuses: the findings say it."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(before)
