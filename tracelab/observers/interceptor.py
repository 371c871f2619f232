"""A torch function mode that leaves no frame on the stack (see `frameless`): it changes nothing in the program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

import torch

from tracelab.bindings import count_modes, pop_mode, push_mode
from tracelab.observers.frameless import ABSENT, Prepared, frameless

Function = Callable[..., Any]
Before = Callable[[Function, tuple[Any, ...], dict[str, Any]], None]
After = Callable[[Function, tuple[Any, ...], dict[str, Any], Any], None]


class Interceptor:
    """Calls `before` and `after` around every torch function that user code calls, at any alias of its name.

    What torch's own Python functions call inside (`torch.nn.functional`) is not seen, as with every torch
    function mode. A call that raised has a `before` and no `after`.
    """

    def __init__(self, before: Before, after: After) -> None:
        self._before, self._after = before, after
        self._func: Any = None
        self._args: tuple[Any, ...] = ()
        self._kwargs: dict[str, Any] = {}
        entrance = frameless(4, 3, self._enter, self._leave)
        entrance.__self__ = self  # torch tells a method from a classmethod by it
        self.__torch_function__ = entrance

    def _enter(self, given: list[Any]) -> Prepared:
        func, _, args, kwargs = given
        self._func, self._args, self._kwargs = func, args, {} if kwargs is ABSENT or kwargs is None else kwargs
        self._before(func, args, self._kwargs)
        return func, args, self._kwargs

    def _leave(self, result: Any) -> None:
        func, args, kwargs = self._func, self._args, self._kwargs
        self._func, self._args, self._kwargs = None, (), {}
        self._after(func, args, kwargs, result)

    def __enter__(self) -> Interceptor:
        push_mode(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pop_mode()


@contextmanager
def unseen_by_overrides() -> Generator[None]:
    """Let `torch.overrides.has_torch_function` answer as if no Interceptor were there.

    `nn.MultiheadAttention` and `nn.TransformerEncoderLayer` ask it before they take their fast path.
    """
    torch_module: Any = torch
    original, compiling = torch.overrides.has_torch_function, torch_module.compile

    def without_interceptors(arguments: Any) -> bool:
        with _no_interceptors():
            return original(arguments)

    def compiled(*args: Any, **kwargs: Any) -> Any:
        made: Any = compiling(*args, **kwargs)

        def call(*args: Any, **kwargs: Any) -> Any:
            # `torch.cond` compiles itself in eager mode: an Interceptor cannot be compiled, and the compiler is no part
            # of what is watched.
            trace, profile = sys.gettrace(), sys.getprofile()
            sys.settrace(None)
            sys.setprofile(None)
            try:
                with _no_interceptors():
                    return made(*args, **kwargs)
            finally:
                sys.setprofile(profile)
                sys.settrace(trace)

        return call if callable(made) and args and not isinstance(args[0], (type, torch.nn.Module)) else made

    torch.overrides.has_torch_function, torch_module.compile = without_interceptors, compiled
    try:
        yield
    finally:
        torch.overrides.has_torch_function, torch_module.compile = original, compiling


@contextmanager
def _no_interceptors() -> Generator[None]:
    """A block without the Interceptors on torch's stack of modes."""
    stack = [pop_mode() for _ in range(count_modes())]
    for mode in reversed([mode for mode in stack if not isinstance(mode, Interceptor)]):
        push_mode(mode)
    try:
        yield
    finally:
        for _ in range(count_modes()):
            pop_mode()
        for mode in reversed(stack):
            push_mode(mode)


def function_name(func: Any) -> str:
    """`Tensor.dtype`, `Tensor.__bool__`, `torch.equal`: a torch function's name as a user writes it."""
    owner = getattr(func, "__self__", None)
    if getattr(func, "__name__", "") in ("__get__", "__set__", "__delete__") and owner is not None:
        return f"Tensor.{owner.__name__}" + (" =" if func.__name__ == "__set__" else "")
    name, qualified = getattr(func, "__name__", "?"), getattr(func, "__qualname__", "")
    if qualified.startswith(("TensorBase.", "_TensorBase.", "Tensor.")):
        return f"Tensor.{name}"
    module = getattr(func, "__module__", None) or "torch"
    public = module.startswith("torch.") and not module.startswith(("torch._", "torch.functional"))
    return f"{module if public else 'torch'}.{name}"


def caller(frame: FrameType | None) -> FrameType | None:
    """The frame below those of this file and of `frameless`."""
    while frame is not None and frame.f_code.co_filename in (__file__, frameless.__code__.co_filename):
        frame = frame.f_back
    return frame
