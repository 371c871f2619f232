"""Capturing a function and playing the probes of one axis on it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from tracelab.assembly import case_of
from tracelab.backends import jit
from tracelab.backends.base import Request
from tracelab.bindings import python_cu
from tracelab.preserve import Preserved
from tracelab.probes.base import Given, Probe, Subject
from tracelab.replay.limits import Limits
from tracelab.replay.stage import Stage

Axis = Callable[[Subject], Iterator[Probe] | Generator[Probe, bool | None, None]]


def staged(func: Any, *args: Any, **kwargs: Any) -> tuple[Subject, Stage]:
    """What a trace of a function with these example inputs gave, and a stage for it."""
    options = {
        "example_inputs": None if kwargs else args,
        "example_kwarg_inputs": kwargs or None,
        "strict": False,
        "_compilation_unit": python_cu,
    }
    request, preserved = Request(func, options, False), Preserved(func)
    captured = jit.capture(request, preserved)
    subject = case_of(request, captured).subject
    return subject, Stage(func, captured.program, subject.methods, preserved, 1e-5, Limits())


def made(axis: Axis, func: Any, *args: Any, **kwargs: Any) -> list[Probe]:
    """All probes of an axis, as where eager takes none."""
    return list(axis(staged(func, *args, **kwargs)[0]))


def played(axis: Axis, func: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
    """The outcome of each probe of an axis, by its text."""
    subject, stage = staged(func, *args, **kwargs)
    return {probe.text: stage.run(probe).outcome for probe in axis(subject)}


def asked(subject: Subject, *kinds: str) -> frozenset[int]:
    """The ids of the observations of some kinds."""
    return frozenset(observation.id for observation, _ in subject.seen(*kinds))


def only(given: Probe) -> Given:
    """The inputs of a probe's one call."""
    (call,) = given.calls
    return call
