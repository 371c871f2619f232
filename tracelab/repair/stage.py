"""The repaired function and its program, played from the same start each time."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import torch

from tracelab.bindings import compiled_of
from tracelab.preserve import Preserved
from tracelab.preserve.tensors import KeptTensor
from tracelab.probes.base import Probe
from tracelab.replay.stage import Side, Stage

_OWN = ("training", "_is_full_backward_hook")


class CompiledState:
    """What compiled modules hold and no Python object does: numbers, lists, tensors that are no buffers."""

    def __init__(self, *owners: Any) -> None:
        parts = dict.fromkeys(part for owner in owners for part in _compiled(owner))
        self._kept = [
            (part, name, _apart(compiled_of(part).getattr(name)))
            for part in parts
            for name in part._concrete_type.get_attributes()
            if name not in _OWN and not name.startswith("__")
        ]
        tensors = [value for _, _, value in self._kept if _is_tensor(value)]
        tensors += [buffer for part in parts for buffer in part.buffers(recurse=False)]
        self._tensors = [KeptTensor(tensor, copied=True) for tensor in tensors]

    def restore(self) -> None:
        """Put everything back."""
        for part, name, value in self._kept:
            compiled_of(part).setattr(name, _apart(value))
        for tensor in self._tensors:
            tensor.restore()


class PreservedWhole(Preserved):
    """What running a repaired callable may change, with what its compiled parts hold."""

    def __init__(self, func: Any, program: Any) -> None:
        super().__init__(func)
        self._compiled = CompiledState(program, getattr(func, "__self__", func))

    def restore(self) -> None:
        """Put everything back as it was on entry."""
        super().restore()
        self._compiled.restore()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        self._compiled.restore()


def _apart(value: Any) -> Any:
    """A list or a dict that no later write changes."""
    return copy.copy(value) if type(value) in (list, dict) else value


def _is_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor)


def _compiled(owner: Any) -> Iterator[Any]:
    """The parts of a module that `torch.jit.script` made."""
    for part in owner.modules() if isinstance(owner, torch.nn.Module) else ():
        if isinstance(part, torch.jit.ScriptModule) and hasattr(part, "_concrete_type"):
            yield part


class RepairedStage(Stage):
    """A Stage that puts back what compiled modules hold, too."""

    kept: CompiledState | None = None

    def _play_here(self, probe: Probe, choose: Callable[[], Any], owner: Any, is_program: bool) -> Side:
        if self.kept is None:
            self.kept = CompiledState(self.program, self.module)
        try:
            return super()._play_here(probe, choose, owner, is_program)
        finally:
            self.kept.restore()
