"""Looks for inputs that change one answer and, if it can be, no other.

Candidates are screened with the recorded chain of the question alone, which is quick; only where the answer
changes are both sides played.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import torch

from tracelab.backends.raw import RawGraph
from tracelab.format import place_text
from tracelab.nesting import mapped, tensors_in
from tracelab.probes.base import Given, Probe
from tracelab.probes.values import bounds, changed, changes_of
from tracelab.replay.margin import Descent
from tracelab.replay.prove import Prover
from tracelab.replay.trial import ENOUGH, Trial
from tracelab.stopwatch import Deadline
from tracelab.tensors import keeping_layout

_SCALES = (1.0, 4.0, 0.1, 20.0)
_DRAWS = 400
_EDITS = 128
"""Single elements that are changed in inputs of whole numbers."""
_BLIND = 4
"""So many candidates are played at most where the answer cannot be screened."""
_FRUITLESS = 40
"""So many candidates in a row are screened at least, before a search that changes nothing is given up."""
_PATIENCE_SECONDS = 0.1
"""And so long at least, unless the user gave the time."""


def search(prover: Prover, recorded: dict[str, RawGraph]) -> None:
    """Try the findings that values can decide and that are still open, each for its share of the time that is left."""
    prover.searches += 1
    pending = [trial for trial in prover.open_trials if trial.by_values]
    for index, trial in enumerate(pending):
        left = prover.budget.seconds * (1 - prover.budget.spent)
        if left > 0:
            _search_one(prover, trial, recorded, prover.budget.deadline(left / (len(pending) - index)))


def turning(prover: Prover, trial: Trial, recorded: dict[str, RawGraph], most: int) -> Iterator[Probe]:
    """Inputs on which the answer of one finding is another, as far as the recording of its question tells.

    Args:
        prover: has the recordings.
        trial: the finding.
        recorded: the recorded graphs, by method.
        most: how many inputs at most.
    """
    watch = prover.watches.get(trial.finding.method)
    if watch is None or not trial.ids & watch.numbers.keys():
        return
    candidates = itertools.islice(_candidates(prover, trial, recorded), _DRAWS)
    found = (given for given in candidates if watch.changed_alone(trial.ids, given))
    for given in itertools.islice(found, most):
        yield Probe("search", "values that were searched for", (given,), method=trial.finding.method)


def _search_one(prover: Prover, trial: Trial, recorded: dict[str, RawGraph], deadline: Deadline) -> None:
    method = trial.finding.method
    for given in _screened(prover, trial, _candidates(prover, trial, recorded), deadline):
        prover.play(Probe("search", "values that were searched for", (given,), method=method))
        if prover.is_over or prover.has_enough(trial) or deadline.is_over:
            return


def _screened(prover: Prover, trial: Trial, candidates: Iterator[Given], deadline: Deadline) -> Iterator[Given]:
    """The candidates on which the answer changes, and no other finding's; joint ones where there is no watch.

    Where too few of them speak for the finding, some on which others change with it come last: an acquittal by one
    input of many, as one that is zero all over, is none.
    """
    watch = prover.watches.get(trial.finding.method)
    others = frozenset(i for other in prover.trials if other is not trial and other.is_rival for i in other.ids)
    if watch is None or not trial.ids & watch.numbers.keys():
        yield from itertools.islice(candidates, _BLIND)
        return
    patience, fruitless, joint = Deadline(_PATIENCE_SECONDS), 0, list[Given]()
    text = f"values that change the answer at {place_text(trial.finding.source)}"
    for given in candidates:
        prover.budget.tell(text, prover.budget.spent)
        hopeless = fruitless > _FRUITLESS and patience.is_over and not prover.budget.is_generous
        if prover.is_over or deadline.is_over or hopeless:
            break
        if not watch.changed_alone(trial.ids, given):
            fruitless += 1
        elif not watch.changed_alone(others, given):
            fruitless = 0
            yield given
        elif len(joint) < ENOUGH:
            joint.append(given)
    yield from itertools.takewhile(lambda _: not (trial.joint or prover.is_over or deadline.is_over), joint)


def _candidates(prover: Prover, trial: Trial, recorded: dict[str, RawGraph]) -> Iterator[Given]:
    method = trial.finding.method
    start = prover.subject.example(method)
    count = len(list(tensors_in((start.args, dict(start.kwargs)))))
    if count > 1:
        yield from _one_input_at_a_time(start, method, count)
    watch = prover.watches.get(method)
    if watch is not None and method in recorded:
        for identity in sorted(trial.ids)[:8]:
            yield from Descent(watch, recorded[method], identity).candidates(start)
    for result, _ in trial.joint[:3]:
        yield from _between(start, result.probe.calls[0])
    first = (prover.searches - 1) * _DRAWS
    yield from itertools.chain.from_iterable(zip(_drawn(start, first), _edited(start)))
    yield from _drawn(start, first + _EDITS, _DRAWS - _EDITS)
    if prover.budget.is_generous:
        yield from _drawn(start, first + _DRAWS * 1000, 1 << 30)


def _one_input_at_a_time(start: Given, method: str, count: int) -> Iterator[Given]:
    tensors = list(tensors_in((start.args, dict(start.kwargs))))
    for step in range(max(len(changes_of(x)) for x in tensors)):
        for index in range(count):
            if step < len(changes_of(tensors[index])):
                yield changed(start, method, step, only=index).calls[0]


def _between(start: Given, end: Given) -> Iterator[Given]:
    """Between two inputs that were answered differently, where they have the same sizes."""
    ours, theirs = (list(tensors_in((g.args, dict(g.kwargs)))) for g in (start, end))
    if [(x.shape, x.dtype, x.device) for x in ours] != [(x.shape, x.dtype, x.device) for x in theirs]:
        return
    ends = {id(one): other for one, other in zip(ours, theirs)}
    for part in (0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875, 0.06, 0.03, 0.94):

        def mix(x: torch.Tensor, part: float = part) -> torch.Tensor:
            return x.detach() + part * (ends[id(x)].detach() - x.detach()) if x.is_floating_point() else x

        args, kwargs = mapped((start.args, dict(start.kwargs)), mix)
        yield Given(args, kwargs, start.names)


def _drawn(start: Given, first: int = 0, count: int = _DRAWS) -> Iterator[Given]:
    """All inputs drawn anew, at several scales."""
    for number in range(first, first + count):
        generator = torch.Generator().manual_seed(1000 + number)
        scale = _SCALES[number % len(_SCALES)]

        def draw(x: torch.Tensor, scale: float = scale, generator: torch.Generator = generator) -> torch.Tensor:
            if x.is_floating_point() or x.is_complex():
                return (torch.randn(x.shape, generator=generator) * scale).to(x.device, x.dtype)
            low, high = (0, 1) if x.dtype == torch.bool else bounds(x)
            return torch.randint(low, high + 1, x.shape, generator=generator).to(x.device, x.dtype)

        args, kwargs = mapped((start.args, dict(start.kwargs)), functools.partial(keeping_layout, change=draw))
        yield Given(args, kwargs, start.names)


def _edited(start: Given) -> Iterator[Given]:
    """One element of one input changed: other whole numbers in its range, and large and small ones elsewhere."""
    tensors = list(tensors_in((start.args, dict(start.kwargs))))
    for edit in range(_EDITS):
        chosen = tensors[edit % len(tensors)]
        if not chosen.numel():
            continue
        place = (edit // len(tensors)) % chosen.numel()

        def put(x: torch.Tensor, chosen: torch.Tensor = chosen, place: int = place, edit: int = edit) -> torch.Tensor:
            return keeping_layout(x, lambda dense: _with_element(dense, place, edit)) if x is chosen else x

        args, kwargs = mapped((start.args, dict(start.kwargs)), put)
        yield Given(args, kwargs, start.names)


def _with_element(x: torch.Tensor, place: int, edit: int) -> torch.Tensor:
    copy = x.detach().clone().contiguous()
    flat = copy.view(-1)
    if x.dtype == torch.bool:
        flat[place] = not bool(flat[place])
    elif x.is_floating_point():
        flat[place] = float((-1) ** edit) * (10.0 if edit % 3 else 0.0)
    else:
        low, high = bounds(x)
        flat[place] = low + (int(flat[place]) - low + 1 + edit) % (high - low + 2)
    return copy
