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
        for place, kinds in _kinds(given).items():
            if not any(kind.is_floating_point or kind.is_complex for kind in kinds):
                ids = reached(given, [o for o in asked if _follows(o, kinds)]).get(place, set())
                yield from _whole(method, given, place, frozenset(ids))


def _follows(observation: Observation, kinds: set[torch.dtype]) -> bool:
    """Whether an answer may be that of a tensor of one of these dtypes, and not of one that was cast before."""
    if observation.value.startswith("torch."):
        return observation.value in {str(kind) for kind in kinds}
    if observation.asked.endswith("is_floating_point"):
        return any(kind.is_floating_point is (observation.value == "True") for kind in kinds)
    return True


def _floats(subject: Subject, method: str, given: Given, asked: list[Observation]) -> Iterator[Probe]:
    """All floating inputs, and the module; what follows from whole numbers and weights is the module's."""
    places = [place for place, kinds in _kinds(given).items() if any(kind.is_floating_point for kind in kinds)]
    used = {x.dtype for x in tensors_in((given.args, dict(given.kwargs))) if x.is_floating_point()}
    weights = _weights(subject.module)
    following = [observation for observation in asked if _follows(observation, used | weights)]
    reaching = reached(given, following)
    aims = frozenset(number for place, ids in reaching.items() if place in places or weights for number in ids)
    if not aims:
        return
    for dtype in FLOATS:
        if used | weights != {dtype}:
            yield _probe(method, given, places, dtype, aims, to=dtype if weights else None)
    if places:
        for dtype in _other_kinds([observation for observation in following if observation.id in aims]):
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


def _kinds(given: Given) -> dict[Place, set[torch.dtype]]:
    """The dtypes of the tensors of each argument that holds any."""
    found = {place: {x.dtype for x in tensors_in(value)} for place, _, value in placed(given)}
    return {place: kinds for place, kinds in found.items() if kinds}


def _weights(module: torch.nn.Module | None) -> set[torch.dtype]:
    """The floating dtypes of a module, which has to be converted with its inputs."""
    tensors = () if module is None else (*module.parameters(), *module.buffers())
    return {x.dtype for x in tensors if x.is_floating_point()}


def _whole(method: str, given: Given, place: Place, aims: frozenset[int]) -> Iterator[Probe]:
    """Another width for whole numbers; truths as numbers, and zeros and ones as truths."""
    values = _tensors(given, [place])
    kinds = {x.dtype for x in values}
    if not aims:
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
    is_floats = any(x.is_floating_point() for x in _tensors(given, places))

    def cast(x: torch.Tensor) -> torch.Tensor:
        return _cast(x, dtype) if x.is_floating_point() or not is_floats else x

    other = changed(given, dict.fromkeys(places, cast))
    text = f"{named(given, places) or 'the module'} as {SHORT_DTYPES[dtype_name(dtype)]}"
    code = () if to is None else (f"model.to({to})", f"traced.to({to})")
    return Probe("dtypes", text, (other,), method=method, to=to, code=code, aims=aims)


def _tensors(given: Given, places: list[Place]) -> list[torch.Tensor]:
    return [x for place, _, value in placed(given) if place in places for x in tensors_in(value)]


def _cast(x: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    wanted = x.requires_grad and (dtype.is_floating_point or dtype.is_complex)
    return x.detach().to(dtype).requires_grad_(wanted)
