"""How far an answer is from another one: for `a > b` the margin is `a - b`, and its gradient says where to go.

One Newton step, x -= margin * g / |g|**2, flips most branches after a few tries.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tracelab.backends.origins import refs_in
from tracelab.backends.raw import RawGraph
from tracelab.nesting import mapped, tensors_in
from tracelab.preserve import cloned
from tracelab.probes.base import Given
from tracelab.replay.watch import Watch
from tracelab.schema import Arg, Ref, Scalar

_COMPARISONS = {f"aten::{name}" for name in ("gt", "lt", "ge", "le", "eq", "ne")}
_THROUGH = {
    f"aten::{name}"
    for name in (
        "Bool", "Int", "Float", "item", "all", "any", "logical_not", "logical_and", "logical_or", "bitwise_and",
        "bitwise_or", "bitwise_not", "to", "_local_scalar_dense", "__and__", "__or__", "sum", "is_nonzero",
    )
}  # fmt: skip
"""What stands between a comparison and the question."""
_STEPS = 12
_OVERSHOOT = (1.05, 1.5, 3.0)
_BEYOND = 0.01
"""How far beyond a decision to go at least."""
_CHANGES = (1.0, -1.0, 10.0, -10.0)
"""How far a number that is no comparison is moved, in its own size."""


@dataclass(frozen=True)
class Margin:
    """Two sides that are compared, or one number and nothing."""

    left: int
    right: int | float


def margin_of(recorded: RawGraph, number: int) -> Margin | None:
    """The comparison nearest above a value; the value itself where there is none, if the graph computes it."""
    producers = {value.number: node for node in recorded.nodes for value in node.outputs}
    pending, seen = [number], set[int]()
    while pending:
        current = pending.pop(0)
        node = producers.get(current)
        if node is None or current in seen:
            continue
        seen.add(current)
        if node.kind in _COMPARISONS:
            left, right = _side(node.args[0]), _side(node.args[1])
            if isinstance(left, int) and right is not None:
                return Margin(left, right)
        elif node.kind in _THROUGH:
            pending.extend(refs_in(node.args))
    return Margin(number, 0.0) if number in producers else None


def _side(arg: Arg) -> int | float | None:
    if isinstance(arg, Ref):
        return arg.value
    try:
        return float(arg.text) if isinstance(arg, Scalar) else None
    except ValueError:
        return None


class Descent:
    """Walks inputs towards another answer.

    Args:
        watch: has the recorded chains.
        recorded: the recorded graph.
        identity: the observation whose answer is to change.
    """

    def __init__(self, watch: Watch, recorded: RawGraph, identity: int) -> None:
        self._watch = watch
        found = (margin_of(recorded, number) for number in watch.numbers.get(identity, ()))
        self._margin = next((margin for margin in found if margin is not None), None)
        sides = [] if self._margin is None else [self._margin.left, self._margin.right]
        self._numbers = [side for side in sides if isinstance(side, int) and watch.replica.knows(side)]
        self._question = watch.replica.function(self._numbers, with_outputs=False) if self._numbers else None

    def candidates(self, start: Given) -> Iterator[Given]:
        """Inputs on the way to another answer, from the inputs to start with."""
        if self._margin is None or self._question is None:
            return
        for largest in (True, False):
            for overshoot in _OVERSHOOT:
                yield from self._walk(start, largest, overshoot)
        if not isinstance(self._margin.right, int) and self._margin.right == 0.0:
            yield from self._stretched(start)

    def _walk(self, start: Given, largest: bool, overshoot: float) -> Iterator[Given]:
        given = start
        for _ in range(_STEPS):
            stepped = self._step(given, largest, overshoot=overshoot)
            if stepped is None:
                return
            given = stepped
            yield given

    def _stretched(self, start: Given) -> Iterator[Given]:
        for change in _CHANGES:
            moved = self._step(start, True, change=change)
            if moved is not None:
                yield moved

    def _step(self, given: Given, largest: bool, overshoot: float = 0.0, change: float = 0.0) -> Given | None:
        """The inputs moved along the gradient; None where none leads on.

        Args:
            given: the inputs.
            largest: whether the largest element of the margin is moved, or the smallest.
            overshoot: how far beyond the decision, in margins.
            change: how far in any case, in its own size.
        """
        args, kwargs = cloned((given.args, dict(given.kwargs)))
        args, kwargs = mapped((args, kwargs), lambda x: x.detach().requires_grad_(x.is_floating_point()))
        leaves = [x for x in tensors_in((args, kwargs)) if x.requires_grad]
        try:
            with torch.enable_grad():
                margin = self._value(self._watch.ordered(args, kwargs), largest)
                gradients: list[torch.Tensor | None] = list(torch.autograd.grad(margin, leaves, allow_unused=True))
        except (RuntimeError, IndexError, ValueError, TypeError):
            return None
        square = sum(float((g * g).sum()) for g in gradients if g is not None)
        if not 0 < square < float("inf"):
            return None
        value = float(margin.detach())
        beyond = math.copysign(_BEYOND, value) if overshoot else 0.0
        factor = (change * max(abs(value), 1.0) - overshoot * value - beyond) / square
        moves = {id(x): g * factor for x, g in zip(leaves, gradients) if g is not None}
        args, kwargs = mapped((args, kwargs), lambda x: (x + moves[id(x)]).detach() if id(x) in moves else x.detach())
        return Given(args, kwargs, given.names)

    def _value(self, inputs: Sequence[Any], largest: bool) -> torch.Tensor:
        if self._question is None or self._margin is None:
            raise ValueError("there is no margin")
        asked = dict(zip(self._numbers, self._question(inputs).asked))
        right: Any = asked[self._margin.right] if isinstance(self._margin.right, int) else self._margin.right
        difference = torch.as_tensor(asked[self._margin.left] - right)
        return difference.max() if largest else difference.min()
