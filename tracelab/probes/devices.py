"""Another device, where the function asks on which one it was given its inputs.

The meta device is on every machine: its tensors have sizes and no elements, so that a run there costs nothing and
shows where a tensor was put that follows no input.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from tracelab.nesting import tensors_in
from tracelab.probes.arguments import asked_of_inputs, changed, placed, reached
from tracelab.probes.base import Given, Probe, Subject


def probes(subject: Subject) -> Iterator[Probe]:
    """All inputs, and the module, on the meta device, and on a GPU that is in use."""
    for method, asked in asked_of_inputs(subject, "device"):
        given = subject.example(method)
        aims = frozenset(number for ids in reached(given, asked).values() for number in ids)
        if aims:
            for device in _others(given):
                yield _probe(subject, method, given, device, aims)


def _others(given: Given) -> Iterator[torch.device]:
    used = {x.device.type for x in tensors_in((given.args, dict(given.kwargs)))}
    if used != {"meta"}:
        yield torch.device("meta")
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        yield torch.device("cpu") if "cuda" in used else torch.device("cuda", torch.cuda.current_device())


def _probe(subject: Subject, method: str, given: Given, device: torch.device, aims: frozenset[int]) -> Probe:
    def move(x: torch.Tensor) -> torch.Tensor:
        return x.detach().to(device).requires_grad_(x.requires_grad)

    places = [place for place, _, value in placed(given) if any(True for _ in tensors_in(value))]
    module = subject.module
    has_tensors = module is not None and any(True for _ in (*module.parameters(), *module.buffers()))
    return Probe(
        "devices",
        f"inputs on {device}",
        (changed(given, dict.fromkeys(places, move)),),
        method=method,
        to=device if has_tensors else None,
        code=(f'model.to("{device}")', f'traced.to("{device}")') if has_tensors else (),
        aims=aims,
    )
