"""`torch.jit.trace` and `torch.jit.trace_module`, observed."""

from __future__ import annotations

import contextlib
import inspect
import warnings
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from tracelab.backends import canary
from tracelab.backends.base import Captured, Method, Recording, Request, Stopped
from tracelab.backends.interpose import AbandonedError, Builds, Interposer, finished_graph
from tracelab.backends.raw import RawGraph
from tracelab.backends.replica import Replica
from tracelab.bindings import argument_names, is_tracing_enabled, jit
from tracelab.nesting import MAPPING, detached
from tracelab.observers import TRACE_OBSERVERS, EagerObserver, Recorder, Sightings, shared, sightings_of
from tracelab.preserve import Preserved, cloned, quiet
from tracelab.source import is_traced
from tracelab.stopwatch import Stopwatch

name = "jit"


def capture(request: Request, preserved: Preserved) -> Captured:
    """Trace as torch does, and note what escaped.

    Args:
        request: what to trace.
        preserved: puts everything back between the runs.

    Raises:
        Exception: what torch raises for a wrong use of its arguments. What the user's function raises, and
            what torch says of its outputs, is part of the answer instead.
    """
    watch = Stopwatch()
    captured = _Capture(request, preserved).run()
    captured.seconds = watch.seconds
    return captured


class _Capture:
    def __init__(self, request: Request, preserved: Preserved) -> None:
        self._request, self._preserved = request, preserved
        self._captured = Captured(name)

    def run(self) -> Captured:
        methods = methods_of(self._request)
        self._captured.methods = methods or []
        if not _is_traceable(self._request.func):
            return self._as_it_is()
        if methods is None:  # the arguments are wrong: torch says how
            self._trace(self._interposer())
            raise AssertionError("torch accepted arguments that cannot be called")
        swallowed = observe_eager(self._captured, self._preserved)
        if swallowed and self._crashes():
            return self._captured
        self._trace_here()
        return self._captured

    def _as_it_is(self) -> Captured:
        """A ScriptModule, or tracing is switched off: torch hands back what it was given."""
        with quiet() as caught:
            self._captured.program = self._call_torch()
        _show_again(caught)
        finished = finished_graph(self._captured.program, "forward")
        if finished is not None:
            self._captured.recordings.append(Recording("forward", finished, finished))
        return self._captured

    def _crashes(self) -> bool:
        """A torch error that Python swallows makes torch.jit.trace crash: let a child process go first."""
        answer = canary.send(lambda on_recording: self._trace(self._interposer(on_recording, builds="always")))
        if answer.survived:
            return False
        self._captured.recordings = answer.recordings
        self._captured.sightings.extend(answer.sightings)
        self._captured.stopped = Stopped("capture", answer.death)
        return True

    def _trace_here(self) -> None:
        interposer = self._interposer()
        try:
            with quiet(self._listen) as caught:
                self._captured.program = self._trace(interposer)
            _show_again(caught)
        except AbandonedError as error:
            self._captured.stopped = Stopped("capture", f"{error} raised while tracing and the function went on")
        except Exception as error:  # noqa: BLE001  the end of a partial capture
            if self._captured.stopped is None:
                complete = bool(interposer.recordings) and interposer.recordings[-1].recorded.complete
                self._captured.stopped = Stopped("output" if complete else "capture", error)
        finally:
            self._captured.recordings, self._captured.replicas = interposer.recordings, interposer.replicas
            self._preserved.restore()
        for generator in interposer.recorder.generators:
            self._preserved.objects.note(generator)
        for recording in interposer.recordings:
            if self._captured.program is not None:
                recording.finished = finished_graph(self._captured.program, recording.method)

    def _listen(self, message: warnings.WarningMessage, frame: FrameType) -> None:
        """What torch would have told the user of tracing becomes an observation."""
        text = str(message.message).partition(". ")[0]
        if issubclass(message.category, jit.TracerWarning) and is_traced(frame):
            self._captured.sightings.add("tracer-warning", text, frame)
        elif _is_about_tracing(message):
            # Of the call itself, or its outputs: the frames around it are the caller's, all of IPython in a notebook.
            self._captured.sightings.add("remark", text, None)

    def _interposer(self, on_recording: Any = None, builds: Builds = "whole") -> Interposer:
        recorder = Recorder(self._captured.sightings, TRACE_OBSERVERS)
        return Interposer(recorder, on_recording, builds)

    def _trace(self, interposer: Interposer) -> Any:
        with interposer.installed():
            return self._call_torch()

    def _call_torch(self) -> Any:
        options = dict(self._request.options)
        for key in ("example_inputs", "example_kwarg_inputs", "inputs"):
            if key in options:
                options[key] = cloned(options[key])
        function = jit.trace_module if self._request.many else jit.trace
        return function(self._request.func, check_trace=False, **options)


def observe_eager(captured: Captured, preserved: Preserved, for_export: bool = False) -> list[str]:
    """Run what is traced as it is, and note what it reads from outside.

    Args:
        captured: has the methods to run, and takes what was seen.
        preserved: puts everything back.
        for_export: whether an export is to come, and no recording.

    Returns:
        The torch functions whose errors Python swallowed.
    """
    swallowed = list[str]()
    observer = EagerObserver(captured.sightings, preserved.objects, for_export=for_export)
    watch = Stopwatch()
    for method in captured.methods:
        observer.method = method.name
        args, kwargs = cloned((method.args, method.kwargs))
        with quiet():
            result = observer.run(method.func, args, kwargs)
        captured.outputs[method.name] = detached(result.output)
        captured.ran, swallowed = result.ran, swallowed + result.swallowed
        captured.sightings.extend(sighting for ran in result.ran if ran.top for sighting in shared(ran, method.kwargs))
        if result.error is not None:
            captured.stopped = Stopped("eager", result.error)
            break
    captured.eager_seconds = watch.seconds
    changes = preserved.objects.changes()
    captured.changes_state = bool(changes)
    captured.sightings.extend(sightings_of(captured.ran, changes))
    preserved.restore()
    return swallowed


@dataclass(frozen=True)
class Again:
    """A second trace: its graph, and the graph in a form that can be run, where there is one."""

    graph: RawGraph
    replica: Replica | None


def record(method: Method) -> Again | None:
    """Trace a method once more, for its graph alone; None where that fails."""
    interposer = recorded_by(method, Recorder(Sightings(), ()))
    if not interposer.recordings:
        return None
    return Again(interposer.recordings[-1].recorded, interposer.replicas.get(method.name))


def recorded_by(method: Method, recorder: Recorder) -> Interposer:
    """Trace a method without making a program of it.

    Args:
        method: what is traced.
        recorder: sees it.
    """
    interposer = Interposer(recorder, builds="never")
    owner = method.func if isinstance(method.func, torch.nn.Module) else getattr(method.func, "__self__", None)
    options: dict[str, Any] = {"check_trace": False}
    args, kwargs = _one_way(method)
    with quiet(), interposer.installed(), contextlib.suppress(Exception):
        if isinstance(owner, torch.nn.Module):
            called = getattr(method.func, "__name__", method.name) if owner is not method.func else method.name
            inputs = {called: cloned(kwargs or args)}
            jit.trace_module(owner, inputs, example_inputs_is_kwarg=bool(kwargs), **options)
        elif kwargs:
            jit.trace(method.func, example_kwarg_inputs=cloned(kwargs), **options)
        else:
            jit.trace(method.func, cloned(args), **options)
    return interposer


def _one_way(method: Method) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments by place or by name: `torch.jit.trace` takes one or the other."""
    if not (method.args and method.kwargs):
        return method.args, method.kwargs
    try:
        bound = inspect.signature(getattr(method.func, "forward", method.func)).bind(*method.args, **method.kwargs)
    except (TypeError, ValueError):
        return method.args, {}
    return (), dict(bound.arguments)


def methods_of(request: Request) -> list[Method] | None:
    """The callables to run with their inputs; None where torch has a complaint about the arguments."""
    func, options = request.func, request.options
    if request.many:
        return _methods_of_module(func, options)
    args, kwargs = options["example_inputs"], options["example_kwarg_inputs"]
    owner: Any = getattr(func, "__self__", None)
    is_method = isinstance(owner, torch.nn.Module)
    if not callable(func) or (is_method and getattr(func, "__name__", "") != "forward"):
        return None
    target = owner if is_method else func
    if isinstance(kwargs, MAPPING) and (args is None or not isinstance(target, torch.nn.Module)):
        known = argument_names(getattr(target, "forward", target))
        return [Method("forward", target, (), kwargs)] if set(kwargs) <= set(known) else None
    wrapped = as_arguments(args)
    return None if wrapped is None or not _fits(target, wrapped, {}) else [Method("forward", target, wrapped, {})]


def _methods_of_module(module: Any, options: dict[str, Any]) -> list[Method] | None:
    inputs, by_name = options["inputs"], options["example_inputs_is_kwarg"]
    if not isinstance(module, torch.nn.Module) or not isinstance(inputs, MAPPING):
        return None
    methods: list[Method] = []
    for method, example in inputs.items():
        target: Any = module if method == "forward" else getattr(module, method, None)
        wrapped = as_arguments(example)
        if target is None or wrapped is None:
            return None
        if by_name and isinstance(example, MAPPING):
            methods.append(Method(method, target, (), example))
        else:
            methods.append(Method(method, target, wrapped, {}))
    return methods


def as_arguments(example: Any) -> tuple[Any, ...] | None:
    """Example inputs as the arguments of a call; None where they are none."""
    if isinstance(example, (torch.Tensor, MAPPING)):
        return (example,)
    try:
        return tuple(example)
    except TypeError:
        return None


def _fits(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a function takes such arguments; what has no signature takes anything."""
    try:
        inspect.signature(getattr(func, "forward", func)).bind(*args, **kwargs)
    except ValueError:
        return True
    except TypeError:
        return not callable(func)
    return True


def _is_traceable(func: Any) -> bool:
    if isinstance(func, (torch.jit.ScriptModule, torch.jit.ScriptFunction)):
        return not isinstance(func, torch.jit.ScriptModule)
    return is_tracing_enabled()


def _is_about_tracing(message: warnings.WarningMessage) -> bool:
    return issubclass(message.category, jit.TracerWarning) or "torch.jit.trace" in str(message.message)


def _show_again(caught: list[Any]) -> None:
    """Warnings of the user's own code are shown as if nobody had listened; the tracer's became observations."""
    for message in caught:
        if not _is_about_tracing(message):
            warnings.warn_explicit(message.message, message.category, message.filename, message.lineno)
