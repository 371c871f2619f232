"""A second trace, under the circumstance of a Run, and where its graph is another one."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import dataclass

from tracelab.backends.alignment import steps
from tracelab.backends.base import Method
from tracelab.backends.jit import Again, record
from tracelab.backends.raw import RawGraph, RawNode
from tracelab.preserve import cloned
from tracelab.replay.limits import OverrunError
from tracelab.replay.stage import Result, Stage
from tracelab.schema import Arg, Items, Ref, SourceRange
from tracelab.source import stack_places


@dataclass(frozen=True)
class Difference:
    """Where two graphs part."""

    ours: int | None
    """The place of the node in the captured graph; None where only eager's has one."""
    theirs: int | None
    """The place of the node in the graph of the second trace; None where only the captured one has one."""
    places: tuple[SourceRange, ...]
    """The user's frames of the node, innermost first."""
    module: str
    """The fqn of the module that recorded it."""


@dataclass(frozen=True)
class Alignment:
    """Two graphs side by side."""

    pairs: list[tuple[int, int]]
    """Places of nodes that are the same operation at the same place in the code."""
    differences: list[Difference]
    """In the order of the program."""


def trace_again(stage: Stage, result: Result) -> Again | None:
    """Trace the function under the Probe of a Run; None where that fails."""
    probe = result.probe
    method = stage.method(probe.method)
    if probe.to is not None or not probe.calls:
        return None
    with contextlib.suppress(OverrunError, Exception), stage.under(stage.lean(probe)):
        for given in probe.calls[:-1]:
            args, kwargs = cloned((given.args, dict(given.kwargs)))
            method.func(*args, **kwargs)
        last = probe.calls[-1]
        again = record(Method(method.name, method.func, last.args, dict(last.kwargs)))
        return again if again is not None and again.graph.complete else None
    return None


def align(ours: RawGraph, theirs: RawGraph) -> Alignment:
    """Pair the nodes of two graphs along module, line and operator."""
    pairs: list[tuple[int, int]] = []
    differences: list[Difference] = []
    for i, j in steps([_key(node) for node in ours.nodes], [_key(node) for node in theirs.nodes]):
        if i is not None and j is not None:
            pairs.append((i, j))
            if _literals(ours.nodes[i].args) == _literals(theirs.nodes[j].args):
                continue
        node = ours.nodes[i] if i is not None else theirs.nodes[j or 0]
        differences.append(_difference(node, i, j))
    return Alignment(pairs, differences)


def _key(node: RawNode) -> tuple[object, ...]:
    return node.kind, node.scope, _lines(node.stack), len(node.outputs)


@functools.lru_cache(maxsize=65536)
def _lines(stack: str) -> tuple[tuple[str, int], ...]:
    """The user's lines in a stack; what stands below them is another in each trace."""
    return tuple((place.filename, place.lineno) for place in stack_places(stack))


def _literals(args: tuple[Arg, ...]) -> tuple[object, ...]:
    """The arguments without the numbers of values."""
    return tuple(_literal(arg) for arg in args)


def _literal(arg: Arg) -> object:
    if isinstance(arg, Ref):
        return "value"
    if isinstance(arg, Items):
        return _literals(arg.items)
    return arg.kind, arg.text


def _difference(node: RawNode, ours: int | None, theirs: int | None) -> Difference:
    return Difference(ours, theirs, stack_places(node.stack), node.scope)


def places_of(differences: list[Difference]) -> Iterator[SourceRange]:
    """The user's innermost line of each, once."""
    seen: set[SourceRange] = set()
    for difference in differences:
        place = difference.places[0] if difference.places else None
        if place is not None and place not in seen:
            seen.add(place)
            yield place
