"""A call as a person writes it -> what torch can trace.

torch takes tensors, all by position or all by name. What else a call gives (`scale=2`, `None`, a mix) is held: the call
is made through a function, or a copy of the module that shares its parameters, which takes the tensors and gives the
rest.
"""

from __future__ import annotations

import builtins
import copy
import functools
import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from tracelab.errors import UsageError
from tracelab.format import clip
from tracelab.inputs import describe
from tracelab.nesting import MAPPING, SEQUENCE, tensors_in

_NAMED = inspect.Parameter.POSITIONAL_OR_KEYWORD
_NEW: Any = types.new_class
_COMPILED: Any = (torch.jit.ScriptModule, torch.jit.ScriptFunction)


@dataclass(frozen=True)
class Ready:
    """What to hand to torch."""

    func: Any
    method: str = "forward"
    """Of a module; of a function, this is of no account."""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])


def ready(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Ready:
    """What to trace for `func(*args, **kwargs)`.

    Raises:
        UsageError: this cannot be traced, or the arguments do not fit.
    """
    while isinstance(func, functools.partial):
        args, kwargs, func = (*func.args, *args), {**func.keywords, **kwargs}, func.func
    refuse(func)
    owner, method = _owner(func)
    target = func if owner is None else getattr(owner, method)
    parameters = _parameters(target, args, kwargs)
    is_plain = all(map(_is_input, [*args, *kwargs.values()])) or isinstance(func, _COMPILED)
    if is_plain and not kwargs:
        return Ready(_with_name(func) if owner is None else owner, method, tuple(args))
    if is_plain and all(parameters.get(name) == _NAMED for name in _names(target, args, kwargs)):
        return Ready(func if owner is None else owner, method, (), _bound(target, args, kwargs))
    held = _Held(_slots(target, args, kwargs), clip(_name(func if owner is None else owner), 60))
    return Ready(held.function(_with_name(func)) if owner is None else held.module(owner, method), method, held.inputs)


def refuse(func: Any) -> None:
    """Raise where something cannot be traced at all.

    Raises:
        UsageError: it is a class, or a builtin such as `print`.
    """
    if inspect.isclass(func):
        raise UsageError(
            f"{func.__name__} is a class, and its call makes an object", cure="Trace a call of that object."
        )
    if not callable(func):
        raise UsageError(
            f"An object of type {type(func).__name__} cannot be called", cure="Name a module or a function."
        )
    if inspect.isbuiltin(func) and func.__module__ == builtins.__name__:
        raise UsageError(
            f"{func.__name__} is Python's own, and nothing to trace", cure="Trace a call of a model or function."
        )


def _owner(func: Any) -> tuple[torch.nn.Module | None, str]:
    """The module that is called, and by which method."""
    owner: Any = getattr(func, "__self__", func)
    if not isinstance(owner, torch.nn.Module):
        return None, "forward"
    name = "forward" if owner is func else func.__name__
    return owner, "forward" if name in ("__call__", "_call_impl", "_wrapped_call_impl") else name


def _with_name(func: Any) -> Any:
    """The function, for which torch asks for a `__name__`, which an object that can be called has not."""
    return func.__call__ if not hasattr(func, "__name__") and inspect.ismethod(func.__call__) else func


def _name(func: Any) -> str:
    has_none = isinstance(func, torch.nn.Module) or not hasattr(func, "__qualname__")
    named: Any = func.__class__ if has_none else func
    return str(named.__qualname__)


def _is_input(value: Any) -> bool:
    """Whether torch takes it, or has a word to say: what holds a tensor is no constant."""
    return any(True for _ in tensors_in(value)) and isinstance(value, (torch.Tensor, MAPPING, *SEQUENCE))


def _signature(target: Any) -> inspect.Signature | None:
    try:
        return inspect.signature(target)
    except (ValueError, TypeError):  # a builtin says nothing of its parameters
        return None


def _parameters(target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The kinds of the parameters by name.

    Raises:
        UsageError: the arguments do not fit.
    """
    signature = _signature(target)
    if signature is None:
        return {}
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        shown = signature.replace(return_annotation=inspect.Signature.empty)
        cure = (
            f"It is defined as {clip(f'{target.__name__}{shown}' if hasattr(target, '__name__') else str(shown), 160)}."
        )
        raise UsageError(f"The arguments do not fit: {error}", cure=cure) from None
    return {name: parameter.kind for name, parameter in signature.parameters.items()}


def _bound(target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    signature = _signature(target)
    return dict(kwargs) if signature is None else dict(signature.bind(*args, **kwargs).arguments)


def _names(target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[str]:
    return [*_bound(target, args, kwargs)]


@dataclass
class _Slot:
    """One argument of the call."""

    name: str
    value: Any
    keyword: bool

    @property
    def is_held(self) -> bool:
        return not _is_input(self.value)


def _slots(target: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[_Slot]:
    signature = _signature(target)
    known = [] if signature is None else [*signature.parameters.values()]
    names = [one.name for one in known if one.kind in (one.POSITIONAL_ONLY, _NAMED)]
    rest = next((one.name for one in known if one.kind is one.VAR_POSITIONAL), "arg")
    names += [f"{rest}{index}" for index in range(max(len(args) - len(names), 0))]
    by_position = [_Slot(name, value, False) for name, value in zip(names, args)]
    return by_position + [_Slot(name, value, True) for name, value in kwargs.items()]


class _Held:
    """A call of which the tensors are open, and all else is held."""

    def __init__(self, slots: list[_Slot], name: str) -> None:
        self._slots = slots
        held = ", ".join(f"{slot.name}={clip(describe(slot.value), 20)}" for slot in slots if slot.is_held)
        self._label = f"{name}(…, {held})" if held else name
        self._open = [slot for slot in slots if not slot.is_held]
        self.inputs = tuple(slot.value for slot in self._open)
        if len({slot.name for slot in self._open}) < len(self._open):
            raise UsageError("Two arguments have the same name", cure="Give them by other names.")

    def function(self, func: Any) -> Callable[..., Any]:
        """A function of the tensors."""
        arguments = _arguments(self._slots)

        def held(*inputs: Any) -> Any:
            args, kwargs = arguments(inputs)
            return func(*args, **kwargs)

        return self._dressed(held, self._label.partition("(")[0].rpartition(".")[2], func.__module__ or "builtins")

    def module(self, owner: torch.nn.Module, method: str) -> torch.nn.Module:
        """A copy of a module that shares all it has, with a method of the tensors."""
        twin, kind = copy.copy(owner), type(owner)
        own: Any = vars(twin).pop(method, None)  # a method that was set on the module itself
        original: Any = getattr(kind, method) if own is None else own
        is_bound = own is None
        arguments = _arguments(self._slots)

        def held(self: Any, *inputs: Any) -> Any:
            args, kwargs = arguments(inputs)
            return original(self, *args, **kwargs) if is_bound else original(*args, **kwargs)

        def fill(space: dict[str, Any]) -> None:
            space.update(body)

        body = {method: self._dressed(held, method, kind.__module__, "self"), "__module__": kind.__module__}
        twin.__class__ = _NEW(kind.__name__, (kind,), {}, fill)
        twin.__class__.__qualname__ = self._label
        return twin

    def _dressed(self, function: Any, name: str, module: str, *first: str) -> Any:
        names = [*first, *(slot.name for slot in self._open)]
        function.__name__, function.__qualname__, function.__module__ = name, self._label, module
        function.__signature__ = inspect.Signature([inspect.Parameter(name, _NAMED) for name in names])
        return function


def _arguments(slots: list[_Slot]) -> Callable[[Sequence[Any]], tuple[list[Any], dict[str, Any]]]:
    """What puts the tensors back among the held values."""
    kept = [(slot.name, slot.keyword, slot.is_held, slot.value if slot.is_held else None) for slot in slots]

    def arguments(inputs: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        rest, args, kwargs = iter(inputs), list[Any](), dict[str, Any]()
        for name, keyword, is_held, value in kept:
            given = value if is_held else next(rest)
            if keyword:
                kwargs[name] = given
            else:
                args.append(given)
        return args, kwargs

    return arguments
