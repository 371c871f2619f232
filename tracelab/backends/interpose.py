"""Stands between `torch.jit.trace` and the function that it runs.

`torch.jit.trace` is called as it is, so that every argument, error and result is its own. What is replaced
for the time of the call is the entry into C++ that takes the function: it is given ours, which runs the
user's under the Interceptor and reads the recorded graph before dead-code elimination takes part of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import Any, Literal

import torch

from tracelab.backends.base import Recording
from tracelab.backends.raw import RawGraph
from tracelab.backends.replica import Replica, UnrepeatableError
from tracelab.backends.walk import walk
from tracelab.bindings import C, compiled_of, graph_of, name_lookup, trace_state
from tracelab.nesting import MAPPING, SEQUENCE, tensors_in
from tracelab.observers import Interceptor, Recorder, unseen_by_overrides
from tracelab.observers.conversions import hashes_watched
from tracelab.observers.frameless import ABSENT, Prepared, frameless
from tracelab.schema import Arg, Items, Ref
from tracelab.tensors import untraced

_FUNCTIONS = ("_create_function_from_trace", "_create_function_from_trace_with_dict")
_METHODS = ("_create_method_from_trace", "_create_method_from_trace_with_dict")


class AbandonedError(Exception):
    """Raised in place of returning, where torch would crash on what the function left behind, or is not to build."""


Builds = Literal["whole", "always", "never"]
"""Of what torch builds a program: of what nothing raised in, of anything, of nothing (only the graph is wanted)."""


class Interposer:
    """Runs traced functions under a Recorder and keeps what each of them recorded."""

    def __init__(
        self, recorder: Recorder, on_recording: Callable[[Recording], None] | None = None, builds: Builds = "whole"
    ) -> None:
        self.recorder = recorder
        self.recordings: list[Recording] = []
        self.replicas: dict[str, Replica] = {}
        """By method; those of graphs that can be copied."""
        self._on_recording = on_recording
        self._builds: Builds = builds
        self._active = False

    @contextlib.contextmanager
    def installed(self) -> Generator[None]:
        """Interpose for the time of a block."""
        places = [(C, name, self._function) for name in _FUNCTIONS]
        places += [(C.ScriptModule, name, self._method) for name in _METHODS]
        originals = [(owner, name, getattr(owner, name)) for owner, name, _ in places]
        for (owner, name, original), (_, _, make) in zip(originals, places):
            setattr(owner, name, make(original))
        try:
            yield
        finally:
            for owner, name, original in originals:
                setattr(owner, name, original)

    def _function(self, original: Callable[..., Any]) -> Any:
        """In place of `torch._C._create_function_from_trace(name, func, inputs, lookup, ...)`."""
        return self._entrance(original, None)

    def _method(self, original: Callable[..., Any]) -> Any:
        """In place of `ScriptModule._create_method_from_trace`: bound when it is looked up, as a method is."""
        return property(lambda module: self._entrance(original, module))

    def _entrance(self, original: Callable[..., Any], module: Any) -> Any:
        def prepare(given: list[Any]) -> Prepared:
            arguments = [part for part in given if part is not ABSENT]
            if not self._active:
                name, func = arguments[:2]
                owner = None if module is None else func if isinstance(func, torch.nn.Module) else func.__self__
                method = "forward" if module is None else name
                arguments[1], arguments[3] = self._wrapped(method, func, owner), self._lookup()
            return original, (*([] if module is None else [module]), *arguments), {}

        return frameless(12, 4, prepare)

    def _lookup(self) -> Callable[[Any], str]:
        """Torch names values after the variables of the innermost frame; what we ask must not name them."""
        original, recorder = name_lookup(1), self.recorder
        return lambda variable: "" if recorder.peeking else original(variable)

    def _wrapped(self, method: str, func: Any, module: torch.nn.Module | None) -> Callable[..., Any]:
        # Its name is `tracelab.source.BOTTOM`: below this frame nothing is the user's.
        def _tracelab_bottom_(*args: Any, **kwargs: Any) -> Any:
            self._active = True
            recorder = self.recorder
            recorder.begin(method, module, (args, kwargs))
            graph = trace_state().graph()  # torch lets go of it when an operation raises
            output: Any = None
            complete = False
            try:
                with Interceptor(recorder.before, recorder.after), unseen_by_overrides(), hashes_watched(recorder):
                    output = func(*args, **kwargs)
                complete = True
                recorder.finish()
            finally:
                self._active = False
                self._keep(graph, method, module, output, complete)
            is_whole = not recorder.raised and trace_state() is not None
            if self._builds == "never" or (self._builds == "whole" and not is_whole):
                raise AbandonedError(" and ".join(recorder.raised) or "an operation")
            return output

        return _tracelab_bottom_

    def _keep(self, graph: Any, method: str, module: torch.nn.Module | None, output: Any, complete: bool) -> None:
        try:
            with untraced():
                recorded = walk(graph, module is not None)
                if complete:
                    self._copy(graph, method, module, output)
        except Exception as fault:  # noqa: BLE001  reported by the capture, which must go on
            self.recorder.sightings.faults.append(fault)
            return
        recorded.complete = complete
        recorded.outputs = _outputs(self.recorder, output) if complete else []
        recording = Recording(method, recorded)
        self.recordings.append(recording)
        if self._on_recording is not None:
            self._on_recording(recording)

    def _copy(self, graph: Any, method: str, module: torch.nn.Module | None, output: Any) -> None:
        numbers = [self.recorder.number(tensor) for tensor in tensors_in(output)]
        with contextlib.suppress(UnrepeatableError):
            self.replicas[method] = Replica(graph, numbers, module)


def _outputs(recorder: Recorder, output: Any) -> list[Arg]:
    if isinstance(output, torch.Tensor):
        number = recorder.number(output)
        return [] if number is None else [Ref(value=number)]
    if isinstance(output, MAPPING):
        return _outputs(recorder, tuple(output.values()))
    if isinstance(output, SEQUENCE):
        return [Items(items=tuple(arg for part in output for arg in _outputs(recorder, part)))]
    return []


def finished_graph(program: Any, method: str) -> RawGraph | None:
    """The graph of a method of a program, called methods read in place; None where the program is no TorchScript."""
    if isinstance(program, torch.jit.ScriptFunction):
        return walk(graph_of(program), False)
    if not isinstance(program, torch.jit.ScriptModule):
        return None
    module = compiled_of(program)

    def callee(fqn: str, name: str) -> Any:
        owner = module
        for part in fqn.split(".") if fqn else ():
            owner = owner.getattr(part)
        return owner._get_method(name).graph

    return walk(module._get_method(method).graph, True, callee)
