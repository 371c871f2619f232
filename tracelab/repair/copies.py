"""A copy of a module in which some functions and parts are other ones; parameters and buffers are shared with it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType, MethodType
from typing import Any

import torch

from tracelab.repair.compiling import UnbuildableError
from tracelab.repair.functions import function_in, methods_of

Buffer = tuple[str, str]
"""The fqn of a module and the name of the attribute that becomes a buffer."""
_CLASS: Any = type
_WRAPPERS: tuple[Any, ...] = (staticmethod, classmethod)


def copied(module: torch.nn.Module) -> torch.nn.Module:
    """The same hierarchy with Python state of its own, and with the same tensors.

    Raises:
        UnbuildableError: something that it holds cannot be copied.
    """
    tensors: list[Any] = [tensor for _, part in parts_of(module) for tensor in _tensors(part)]
    memo: dict[int, Any] = {id(tensor): tensor for tensor in tensors}
    try:
        return copy.deepcopy(module, memo)
    except Exception as error:  # whatever a user's object raises when it is copied
        raise UnbuildableError(f"the module cannot be copied: {type(error).__name__}: {error}") from error


def parts_of(module: Any) -> list[tuple[str, torch.nn.Module]]:
    """A module and all its parts, each with its fqn; one that stands at several places, under each."""
    return list(module.named_modules(remove_duplicate=False))


def _tensors(part: Any) -> list[Any]:
    names: dict[str, Any] = part.__dict__
    held = list(names.values())
    plain = [value for value in held if isinstance(value, torch.Tensor)]
    return [*part.parameters(recurse=False), *part.buffers(recurse=False), *plain]


def with_functions(module: torch.nn.Module, new: Mapping[FunctionType, Any]) -> None:
    """Let the parts of a copy have the new functions, each by a class of its own below the user's."""
    kinds: dict[type[Any], type[Any]] = {}
    parts: list[Any] = [part for _, part in parts_of(module)]
    for part in parts:
        kind = _CLASS(part)
        if kind not in kinds:
            kinds[kind] = _kind_with(kind, new)
        if kinds[kind] is not kind:
            part.__class__ = kinds[kind]
        _replace_hooks(part, new)


def _kind_with(kind: type[Any], new: Mapping[FunctionType, Any]) -> type[Any]:
    body: dict[str, Any] = {}
    bases: list[Any] = [base for base in reversed(kind.__mro__) if issubclass(base, torch.nn.Module)]
    for base in bases:
        for name, _ in methods_of(base):
            body.pop(name, None)
            held = base.__dict__[name]
            function = function_in(held)
            if function is not None and function in new:
                body[name] = _held_alike(held, new[function])
    if not body:
        return kind
    return type(kind.__name__, (kind,), {**body, "__module__": kind.__module__, "__qualname__": kind.__qualname__})


def _held_alike(held: Any, function: Any) -> Any:
    if isinstance(held, property):
        return property(function, held.fset, held.fdel, held.__doc__)
    for wrapper in _WRAPPERS:
        if isinstance(held, wrapper):
            return wrapper(function)
    return function


def _replace_hooks(part: torch.nn.Module, new: Mapping[FunctionType, Any]) -> None:
    for name in ("_forward_hooks", "_forward_pre_hooks"):
        hooks: dict[int, Any] = vars(part)[name]
        for key, hook in list(hooks.items()):
            function = function_in(hook)
            if function is not None and function in new:
                is_method = isinstance(hook, MethodType)
                hooks[key] = MethodType(new[function], hook.__self__) if is_method else new[function]


def with_parts(module: torch.nn.Module, fqns: Iterable[str], make: Callable[[torch.nn.Module], Any]) -> None:
    """Put something else in the place of some parts, which keep their names."""
    made: dict[int, Any] = {}
    for fqn in fqns:
        owner_fqn, _, name = fqn.rpartition(".")
        owner = module.get_submodule(owner_fqn)
        part = module.get_submodule(fqn)
        if id(part) not in made:
            made[id(part)] = (make(part), part)
        owner._modules[name] = made[id(part)][0]  # pyright: ignore[reportPrivateUsage]


def with_buffers(module: torch.nn.Module, buffers: Iterable[Buffer]) -> None:
    """Let plain attributes be buffers, which a trace carries on.

    Raises:
        UnbuildableError: the attribute is no number and no tensor.
    """
    for fqn, name in buffers:
        owner = module.get_submodule(fqn)
        value = vars(owner).pop(name, None)
        if not isinstance(value, (torch.Tensor, int, float)):
            raise UnbuildableError(f"{name} is neither a number nor a tensor")
        held = value.detach().clone() if isinstance(value, torch.Tensor) else torch.tensor(value)
        owner.register_buffer(name, held)
