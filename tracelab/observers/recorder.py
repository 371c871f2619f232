"""Follows a function while torch traces it: which value of the graph each tensor is, and what left the graph."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch

from tracelab.bindings import trace_state, value_of
from tracelab.nesting import tensors_in
from tracelab.observers.interceptor import caller, function_name
from tracelab.observers.sighting import Sighting, Sightings
from tracelab.source import frame_above

UNTRACKED = {
    "Tensor.__deepcopy__", "Tensor.__reduce_ex__", "Tensor.data",
    "torch.from_numpy", "torch.from_dlpack", "torch.frombuffer",
}  # fmt: skip
"""Functions whose result the graph does not hold, whatever they recorded on the way."""

_WRAPPERS = {
    "aten::Int", "prim::ListConstruct", "prim::NumToTensor",
    "aten::ScalarImplicit", "aten::FloatImplicit", "aten::IntImplicit",
}  # fmt: skip
"""What torch puts around a number before an operator takes it."""

_OWN_FOLDER = __file__.rpartition(os.sep)[0] + os.sep


@dataclass
class Call:
    """One call of a torch function while tracing."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    grew: bool
    """Whether nodes were recorded for it."""
    before: Any
    """The last node before it."""

    @property
    def tensors(self) -> Iterator[torch.Tensor]:
        """The tensors among its arguments."""
        yield from tensors_in(self.args)
        yield from tensors_in(self.kwargs)


class Recorder:
    """What the observers of a tracing run share."""

    def __init__(self, sightings: Sightings, observers: tuple[Callable[[Recorder, Call], None], ...]) -> None:
        self.sightings = sightings
        self.method = "forward"
        self.peeking = False
        """Whether we, and not the user's program, ask for a value: it must not be named after our variables."""
        self.position = -1
        self.raised: list[str] = []
        """Torch functions that raised."""
        self.sizes: set[int] = set()
        """The numbers of values that are sizes, or were computed from sizes alone."""
        self.generators: list[torch.Generator] = []
        """Generators that were drawn from: the program goes on drawing from them."""
        self.made: dict[int, Any] = {}
        """Tensors that were made from plain data while tracing, by id."""
        self._observers = observers
        self._known: dict[int, tuple[Any, int]] = {}
        self._parameters: dict[int, str] = {}
        self._pending = ""
        self._cursor: Any = None

    def begin(self, method: str, module: torch.nn.Module | None, inputs: object) -> None:
        """Start on a method: its inputs and the module's parameters and buffers are values of the graph."""
        self.method, self._known, self._parameters, self._pending, self.position = method, {}, {}, "", -1
        if module is not None:
            for fqn, tensor in [
                *module.named_parameters(remove_duplicate=False),
                *module.named_buffers(remove_duplicate=False),
            ]:
                self._parameters.setdefault(id(tensor), fqn)
        for tensor in tensors_in(inputs):
            self._learn(tensor)

    def before(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Hook of the Interceptor."""
        self._note_raised()
        self._pending = function_name(func) or "?"
        state = trace_state()
        self._cursor = None if state is None else state.graph().insertPoint().prev()

    def after(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """Hook of the Interceptor."""
        name, self._pending = self._pending, ""
        state = trace_state()
        if state is None:
            return
        last = state.graph().insertPoint().prev()
        call = Call(name, args, kwargs, result, last is not self._cursor, self._cursor)
        try:
            for observe in self._observers:
                observe(self, call)
            if call.grew and name not in UNTRACKED:
                for tensor in tensors_in(result):
                    self._learn(tensor)
                self._note_sizes(call)
        except Exception as fault:  # noqa: BLE001  reported by the capture, which must go on
            self.sightings.faults.append(fault)

    def finish(self) -> None:
        """The function returned."""
        self._note_raised()

    def see(self, kind: str, call: Call, **facts: Any) -> Sighting:
        """Note something about a call at the user's line."""
        return self.note(kind, call.name, **facts)

    def note(self, kind: str, asked: str, **facts: Any) -> Sighting:
        """Note something at the user's line."""
        return self.sightings.add(kind, asked, self.frame(), method=self.method, position=self.position, **facts)

    def frame(self) -> FrameType | None:
        """The frame that called torch."""
        frame = caller(frame_above(1))
        while frame is not None and frame.f_code.co_filename.startswith(_OWN_FOLDER):
            frame = frame.f_back
        return frame

    def number(self, tensor: torch.Tensor) -> int | None:
        """The tracer's number of a tensor's value, None where the graph does not hold it."""
        known = self._known.get(id(tensor))
        if known is not None and known[0]() is tensor:
            return known[1]
        if id(tensor) not in self._parameters:
            return None
        number = self._ask(tensor)
        if number is not None:
            self._known[id(tensor)] = (weakref.ref(tensor), number)
        return number

    def parameter(self, tensor: torch.Tensor) -> str | None:
        """The fqn of a parameter or buffer."""
        return self._parameters.get(id(tensor))

    def numbers(self, values: object) -> tuple[int, ...]:
        """The tracer's numbers of all traced tensors in a value."""
        found = (self.number(tensor) for tensor in tensors_in(values))
        return tuple(dict.fromkeys(number for number in found if number is not None))

    def new_nodes(self, call: Call) -> Iterator[Any]:
        """The nodes that a call recorded, last first."""
        node = trace_state().graph().insertPoint().prev()
        while node is not None and node is not call.before:
            yield node
            node = node.prev()

    def used_by(self, call: Call) -> set[int]:
        """The numbers of the values that a call's nodes take, also by way of a conversion to a list or an int."""
        used: set[int] = set()
        for node in self.new_nodes(call):
            for value in (node.inputsAt(index) for index in range(node.inputsSize())):
                used.add(value.unique())
                if value.node().kind() in _WRAPPERS:
                    wrapper = value.node()
                    used.update(wrapper.inputsAt(index).unique() for index in range(wrapper.inputsSize()))
        return used

    def _learn(self, tensor: torch.Tensor) -> None:
        number = self._ask(tensor)
        if number is not None:
            self._known[id(tensor)] = (weakref.ref(tensor), number)
            self.position = max(self.position, number)

    def _ask(self, tensor: torch.Tensor) -> int | None:
        self.peeking = True
        try:
            return value_of(tensor).unique()
        except RuntimeError:  # the tracer cannot make a constant of it, so the graph does not hold it
            return None
        finally:
            self.peeking = False

    def _note_sizes(self, call: Call) -> None:
        result = call.result
        if not isinstance(result, torch.Size) and not (isinstance(result, torch.Tensor) and result.dim() == 0):
            return
        given = self.numbers((call.args, call.kwargs))
        if call.name in ("Tensor.shape", "Tensor.size") or (given and self.sizes.issuperset(given)):
            self.sizes.update(self.numbers(call.result))

    def _note_raised(self) -> None:
        if self._pending:
            self.raised.append(self._pending)
            self._pending = ""
