"""What `check_trace` and `check_inputs` ask for, as Probes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracelab.backends.base import Method, Request
from tracelab.detectors.base import is_suspect
from tracelab.nesting import MAPPING, SEQUENCE
from tracelab.observers.outside import CAPTURING
from tracelab.probes.base import Given, Probe, Subject, given_by
from tracelab.replay.stage import example_probe
from tracelab.schema import Observation

_SWITCHED_OFF = ("mkldnn", "cudnn")
"""Parts of `torch.backends` that say `enabled` is False while torch.export captures."""


def probes(request: Request, subject: Subject) -> Iterator[Probe]:
    """The example inputs, or `check_inputs` where they are given."""
    if not request.check_trace:
        return
    if request.check_inputs is None:
        yield from examples(subject)
        return
    for index, inputs in enumerate(request.check_inputs):
        for method in subject.methods:
            given = inputs[method.name] if request.many and isinstance(inputs, MAPPING) else inputs
            yield Probe("check_inputs", f"check_inputs[{index}]", (as_given(method, given),), method=method.name)


def examples(subject: Subject) -> Iterator[Probe]:
    """The inputs that were traced.

    On these the two sides can part only where the function knows that it is traced, where a draw or a write is not
    repeated, or where a size, a tensor while tracing, acts as one.
    """
    for method in subject.methods:
        suspects = (o for o in subject.observations if is_suspect(o) and o.method == method.name)
        aims = frozenset(o.id for o in (*suspects, *_told_otherwise(subject)))
        probe = example_probe(method)
        yield Probe(probe.axis, probe.text, probe.calls, method=method.name, aims=aims)


def _told_otherwise(subject: Subject) -> Iterator[Observation]:
    """The questions that torch.export itself answers otherwise than eager, whatever the inputs."""
    for observation, sighting in subject.seen("ambient-read") if subject.exporting else ():
        flags = str(getattr(sighting.holder, "__name__", ""))
        is_flag = flags.rpartition(".")[2] in _SWITCHED_OFF and sighting.keys[:1] == ["enabled"]
        if is_flag or observation.asked.rpartition(".")[2] in CAPTURING:
            yield observation


def as_given(method: Method, inputs: Any) -> Given:
    """Inputs as torch takes them: a tensor, a tuple of arguments, or a dict where the example was one."""
    names = given_by(method).names
    if method.kwargs and isinstance(inputs, MAPPING):
        return Given((), inputs, names)
    return Given(tuple(inputs) if isinstance(inputs, SEQUENCE) else (inputs,), {}, names)
