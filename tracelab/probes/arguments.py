"""The arguments of a call, found by their names and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch

from tracelab.detectors.base import is_inside_torch
from tracelab.nesting import mapped, tensors_in
from tracelab.probes.base import Given, Subject
from tracelab.schema import Observation

Place = int | str
"""The index of a positional argument, or the keyword of another."""


def placed(given: Given) -> Iterator[tuple[Place, str, Any]]:
    """Each argument with its place and its name."""
    for index, value in enumerate(given.args):
        yield index, given.names[index] if index < len(given.names) else f"input {index + 1}", value
    for name, value in given.kwargs.items():
        yield name, name, value


def put(given: Given, place: Place, value: Any) -> Given:
    """The same arguments with another value at a place, which may be new."""
    if isinstance(place, str):
        return Given(given.args, {**given.kwargs, place: value}, given.names)
    return Given((*given.args[:place], value, *given.args[place + 1 :]), given.kwargs, given.names)


def spelled(place: Place, name: str) -> set[str]:
    """What the graph may call an argument: items of `*args` have no name but their number."""
    return {name, str(place)}


def changed(given: Given, ways: Mapping[Place, Callable[[torch.Tensor], Any]]) -> Given:
    """The same arguments with the tensors at some places changed; a tensor that is given twice stays one."""
    done: dict[tuple[int, int], Any] = {}

    def once(x: torch.Tensor, way: Callable[[torch.Tensor], Any]) -> Any:
        key = id(x), id(way)
        if key not in done:
            done[key] = way(x)
        return done[key]

    result = given
    for place, _, value in placed(given):
        if place in ways:
            result = put(result, place, mapped(value, lambda x, way=ways[place]: once(x, way)))
    return result


def reached(given: Given, observations: Iterable[Observation]) -> dict[Place, set[int]]:
    """The arguments that observations ask of, each with the ids of these observations."""
    found: dict[Place, set[int]] = {}
    for observation in observations:
        names = set(inputs_of(observation))
        for place, name, value in placed(given):
            if names & spelled(place, name) and any(True for _ in tensors_in(value)):
                found.setdefault(place, set()).add(observation.id)
    return found


def inputs_of(observation: Observation) -> tuple[str, ...]:
    """The names of the inputs whose elements or sizes reach what was asked."""
    origin = observation.origin
    return () if origin is None else origin.values + origin.shapes


def asked_of_inputs(subject: Subject, kind: str) -> Iterator[tuple[str, list[Observation]]]:
    """For each method the observations of a kind that ask the inputs, but for those that torch's own code asks."""
    for method in subject.methods:
        found = [
            observation
            for observation, _ in subject.seen(kind)
            if observation.method == method.name and inputs_of(observation) and not is_inside_torch(observation)
        ]
        if found:
            yield method.name, found


def named(given: Given, places: Iterable[Place]) -> str:
    """`x, mask`."""
    chosen = set(places)
    return ", ".join(name for place, name, _ in placed(given) if place in chosen)
