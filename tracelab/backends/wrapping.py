"""A module of ours around what is no module: `torch.export` takes modules alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

import torch

from tracelab.backends.fx_graph import OWNER
from tracelab.nesting import mapped, tensors_in


def as_module(func: Any) -> torch.nn.Module:
    """The same as a module: a module itself, a function or a bound method inside one of ours."""
    return func if isinstance(func, torch.nn.Module) else _wrapped(func)


def of_tensors(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[torch.Tensor, ...]]:
    """The same function of the tensors among its arguments alone, and those: `torch.jit.trace` takes nothing else."""
    given = {**{str(place): value for place, value in enumerate(args)}, **kwargs}
    tensors = tuple(tensors_in(given))

    def call(*others: torch.Tensor) -> Any:
        waiting = iter(others)
        filled: dict[str, Any] = mapped(given, lambda _: next(waiting))
        placed = [filled.pop(str(place)) for place in range(len(args))]
        return func(*placed, **filled)

    owner = func if isinstance(func, torch.nn.Module) else getattr(func, "__self__", None)
    if not isinstance(owner, torch.nn.Module):
        return call, tensors

    def forward(self: Any, *others: torch.Tensor) -> Any:
        return call(*others)

    module = type("OfTensors", (torch.nn.Module,), {"forward": forward})()
    setattr(module, OWNER, owner)
    module.training = owner.training
    return module, tensors


def _wrapped(func: Callable[..., Any]) -> torch.nn.Module:
    def forward(self: Any, *args: Any, **kwargs: Any) -> Any:
        return func(*args, **kwargs)

    forward.__signature__ = _signature(func)  # pyright: ignore[reportFunctionMemberAccess]
    module = type("Function", (torch.nn.Module,), {"forward": forward})()
    owner = getattr(func, "__self__", None)
    if isinstance(owner, torch.nn.Module):
        setattr(module, OWNER, owner)
        module.training = owner.training
        return module
    found = dict(_modules_of(func))
    if found:  # its parameters are to be those of the program
        setattr(module, OWNER, torch.nn.ModuleDict(found))
    return module


def _signature(func: Callable[..., Any]) -> inspect.Signature:
    me = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    try:
        taken = list(inspect.signature(func).parameters.values())
    except (TypeError, ValueError):
        taken = [
            inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
            inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
        ]
    return inspect.Signature([me, *(one.replace(annotation=inspect.Parameter.empty) for one in taken)])


def _modules_of(func: Callable[..., Any]) -> Iterator[tuple[str, torch.nn.Module]]:
    """The modules that a function reaches by a name of its own."""
    function: Any = inspect.unwrap(getattr(func, "func", func))
    if not isinstance(function, FunctionType):
        return
    names = function.__code__.co_names
    reached = {name: function.__globals__.get(name) for name in names}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            reached[name] = cell.cell_contents
        except ValueError:  # it is empty
            continue
    for name, value in reached.items():
        if isinstance(value, torch.nn.Module) and "." not in name:
            yield name, value
