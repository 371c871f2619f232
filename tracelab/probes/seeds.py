"""Other draws, where the program keeps one: other seeds, a second call, another generator object."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator
from typing import Any, cast

import torch

from tracelab.detectors.outside_read import DRAWS
from tracelab.probes.base import Given, Probe, Subject
from tracelab.probes.calls import aims_of
from tracelab.schema import Observation

SEEDS = (1, 2, 3, 4)
OTHER_SEED = 20_011
"""What a generator is seeded with that takes the place of the module's own."""


def probes(subject: Subject) -> Iterator[Probe]:
    """Two seeds, two calls in a row, another generator, two more seeds."""
    for method in subject.methods:
        draws = draws_of(subject)
        aims = frozenset(o.id for o in draws if o.method == method.name)
        if not aims:
            continue
        given = subject.example(method.name)
        yield from _seeded(given, method.name, SEEDS[:2], aims)
        again = aims | aims_of(subject, method.name)  # what the first call left behind is there too
        yield Probe("seeds", "a second call draws anew", (given, given), method=method.name, aims=again)
        generators = frozenset(o.id for o in draws if o.kind == "generator" and o.method == method.name)
        if generators and subject.module is not None:
            yield from _with_other_generators(subject.module, given, method.name, generators)
        yield from _seeded(given, method.name, SEEDS[2:], aims)


def draws_of(subject: Subject) -> list[Observation]:
    """What a second call answers otherwise, as the generators have gone on."""
    return [o for o, _ in subject.seen("outside-read", "generator", "reseed", "conversion") if _is_draw(o)]


def _is_draw(observation: Observation) -> bool:
    """Whether an answer was drawn, or says how the next ones are."""
    if observation.kind == "outside-read":
        return observation.asked.startswith((*DRAWS, "numpy.random"))
    if observation.kind == "conversion":
        return observation.origin is not None and observation.origin.random
    return True


def _seeded(given: Given, method: str, seeds: tuple[int, ...], aims: frozenset[int]) -> Iterator[Probe]:
    for seed in seeds:
        yield Probe("seeds", f"seed {seed}", (given,), method=method, seed=seed, aims=aims)


def _with_other_generators(module: torch.nn.Module, given: Given, method: str, aims: frozenset[int]) -> Iterator[Probe]:
    """Each generator that a module holds, replaced: the program holds the same object, so seeding changes both."""
    for fqn, owner in _named_modules(module):
        for name, value in _generators(owner):
            path = f"{fqn}.{name}" if fqn else name
            target = f'model.get_submodule("{fqn}").{name}' if fqn else f"model.{name}"
            yield Probe(
                "seeds",
                f"another generator as {path}",
                (given,),
                method=method,
                around=_replaced(owner, name, value.device),
                code=(f'{target} = torch.Generator("{value.device}").manual_seed({OTHER_SEED})',),
                aims=aims,
            )


def _named_modules(module: Any) -> list[tuple[str, Any]]:
    return list(module.named_modules())


def _generators(owner: Any) -> list[tuple[str, torch.Generator]]:
    held = cast("dict[str, Any]", vars(owner))
    return [(name, value) for name, value in held.items() if isinstance(value, torch.Generator)]


def _replaced(owner: Any, name: str, device: torch.device) -> Callable[[], contextlib.AbstractContextManager[None]]:
    @contextlib.contextmanager
    def around() -> Generator[None]:
        before = getattr(owner, name)
        setattr(owner, name, torch.Generator(device).manual_seed(OTHER_SEED))
        try:
            yield
        finally:
            setattr(owner, name, before)

    return around
