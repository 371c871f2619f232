"""A program that holds a trace of either mode, and that `train()` and `eval()` switch."""

from __future__ import annotations

from typing import Any

import torch

from tracelab.backends.base import Method, Request
from tracelab.backends.jit import methods_of
from tracelab.bindings import jit
from tracelab.preserve import Preserved, cloned
from tracelab.probes.base import given_by
from tracelab.repair.compiling import UnbuildableError, scripted
from tracelab.repair.sources import Shelf, Source

_TEXT = """class BothModes(torch.nn.Module):
    def __init__(self, trained, evaluated):
        super().__init__()
        self.trained, self.evaluated = trained, evaluated

    def forward(self, {names}):
        if self.training:
            return self.trained({names})
        return self.evaluated({names})
"""


def method_of(request: Request) -> Method | None:
    """The one method that is traced, where it is a module's and takes tensors by position; None for all else."""
    methods = methods_of(request) or []
    if len(methods) != 1 or methods[0].kwargs or not isinstance(methods[0].func, torch.nn.Module):
        return None
    return methods[0] if all(isinstance(arg, torch.Tensor) for arg in methods[0].args) else None


def text_for(request: Request) -> str:
    """The class that chooses, as Python."""
    method = method_of(request)
    names = given_by(method).names[: len(method.args)] if method is not None else ()
    return _TEXT.format(names=", ".join(names))


def program_of(request: Request, shelf: Shelf) -> Any:
    """The program of a module.

    Raises:
        UnbuildableError: it takes other inputs than tensors, or cannot be traced in both modes.
    """
    method = method_of(request)
    if method is None:
        raise UnbuildableError("two traces can be held together where a module takes tensors, each by its place")
    text = text_for(request)
    scope: dict[str, Any] = {"torch": torch, "__name__": __name__}
    exec(compile(text, shelf.put(Source("both_modes.py", "", text)), "exec"), scope)
    try:
        traced = [_traced(method, training) for training in (True, False)]
    except Exception as error:  # whatever the user's function, or the tracer, says in the other mode
        raise UnbuildableError(f"it cannot be traced in both modes: {type(error).__name__}: {error}") from error
    return scripted(scope["BothModes"](*traced)).train(method.func.training)


def _traced(method: Method, training: bool) -> Any:
    module: torch.nn.Module = method.func
    with Preserved(module) as preserved:
        before = [(part, part.training) for part in module.modules()]
        try:
            return jit.trace(module.train(training), cloned(method.args), check_trace=False)
        finally:
            for part, was in before:
                part.training = was
            preserved.restore()
