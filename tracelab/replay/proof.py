"""The order of the proof: the checker's Probes, what was observed to matter, sizes, values, calls, then the search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from tracelab.backends.base import Captured, Request
from tracelab.detectors.base import GIVEN
from tracelab.preserve import Preserved
from tracelab.probes import AXES, COPYING, SIZES
from tracelab.probes.base import Axis, Given, Probe, Subject
from tracelab.replay import check
from tracelab.replay.child import RISKY
from tracelab.replay.limits import Limits, give_back, spare_bytes
from tracelab.replay.prove import AT_MOST, Budget, Prover
from tracelab.replay.search import search
from tracelab.replay.shrink import shrink_all
from tracelab.replay.stage import Side, Stage
from tracelab.replay.watch import Watch
from tracelab.schema import Finding, Observation

_SHRINKING = 0.25
"""The part of the time of the trying that shrinking may take besides."""
_SLOWER = 20
"""How many times longer than on the example inputs a side of a Run may take."""
_PATIENCE_SECONDS = 2.0
"""And so long in any case."""


@dataclass
class Wish:
    """What the user wants to be tried.

    Attributes:
        probes: None for all that make sense, a number for so many at most, or a sequence of axes (`"shapes"`) and of
            inputs; an empty one tries nothing.
        seconds: how long; None decides by the time that the capture took.
    """

    probes: int | Sequence[Any] | None = None
    seconds: float | None = None

    @property
    def limit(self) -> int | None:
        """How many Probes at most."""
        return self.probes if isinstance(self.probes, int) else None


def prover_of(
    request: Request, captured: Captured, subject: Subject, findings: Sequence[Finding], preserved: Preserved,
    budget: Budget,
) -> Prover:  # fmt: skip
    """A Prover for what was captured; with no program it has nothing to play."""
    limits = Limits(max(_PATIENCE_SECONDS, _SLOWER * subject.example_seconds), spare_bytes())
    stage = Stage(request.func, captured.runnable, subject.methods, preserved, request.check_tolerance, limits)
    kinds = {node.kind for recording in captured.recordings for node in recording.recorded.nodes}
    stage.is_risky |= bool(kinds.intersection(RISKY))  # also those that only feed a decision
    stage.screens_without_gradients = torch.is_grad_enabled() and not any(
        map(_is_about_gradients, subject.observations)
    )
    watches = {
        name: Watch(replica, subject.observations, subject.sightings, name)
        for name, replica in captured.replicas.items()
    }
    return Prover(stage, subject, findings, watches, budget)


def _is_about_gradients(observation: Observation) -> bool:
    return observation.kind == "gradient" or (
        observation.kind in ("ambient-read", "ambient-write")
        and ("grad" in observation.asked or "inf" in observation.asked)
    )


def check_first(prover: Prover, request: Request, captured: Captured) -> bool:
    """Play the checker's Probes; whether both sides agree on the example inputs, as far as that was asked."""
    agrees = True
    for probe in check.probes(request, prover.subject):
        if probe.axis == "example":
            eager = Side([captured.outputs[probe.method]])
            result = prover.stage.judged(probe, eager, prover.stage.captured(probe))
            agrees = not prover.weigh(result) and agrees
        else:
            prover.play(probe)
    return agrees


def try_all(prover: Prover, wish: Wish, captured: Captured) -> None:
    """Play the automatic Probes, or those that the user wants, then search for what is still open.

    An interruption by the user ends the trying; what was found until then stays.
    """
    if not isinstance(wish.probes, int) and wish.probes is not None and not len(wish.probes):
        return
    recorded = {recording.method: recording.recorded for recording in captured.recordings}
    if prover.subject.is_slow:
        give_back()
    try:
        prover.learn()
        for axes in _axes(wish, prover.subject):
            prover.drive(axis(prover.subject) for axis in axes)
        search(prover, recorded)
        shrink_all(prover, prover.budget.seconds * min(_SHRINKING, AT_MOST - prover.budget.spent))
    except KeyboardInterrupt:
        prover.interrupted = True
    except Exception as fault:  # noqa: BLE001  told by the capture, which must go on
        prover.faults.append(fault)


def search_on(prover: Prover, captured: Captured, budget: Budget) -> None:
    """Search for what is still open, as long as the budget lasts; an interruption keeps what was found."""
    recorded = {recording.method: recording.recorded for recording in captured.recordings}
    prover.budget, prover.interrupted = budget, False
    try:
        prover.learn()
        search(prover, recorded)
        shrink_all(prover, max(budget.seconds * _SHRINKING, 1.0))
    except KeyboardInterrupt:
        prover.interrupted = True


def _axes(wish: Wish, subject: Subject) -> Iterator[list[Axis]]:
    """The axes that are played in turns, group after group."""
    if wish.probes is None or isinstance(wish.probes, int):
        # With little time sizes come first: they freeze most, and smaller inputs make the rest cheap; a large module is
        # copied last.
        first, last = (SIZES, COPYING) if subject.is_slow else ((), ())
        yield [AXES[name] for name in first]
        yield [axis for name, axis in AXES.items() if name not in (*first, *last)]
        yield [AXES[name] for name in last]
        return
    for wanted in wish.probes:
        yield [AXES[wanted] if isinstance(wanted, str) else _given(wanted)]


def _given(inputs: Any) -> Axis:
    """An axis of one Probe: inputs that the user gives."""

    def probes(subject: Subject) -> Iterator[Probe]:
        method = subject.methods[0]
        given: Given = check.as_given(method, inputs)
        yield Probe("given", GIVEN, (given,), method=method.name)

    return probes
