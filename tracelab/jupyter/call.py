"""A form that was filled in -> the one Python call that it makes, as text and as values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from tracelab.format import clip, joined
from tracelab.handle import Trace
from tracelab.jupyter.desk import FormError
from tracelab.jupyter.fill import Made, PartError, made
from tracelab.jupyter.form import Leaf, leaves_of
from tracelab.nesting import MAPPING, SEQUENCE
from tracelab.wire import Filled, Problem, Request

MOST_CALLS, MOST_SECONDS = 1000, 3600.0
_DOTS = Made("...")


@dataclass(frozen=True)
class Options:
    """What is said beside the inputs."""

    mode: Any = None
    calls: int = 1
    seed: int | None = None
    method: str = "forward"

    def spelled(self) -> Iterator[str]:
        """As arguments, where they are not what they are anyhow."""
        for name, value in vars(self).items():
            if value != getattr(Options, name):
                yield f"{name}={value!r}".replace("'", '"')


@dataclass(frozen=True)
class Call:
    """`t.rerun(torch.zeros(3, 10), mode="eval")`."""

    text: str
    options: Options
    args: tuple[Any, ...] = ()
    """Nested as the example, with a `Made` at each leaf."""
    kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def values(self, namespace: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The inputs, made; user's code is run.

        Raises:
            FormError: an input cannot be made.
        """
        scope = namespace if "torch" in namespace else {**namespace, "torch": torch}
        problems: list[Problem] = []

        def value(one: Made) -> Any:
            try:
                return one.value(scope)
            except Exception as error:  # noqa: BLE001  the user's own, told at its field
                problems.append(one.problem(error))
                return None

        args, kwargs = _mapped(self.args, value), _mapped(dict(self.kwargs), value)
        if problems:
            raise FormError(*problems)
        return args, kwargs


def call_of(trace: Trace, request: Request, name: str) -> Call:
    """The call that a filled form makes; nothing of the user's is run.

    Args:
        trace: what is run again.
        request: the filled form.
        name: of the Trace, in the text.

    Raises:
        FormError: something on it cannot be read; all of it is told.
    """
    problems: list[Problem] = []
    options = _options(trace, request, problems)
    if options.method not in [one.name for one in trace.subject.methods]:
        raise FormError(*problems)
    leaves = leaves_of(trace, options.method)
    parts = {leaf.id: _DOTS for leaf in leaves.values()}
    for filled in request.fields:
        parts[filled.id] = _made(leaves, filled, problems)
    if problems:
        raise FormError(*problems)
    given = trace.subject.example(options.method)
    names = [(name, value, keyword) for name, value, keyword in given.named()]
    args = tuple(_nested(value, name, parts) for name, value, keyword in names if not keyword)
    kwargs = {name: _nested(value, name, parts) for name, value, keyword in names if keyword}
    if all(part is _DOTS for part in parts.values()):
        args, kwargs = (), {}
    return Call(_text(name, args, kwargs, options), options, args, kwargs)


def _made(leaves: Mapping[str, Leaf], filled: Filled, problems: list[Problem]) -> Made:
    leaf = leaves.get(filled.id)
    if leaf is None:
        problems.append(Problem(what=f"The call takes no {clip(filled.id, 60)!r}", cure="Open the form again."))
        return _DOTS
    if filled.fill in ("", "example"):
        return _DOTS
    try:
        return made(leaf, filled)
    except PartError as error:
        problems.append(Problem(what=error.what, cure=error.cure, where=filled.id, part=error.part))
        return _DOTS


# -- options ---------------------------------------------------------------------------------------------------------


def _options(trace: Trace, request: Request, problems: list[Problem]) -> Options:
    known = [one.name for one in trace.subject.methods]
    if request.method not in known:
        what = f"No method {clip(request.method, 60)!r} was traced"
        problems.append(Problem(what=what, cure=f"There are: {joined(known, 8)}.", where="method"))
    if request.mode not in ("", "train", "eval"):
        problems.append(
            Problem(what=f"There is no mode {clip(request.mode, 60)!r}", cure="Use train or eval.", where="mode")
        )
    calls = _whole("calls", request.calls, "1", range(1, MOST_CALLS + 1), problems)
    seed = _whole("seed", request.seed, "", range(1 << 32), problems)
    return Options(request.mode or None, 1 if calls is None else calls, seed, request.method)


def _whole(name: str, text: str, otherwise: str, known: range, problems: list[Problem]) -> int | None:
    text = text.strip() or otherwise
    if not text:
        return None
    if re.fullmatch(r"\d{1,12}", text, re.ASCII) and int(text) in known:
        return int(text)
    what = f"{clip(text, 40)!r} is no whole number from {known[0]} to {known[-1]}"
    problems.append(Problem(what=what, cure=f"As {known[0]}, or nothing.", where=name))
    return None


def seconds_of(text: str) -> float:
    """How long is to be searched.

    Raises:
        FormError: this is no number, or too large a one.
    """
    try:
        seconds = float(text.strip() or "10")
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= MOST_SECONDS:
        what = f"{clip(text, 40)!r} is no number of seconds up to {MOST_SECONDS:g}"
        raise FormError(Problem(what=what, cure="As 10.", where="seconds"))
    return seconds


# -- text ------------------------------------------------------------------------------------------------------------


def _nested(example: Any, path: str, parts: Mapping[str, Made]) -> Any:
    """The same containers, with what is made at each leaf; what is all as traced is one leaf."""
    if isinstance(example, MAPPING) and example:
        pairs = {key: _nested(part, f"{path}[{key!r}]", parts) for key, part in example.items()}
        return _DOTS if all(part is _DOTS for part in pairs.values()) else pairs
    if isinstance(example, SEQUENCE) and example:
        items = [_nested(part, f"{path}[{at}]", parts) for at, part in enumerate(example)]
        if all(part is _DOTS for part in items):
            return _DOTS
        return type(example)(*items) if hasattr(example, "_fields") else type(example)(items)
    return parts.get(path, _DOTS)


def _mapped(nested: Any, value: Any) -> Any:
    if isinstance(nested, MAPPING):
        return {key: _mapped(part, value) for key, part in nested.items()}
    if isinstance(nested, SEQUENCE):
        items = [_mapped(part, value) for part in nested]
        return type(nested)(*items) if hasattr(nested, "_fields") else type(nested)(items)
    return value(nested)


def _text(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], options: Options) -> str:
    given = [_spelled(arg) for arg in args]
    given += [f"kwargs={_spelled(dict(kwargs))}"] if kwargs else []
    return f"{name}.rerun({', '.join([*given, *options.spelled()])})"


def _spelled(nested: Any) -> str:
    if isinstance(nested, MAPPING):
        return f"{{{', '.join(f'{key!r}: {_spelled(part)}' for key, part in nested.items())}}}"
    if isinstance(nested, SEQUENCE):
        inner = ", ".join(map(_spelled, nested))
        if hasattr(nested, "_fields"):
            return f"{type(nested).__name__}({inner})"
        return f"[{inner}]" if isinstance(nested, list) else f"({inner},)" if len(nested) == 1 else f"({inner})"
    return nested.text
