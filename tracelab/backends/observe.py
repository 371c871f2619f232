"""Sightings -> Observations: the tracer's numbers become values and nodes of the Graph."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import torch

from tracelab.backends.base import Captured
from tracelab.backends.build import GraphBuilder
from tracelab.observers import Sighting
from tracelab.schema import Graph, Observation
from tracelab.source import stack_places
from tracelab.syntax import STEERING, Lines, Site


@dataclass
class Assembled:
    """The graphs and the observations of a capture, with what is live about them."""

    graphs: tuple[Graph, ...] = ()
    observations: tuple[Observation, ...] = ()
    sightings: list[Sighting] = field(default_factory=list[Sighting])
    """One for each observation, by its id."""
    node_ids: dict[str, dict[int, int]] = field(default_factory=dict[str, dict[int, int]])
    """By method: the place of a recorded node -> its id in the Graph."""
    shown_ids: dict[str, dict[int, int]] = field(default_factory=dict[str, dict[int, int]])
    """By method: the place of a node of the program -> its id in the Graph."""


def assemble(captured: Captured, module: torch.nn.Module | None) -> Assembled:
    """The graphs and the observations of a capture."""
    sightings = captured.sightings.seen
    graphs: list[Graph] = []
    observations: list[Observation] = []
    ordered: list[Sighting] = []
    node_ids: dict[str, dict[int, int]] = {}
    shown_ids: dict[str, dict[int, int]] = {}
    methods = [recording.method for recording in captured.recordings]
    for recording in captured.recordings:
        own = [s for s in sightings if s.method == recording.method]
        _resolve(own, recording.recorded.aliases)
        builder = GraphBuilder(recording, module, {n for s in own for n in _numbers(s)})
        graphs.append(builder.build())
        controlled = _controlled(builder, own)
        observations += [_observation(s, len(observations) + i, builder, controlled[i]) for i, s in enumerate(own)]
        ordered += own
        node_ids[recording.method], shown_ids[recording.method] = builder.node_ids, builder.shown_ids
    for sighting in sightings:
        if sighting.method not in methods:
            observations.append(_observation(sighting, len(observations), None, ()))
            ordered.append(sighting)
    return Assembled(tuple(graphs), tuple(observations), ordered, node_ids, shown_ids)


def _resolve(sightings: Iterable[Sighting], aliases: dict[int, int]) -> None:
    """Let sightings speak of the sizes themselves."""
    for sighting in sightings:
        value = sighting.traced_value
        sighting.traced_value = None if value is None else aliases.get(value, value)
        sighting.traced_sources = tuple(aliases.get(number, number) for number in sighting.traced_sources)


def _numbers(sighting: Sighting) -> tuple[int, ...]:
    return (
        sighting.traced_sources if sighting.traced_value is None else (sighting.traced_value, *sighting.traced_sources)
    )


def _observation(sighting: Sighting, number: int, builder: GraphBuilder | None, nodes: Sequence[int]) -> Observation:
    site, numbers = sighting.site, _numbers(sighting)
    origin, ghosts, value = None, (), None
    if builder is not None and numbers:
        asked = numbers if sighting.traced_value is None else (sighting.traced_value,)
        origin = builder.origins.of(asked, sighting.of_shape)
        ghosts, value = builder.ghost_ids(numbers), builder.value_id(sighting.traced_value)
    taken, untaken = arms(site, sighting.truth)
    return Observation(
        id=number,
        kind=sighting.kind,
        asked=sighting.asked,
        value=sighting.value,
        source=site.source if site else None,
        stack=sighting.stack,
        inside=sighting.inside,
        syntax=site.syntax if site else "",
        method=sighting.method,
        graph_value=value,
        origin=origin,
        parameters=sighting.parameters,
        nodes=tuple(nodes),
        ghosts=ghosts,
        lines=taken,
        untaken=untaken,
        guard=site.guard if site else False,
        called=site.called if site else "",
        detail=sighting.detail,
    )


def arms(site: Site | None, truth: bool | None) -> tuple[Lines | None, Lines | None]:
    """The lines that ran because of an answer, and those that did not."""
    if site is None:
        return None, None
    if site.syntax in ("for", "comprehension") or truth is None:
        return site.body, None
    if site.syntax == "while":
        return (site.body, None) if truth else (None, site.body)
    return (site.body, site.orelse) if truth else (site.orelse, site.body)


def _controlled(builder: GraphBuilder, sightings: Sequence[Sighting]) -> list[list[int]]:
    """For each sighting the ids of the nodes that were recorded under it."""
    nodes: list[list[int]] = [[] for _ in sightings]
    positions = _positions(builder)
    passes: dict[tuple[str, int, Lines], list[tuple[int, int]]] = defaultdict(list)
    covering: dict[tuple[str, int], set[tuple[str, int, Lines]]] = defaultdict(set)
    for index, sighting in enumerate(sightings):
        key = _region(sighting)
        if key is None:
            nodes[index] = _on_the_line(builder, sighting, positions)
            continue
        taken = key[2]
        passes[key].append((bisect_right(positions, sighting.position), index))
        for line in range(taken[0], taken[1] + 1):
            covering[key[0], line].add(key)
    for node, number in sorted(builder.node_ids.items()):
        if node in builder.ghosts:
            continue
        for place in stack_places(builder.recorded.nodes[node].stack):
            for key in covering.get((place.filename, place.lineno), ()):
                chosen = bisect_right(passes[key], (node, len(sightings)))
                if chosen:
                    nodes[passes[key][chosen - 1][1]].append(number)
    return nodes


def _region(sighting: Sighting) -> tuple[str, int, Lines] | None:
    """The file, the line of the decision and the lines that it controls."""
    site = sighting.site
    if site is None:
        return None
    if sighting.region is not None:
        filename, first, last = sighting.region
        return filename, site.source.lineno, (first, last)
    taken = arms(site, sighting.truth)[0]
    return None if taken is None or site.syntax not in STEERING else (site.source.filename, site.source.lineno, taken)


def _positions(builder: GraphBuilder) -> list[int]:
    """For each recorded node the tracer's number of its first output, which grows with time."""
    positions: list[int] = []
    for node in builder.recorded.nodes:
        positions.append(node.outputs[0].number if node.outputs else (positions[-1] if positions else 0))
    return positions


def _on_the_line(builder: GraphBuilder, sighting: Sighting, positions: list[int]) -> list[int]:
    """The nodes that the rest of the same line recorded: those that took the value."""
    if sighting.site is None or sighting.position < 0:
        return []
    source, found = sighting.site.source, list[int]()
    for index in range(bisect_right(positions, sighting.position), len(positions)):
        places = stack_places(builder.recorded.nodes[index].stack)
        if not any(
            _within(place.filename, place.lineno, source.filename, source.lineno, source.end_lineno) for place in places
        ):
            break
        if index in builder.node_ids and index not in builder.ghosts:
            found.append(builder.node_ids[index])
    return found


def _within(filename: str, lineno: int, other: str, first: int, last: int) -> bool:
    return filename == other and first <= lineno <= last


def filenames(observations: Iterable[Observation], graphs: Iterable[Graph]) -> set[str]:
    """All files that the document points into."""
    places = [place for o in observations for place in (o.source, *o.stack) if place is not None]
    places += [place for graph in graphs for place in graph.frames]
    places += [info.source for graph in graphs for info in graph.modules if info.source is not None]
    return {place.filename for place in places}
