"""Inputs that require gradients, or none, where the function asks whether they do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from tracelab.nesting import tensors_in
from tracelab.probes.arguments import Place, asked_of_inputs, changed, named, placed, reached
from tracelab.probes.base import Given, Probe, Subject
from tracelab.schema import Observation

OF_RESULTS = {"Tensor.grad_fn", "Tensor.is_leaf", "Tensor.retains_grad", "torch.is_leaf"}
"""What only a tensor that was computed from others answers otherwise."""


def probes(subject: Subject) -> Iterator[Probe]:
    """The floating inputs that are asked, with `requires_grad` flipped."""
    sets_a_mode = any(True for _ in subject.seen("ambient-write"))
    for method, asked in asked_of_inputs(subject, "gradient"):
        given = subject.example(method)
        following = [observation for observation in asked if _follows(observation)]
        found = {place: ids for place, ids in reached(given, following).items() if _is_floating(given, place)}
        aims = frozenset(number for ids in found.values() for number in ids)
        if not aims:
            continue
        wanted = not any(x.requires_grad for place in found for x in _tensors(given, place))
        text = f"{named(given, found)} {'with' if wanted else 'without'} requires_grad"
        flipped = _with(given, list(found), _requiring(wanted))
        yield Probe("gradients", text, (flipped,), method=method, aims=aims)
        if any(observation.asked in OF_RESULTS for observation in asked):
            computed = _with(given, list(found), _computed)
            yield Probe("gradients", f"{named(given, found)} with a grad_fn", (computed,), method=method, aims=aims)
        if not sets_a_mode:  # `no_grad` of the user's own makes the outputs differ in this whatever was asked
            text = f"{text}, of the outputs too"
            yield Probe("gradients", text, (flipped,), method=method, gradients=True, aims=aims)


def _follows(observation: Observation) -> bool:
    """Whether an answer may be another one for other inputs: what weights require stays required."""
    from_weights = observation.origin is not None and bool(observation.origin.parameters)
    return not (from_weights and observation.asked.endswith("requires_grad") and observation.value == "True")


def _requiring(wanted: bool) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda x: x.detach().requires_grad_(wanted)


def _with(given: Given, places: list[Place], way: Callable[[torch.Tensor], torch.Tensor]) -> Given:
    return changed(given, dict.fromkeys(places, way))


def _tensors(given: Given, place: Place) -> list[torch.Tensor]:
    return [x for found, _, value in placed(given) if found == place for x in tensors_in(value)]


def _is_floating(given: Given, place: Place) -> bool:
    """Whether all tensors of an argument are leaves that can require gradients."""
    return all((x.is_floating_point() or x.is_complex()) and x.is_leaf for x in _tensors(given, place))


def _computed(x: torch.Tensor) -> torch.Tensor:
    with torch.enable_grad():
        return x.detach().requires_grad_() * 1
