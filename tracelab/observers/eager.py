"""The first run: eager, under the observers that need no graph. It tells whether tracing is safe at all."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType, ModuleType
from typing import Any, cast

import torch

from tracelab.errors import TracelabError
from tracelab.nesting import tensors_in
from tracelab.observers import outside
from tracelab.observers.interceptor import Interceptor, function_name, unseen_by_overrides
from tracelab.observers.ran import Ran, without_tensors
from tracelab.observers.sighting import Sighting, Sightings
from tracelab.preserve import LRU_CACHE, Objects, can_put_back, put_back_hooks
from tracelab.source import is_user_file

_WRITERS = {"__set__", "__setitem__"} | {
    f"__i{name}__" for name in ("add", "sub", "mul", "div", "truediv", "floordiv", "mod", "pow", "and", "or", "xor")
}
"""Methods that write to their tensor and have no underscore at the end of their name."""
_IMPORT: CodeType = cast("Any", importlib)._bootstrap._find_and_load.__code__
"""Is entered for a module that was not there yet."""
KEYS_OF_A_LINE = 8
"""A line that asks for more keys of the environment than these asks for all."""


@dataclass
class EagerRun:
    """What the eager run gave."""

    output: Any = None
    error: BaseException | None = None
    swallowed: list[str] = field(default_factory=list[str])
    """Torch functions that raised while the function itself returned."""
    ran: list[Ran] = field(default_factory=list[Ran])


class EagerObserver:
    """Runs a function once and notes what it reads from outside, which lines ran, and which torch calls raised."""

    def __init__(self, sightings: Sightings, objects: Objects, for_export: bool = False) -> None:
        self._for_export = for_export
        self._sightings, self._objects = sightings, objects
        self._ran: dict[tuple[str, CodeType], Ran] = {}
        """By file and code: like code of two files is equal to Python."""
        self._builtin: dict[Any, outside.Facts | None] = dict(outside.builtin_facts())
        self._python = outside.python_facts()
        self._dull: dict[int, CodeType] = {}
        """Code that is nobody's concern, by id: hashing code is slow, and torch's own is entered thousands of times."""
        self._facts: dict[CodeType, outside.Facts | None] = {}
        self._raised: list[str] = []
        self._pending = ""
        self._given: set[str] | None = None
        self._noted: dict[tuple[str, CodeType, int], Sighting] = {}
        self._is_importing = False
        self.method = "forward"

    def run(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> EagerRun:
        """Run `function(*args, **kwargs)`; an error that it raises is part of the answer."""
        result = EagerRun()
        self._pending, self._raised, self._given = "", [], _given(function, args, kwargs)
        trace, profile = sys.gettrace(), sys.getprofile()
        with Interceptor(self._before, self._after), unseen_by_overrides(), outside.numpy_draws(self._note_draw):
            self._install(sys.setprofile, self._profile, profile)
            self._install(sys.settrace, self._trace, trace)
            try:
                result.output = _tracelab_bottom_(function, args, kwargs)
            except Exception as error:  # noqa: BLE001  the answer to give
                result.error = error
            finally:
                put_back_hooks(trace, profile)
        if result.error is None:
            self._note_raised()
            result.swallowed = self._raised
        result.ran = list(self._ran.values())
        return result

    def _install(self, install: Callable[[Any], None], hook: Callable[..., Any], there: Any) -> None:
        if can_put_back(there):
            install(hook)
            return
        kind = f"{type(there).__module__}.{type(there).__qualname__}"
        self._sightings.faults.append(
            TracelabError(
                f"{kind} watches this thread from C and could not be put back, so it stays in the place of TraceLab's "
                "own hook: part of what escapes a trace is not seen",
                cure="stop it, and trace again",
            )
        )

    # -- the function mode ---------------------------------------------------------------------------------

    def _before(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._note_raised()
        name = getattr(func, "__name__", "")
        self._pending = name or "?"
        if (name.endswith("_") and not name.endswith("__")) or name in _WRITERS or "out" in kwargs:
            written = (*args[:1], kwargs.get("out"))
        elif kwargs.get("max_norm") is not None:
            written = args[1:2]  # `F.embedding` shrinks the rows that it looks up
        else:
            return
        for tensor in tensors_in(written):
            self._objects.before_write(tensor)

    def _after(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        self._pending = ""
        if "generator" in kwargs and isinstance(kwargs["generator"], torch.Generator):
            self._objects.note(kwargs["generator"], function_name(func))

    def _note_raised(self) -> None:
        if self._pending:
            self._raised.append(self._pending)
            self._pending = ""

    # -- the profile: calls of built-in functions ------------------------------------------------------------

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        if event != "c_call" or self._is_importing:
            return
        facts = self._facts_of_builtin(argument)
        if facts is not None:
            self._note_outside(facts, frame)
        elif isinstance(argument, LRU_CACHE) and self._is_user(frame.f_code):
            self._objects.note_cache(argument)

    def _facts_of_builtin(self, function: Any) -> outside.Facts | None:
        try:
            return self._builtin[function]
        except KeyError:
            facts = outside.module_facts(function) or outside.method_facts(function)
            if isinstance(getattr(function, "__self__", None), ModuleType):  # it lives on; a bound method does not
                self._builtin[function] = facts
            return facts
        except TypeError:  # a method of an object that cannot be hashed
            return outside.method_facts(function)

    def _note_outside(self, facts: outside.Facts, frame: FrameType, held: tuple[Any, Any] | None = None) -> None:
        kind, name = facts
        place = (name, frame.f_code, frame.f_lineno)
        is_new = place not in self._noted and outside.asked_by_user(frame)
        if is_new:
            self._noted[place] = self._sightings.add(kind, name, frame, method=self.method)
        # a frame of Python's own stands between the user's lines and the answer, and all of them pass through it
        if held is not None and (is_new or (place in self._noted and self._is_user(frame.f_code))):
            _note_key(self._noted[place], held)

    def _note_draw(self, name: str, frame: FrameType) -> None:
        self._note_outside(("reseed" if name.endswith(".seed") else "outside-read", name), frame)

    # -- the trace: entries of Python functions and the user's lines -------------------------------------------

    def _trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if self._is_importing or id(code) in self._dull:
            return None
        if code is _IMPORT:
            self._is_importing = True
            return self._trace_import
        facts = self._facts_of(code)
        if facts is not None and frame.f_back is not None and not outside.changes_nothing(facts, frame):
            self._note_outside(facts, frame.f_back, outside.held(facts, frame))
        if not self._is_user(code):
            if facts is None:
                self._dull[id(code)] = code
            return None
        ran = self._ran.get((code.co_filename, code))
        if ran is None:
            ran = self._enter(frame)
        lines = ran.lines

        def trace_lines(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "line":
                lines.add(frame.f_lineno)
            return trace_lines

        return trace_lines

    def _trace_import(self, frame: FrameType, event: str, argument: Any) -> Any:
        """What a module does when it is first loaded is no question of the function: with a second call it is over."""
        self._is_importing = event != "return"
        return self._trace_import

    def _facts_of(self, code: CodeType) -> outside.Facts | None:
        if code not in self._facts:
            found = self._python.get(code) or outside.query_facts(code)
            self._facts[code] = found or (outside.capture_facts(code) if self._for_export else None)
        return self._facts[code]

    def _is_user(self, code: CodeType) -> bool:
        return is_user_file(code.co_filename)

    def _enter(self, frame: FrameType) -> Ran:
        code = frame.f_code
        self._objects.note_frame(frame)
        top = not any(ran.top for ran in self._ran.values())
        values = dict(frame.f_locals)
        lasting = {name for name, value in values.items() if self._objects.holds(value)}
        names = {name: value if name in lasting else without_tensors(value) for name, value in values.items()}
        given = self._given if top else None
        ran = Ran(
            code.co_filename, code.co_firstlineno, code.co_name, names, frame.f_globals, lasting, top=top, given=given
        )
        self._ran[code.co_filename, code] = ran
        return ran


def _note_key(sighting: Sighting, held: tuple[Any, Any]) -> None:
    """Add to what a line asked for; one that asks for everything is remembered by the first few keys."""
    holder, key = held
    if sighting.holder is None:
        sighting.holder = holder
    if sighting.holder is holder and key not in sighting.keys and len(sighting.keys) < KEYS_OF_A_LINE:
        sighting.keys.append(key)


def _given(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> set[str] | None:
    try:
        return set(inspect.signature(getattr(function, "forward", function)).bind(*args, **kwargs).arguments)
    except (TypeError, ValueError):
        return None


def _tracelab_bottom_(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Below this frame nothing is the user's: `tracelab.source.BOTTOM`."""
    return function(*args, **kwargs)
