"""A plan brought to life beside what is there: another callable, and the wish to trace it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import FunctionType, MethodType
from typing import Any

import torch

from tracelab.backends.base import Request
from tracelab.preserve import quiet
from tracelab.repair.base import Plan
from tracelab.repair.both import program_of
from tracelab.repair.compiling import UnbuildableError, scripted
from tracelab.repair.copies import copied, with_buffers, with_functions, with_parts
from tracelab.repair.functions import functions_of, remade
from tracelab.repair.sources import Shelf


@dataclass
class Applied:
    """What a plan makes of what was traced."""

    request: Request
    """The same wish, of the repaired callable."""
    program: Any
    """The program, where it is compiled and not traced."""
    shelf: Shelf


def apply(plan: Plan, request: Request) -> Applied:
    """Make the repaired callable; nothing that is there becomes another one.

    Raises:
        UnbuildableError: that cannot be done.
    """
    shelf = Shelf()
    try:
        with quiet():
            func = _repaired(plan, request.func, shelf)
            if isinstance(func, torch.jit.ScriptFunction) and request.options.get("example_kwarg_inputs") is not None:
                raise UnbuildableError("torch.jit.trace takes no keyword inputs for a compiled function")
            program = scripted(func) if plan.is_whole else None
            if plan.both_modes:
                program = program_of(replace(request, func=func), shelf)
    except BaseException:
        shelf.clear()
        raise
    return Applied(replace(request, func=func, export=_export_of(plan, request)), program, shelf)


def _export_of(plan: Plan, request: Request) -> dict[str, Any]:
    shapes = {} if plan.dynamic_shapes is None else {"dynamic_shapes": plan.dynamic_shapes}
    return {**request.export, **shapes, "ones": plan.with_ones, "draft": False}


def _repaired(plan: Plan, func: Any, shelf: Shelf) -> Any:
    new = remade(functions_of(func), plan.sources, shelf) if any(s.is_changed for s in plan.sources.values()) else {}
    owner = getattr(func, "__self__", func)
    if not isinstance(owner, torch.nn.Module):
        return _function(func, new)
    parts = [fqn for fqn in plan.scripted if fqn]
    if not (new or parts or plan.buffers):
        return func
    copy = copied(owner)
    with_functions(copy, new)
    with_buffers(copy, plan.buffers)
    with_parts(copy, parts, scripted)
    return copy if owner is func else getattr(copy, func.__name__)


def _function(func: Any, new: dict[FunctionType, Any]) -> Any:
    if isinstance(func, MethodType) and func.__func__ in new:
        return MethodType(new[func.__func__], func.__self__)
    if isinstance(func, FunctionType):
        return new.get(func, func)
    if new:
        raise UnbuildableError(f"a {type(func).__name__} cannot be made anew")
    return func
