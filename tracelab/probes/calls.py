"""A second and a third call: what the first leaves behind is there for the next."""

from __future__ import annotations

from collections.abc import Iterator

from tracelab.observers.state import ARGUMENT
from tracelab.probes.base import Probe, Subject, given_by
from tracelab.probes.values import changed
from tracelab.schema import Observation

STATE = ("state-write", "state-read", "cache", "lost-write", "memory")
"""Kinds of observations whose answer an earlier call may change."""


def probes(subject: Subject) -> Iterator[Probe]:
    """Two calls with the same inputs; more of them, and with other inputs, where something outlives the call."""
    for method in subject.methods:
        aims = aims_of(subject, method.name)
        smaller = subject.smallest.get(method.name) if not aims else None
        given = given_by(method) if smaller is None else smaller.given
        excused = frozenset[int]() if smaller is None else smaller.changed
        yield Probe("calls", "a second call", (given, given), method=method.name, aims=aims, excused=excused)
        if aims:
            others = [changed(given, method.name, step).calls[0] for step in (0, 1)]
            yield Probe("calls", "calls with other inputs", (given, *others), method=method.name, aims=aims)
        if aims and not subject.is_slow:
            yield Probe("calls", "five calls", (given,) * 5, method=method.name, aims=aims)


def aims_of(subject: Subject, method: str) -> frozenset[int]:
    """The observations of what the function itself changes."""
    return frozenset(o.id for o, _ in subject.seen(*STATE) if o.method == method and _moves(o))


def _moves(observation: Observation) -> bool:
    """Whether a call itself changes the answer: by writing, or by taking the next of an iterator."""
    is_plain_read = observation.kind == "state-read" and observation.detail in ("", ARGUMENT)
    return not is_plain_read or observation.asked.startswith("next(")
