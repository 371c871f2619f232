"""Other elements of the same shape and dtype: fresh, negated, zero, scaled, constant, sorted, with NaN and infinity."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any

import torch

from tracelab.nesting import mapped, tensors_in
from tracelab.probes.base import Given, Probe, Subject, given_by
from tracelab.tensors import keeping_layout

Tensor = torch.Tensor


@dataclass(frozen=True)
class Change:
    """A way to make other elements of a tensor's."""

    text: str
    """What became of it: `negated`."""
    make: Callable[[Tensor], Tensor]
    code: str
    """The same in Python, `{x}` being the tensor."""


def fresh(seed: int) -> Change:
    """Elements drawn anew, in the range of the old ones where they are whole numbers."""
    return Change(f"drawn anew (seed {seed})", lambda x: _drawn(x, seed), "")


def _drawn(x: Tensor, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    if x.dtype == torch.bool:
        return (torch.rand(x.shape, generator=generator) < 0.5).to(x.device)
    if x.is_floating_point() or x.is_complex():
        return torch.randn(x.shape, generator=generator).to(x.device, x.dtype)
    low, high = bounds(x)
    return torch.randint(low, high + 1, x.shape, generator=generator).to(x.device, x.dtype)


def bounds(x: Tensor) -> tuple[int, int]:
    """The range of whole numbers to draw from: a mask of ones may have zeros too."""
    low, high = (int(x.min()), int(x.max())) if x.numel() else (0, 0)
    return (0, high) if low == high else (low, high)


def _with(value: float) -> Callable[[Tensor], Tensor]:
    def put(x: Tensor) -> Tensor:
        changed = x.detach().clone().contiguous()
        if changed.numel():
            changed.view(-1)[changed.numel() // 2] = value
        return changed

    return put


FLOATS: tuple[Change, ...] = (
    fresh(1),
    Change("negated", lambda x: -x, "-{x}"),
    Change("all zero", torch.zeros_like, "torch.zeros_like({x})"),
    Change("times 10", lambda x: x * 10, "{x} * 10"),
    Change("times 0.1", lambda x: x * 0.1, "{x} * 0.1"),
    Change("in reverse order", lambda x: x.flatten().flip(0).view(x.shape), "{x}.flatten().flip(0).view({x}.shape)"),
    fresh(2),
    Change("all one", torch.ones_like, "torch.ones_like({x})"),
    Change("times 1000", lambda x: x * 1000, "{x} * 1000"),
    Change("sorted", lambda x: x.flatten().sort()[0].view(x.shape), "{x}.flatten().sort()[0].view({x}.shape)"),
    Change("with an infinity", _with(float("inf")), ""),
    Change("with a NaN", _with(float("nan")), ""),
)
WHOLE: tuple[Change, ...] = (
    fresh(1),
    Change("in reverse order", lambda x: x.flatten().flip(0).view(x.shape), "{x}.flatten().flip(0).view({x}.shape)"),
    Change("all zero", torch.zeros_like, "torch.zeros_like({x})"),
    Change("plus 1", lambda x: x + 1, "{x} + 1"),
    fresh(2),
    Change("all one", torch.ones_like, "torch.ones_like({x})"),
    Change("all the largest", lambda x: torch.full_like(x, bounds(x)[1]), ""),
    Change("plus 2", lambda x: x + 2, "{x} + 2"),
    Change("sorted", lambda x: x.flatten().sort()[0].view(x.shape), "{x}.flatten().sort()[0].view({x}.shape)"),
    Change("minus 1", lambda x: x - 1, "{x} - 1"),
    fresh(3),
    Change("times 2", lambda x: x * 2, "{x} * 2"),
)
TRUTHS: tuple[Change, ...] = (
    Change("inverted", lambda x: ~x, "~{x}"),
    fresh(1),
    Change("all False", torch.zeros_like, "torch.zeros_like({x})"),
    Change("all True", torch.ones_like, "torch.ones_like({x})"),
    fresh(2),
)


def changes_of(x: Tensor) -> tuple[Change, ...]:
    """The ways to change a tensor, the most telling ones first."""
    if x.dtype == torch.bool:
        return TRUTHS
    return FLOATS if x.is_floating_point() or x.is_complex() else WHOLE


def probes(subject: Subject) -> Generator[Probe, bool | None, None]:
    """All inputs changed at once, in one way after the other."""
    for method in subject.methods:
        smaller = subject.smallest.get(method.name)
        given = given_by(method) if smaller is None else smaller.given
        for step in range(len(FLOATS)):
            probe = changed(given, method.name, step)
            yield probe if smaller is None else replace(probe, excused=smaller.changed)


def changed(given: Given, method: str, step: int, only: int | None = None) -> Probe:
    """A Probe in which every input, or only one, is changed in the way that has this number for its dtype.

    Args:
        given: the inputs to start from.
        method: the method that takes them.
        step: which way.
        only: the place of the one tensor to change, among all of them.
    """
    tensors = list(tensors_in((given.args, dict(given.kwargs))))
    chosen = [tensor for index, tensor in enumerate(tensors) if only is None or index == only]
    ways = {id(x): changes_of(x)[step % len(changes_of(x))] for x in chosen}

    def change(x: Any) -> Any:
        if id(x) not in ways:
            return x
        try:
            return keeping_layout(x, ways[id(x)].make).requires_grad_(x.requires_grad)
        except (RuntimeError, NotImplementedError):  # torch cannot do this to such a dtype
            del ways[id(x)]
            return x

    args, kwargs = mapped((given.args, dict(given.kwargs)), change)
    texts = dict.fromkeys(way.text for way in ways.values())
    names = ", ".join(name for name, x in names_of(given) if id(x) in ways)
    return Probe("values", f"{names} {', '.join(texts)}", (Given(args, kwargs, given.names),), method=method)


def names_of(given: Given) -> list[tuple[str, Tensor]]:
    """The tensors of a call, each with the name of its argument."""
    return [(name, x) for name, value, _ in given.named() for x in tensors_in(value)]
