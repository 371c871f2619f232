"""Other sizes: dimensions that share a size move together first, then apart.

Eager says which sizes it takes: a refusal teaches that a dimension has to be divisible by something, or to stay
with its kin, and valid sizes are built with what was learned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch

from tracelab.format import joined
from tracelab.nesting import mapped, tensors_in
from tracelab.probes.base import Given, Probe, Subject, given_by
from tracelab.probes.values import names_of
from tracelab.tensors import keeping_layout

Place = tuple[int, int]
"""Which tensor, among all of the call's, and which dimension of it."""
_SMALL = 16
"""Smaller than that nothing is saved any more."""
GROWTH = 1 << 26
"""Inputs grow to this number of elements at most."""
_DIVISORS = (2, 4, 8, 16, 32, 64, 3, 6, 7, 14, 5, 10, 12, 24, 28)


@dataclass
class Learned:
    """What eager's answers say of the sizes that it takes."""

    multiple: dict[tuple[Place, ...], int] = field(default_factory=dict[tuple[Place, ...], int])
    """What their size has to be divisible by, where it is more than 1."""
    fixed: list[Place] = field(default_factory=list[Place])
    """Dimensions of which no other size was taken."""


def probes(subject: Subject) -> Generator[Probe, bool | None, None]:
    """One group of dimensions after the other, in sizes that eager is sent back to have taken or not.

    Of a slow model smaller inputs are sought first, and the rest starts from the smallest on which both sides agree.
    """
    for method in subject.methods:
        if subject.is_slow:
            yield from Sizes(given_by(method), method.name).smaller()
        smaller = subject.smallest.get(method.name)
        sizes = Sizes(given_by(method) if smaller is None else smaller.given, method.name, subject.is_slow)
        excused = frozenset[int]() if smaller is None else smaller.changed
        yield from sizes.probes(excused)
        subject.constraints[method.name] = sizes.constraints()


class Sizes:
    """The sizes of one method's inputs, and what was learned of them."""

    def __init__(self, given: Given, method: str, is_slow: bool = False) -> None:
        self._given, self._method, self._is_slow = given, method, is_slow
        self._tensors = [x for _, x in names_of(given)]
        self._names = [name for name, _ in names_of(given)]
        self.learned = Learned()
        self._excused = frozenset[int]()
        self._tried, self._moved = set[Place](), set[Place]()
        self._answers: dict[tuple[tuple[Place, int], ...], bool] = {}

    def probes(self, excused: frozenset[int] = frozenset()) -> Generator[Probe, bool | None, None]:
        """Groups first, then the parts of those that did not move, or that moved and may move apart."""
        self._excused = excused
        for group in self._groups():
            yield from self._move(group)
            parts = [self._kin(place, group) for place in group] if len(group) > 1 else []
            for part in dict.fromkeys(part for part in parts if part != group):
                yield from self._move(part)
            for place in group if len(group) > 1 and len(parts) != len(set(parts)) else ():
                yield from self._move((place,))
        self.learned.fixed = sorted(self._tried - self._moved)

    def smaller(self) -> Generator[Probe, bool | None, None]:
        """Half the size, as often as eager takes it; what saves most comes first."""
        for group in sorted(self._groups(), key=lambda group: -(self._size(group[0]) ** len(group))):
            size = self._size(group[0])
            while size > _SMALL and (yield from self._try(group, size // 2)):
                size //= 2

    def constraints(self) -> tuple[str, ...]:
        """What was learned, in words: `x[2] and x[3] are divisible by 7`, `x[1] stays 3`."""
        by_step: dict[int, dict[Place, None]] = {}
        for group, step in self.learned.multiple.items():
            by_step.setdefault(step, {}).update(dict.fromkeys(group))
        steps = [
            f"{joined(list(map(self._spelled, places)), 6)} {'is' if len(places) == 1 else 'are'} divisible by {step}"
            for step, places in by_step.items()
        ]
        return (*steps, *(f"{self._spelled(place)} stays {self._size(place)}" for place in self.learned.fixed))

    def _spelled(self, place: Place) -> str:
        return f"{self._names[place[0]]}[{place[1]}]"

    def _groups(self) -> list[tuple[Place, ...]]:
        """Dimensions of one size; those of size 1 by their position."""
        found: dict[Any, list[Place]] = defaultdict(list)
        for index, x in enumerate(self._tensors):
            for dim, size in enumerate(x.shape):
                found[(size, dim) if size == 1 else size].append((index, dim))
        batch = [(index, 0) for index, x in enumerate(self._tensors) if x.dim()]
        groups = [tuple(batch)] if len({self._size(place) for place in batch}) == 1 else []
        return list(dict.fromkeys([*groups, *(tuple(places) for places in found.values())]))

    def _kin(self, place: Place, group: tuple[Place, ...]) -> tuple[Place, ...]:
        """The same dimension of other tensors, or the same tensor's other dimensions where there is only one."""
        return tuple(other for other in group if other[1] == place[1])

    def _size(self, place: Place) -> int:
        return int(self._tensors[place[0]].shape[place[1]])

    def _move(self, group: tuple[Place, ...]) -> Generator[Probe, bool | None, None]:
        """Try other sizes of some dimensions."""
        size = self._size(group[0])
        if not (yield from self._try(group, size + 1)):
            step = yield from self._step(group, size)
            if step is None:
                if size > 1:
                    yield from self._try(group, 1)
                return
            self.learned.multiple[group] = step
        step = self.learned.multiple.get(group, 1)
        if size > 2:
            yield from self._try(group, max(size // 2 // step, 1) * step)
        if not self._is_slow:
            yield from self._try(group, size * 2)
        if size > 1:
            yield from self._try(group, 1)

    def _step(self, group: tuple[Place, ...], size: int) -> Generator[Probe, bool | None, int | None]:
        """The smallest step that eager takes; None where it takes none."""
        steps = [step for step in sorted(_DIVISORS) if size % step == 0]
        for step in (*steps, size):
            if (yield from self._try(group, size + step)):
                return step
        return None

    def _try(self, group: Iterable[Place], size: int) -> Generator[Probe, bool | None, bool]:
        sizes = dict.fromkeys(group, size)
        key = tuple(sorted(sizes.items()))
        if key in self._answers:
            return self._answers[key]
        given = resized(self._given, sizes)
        if sum(x.numel() for x in tensors_in((given.args, dict(given.kwargs)))) > GROWTH:
            return False
        taken = yield Probe("shapes", self._text(sizes), (given,), method=self._method, excused=self._excused)
        self._answers[key] = bool(taken)
        self._tried |= sizes.keys()
        self._moved |= sizes.keys() if taken else set()
        return self._answers[key]

    def _text(self, sizes: dict[Place, int]) -> str:
        """`x f32[2, 5], mask b8[2, 5]`."""
        touched = dict.fromkeys(index for index, _ in sizes)
        parts: list[str] = []
        for index in touched:
            shape = [sizes.get((index, dim), int(size)) for dim, size in enumerate(self._tensors[index].shape)]
            parts.append(f"{self._names[index]} of shape {shape}")
        return ", ".join(parts)


def _resized(x: torch.Tensor, sizes: dict[int, int]) -> torch.Tensor:
    for dim, size in sizes.items():
        x = _cut_or_repeated(x, dim, size)
    return x


def _cut_or_repeated(x: torch.Tensor, dim: int, size: int) -> torch.Tensor:
    """One dimension cut, or repeated from the start; an empty one is filled with zeros."""
    old = int(x.shape[dim])
    if not old:
        return x.new_zeros([*x.shape[:dim], size, *x.shape[dim + 1 :]])
    parts = [x] * (size // old) + ([x.narrow(dim, 0, size % old)] if size % old else [])
    return torch.cat(parts, dim) if parts else x.narrow(dim, 0, 0)


def resized(given: Given, sizes: dict[Place, int]) -> Given:
    """The same inputs with other sizes: cut, or repeated from the start."""
    index = -1

    def resize(x: torch.Tensor) -> torch.Tensor:
        nonlocal index
        index += 1
        own = {dim: size for (place, dim), size in sizes.items() if place == index}
        changed = keeping_layout(x, lambda dense: _resized(dense, own).clone())
        return changed.requires_grad_(x.requires_grad) if changed.dim() == x.dim() else x

    args, kwargs = mapped((given.args, dict(given.kwargs)), resize)
    return Given(args, kwargs, given.names)
