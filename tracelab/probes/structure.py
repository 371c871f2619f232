"""Other ways to call the function, where it asks how it was called: absent, given, other types, lengths, keys.

A generator that is told that eager took an argument does not try the next one of the same kind: the program takes
either none of them or all.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from tracelab.backends.base import Method
from tracelab.nesting import MAPPING, SEQUENCE, given_twice, mapped, tensors_in
from tracelab.observers.accesses import Question
from tracelab.observers.ran import Ran
from tracelab.probes.arguments import Place, placed, put
from tracelab.probes.base import Given, Probe, Subject
from tracelab.probes.values import changes_of
from tracelab.syntax import parent_of
from tracelab.tensors import describe, keeping_layout

Probes = Generator[Probe, bool | None, None]
Values = Iterator[tuple[str, Any]]
"""A phrase and a value: `as a tuple`, `(t, t)`."""
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass
class _Asked:
    """What a function asks of one parameter."""

    method: Method
    parameter: inspect.Parameter
    kinds: set[str] = field(default_factory=set[str])
    """`none`, `type`, `length`, `truth`, `default`."""
    ids: set[int] = field(default_factory=set[int])
    texts: list[str] = field(default_factory=list[str])
    keys: list[Any] = field(default_factory=list[Any])
    """Keys that are looked for: `"boost" in features`, `features.get("boost")`."""


def probes(subject: Subject) -> Probes:
    """For each parameter that is asked: given or left out, of another type, of another length, of other keys."""
    for asked in _asked(subject):
        given = subject.example(asked.method.name)
        place = _place(given, asked.parameter.name)
        if asked.parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            yield from _each(asked, _other_numbers(given, asked))
        elif place is None:
            yield from _first_taken(asked, _now_given(given, asked))
        else:
            value = next(value for found, _, value in placed(given) if found == place)
            yield from _first_taken(asked, _left_out(given, asked, place, value))
            yield from _each(asked, _put_each(given, place, asked, _others(asked, value)))
    for method in subject.methods:
        yield from _apart(subject, method.name)


# -- what is asked -------------------------------------------------------------------------------------------


def _asked(subject: Subject) -> list[_Asked]:
    """The parameters that are asked, in their order."""
    found: dict[tuple[str, str], _Asked] = {}
    for function in (ran for ran in subject.ran if ran.top):
        method = _method_of(subject, function)
        parameters = _parameters(method)
        for question in function.reading.questions:
            ids = set(_ids_of(subject, function, question))
            if ids and question.parameter in parameters:
                key = method.name, question.parameter
                asked = found.setdefault(key, _Asked(method, parameters[question.parameter]))
                asked.kinds.add(question.kind)
                asked.ids |= ids
                asked.texts.append(ast.unparse(question.node))
                asked.keys += _keys(question)
    return sorted(found.values(), key=lambda asked: list(_parameters(asked.method)).index(asked.parameter.name))


def _method_of(subject: Subject, function: Ran) -> Method:
    """The method whose code ran first."""
    for method in subject.methods:
        target: Any = inspect.unwrap(getattr(method.func, "forward", method.func))
        code = getattr(getattr(target, "__func__", target), "__code__", None)
        if code is not None and (code.co_filename, code.co_firstlineno) == (function.filename, function.firstlineno):
            return method
    return subject.methods[0]


def _parameters(method: Method) -> dict[str, inspect.Parameter]:
    try:
        return dict(inspect.signature(getattr(method.func, "forward", method.func)).parameters)
    except (TypeError, ValueError):
        return {}


def _ids_of(subject: Subject, function: Ran, question: Question) -> Iterator[int]:
    text = ast.unparse(question.node)
    for observation, _ in subject.seen("input-structure"):
        source = observation.source
        here = source is not None and (source.filename, source.lineno) == (function.filename, question.node.lineno)
        if here and (observation.detail, observation.asked) == (question.kind, text):
            yield observation.id


def _keys(question: Question) -> Iterator[Any]:
    node, parent = question.node, parent_of(question.node)
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
        yield node.left.value
    elif isinstance(parent, ast.Call) and parent.func is node:
        yield from (key.value for key in parent.args[:1] if isinstance(key, ast.Constant))


def _place(given: Given, name: str) -> Place | None:
    return next((place for place, found, _ in placed(given) if found == name), None)


# -- Probes --------------------------------------------------------------------------------------------------


def _probe(asked: _Asked, text: str, given: Given) -> Probe:
    return Probe("structure", text, (given,), method=asked.method.name, aims=frozenset(asked.ids))


def _each(asked: _Asked, ways: Iterable[tuple[str, Given]]) -> Probes:
    for text, given in ways:
        yield _probe(asked, text, given)


def _first_taken(asked: _Asked, ways: Iterable[tuple[str, Given]]) -> Probes:
    """One way after the other, until eager takes one."""
    for text, given in ways:
        if (yield _probe(asked, text, given)):
            return


def _put_each(given: Given, place: Place, asked: _Asked, values: Values) -> Iterator[tuple[str, Given]]:
    for text, value in values:
        yield f"{asked.parameter.name} {text}", put(given, place, value)


def _apart(subject: Subject, method: str) -> Iterator[Probe]:
    """A tensor of its own for each argument that shares one with another."""
    given = subject.example(method)
    for name, first in given_twice(given.kwargs).items():
        aims = frozenset(o.id for o, _ in subject.seen("input-structure") if o.asked == f"{name} is {first}")
        for change in changes_of(given.kwargs[name])[:2]:
            text = f"{name} {change.text}, {first} as it was"
            other = put(given, name, keeping_layout(given.kwargs[name], change.make))
            yield Probe("structure", text, (other,), method=method, aims=aims)


# -- absent and given ----------------------------------------------------------------------------------------


def _now_given(given: Given, asked: _Asked) -> Iterator[tuple[str, Given]]:
    """An argument that was left out."""
    name, kind = asked.parameter.name, asked.parameter.kind
    if kind is inspect.Parameter.VAR_KEYWORD:
        return
    is_next = list(_parameters(asked.method))[len(given.args) : len(given.args) + 1] == [name]
    place: Place = len(given.args) if is_next and kind in _POSITIONAL and not given.kwargs else name
    for text, value in _values_for(asked.parameter, given):
        yield f"{name} {text}", put(given, place, value)


def _values_for(parameter: inspect.Parameter, given: Given) -> Values:
    """What an absent argument may be given as: by its default, its annotation, or as a mask of the inputs."""
    default, annotation = parameter.default, str(parameter.annotation)
    if isinstance(default, (bool, int, float, str)):
        yield from _other_plain(default)
    elif default is None and "Tensor" not in annotation and "bool" in annotation:
        yield from (("= True", True), ("= False", False))
    elif default is None and "Tensor" not in annotation and ("int" in annotation or "float" in annotation):
        yield "= 1", 1
    elif not ("str" in annotation and "Tensor" not in annotation):
        yield from _masks(given)


def _other_plain(value: Any) -> Values:
    """A truth flipped, a number changed; a text says nothing about what other texts are taken."""
    if isinstance(value, bool):
        yield f"= {not value}", not value
    elif isinstance(value, int):
        yield from ((f"= {other}", other) for other in (value + 1, value * 2 if value > 1 else value - 1))
    elif isinstance(value, float):
        yield from ((f"= {other:g}", other) for other in (value * 2 or 0.5, value / 2 or -0.5))


def _masks(given: Given) -> Values:
    """Tensors of the sizes of each input: ones, zeros and ones, truths."""
    shapes: dict[tuple[tuple[int, ...], torch.device], torch.Tensor] = {}
    for x in tensors_in((given.args, dict(given.kwargs))):
        shapes.setdefault((tuple(x.shape), x.device), x)
    likes = list(shapes.values())[:3]
    makers: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = (
        ("of ones", lambda x: torch.ones(x.shape, dtype=_number(x), device=x.device)),
        ("of zeros and ones", lambda x: _coin(x).to(_number(x))),
        ("of False and True", _coin),
    )
    for text, make in makers:
        for mask in map(make, likes):
            yield f"given, {describe(mask)} {text}", mask


def _number(x: torch.Tensor) -> torch.dtype:
    """The dtype of a mask beside an input: floating, or whole as in the masks of tokens."""
    return torch.float32 if x.dtype == torch.bool or x.is_complex() else x.dtype


def _coin(x: torch.Tensor) -> torch.Tensor:
    """As many zeros as ones, about, and one of each at least."""
    drawn = torch.rand(x.shape, generator=torch.Generator().manual_seed(0)) < 0.5
    if drawn.numel() > 1:
        drawn.view(-1)[0], drawn.view(-1)[-1] = True, False
    return drawn.to(x.device)


def _left_out(given: Given, asked: _Asked, place: Place, value: Any) -> Iterator[tuple[str, Given]]:
    """An argument that was given, where the function asks about that."""
    name, is_optional = asked.parameter.name, asked.parameter.default is not inspect.Parameter.empty
    if not asked.kinds & {"none", "truth", "type"} or (asked.kinds == {"type"} and not is_optional):
        return
    if value is None:
        for text, mask in _values_for(asked.parameter, given):
            yield f"{name} {text}", put(given, place, mask)
        return
    if is_optional and isinstance(place, str):
        rest = {key: other for key, other in given.kwargs.items() if key != place}
        yield f"{name} left out", Given(given.args, rest, given.names)
    elif is_optional and place == len(given.args) - 1:
        yield f"{name} left out", Given(given.args[:-1], given.kwargs, given.names)
    yield f"{name} = None", put(given, place, None)


# -- other types, lengths and keys ---------------------------------------------------------------------------


def _others(asked: _Asked, value: Any) -> Values:
    if "type" in asked.kinds:
        words = " ".join(asked.texts)
        yield from sorted(_other_types(value), key=lambda other: type(other[1]).__name__ not in words)
    if "truth" in asked.kinds and isinstance(value, (bool, int, float)):
        yield from _other_plain(value)
    if "length" in asked.kinds and isinstance(value, MAPPING):
        yield from _other_keys(value, asked.keys)
    elif "length" in asked.kinds and isinstance(value, SEQUENCE) and not hasattr(value, "_fields"):
        yield from _other_lengths(value)


def _other_types(value: Any) -> Values:
    if isinstance(value, torch.Tensor):
        yield from (("as a tuple of two", (value, value)), ("as a list of two", [value, value]))
        yield "as a dict", {"a": value}
    elif isinstance(value, SEQUENCE) and value:
        items: list[Any] = list(value)
        yield ("as a tuple", tuple(items)) if isinstance(value, list) else ("as a list", items)
        yield "as its first item", value[0]
    elif isinstance(value, MAPPING) and value:
        yield from (("as its first item", next(iter(value.values()))), ("as a list", list(value.values())))


def _other_lengths(value: Any) -> Values:
    if value:
        last: Any = value[-1]
        yield "with one item more", value + type(value)((last,))
    if len(value) > 1:
        yield "with one item less", type(value)(value[:-1])


def _other_keys(value: Any, looked_for: list[Any]) -> Values:
    """With keys that are looked for and not there, without those that are there, with any other, in another order."""
    like = mapped(next(iter(value.values()), None), _altered)
    absent = [key for key in dict.fromkeys(looked_for) if key not in value]
    fresh = next(
        name for name in ("other", "other_1", "other_2", *map(str, range(len(value) + 1))) if name not in value
    )
    for key in [*absent, *([fresh] if all(isinstance(key, str) for key in value) else [])]:
        yield f"with another key {key!r}", _with_items(value, [*value.items(), (key, like)])
    without = [key for key in dict.fromkeys([*looked_for, *reversed(list(value))]) if key in value]
    for key in without[:2] if len(value) > 1 else ():
        yield f"without {key!r}", _with_items(value, [item for item in value.items() if item[0] != key])
    if len(value) > 1:
        yield "with its keys in reverse order", _with_items(value, list(reversed(list(value.items()))))


def _altered(x: torch.Tensor) -> torch.Tensor:
    """Other elements, lest a factor of ones or a sum of zeros hides the new item."""
    return x.detach() * 2 + 1 if x.is_floating_point() or x.is_complex() else x


def _with_items(value: Any, items: list[tuple[Any, Any]]) -> Any:
    """A mapping of the same type."""
    copy = value.copy()
    copy.clear()
    copy.update(items)
    return copy


def _other_numbers(given: Given, asked: _Asked) -> Iterator[tuple[str, Given]]:
    """Arguments behind a star: one more, one less."""
    first = list(_parameters(asked.method)).index(asked.parameter.name)
    name, rest = asked.parameter.name, given.args[first:]
    if rest:
        yield f"*{name} with one item more", Given((*given.args, rest[-1]), given.kwargs, given.names)
        yield f"*{name} with one item less", Given(given.args[:-1], given.kwargs, given.names)
    elif given.args:
        yield f"*{name} with one item", Given((*given.args, given.args[-1]), given.kwargs, given.names)
