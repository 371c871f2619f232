"""A torch function mode that leaves no frame on the stack.

torch notes for each traced node the Python stack, and prints the innermost frame beside it. An ordinary
`TorchFunctionMode` calls the function from Python, so its own file would stand there, and the program
would not be what `torch.jit.trace` returns. Here the mode's `__torch_function__` is a C function, reached
through ctypes: Python runs when ctypes converts the arguments (before the call) and when it checks the
result (after it), and neither is on the stack while torch works.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

import torch

Function = Callable[..., Any]
Before = Callable[[Function, tuple[Any, ...], dict[str, Any]], None]
After = Callable[[Function, tuple[Any, ...], dict[str, Any], Any], None]

_EMPTY = ctypes.py_object(())
_NULL = ctypes.c_void_p(None)


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
        self._partial: Any = None
        self.__torch_function__ = self._entrance()

    def _entrance(self) -> Any:
        """`PyObject_Call(partial, (), NULL)`, entered as `(func, types, args, kwargs)`.

        The four conversions run in order. The first hands over an empty `functools.partial`, the last fills
        it through `__setstate__`, which pickling documents; then C calls it.
        """

        def take_func(func: Any) -> Any:
            self._func, self._partial = func, functools.partial(func)
            return ctypes.py_object(self._partial)

        def take_types(_: Any) -> Any:
            return _EMPTY

        def take_args(args: Any) -> Any:
            self._args = args
            return _NULL

        def take_kwargs(kwargs: Any) -> Any:
            self._kwargs = kwargs or {}
            self._partial.__setstate__((self._func, self._args, self._kwargs, None))
            self._before(self._func, self._args, self._kwargs)
            return _NULL

        takers = [type("Taken", (), {"from_param": staticmethod(take)}) for take in (take_func, take_types, take_args, take_kwargs)]
        prototype: Any = ctypes.PYFUNCTYPE(ctypes.py_object, *takers)  # pyright: ignore[reportArgumentType]
        flags = ((1, "func"), (1, "types"), (1, "args"), (1, "kwargs", None))
        entrance = prototype(("PyObject_Call", ctypes.pythonapi), flags)
        entrance.errcheck = self._leave
        entrance.__self__ = self  # torch tells a method from a classmethod by it
        return entrance

    def _leave(self, result: Any, _entrance: Any, _args: Any) -> Any:
        func, args, kwargs = self._func, self._args, self._kwargs
        self._func, self._args, self._kwargs, self._partial = None, (), {}, None
        self._after(func, args, kwargs, result)
        return result

    def __enter__(self) -> Interceptor:
        torch._C._push_on_torch_function_stack(self)  # pyright: ignore[reportPrivateUsage]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        torch._C._pop_torch_function_stack()  # pyright: ignore[reportPrivateUsage]


@contextmanager
def unseen_by_overrides() -> Iterator[None]:
    """Let `torch.overrides.has_torch_function` answer as if no Interceptor were there.

    `nn.MultiheadAttention` and `nn.TransformerEncoderLayer` ask it before they take their fast path.
    """
    original = torch.overrides.has_torch_function

    def without_interceptors(arguments: Any) -> bool:
        stack = [torch._C._pop_torch_function_stack() for _ in range(torch._C._len_torch_function_stack())]  # pyright: ignore[reportPrivateUsage]
        try:
            for mode in reversed([mode for mode in stack if not isinstance(mode, Interceptor)]):
                torch._C._push_on_torch_function_stack(mode)  # pyright: ignore[reportPrivateUsage]
            return original(arguments)
        finally:
            for _ in range(torch._C._len_torch_function_stack()):  # pyright: ignore[reportPrivateUsage]
                torch._C._pop_torch_function_stack()  # pyright: ignore[reportPrivateUsage]
            for mode in reversed(stack):
                torch._C._push_on_torch_function_stack(mode)  # pyright: ignore[reportPrivateUsage]

    torch.overrides.has_torch_function = without_interceptors
    try:
        yield
    finally:
        torch.overrides.has_torch_function = original


def function_name(func: Any) -> str:
    """`Tensor.dtype`, `Tensor.__bool__`, `torch.equal`: a torch function's name as a user writes it."""
    owner = getattr(func, "__self__", None)
    if getattr(func, "__name__", "") in ("__get__", "__set__", "__delete__") and owner is not None:
        return f"Tensor.{owner.__name__}" + (" =" if func.__name__ == "__set__" else "")
    name, qualified = getattr(func, "__name__", "?"), getattr(func, "__qualname__", "")
    if qualified.startswith(("TensorBase.", "_TensorBase.", "Tensor.")):
        return f"Tensor.{name}"
    module = getattr(func, "__module__", None) or "torch"
    return f"{module if module.startswith('torch') and not module.startswith('torch._') else 'torch'}.{name}"


def caller(frame: FrameType | None) -> FrameType | None:
    """The frame below those of this file."""
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame
