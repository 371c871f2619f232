"""Brings a witness as near to the example inputs as can be: fewest changed inputs and elements, smallest change.

Each step proposes inputs that are nearer; it is taken where the same finding is still shown, and no other.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from tracelab.detectors.base import ASKED
from tracelab.nesting import mapped, tensors_in
from tracelab.probes.base import Given, Probe
from tracelab.replay import noise
from tracelab.replay.prove import Prover
from tracelab.replay.stage import Result
from tracelab.replay.trial import Trial
from tracelab.stopwatch import Deadline, Stopwatch

_LEAST_CHANGE = 0.05
"""How small a change may become, as a part of the largest element."""
_TRIES = 48
"""Proposals for one witness at most."""


def shrink_all(prover: Prover, seconds: float) -> None:
    """Shrink the witnesses that are inputs, each for its share of the time."""
    pending = [trial for trial in prover.trials if trial.witness is not None and trial.witness.probe.by_inputs]
    watch = Stopwatch(by_clock=prover.budget.is_generous)
    for index, trial in enumerate(pending):
        left = seconds - watch.seconds
        if left > 0:
            _shrink(prover, trial, prover.budget.deadline(left / (len(pending) - index)))


def _shrink(prover: Prover, trial: Trial, deadline: Deadline) -> None:
    first = trial.witness
    if first is None or first.probe.axis in ("example", "structure") or not _is_alike(prover, first):
        return
    start, best, tries = prover.subject.example(first.probe.method), first, 0
    for step in (_inputs, _elements, _nearer, _rounded, _inputs):
        progress = True
        while progress:
            progress = False
            for given in step(start, best.probe.calls[0]):
                if (tries >= _TRIES and step is not _rounded) or deadline.is_over:
                    break
                tries += 1
                found = _shown(prover, trial, best, given)
                if found is not None:
                    best, progress = found, step is not _rounded
                    break
    if best is not first:
        prover.exchange(trial, first, best)


def _is_alike(prover: Prover, result: Result) -> bool:
    """Whether the inputs are nested as the example's are."""
    start = prover.subject.example(result.probe.method)
    ours, theirs = _tensors(start), _tensors(result.probe.calls[0])
    return len(ours) == len(theirs) and all(
        x.dtype == y.dtype and x.device == y.device and x.layout == y.layout == torch.strided and not x.is_meta
        for x, y in zip(ours, theirs)
    )


def _shown(prover: Prover, trial: Trial, best: Result, given: Given) -> Result | None:
    """The Run with other inputs, where it still shows the finding in the same way."""
    start = prover.subject.example(best.probe.method)
    text = _text(start, given)
    axis = "search" if best.probe.axis == ASKED else best.probe.axis  # the user asked for that one, not for these
    result = prover.stage.run(
        Probe(axis, text or best.probe.text, (given,), method=best.probe.method),
        prover.watches.get(best.probe.method),
    )
    if result.outcome != best.outcome or (
        result.outcome == "eager_raises" and not _refused_alike(prover, result, best)
    ):
        return None
    if result.outcome == "diverges" and not noise.is_clear(result.outputs):
        return None
    watch = prover.watches.get(best.probe.method)
    if result.outcome != "eager_raises" and watch is not None and trial.ids & watch.numbers.keys():
        rivals = frozenset(i for other in prover.trials if other is not trial and other.is_rival for i in other.ids)
        changed = prover.changed(result)
        if not changed & trial.ids or changed & rivals - prover.changed(best):
            return None
    result.blame = best.blame
    return result


def _refused_alike(prover: Prover, result: Result, best: Result) -> bool:
    if result.eager.lines[:1] != best.eager.lines[:1]:
        return False
    result.captured = prover.stage.captured(result.probe)
    return result.captured.error is None and not result.captured.refused


def _tensors(given: Given) -> list[torch.Tensor]:
    return list(tensors_in((given.args, dict(given.kwargs))))


def _with(given: Given, place: int, tensor: torch.Tensor) -> Given:
    """The same inputs with one tensor exchanged."""
    number = -1

    def put(x: torch.Tensor) -> torch.Tensor:
        nonlocal number
        number += 1
        return tensor.requires_grad_(x.requires_grad) if number == place else x

    args, kwargs = mapped((given.args, dict(given.kwargs)), put)
    return Given(args, kwargs, given.names)


def _inputs(start: Given, now: Given) -> Iterator[Given]:
    """One input of the example's again, where it is not."""
    for place, (x, y) in enumerate(zip(_tensors(start), _tensors(now))):
        if x.shape == y.shape and not torch.equal(x, y):
            yield _with(now, place, x.detach().clone())
    for place, (x, y) in enumerate(zip(_tensors(start), _tensors(now))):
        if x.shape != y.shape:
            yield from _shapes(now, place, x, y)


def _shapes(now: Given, place: int, x: torch.Tensor, y: torch.Tensor) -> Iterator[Given]:
    """A size nearer to the example's."""
    for dim in range(min(x.dim(), y.dim())):
        old, new = int(x.shape[dim]), int(y.shape[dim])
        for size in dict.fromkeys((old, old + (1 if new > old else -1), (old + new) // 2)):
            if 0 < size < max(old, new) + 1 and size != new and abs(size - old) < abs(new - old) and x.dim() == y.dim():
                index = torch.arange(size, device=y.device) % max(new, 1)
                yield _with(now, place, y.detach().index_select(dim, index))


def _elements(start: Given, now: Given) -> Iterator[Given]:
    """A part of the changed elements as in the example: halves, quarters, eighths and so on."""
    for place, (x, y) in enumerate(zip(_tensors(start), _tensors(now))):
        if x.shape != y.shape:
            continue
        changed = (x != y).logical_or(x != x).flatten().nonzero().flatten()
        size = len(changed) // 2
        while size:
            for first in range(0, len(changed), size):
                reverted = y.detach().clone().contiguous()
                part = changed[first : first + size]
                reverted.view(-1)[part] = x.detach().contiguous().view(-1)[part]
                yield _with(now, place, reverted)
            size //= 2


def _nearer(start: Given, now: Given) -> Iterator[Given]:
    """A half of the change, as long as it stays one that a reader, and another machine, takes for a change."""
    for place, (x, y) in enumerate(zip(_tensors(start), _tensors(now))):
        if x.shape == y.shape and x.is_floating_point() and not torch.equal(x, y):
            half = (y.detach() - x.detach()) / 2
            if float(half.abs().nan_to_num(0.0).max()) >= _LEAST_CHANGE * max(float(x.detach().abs().max()), 1.0):
                yield _with(now, place, x.detach() + half)


def _rounded(start: Given, now: Given) -> Iterator[Given]:
    """Numbers that are short to write, where the example has others."""
    for digits in (0, 1, 2, 3):
        for place, (x, y) in enumerate(zip(_tensors(start), _tensors(now))):
            if y.is_floating_point():
                short = y.detach().round(decimals=digits)
                yield _with(now, place, torch.where(x == y, x.detach(), short) if x.shape == y.shape else short)


def _text(start: Given, now: Given) -> str:
    """`x[0, 3] = 5.0 in place of 1.1`, or how many elements were changed."""
    parts: list[str] = []
    for (name, x, _), (_, y, _) in zip(start.named(), now.named()):
        if not isinstance(x, torch.Tensor) or not isinstance(y, torch.Tensor):
            continue
        if x.shape != y.shape:
            parts.append(f"{name} of shape {list(y.shape)}")
        elif not torch.equal(x, y):
            parts.append(_change(name, x.detach(), y.detach()))
    return ", ".join(parts)


def _change(name: str, x: torch.Tensor, y: torch.Tensor) -> str:
    changed = (x != y).nonzero()
    if len(changed) == 1:
        place = tuple(int(part) for part in changed[0])
        index = f"[{', '.join(map(str, place))}]" if place else ""
        return f"{name}{index} = {y[place].item():.6g} in place of {x[place].item():.6g}"
    return f"{len(changed)} of {x.numel()} elements of {name} changed"
