"""What a function asks of the way it is called, and the errors that it is ready for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from tracelab.nesting import given_twice
from tracelab.observers.accesses import Question
from tracelab.observers.ran import MISSING, STAND_IN, Ran
from tracelab.observers.sighting import Sighting, value_text
from tracelab.syntax import Site, site_at


def questions(function: Ran) -> Iterator[Sighting]:
    """What a function asked of its arguments, at the lines that ran."""
    for question in function.reading.questions:
        value = function.names.get(question.parameter, MISSING)
        if question.statement in function.lines and _is_asked(function, question, value):
            site = site_at(function.filename, function.name, question.node)
            text = _answer(question.kind, value)
            yield Sighting(
                "input-structure", ast.unparse(question.node), text, site, (site.source,), detail=question.kind
            )


def shared(function: Ran, kwargs: Mapping[str, Any]) -> Iterator[Sighting]:
    """Keyword arguments that are one tensor: torch takes it for the first of them in the place of all."""
    for name, first in given_twice(kwargs).items():
        yield Sighting(
            "input-structure", f"{name} is {first}", "True", function.site, (function.site.source,), detail="shared"
        )


def _answer(kind: str, value: object) -> str:
    """What the function was told: a value, or only its type."""
    if value is STAND_IN:
        return "Tensor"
    return type(value).__name__ if kind == "type" and value is not None else value_text(value)


def _is_asked(function: Ran, question: Question, value: object) -> bool:
    """Whether a question is about an input, which another call may give otherwise."""
    if not function.top or value is MISSING or question.parameter in function.lasting:
        return False
    if question.kind == "default":
        given = function.given
        return given is not None and question.parameter not in given and isinstance(value, (bool, int, float, str))
    if question.kind == "length":
        return isinstance(value, (list, tuple, dict))
    return question.kind != "truth" or value is not STAND_IN


def tries(function: Ran) -> Iterator[Sighting]:
    """The `try` statements that a function passed, and whether an error was caught."""
    for attempt in function.reading.tries:
        calls = [call for call in attempt.calls if call.lineno in function.lines]
        if calls:
            handled = any(attempt.handlers[0] < line <= attempt.handlers[1] for line in function.lines)
            site = site_at(function.filename, function.name, calls[0])
            site = Site(site.source, "try", body=attempt.body, orelse=attempt.handlers)
            yield Sighting(
                "try",
                ast.unparse(calls[0]),
                "an error" if handled else "no error",
                site,
                (site.source,),
                truth=not handled,
            )
