"""Where along the graph the two sides part: the values of a Run at every node that both have."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from msgspec.structs import replace

from tracelab.backends.jit import Again
from tracelab.backends.pieces import Pieces
from tracelab.backends.raw import RawGraph
from tracelab.backends.replica import Replica
from tracelab.preserve import cloned
from tracelab.preserve.session import random_states
from tracelab.probes.base import Probe
from tracelab.replay.again import Alignment
from tracelab.replay.compare import compare
from tracelab.replay.limits import OverrunError
from tracelab.replay.stage import Result, Stage
from tracelab.replay.watch import Watch
from tracelab.schema import EagerNode, NodeError, Summary
from tracelab.tensors import describe

CHUNK_BYTES = 24 << 20
"""So much of each side's values is held at a time."""
_BARS, MOST_COUNTED, MOST_OF_FIRST = 16, 1 << 15, 1 << 22
"""Elements are counted of values up to this size, and of the first that differs, which is looked at most."""
_NONE = Summary(spec="")
MOST_ONLY_EAGER = 200
"""So many operations are told that only eager ran."""
_CARRIERS = ("aten::size", "aten::Int", "aten::ScalarImplicit", "aten::FloatImplicit", "aten::IntImplicit")


@dataclass(frozen=True)
class Divergence:
    """Where a Run parts."""

    node: int | None
    """The id of the first node of the captured graph that is not eager's."""
    along: tuple[NodeError, ...]
    only_eager: tuple[EagerNode, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A node of the document, and the values that both sides have of it, by their own numbers."""

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
        _compare(stage, result, watch, again.replica, list(chunks(pairs, ours)), errors)
    # A difference without a node of theirs is one that only captured has; with one, their literals are not the same.
    told = [(node_ids[d.ours], d) for d in alignment.differences if d.ours is not None and d.ours in node_ids]
    errors += [NodeError(node=node, agrees=False) for node, d in told if d.theirs is None]
    order = {number: place for place, number in node_ids.items()}
    errors.sort(key=lambda error: order[error.node])
    apart = {*(node for node, _ in told), *(error.node for error in errors if not error.agrees)}
    first = min(apart, key=lambda node: order[node], default=None)
    return Divergence(first, tuple(errors), tuple(_only_eager(alignment, again.graph)))


def _only_eager(alignment: Alignment, theirs: RawGraph) -> Iterator[EagerNode]:
    """The operations of the second trace that the first has not; what only carries numbers about is left out."""
    alone = [(theirs.nodes[d.theirs].kind, d) for d in alignment.differences if d.ours is None and d.theirs is not None]
    operations = [(kind, d) for kind, d in alone if not kind.startswith("prim::") and kind not in _CARRIERS]
    for kind, difference in operations[:MOST_ONLY_EAGER]:
        yield EagerNode(op=kind, source=next(iter(difference.places), None), module=difference.module)


def _pairs(
    i: int, j: int, ours: RawGraph, theirs: RawGraph, replica: Replica, node_ids: dict[int, int]
) -> Iterator[Pair]:
    one, other = ours.nodes[i].outputs[:1], theirs.nodes[j].outputs[:1]
    if one and other and i in node_ids and one[0].read().type == "Tensor" and replica.computes(one[0].number):
        yield Pair(node_ids[i], one[0].number, other[0].number)


def chunks(pairs: Sequence[Pair], ours: RawGraph) -> Iterator[list[Pair]]:
    """Parts whose values are small enough to be held together."""
    sizes = {value.number: _bytes(value.read().tensor) for node in ours.nodes for value in node.outputs[:1]}
    chunk: list[Pair] = []
    held = 0
    for pair in pairs:
        chunk.append(pair)
        held += sizes.get(pair.ours, 0)
        if held > CHUNK_BYTES:
            yield chunk
            chunk, held = [], 0
    if chunk:
        yield chunk


def _bytes(meta: Any) -> int:
    shape = meta.shape if meta is not None and meta.shape is not None else ()
    size = 8
    for part in shape:
        size *= part if isinstance(part, int) and part else 1
    return size


class Way:
    """One side on its way through its graph, with random generators of its own."""

    def __init__(self, pieces: Pieces, given: Sequence[Any], draws: list[Callable[[], object]]) -> None:
        self._values, self._draws = pieces.run(given), draws

    def step(self) -> dict[int, Any]:
        """The next values; those after the node that raises are missing."""
        here = random_states()
        _put_back(self._draws)
        nothing: dict[int, Any] = {}
        try:
            return next(self._values, nothing)
        except RuntimeError:
            return nothing
        finally:
            self._draws = random_states()
            _put_back(here)


def _put_back(states: list[Callable[[], object]]) -> None:
    for put_back in states:
        put_back()


def _compare(
    stage: Stage, result: Result, watch: Watch, theirs: Replica, chunks: Sequence[Sequence[Pair]],
    errors: list[NodeError],
) -> None:  # fmt: skip
    """Both sides, chunk after chunk; what was compared when time is over stays."""
    probe = result.probe
    with contextlib.suppress(OverrunError, Exception):
        with stage.under(probe), torch.no_grad():
            eager = eager_way(stage, probe, watch, theirs, chunks)
        with stage.under(probe), torch.no_grad():
            given = after_earlier_calls(probe, stage.program_method(probe.method), watch)
            failing = result.failing
            if failing is None and result.outcome == "captured_raises":
                failing = watch.first_failure(probe, str(result.captured.error))
            until = None if failing is None else failing - 1
            pieces = Pieces(watch.replica, [[p.ours for p in chunk] for chunk in chunks], until)
            captured = Way(pieces, [*given, *watch.replica.parameters()], random_states())
            most = MOST_OF_FIRST
            for chunk in chunks:
                one, other = eager.step(), captured.step()
                for p in chunk:
                    errors.append(error_at(p, one.get(p.theirs), other.get(p.ours), stage.tolerance, most))
                    most = most if errors[-1].agrees else MOST_COUNTED


def eager_way(stage: Stage, probe: Probe, watch: Watch, theirs: Replica, chunks: Sequence[Sequence[Pair]]) -> Way:
    """Eager's side of a Run: the second trace, run piece by piece with parameters of its own."""
    versions = {id(x): x._version for x in theirs.parameters()}
    given = after_earlier_calls(probe, stage.method(probe.method).func, watch)
    # Both sides go on in turns: what they write to must not be the same.
    own = [x if versions.get(id(x)) == x._version and _is_left_alone(x) else x.clone() for x in theirs.parameters()]
    return Way(Pieces(theirs, [[p.theirs for p in chunk] for chunk in chunks]), [*given, *own], random_states())


def _is_left_alone(x: Any) -> bool:
    return isinstance(x, torch.nn.Parameter)


def after_earlier_calls(probe: Probe, call: Callable[..., Any], watch: Watch) -> list[Any]:
    """The arguments of the last call, once those before have been made."""
    for given in probe.calls[:-1]:
        args, kwargs = cloned((given.args, dict(given.kwargs)))
        call(*args, **kwargs)
    args, kwargs = cloned((probe.calls[-1].args, dict(probe.calls[-1].kwargs)))
    return watch.ordered(args, kwargs)


def error_at(pair: Pair, eager: Any, captured: Any, tolerance: float, most: int) -> NodeError:
    """How far the two sides are apart at one node."""
    if eager is None or captured is None:
        return NodeError(node=pair.node, eager=summary(eager), captured=summary(captured), agrees=eager is captured)
    leaf = compare(eager, captured, tolerance)[0]
    if leaf.agrees:
        return NodeError(node=pair.node, max_abs=leaf.max_abs, max_rel=leaf.max_rel)
    one, other = bars(eager, captured, most)
    return NodeError(
        node=pair.node,
        eager=replace(summary(eager) or _NONE, bars=one),
        captured=replace(summary(captured) or _NONE, bars=other),
        max_abs=leaf.max_abs,
        max_rel=leaf.max_rel,
        agrees=False,
    )


def bars(eager: Any, captured: Any, most: int = MOST_OF_FIRST) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How the elements of two values are spread over the same steps; nothing for what is larger, or no number."""
    pair = [
        x.detach().to_dense() if isinstance(x, torch.Tensor) and _is_countable(x, most) else None
        for x in (eager, captured)
    ]
    numbers = [x[x.isfinite()].double() for x in pair if x is not None]
    if len(numbers) < len(pair) or not all(x.numel() for x in numbers):
        return (), ()
    low, high = min(float(x.min()) for x in numbers), max(float(x.max()) for x in numbers)
    if not low < high:
        return (), ()
    one, other = (tuple(int(part) for part in torch.histc(x, _BARS, low, high)) for x in numbers)
    return one, other


def _is_countable(x: torch.Tensor, most: int) -> bool:
    return 0 < x.numel() <= most and not (x.is_complex() or x.is_meta or x.is_quantized)


def summary(value: Any) -> Summary | None:
    """A value without its elements."""
    if value is None:
        return None
    if not isinstance(value, torch.Tensor) or value.is_complex() or not value.numel() or value.is_meta:
        return Summary(spec=describe(value))
    dense = value if value.layout == torch.strided else value.to_dense()
    numbers = (dense.dequantize() if dense.is_quantized else dense).detach()
    numbers = numbers if numbers.is_floating_point() and numbers.element_size() > 2 else numbers.double()
    low, high = numbers.aminmax()
    nans = 0
    if low.isnan():
        nans = int(numbers.isnan().sum())
        numbers = numbers[~numbers.isnan()]
        if not numbers.numel():
            return Summary(spec=describe(value), nans=nans)
        low, high = numbers.aminmax()
    texts = [f"{float(part):.6g}" for part in (low, high, numbers.mean())]
    return Summary(spec=describe(value), min=texts[0], max=texts[1], mean=texts[2], nans=nans)
