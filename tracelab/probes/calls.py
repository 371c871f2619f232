"""A second and a third call: what the first leaves behind is there for the next."""

from __future__ import annotations

from collections.abc import Iterator

from tracelab.probes.base import Probe, Subject, given_by
from tracelab.probes.values import changed
from tracelab.schema import Observation

STATE = ("state-write", "state-read", "cache", "lost-write", "memory")
"""Kinds of observations whose answer an earlier call may change."""


def probes(subject: Subject) -> Iterator[Probe]:
    """Two calls with the same inputs, then with other inputs each."""
    for method in subject.methods:
        given = given_by(method)
        aims = aims_of(subject, method.name)
        yield Probe("calls", "a second call", (given, given), method=method.name, aims=aims)
        others = [changed(given, method.name, step).calls[0] for step in (0, 1)]
        if aims:
            yield Probe("calls", "calls with other inputs", (given, *others), method=method.name, aims=aims)
            yield Probe("calls", "five calls", (given,) * 5, method=method.name, aims=aims)


def aims_of(subject: Subject, method: str) -> frozenset[int]:
    """The observations of what the function itself changes."""
    return frozenset(o.id for o, _ in subject.seen(*STATE) if o.method == method and _moves(o))


def _moves(observation: Observation) -> bool:
    """Whether a call itself changes the answer: by writing, or by taking the next of an iterator."""
    is_plain_read = observation.kind == "state-read" and not observation.detail
    return not is_plain_read or observation.asked.startswith("next(")
