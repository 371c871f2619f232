"""Other answers of the same kind, and a stand-in that gives them in place of the function that was asked."""

from __future__ import annotations

import ast
import contextlib
import datetime
import functools
import re
import sys
import time
import uuid
from collections.abc import Callable, Generator, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

import executing

from tracelab.observers.outside import asked_by_user
from tracelab.probes.base import Subject
from tracelab.schema import SourceRange
from tracelab.source import frame_above, user_frame

NUMBER = r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])"
"""A number that stands for itself in a text."""
_TRUTHS = {"true": "false", "false": "true", "True": "False", "False": "True"}
_CLASS: Any = type

Change = Callable[[Any, int, tuple[Any, ...]], Any]
"""(answer, how many were given before, arguments) -> another answer."""


def other_text(text: str) -> str:
    """Every number one more, and every truth its opposite; where there are none, more text."""
    changed = re.sub(NUMBER, lambda found: one_more(found[0]), text)
    changed = re.sub(r"\b(true|false|True|False)\b", lambda found: _TRUTHS[found[0]], changed)
    return changed if changed != text else f"{text}x"


def one_more(number: str) -> str:
    """A number that is written as text, plus 1."""
    return str(int(number) + 1) if number.isdigit() else repr(float(number) + 1)


def otherwise(answer: Any) -> Any:
    """Another answer of the same type; the same one where none is known."""
    if isinstance(answer, bool):
        return not answer
    if type(answer) in (int, float):
        return answer + 1
    if type(answer) is str:
        return other_text(answer)
    if type(answer) is bytes:
        return bytes(255 - byte for byte in answer)
    if isinstance(answer, uuid.UUID):
        return uuid.UUID(int=answer.int ^ (0xFFFF << 96 | 0xFFFF))
    if type(answer) is tuple:
        return tuple(map(otherwise, cast("tuple[Any, ...]", answer)))
    return answer


def later(answer: Any, seconds: float) -> Any:
    """A moment, in any of the ways in which Python tells it, so much later."""
    if isinstance(answer, (datetime.datetime, datetime.date)):
        return answer + datetime.timedelta(seconds=seconds)
    if isinstance(answer, time.struct_time):
        return time.localtime(time.mktime(answer) + seconds)
    return answer + round(seconds * 1e9) if isinstance(answer, int) else answer + seconds


def constants_near(place: SourceRange | None) -> list[str]:
    """The texts in the source of the function around a place, those that something is compared with first."""
    tree = executing.Source.for_filename(place.filename).tree if place is not None else None
    if place is None or tree is None:
        return []
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        and node.lineno <= place.lineno <= (node.end_lineno or node.lineno)
    ]
    function = max(around, key=lambda node: node.lineno, default=None)
    body = [] if function is None else function.body if isinstance(function.body, list) else [function.body]
    nodes = [node for part in body for node in ast.walk(part)]
    compared = [
        part for node in nodes if isinstance(node, (ast.Compare, ast.Dict, ast.MatchValue)) for part in ast.walk(node)
    ]
    texts = [node.value for node in (*compared, *nodes) if isinstance(node, ast.Constant) and type(node.value) is str]
    return list(dict.fromkeys(text for text in texts if len(text) <= 64 and "\n" not in text))[:12]


class NotAskedError(RuntimeError):
    """Nobody asked the stand-in, or it had no other answer: such a Run says nothing."""


@dataclass
class StandIn:
    """Answers in place of a function wherever it is held, and otherwise where the user's code asks.

    Attributes:
        original: what is replaced: a function, or a class one of whose methods is.
        method: the name of that method.
        change: makes another answer of the original's.
        holders: the names under which it is held: dicts, each with a key.
        place: where it is asked; everywhere where it is None.
        raises: errors that are answers too; an answer that is such an error is raised.
        answered: whether it has given another answer.
    """

    original: Any
    change: Change
    holders: list[tuple[dict[str, Any], str]]
    method: str = ""
    place: SourceRange | None = None
    raises: tuple[type[Exception], ...] = ()
    answered: bool = False

    def __post_init__(self) -> None:
        self._answers: dict[Hashable, Any] = {}
        self._count = 0

    @contextlib.contextmanager
    def __call__(self) -> Generator[None]:
        self._count = 0
        stand_in = self._of_class() if isinstance(self.original, _CLASS) else self._of_function(self.original)
        for names, name in self.holders:
            names[name] = stand_in
        try:
            yield
        finally:
            for names, name in self.holders:
                names[name] = self.original
        if not self.answered:
            raise NotAskedError("nobody asked for what was changed")

    def _of_function(self, original: Any) -> Any:
        @functools.wraps(original, updated=())
        def stand_in(*args: Any, **kwargs: Any) -> Any:
            frame = frame_above(1)
            if not asked_by_user(frame) or not self._is_here(user_frame(frame)):
                return original(*args, **kwargs)
            return self._answer(original, args, kwargs)

        return stand_in

    def _of_class(self) -> Any:
        """A class of the same name, of which the original's own objects are instances."""
        original = self.original

        class Likeness(type):
            """Takes the original's objects for its own."""

            def __instancecheck__(cls, instance: Any) -> bool:
                return isinstance(instance, original)

        method = staticmethod(self._of_function(getattr(original, self.method)))
        return Likeness(original.__name__, (original,), {self.method: method, "__module__": original.__module__})

    def _is_here(self, frame: Any) -> bool:
        place = self.place
        return place is None or (
            frame.f_code.co_filename == place.filename and place.lineno <= frame.f_lineno <= place.end_lineno
        )

    def _answer(self, original: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The same other answer each time that a Run is played: what changes by itself is no evidence."""
        number, key = self._count, (self._count, repr(args), repr(kwargs))
        self._count += 1
        answer = self._answers[key] if key in self._answers else self._asked(original, args, kwargs)
        if not hasattr(answer, "close"):  # a file is opened each time
            self._answers[key] = answer
        other = self.change(answer, number, args)
        self.answered |= other is not answer and bool(other != answer)
        if self.raises and isinstance(other, self.raises):
            raise other
        return other

    def _asked(self, original: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            return original(*args, **kwargs)
        except self.raises as error:
            return error


def holders_of(value: object, subject: Subject) -> list[tuple[dict[str, Any], str]]:
    """Where the user's code, and Python's own, may hold a function: modules, and objects of the traced module."""
    named = list[tuple[str, Any]](sys.modules.items())
    modules = [m for name, m in named if name.partition(".")[0] in sys.stdlib_module_names and name != "__main__"]
    tables: list[dict[str, Any]] = [vars(m) for m in modules if isinstance(m, ModuleType)]
    tables += [ran.scope for ran in subject.ran]
    tables += [vars(m) for m in subject.module.modules()] if subject.module is not None else []
    tables = list({id(table): table for table in tables}.values())
    return [(table, name) for table in tables for name, held in list(table.items()) if held is value]


def entering(stand_in: StandIn) -> Callable[[], AbstractContextManager[None]]:
    """What a Probe enters."""
    return stand_in.__call__
