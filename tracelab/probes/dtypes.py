"""Other dtypes, where the function asks which it was given.

Floating inputs change together, and the module with them. Whole numbers and truths change only where they are asked.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from tracelab.detectors.base import BRANCHES
from tracelab.format import SHORT_DTYPES
from tracelab.nesting import tensors_in
from tracelab.probes.arguments import Place, asked_of_inputs, changed, named, placed, reached
from tracelab.probes.base import Given, Probe, Subject
from tracelab.schema import Observation
from tracelab.tensors import dtype_name

FLOATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)
WHOLE = (torch.int32, torch.int64, torch.int16)


def probes(subject: Subject) -> Iterator[Probe]:
    """Floating inputs in other widths, as whole or complex numbers where that is asked; other whole numbers."""
    for method, asked in asked_of_inputs(subject, "dtype"):
        given = subject.example(method)
        yield from _floats(subject, method, given, asked)
        for place, ids in reached(given, asked).items():
            yield from _whole(method, given, place, frozenset(ids))


def _floats(subject: Subject, method: str, given: Given, asked: list[Observation]) -> Iterator[Probe]:
    kinds = _kinds(given)
    places = [place for place, kind in kinds.items() if kind.is_floating_point]
    aims = frozenset(number for place, ids in reached(given, asked).items() if place in places for number in ids)
    if not aims:
        return
    used = {kinds[place] for place in places}
    for dtype in FLOATS:
        if used != {dtype}:
            to = dtype if _has_floats(subject.module) else None
            yield _probe(method, given, places, dtype, aims, to)
    for dtype in _other_kinds([observation for observation in asked if observation.id in aims]):
        yield _probe(method, given, places, dtype, aims)


def _other_kinds(asked: list[Observation]) -> Iterator[torch.dtype]:
    """What is no floating number, where the answer is about that."""
    questions = {observation.asked.rpartition(".")[2] for observation in asked}
    compared = any(o.asked.endswith(".dtype") and o.syntax in BRANCHES for o in asked)
    if compared or questions & {"is_floating_point", "is_signed"}:
        yield torch.int64
    if compared:
        yield torch.uint8  # images come as bytes
    if "is_complex" in questions:
        yield torch.complex64


def _kinds(given: Given) -> dict[Place, torch.dtype]:
    """The dtype of each argument that holds tensors of one dtype."""
    found: dict[Place, torch.dtype] = {}
    for place, _, value in placed(given):
        kinds = {x.dtype for x in tensors_in(value)}
        if len(kinds) == 1:
            found[place] = kinds.pop()
    return found


def _has_floats(module: torch.nn.Module | None) -> bool:
    """Whether a module has to be converted with its inputs."""
    return module is not None and any(x.is_floating_point() for x in (*module.parameters(), *module.buffers()))


def _whole(method: str, given: Given, place: Place, aims: frozenset[int]) -> Iterator[Probe]:
    """Another width for whole numbers; truths as numbers, and zeros and ones as truths."""
    values = [x for found, _, value in placed(given) if found == place for x in tensors_in(value)]
    kinds = {x.dtype for x in values}
    if any(kind.is_floating_point or kind.is_complex for kind in kinds):
        return
    low = min((int(x.min()) for x in values if x.numel()), default=0)
    high = max((int(x.max()) for x in values if x.numel()), default=0)
    others = (torch.int64, torch.float32) if kinds == {torch.bool} else WHOLE
    if kinds != {torch.bool} and low >= 0 and high <= 1:
        others += (torch.bool, torch.float32)
    for dtype in others:
        fits = dtype not in WHOLE or (torch.iinfo(dtype).min <= low and high <= torch.iinfo(dtype).max)
        if kinds != {dtype} and fits:
            yield _probe(method, given, [place], dtype, aims)


def _probe(
    method: str,
    given: Given,
    places: list[Place],
    dtype: torch.dtype,
    aims: frozenset[int],
    to: torch.dtype | None = None,
) -> Probe:
    other = changed(given, dict.fromkeys(places, lambda x: _cast(x, dtype)))
    text = f"{named(given, places)} as {SHORT_DTYPES[dtype_name(dtype)]}"
    code = () if to is None else (f"model.to({to})", f"traced.to({to})")
    return Probe("dtypes", text, (other,), method=method, to=to, code=code, aims=aims)


def _cast(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    wanted = x.requires_grad and (dtype.is_floating_point or dtype.is_complex)
    return x.detach().to(dtype).requires_grad_(wanted)
