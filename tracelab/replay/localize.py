"""Where along the graph the two sides part: the values of a Run at every node that both have."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tracelab.backends.jit import Again
from tracelab.backends.raw import RawGraph
from tracelab.backends.replica import Replica
from tracelab.preserve import cloned
from tracelab.replay.again import Alignment
from tracelab.replay.compare import compare
from tracelab.replay.limits import OverrunError
from tracelab.replay.stage import Result, Stage
from tracelab.replay.watch import Watch
from tracelab.schema import NodeError, Summary
from tracelab.tensors import describe

CHUNK_BYTES = 64 << 20
"""Values of both sides are held together up to this size at a time."""
_MOST_CHUNKS = 8


@dataclass(frozen=True)
class Divergence:
    """Where a Run parts."""

    node: int | None
    """The id of the first node of the captured graph that is not eager's."""
    along: tuple[NodeError, ...]


@dataclass(frozen=True)
class _Pair:
    node: int
    ours: int
    theirs: int


def localize(
    stage: Stage, result: Result, watch: Watch, ours: RawGraph, again: Again, alignment: Alignment,
    node_ids: dict[int, int],
) -> Divergence:  # fmt: skip
    """Compare the values of both sides along the graph.

    Args:
        stage: plays.
        result: the Run.
        watch: has the captured graph in a form that can be run.
        ours: the captured graph as it was recorded.
        again: the second trace.
        alignment: of the two.
        node_ids: the place of a recorded node -> its id in the document.
    """
    pairs = [pair for i, j in alignment.pairs for pair in _pairs(i, j, ours, again.graph, watch.replica, node_ids)]
    errors: list[NodeError] = []
    if again.replica is not None and watch.covers(result.probe):
        for chunk in _chunks(pairs, ours):
            eager = _values(stage, result, again.replica, watch, [p.theirs for p in chunk], eager=True)
            captured = _values(stage, result, watch.replica, watch, [p.ours for p in chunk], eager=False)
            errors += [_error(p, eager.get(p.theirs), captured.get(p.ours), stage.tolerance) for p in chunk]
    own = {node_ids[d.ours] for d in alignment.differences if d.ours is not None and d.ours in node_ids}
    apart = own | {error.node for error in errors if not error.agrees}
    order = {number: place for place, number in node_ids.items()}
    return Divergence(min(apart, key=lambda node: order[node], default=None), tuple(errors))


def _pairs(
    i: int, j: int, ours: RawGraph, theirs: RawGraph, replica: Replica, node_ids: dict[int, int]
) -> Iterator[_Pair]:
    one, other = ours.nodes[i].outputs[:1], theirs.nodes[j].outputs[:1]
    if one and other and i in node_ids and one[0].read().type == "Tensor" and replica.knows(one[0].number):
        yield _Pair(node_ids[i], one[0].number, other[0].number)


def _chunks(pairs: Sequence[_Pair], ours: RawGraph) -> Iterator[list[_Pair]]:
    """Parts whose values are small enough to be held together."""
    sizes = {value.number: _bytes(value.read().tensor) for node in ours.nodes for value in node.outputs[:1]}
    total = sum(sizes.get(pair.ours, 0) for pair in pairs)
    limit = max(CHUNK_BYTES, total // _MOST_CHUNKS)
    chunk: list[_Pair] = []
    held = 0
    for pair in pairs:
        chunk.append(pair)
        held += sizes.get(pair.ours, 0)
        if held > limit:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


def _bytes(meta: Any) -> int:
    shape = meta.shape if meta is not None and meta.shape is not None else ()
    size = 8
    for part in shape:
        size *= part or 1
    return size


def _values(
    stage: Stage, result: Result, replica: Replica, watch: Watch, numbers: list[int], eager: bool
) -> dict[int, Any]:
    """What some values are on one side; those after the node that raises are missing."""
    probe = result.probe
    with contextlib.suppress(OverrunError, Exception), stage.under(probe), torch.no_grad():
        for given in probe.calls[:-1]:
            args, kwargs = cloned((given.args, dict(given.kwargs)))
            (stage.method(probe.method).func if eager else stage.program_method(probe.method))(*args, **kwargs)
        args, kwargs = cloned((probe.calls[-1].args, dict(probe.calls[-1].kwargs)))
        failing = None if eager or result.outcome == "diverges" else watch.first_failure(probe)
        question = replica.function(numbers, with_outputs=False, until=None if failing is None else failing - 1)
        return dict(zip(question.asked, question(watch.ordered(args, kwargs)).asked))
    return {}  # the program ends before


def _error(pair: _Pair, eager: Any, captured: Any, tolerance: float) -> NodeError:
    if eager is None or captured is None:
        return NodeError(node=pair.node, eager=summary(eager), captured=summary(captured), agrees=eager is captured)
    leaf = compare(eager, captured, tolerance)[0]
    if leaf.agrees:
        return NodeError(node=pair.node, max_abs=leaf.max_abs, max_rel=leaf.max_rel)
    return NodeError(
        node=pair.node,
        eager=summary(eager),
        captured=summary(captured),
        max_abs=leaf.max_abs,
        max_rel=leaf.max_rel,
        agrees=False,
    )


def summary(value: Any) -> Summary | None:
    """A value without its elements."""
    if value is None:
        return None
    if not isinstance(value, torch.Tensor) or value.is_complex() or not value.numel() or value.is_meta:
        return Summary(spec=describe(value))
    dense = value if value.layout == torch.strided else value.to_dense()
    numbers = (dense.dequantize() if dense.is_quantized else dense).detach().double()
    finite = numbers[~numbers.isnan()]
    if not finite.numel():
        return Summary(spec=describe(value), nans=numbers.numel())
    texts = [f"{float(part):.6g}" for part in (finite.min(), finite.max(), finite.mean())]
    return Summary(
        spec=describe(value), min=texts[0], max=texts[1], mean=texts[2], nans=numbers.numel() - finite.numel()
    )
