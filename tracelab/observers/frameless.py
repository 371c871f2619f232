"""Callables that run Python before and after another function, and leave no Python frame while it runs.

torch notes for each traced node the Python stack, and prints the innermost frame beside it. A wrapper written
in Python would stand there, and the program would not be what `torch.jit.trace` returns. ctypes calls Python
when it converts the arguments (before the call) and when it checks the result (after it); what it calls in
between is C's `PyObject_Call`.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Any

Prepared = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
"""The function to call, and with what."""

ABSENT: Any = object()
"""Stands for an optional argument that was not given."""


def frameless(
    arity: int, required: int, prepare: Callable[[list[Any]], Prepared], finish: Callable[[Any], None] | None = None
) -> Any:
    """A C callable that takes up to `arity` positional arguments.

    Args:
        arity: how many arguments it takes at most; at least 3, as `PyObject_Call` does.
        required: how many it must be given; the others are ABSENT.
        prepare: is given all arguments and says what to call instead.
        finish: is given the result; it is not called where the call raised.
    """
    given: list[Any] = []
    empty, null = ctypes.py_object(()), ctypes.c_void_p(None)

    def take_first(value: Any) -> Any:
        given[:] = [functools.partial(_unprepared), value]
        return ctypes.py_object(given[0])

    def take(value: Any, answer: Any) -> Any:
        given.append(value)
        if len(given) > arity:
            partial, arguments = given[0], given[1:]
            given.clear()
            try:
                partial.__setstate__((*prepare(arguments), None))
            except BaseException as error:  # noqa: BLE001  ctypes would make an ArgumentError of a Ctrl-C
                partial.__setstate__((_raise, (error,), {}, None))
        return answer

    # The conversions run in order: the first hands over an empty functools.partial, which C is going to call
    # with the second (no positional arguments) and the third (no keywords); the last fills it.
    answers = [empty, *[null] * (arity - 2)]
    takers = [take_first, *(functools.partial(take, answer=answer) for answer in answers)]
    kinds = [type("Taken", (), {"from_param": staticmethod(taker)}) for taker in takers]
    prototype: Any = ctypes.PYFUNCTYPE(ctypes.py_object, *kinds)  # pyright: ignore[reportArgumentType]
    flags = tuple((1, f"argument{i}") if i < required else (1, f"argument{i}", ABSENT) for i in range(arity))
    entrance = prototype(("PyObject_Call", ctypes.pythonapi), flags)
    if finish is not None:

        def leave(result: Any, _entrance: Any, _arguments: Any) -> Any:
            finish(result)
            return result

        entrance.errcheck = leave
    return entrance


def _raise(error: BaseException) -> None:
    raise error


def _unprepared() -> None:
    raise AssertionError("called before its arguments were known")
