"""Two backends side by side: what freezes in the one and not in the other. Plain data, free of torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from tracelab.format import clip, place_text, plural
from tracelab.schema import Capture, Finding, Outcome, SourceRange, Stop, Struct

Fate = Literal["wrong", "open", "refused", "holds", ""]
"""What becomes of a place: shown to be wrong, not known, refused loudly by a guard or at capture, held under every
probe; empty where nothing is claimed."""
Which = Literal["first", "second"]

_FATES: dict[str, Fate] = {
    "diverges": "wrong", "raises": "wrong", "unproven": "open", "refused": "refused", "guarded": "refused",
    "holds": "holds",
}  # fmt: skip
_WORST: tuple[Fate, ...] = ("wrong", "open", "refused", "holds", "")
FATE_WORDS: dict[Fate, str] = {
    "wrong": "frozen, proven", "open": "may be frozen", "refused": "refused, loudly", "holds": "holds",
    "": "not claimed",
}  # fmt: skip
OUTCOME_WORDS: dict[Outcome | Literal[""], str] = {
    "agrees": "agrees", "diverges": "diverges", "captured_raises": "raises", "captured_refuses": "a guard refuses it",
    "eager_raises": "eager raises", "": "could not be run",
}  # fmt: skip


def fate_of(findings: tuple[Finding, ...]) -> Fate:
    """The worst that is claimed of a place."""
    found = {_FATES[finding.verdict] for finding in findings}
    worst: Fate = ""
    for fate in reversed(_WORST):
        worst = fate if fate in found else worst
    return worst


class Side(Struct, frozen=True):
    """One of the two."""

    backend: str
    findings: tuple[Finding, ...] = ()
    stop: Stop | None = None
    program: bool = True
    """Whether there is a program; where torch.export refuses, the Runs are those of its draft."""
    capture: Capture = Capture()


class Place(Struct, frozen=True):
    """A line of which one of the two claims something."""

    source: SourceRange | None
    rules: tuple[str, ...]
    first: tuple[str, ...] = ()
    """The ids of the findings of the first."""
    second: tuple[str, ...] = ()
    first_fate: Fate = ""
    second_fate: Fate = ""

    @property
    def moved(self) -> bool:
        """Whether it freezes in one of the two alone."""
        return (self.first_fate == "wrong") != (self.second_fate == "wrong")


class Checked(Struct, frozen=True):
    """A witness of one of the two, played against the program of the other."""

    whose: Which
    finding: str
    """The id of a finding of that side."""
    probe: str
    here: Outcome
    """On the side that it proves something of."""
    there: Outcome | Literal[""]
    """On the other side; empty where it could not be played there."""
    error: str = ""


class Dimension(Struct, frozen=True):
    """One dimension of one input."""

    input: str
    dim: int
    size: int
    taken: bool
    """Whether eager was seen to take another size."""
    open: bool
    """Whether torch.export can leave it open."""
    text: str
    """How it is open, or why not: `s0, 2 and more`, `fixed at 4 by model.py:12`."""


class Comparison(Struct, frozen=True):
    """Two captures of one function, and each one's witnesses against the other's program."""

    name: str
    first: Side
    second: Side
    places: tuple[Place, ...] = ()
    checked: tuple[Checked, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    """Of the inputs, where one of the two is torch.export."""
    dynamic_shapes: str = ""
    """What to write: Python for the argument `dynamic_shapes`; empty where no size need be open."""
    to_write: str = ""
    """The whole call of torch.export."""
    left: tuple[str, ...] = ()
    """What stays open when one moves to the second, one sentence each."""

    def only(self, which: Which) -> tuple[Place, ...]:
        """The places that freeze in one of the two and not in the other."""
        return tuple(
            place
            for place in self.places
            if place.moved and (place.first_fate if which == "first" else place.second_fate) == "wrong"
        )

    def summary(self) -> str:
        """All of it as text."""
        return "\n".join(_lines(self))

    def __repr__(self) -> str:
        return self.summary()


def _lines(of: Comparison) -> Iterator[str]:
    one, other = of.first.backend, of.second.backend
    yield f"{of.name}: {one} beside {other}"
    for side in (of.first, of.second):
        wrong = sum(_FATES[finding.verdict] == "wrong" for finding in side.findings)
        yield f"  {side.backend:8} {plural(len(side.findings), 'finding')}, {wrong} proven wrong" + _stop(side)
    yield ""
    width = max((len(place_text(place.source)) for place in of.places), default=0)
    for place in of.places:
        fates = f"{one}: {FATE_WORDS[place.first_fate]}; {other}: {FATE_WORDS[place.second_fate]}"
        mark = "*" if place.moved else " "
        yield f"{mark} {place_text(place.source):{width}}  {fates}  ({', '.join(place.rules)})"
    if any(place.moved for place in of.places):
        yield "* freezes in one of the two alone"
    yield from _witnesses(of)
    if of.to_write:
        yield from ("", "To write:", *(f"  {line}" for line in of.to_write.splitlines()))
    for dimension in of.dimensions:
        taken = "eager takes other sizes" if dimension.taken else "eager was not seen to take another size"
        yield f"  {dimension.input}[{dimension.dim}] is {dimension.size}: {taken}; {dimension.text}"
    if of.left:
        yield from ("", "What stays open:", *(f"  - {text}" for text in of.left))


def _stop(side: Side) -> str:
    return f"; refused: {clip(side.stop.error, 120)}" if side.stop is not None else ""


def _witnesses(of: Comparison) -> Iterator[str]:
    names = {"first": (of.first.backend, of.second.backend), "second": (of.second.backend, of.first.backend)}
    if of.checked:
        yield from ("", "Each witness against the other program:")
    for check in of.checked:
        here, there = names[check.whose]
        text = f"{here} {OUTCOME_WORDS[check.here]}, {there} {OUTCOME_WORDS[check.there]}"
        yield f"  {check.finding}, {check.probe}: {text}"
