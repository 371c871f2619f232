"""Where along an exported graph the two sides part: its every value beside that of a second recording of eager."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tracelab.backends import fx_match
from tracelab.backends.exported import Exported
from tracelab.backends.jit import Again
from tracelab.backends.raw import RawGraph
from tracelab.preserve import cloned
from tracelab.replay.limits import OverrunError
from tracelab.replay.localize import (
    MOST_COUNTED,
    MOST_OF_FIRST,
    MOST_ONLY_EAGER,
    Divergence,
    Pair,
    Way,
    chunks,
    eager_way,
    error_at,
)
from tracelab.replay.stage import Result, Stage
from tracelab.replay.watch import Watch
from tracelab.schema import EagerNode, NodeError
from tracelab.source import stack_places


@dataclass(frozen=True)
class ExportedGraph:
    """An exported graph with what is known of it."""

    graph: RawGraph
    node_ids: dict[int, int]
    """The place of one of its nodes -> its id in the document."""
    recorded: RawGraph
    """The recording of the example that it was paired with."""


def localize(stage: Stage, result: Result, watch: Watch, ours: ExportedGraph, again: Again) -> Divergence:
    """Compare the values of both sides along the exported graph.

    Args:
        stage: plays.
        result: the Run.
        watch: orders the arguments of the recordings.
        ours: the exported graph.
        again: the second recording, under the circumstance of the Run.
    """
    found = fx_match.pairs(again.graph, ours.graph)
    errors: list[NodeError] = []
    exported = stage.exported
    if exported is not None and again.replica is not None and watch.covers(result.probe):
        pairs = list(_pairs(found, ours, again.graph))
        _compare(stage, result, watch, again, exported, list(chunks(pairs, ours.graph)), ours.graph, errors)
    known = {j for _, j in fx_match.pairs(ours.recorded, ours.graph)}
    alone = known - {j for _, j in found}
    errors += [NodeError(node=ours.node_ids[place], agrees=False) for place in alone if place in ours.node_ids]
    order = {number: place for place, number in ours.node_ids.items()}
    errors.sort(key=lambda error: order[error.node])
    first = next((error.node for error in errors if not error.agrees), None)
    return Divergence(first, tuple(errors), tuple(_only_eager(ours.recorded, again.graph, {i for i, _ in found})))


def _pairs(found: Sequence[tuple[int, int]], ours: ExportedGraph, theirs: RawGraph) -> Iterator[Pair]:
    for i, j in found:
        one, other = ours.graph.nodes[j].outputs[:1], theirs.nodes[i].outputs[:1]
        if one and other and j in ours.node_ids and one[0].type == "Tensor" and other[0].read().type == "Tensor":
            yield Pair(ours.node_ids[j], one[0].number, other[0].number)


def _only_eager(recorded: RawGraph, again: RawGraph, paired: set[int]) -> Iterator[EagerNode]:
    """The operations of the second recording that the exported graph has not, and that the first had not either."""
    before = {fx_match.key_of(recorded.nodes[place]) for place in fx_match.operations(recorded)}
    count = 0
    for place in fx_match.operations(again):
        node = again.nodes[place]
        if place in paired or fx_match.key_of(node) in before or count >= MOST_ONLY_EAGER:
            continue
        count += 1
        yield EagerNode(op=node.kind, source=next(iter(stack_places(node.stack)), None), module=node.scope)


def _compare(
    stage: Stage, result: Result, watch: Watch, again: Again, exported: Exported, parts: Sequence[Sequence[Pair]],
    graph: RawGraph, errors: list[NodeError],
) -> None:  # fmt: skip
    """Both sides, chunk after chunk; what was compared when time is over, or an operation raised, stays."""
    probe = result.probe
    if again.replica is None:
        return
    with contextlib.suppress(OverrunError, Exception), stage.under(probe), torch.no_grad():
        eager = eager_way(stage, probe, watch, again.replica, parts)
        meeting = _Meeting(eager, parts, stage.tolerance, errors)
        # What an earlier call leaves behind is not the other side's.
        stage.restore()
        with probe.around():
            for given in probe.calls[:-1]:
                args, kwargs = cloned((given.args, dict(given.kwargs)))
                exported(*args, **kwargs)
            args, kwargs = cloned((probe.calls[-1].args, dict(probe.calls[-1].kwargs)))
            numbers = [node.outputs[0].number for node in graph.nodes]
            try:
                exported.run(args, kwargs, lambda place, value: meeting.take(numbers[place], value))
            finally:
                meeting.end()


class _Meeting:
    """Compares each chunk as soon as the program has made all of it."""

    def __init__(self, eager: Way, parts: Sequence[Sequence[Pair]], tolerance: float, errors: list[NodeError]) -> None:
        self._eager, self._parts, self._tolerance, self._errors = eager, [*parts], tolerance, errors
        self._wanted = {pair.ours for part in parts for pair in part}
        self._held: dict[int, Any] = {}
        self._most = MOST_OF_FIRST

    def take(self, number: int, value: Any) -> None:
        """A value of the program, as it is now: a later operation may write to it."""
        if number not in self._wanted:
            return
        self._held[number] = value.detach().clone() if isinstance(value, torch.Tensor) else value
        if self._parts and number == self._parts[0][-1].ours:
            self._flush()

    def end(self) -> None:
        """What the program did not come to."""
        while self._parts:
            self._flush()

    def _flush(self) -> None:
        part, values = self._parts.pop(0), self._eager.step()
        for pair in part:
            one, other = values.get(pair.theirs), self._held.pop(pair.ours, None)
            self._errors.append(error_at(pair, one, other, self._tolerance, self._most))
            self._most = self._most if self._errors[-1].agrees else MOST_COUNTED
