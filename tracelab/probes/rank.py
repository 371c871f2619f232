"""One dimension more or less, where the user's own code asks how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from tracelab.nesting import mapped
from tracelab.probes.base import Given, Probe, Subject
from tracelab.probes.values import names_of
from tracelab.source import slashed

_WAYS: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = (
    ("with one dimension more", lambda x: x.unsqueeze(0)),
    ("with one dimension less", lambda x: x[0] if x.dim() and x.shape[0] else x),
    ("with one dimension more at the end", lambda x: x.unsqueeze(-1)),
)


def probes(subject: Subject) -> Iterator[Probe]:
    """Each input whose rank was asked, with another one."""
    asked: dict[tuple[str, str], set[int]] = {}
    for observation, _ in subject.seen("rank"):
        if observation.origin is not None and not observation.guard and "/torch/" not in slashed(observation.inside):
            for name in (*observation.origin.shapes, *observation.origin.values):
                asked.setdefault((observation.method, name), set()).add(observation.id)
    for (method, name), aims in asked.items():
        for text, change in _WAYS:
            given = changed(subject.example(method), name, change)
            if given is not None:
                yield Probe("rank", f"{name} {text}", (given,), method=method, aims=frozenset(aims))


def changed(given: Given, name: str, change: Callable[[torch.Tensor], torch.Tensor]) -> Given | None:
    """The inputs with another tensor under a name; None where no input has it."""
    chosen = [x for label, x in names_of(given) if label == name]
    if not chosen:
        return None

    def apply(x: torch.Tensor) -> torch.Tensor:
        is_chosen = any(x is one for one in chosen)
        return change(x.detach()).clone().requires_grad_(x.requires_grad) if is_chosen else x

    args, kwargs = mapped((given.args, dict(given.kwargs)), apply)
    return Given(args, kwargs, given.names)
