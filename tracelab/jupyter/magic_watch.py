"""Every call of one callable, wherever it is made, is told to a Recorder.

A function or method has its code replaced while a cell runs: who has a reference to it calls the same object as before.
A module, or another object that can be called, has the `__call__` of its class replaced.
"""

from __future__ import annotations

import contextlib
import itertools
import types
from collections.abc import Callable, Generator
from typing import Any

from tracelab.errors import UsageError
from tracelab.jupyter.magic_calls import Recorder

_FUNCTION: Any = types.FunctionType
_MISSING = object()


@contextlib.contextmanager
def watching(func: Any, recorder: Recorder) -> Generator[None]:
    """A block in which the calls of a callable are recorded.

    Raises:
        UsageError: its calls cannot be seen, as it is not written in Python.
    """
    if isinstance(func, _FUNCTION):
        replaced = _code_replaced(func, lambda real, args, kwargs: recorder.call(func, real, args, kwargs))
    elif isinstance(func, types.MethodType) and isinstance(func.__func__, _FUNCTION):
        replaced = _code_replaced(func.__func__, _if_first(func.__self__, func, recorder))
    elif isinstance(_call_of(func), _FUNCTION):
        replaced = _call_replaced(func, recorder)
    else:
        cure = "Write its call on the cell's last line, and leave out --call."
        raise UsageError("Its calls cannot be seen: it is not written in Python", cure=cure)
    with replaced:
        yield


def _call_of(func: object) -> object:
    """The `__call__` of its class, which is what runs."""
    return getattr(type(func), "__call__", None)  # noqa: B004  (whether it can be called is known)


Watcher = Callable[[Callable[..., Any], "tuple[Any, ...]", "dict[str, Any]"], Any]


def _if_first(owner: Any, func: Any, recorder: Recorder) -> Watcher:
    """The calls of a method of one object alone."""

    def watch(real: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        __tracebackhide__ = True
        if not args or args[0] is not owner:
            return real(*args, **kwargs)
        return recorder.call(func, lambda *rest, **named: real(owner, *rest, **named), args[1:], kwargs)

    return watch


@contextlib.contextmanager
def _code_replaced(function: Any, watch: Watcher) -> Generator[None]:
    code = function.__code__
    real = _FUNCTION(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)
    real.__kwdefaults__ = function.__kwdefaults__
    number = next(_NUMBERS)
    _WATCHERS[number] = (watch, real)
    function.__code__ = _stand_in(code, number)
    try:
        yield
    finally:
        function.__code__ = code
        del _WATCHERS[number]


_NUMBERS = itertools.count()
_WATCHERS: dict[int, tuple[Watcher, Any]] = {}


def told(number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What the code that stands in for a function's own calls."""
    __tracebackhide__ = True
    watch, real = _WATCHERS[number]
    return watch(real, args, kwargs)


_STAND_IN = """
def around({free}):
    def stand_in(*args, **kwargs):
        __tracebackhide__ = True
        if False: {free}, None
        return __import__({module!r}, fromlist=["told"]).told({number}, args, kwargs)
    return stand_in
"""


def _stand_in(code: types.CodeType, number: int) -> types.CodeType:
    """Code that tells of the call, with the free variables of the code that it stands in for: Python asks for as many.

    It runs with the globals of the user's function, so it has to import what it calls.
    """
    text = _STAND_IN.format(free=", ".join(code.co_freevars), module=__name__, number=number)
    space: dict[str, Any] = {}
    exec(compile(text.replace("if False: , None", "pass"), __file__, "exec"), space)
    return space["around"](*code.co_freevars).__code__


@contextlib.contextmanager
def _call_replaced(target: Any, recorder: Recorder) -> Generator[None]:
    kind: Any = target.__class__
    own: Any = kind.__dict__.get("__call__", _MISSING)
    original: Any = kind.__call__

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        if self is not target:
            return original(self, *args, **kwargs)
        return recorder.call(target, lambda *rest, **named: original(self, *rest, **named), args, kwargs)

    kind.__call__ = call
    try:
        yield
    finally:
        if own is _MISSING:
            del kind.__call__
        else:
            kind.__call__ = own
