"""A plan, tried: the repaired callable is captured, and stands beside the user's function under every Probe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from typing import Any

from msgspec.structs import replace

from tracelab.assembly import Case, case_of
from tracelab.backends import jit
from tracelab.backends import said as said_of
from tracelab.backends.base import Captured, Recording
from tracelab.backends.interpose import finished_graph
from tracelab.backends.registry import BACKENDS
from tracelab.preserve import Preserved
from tracelab.repair.applied import Applied
from tracelab.repair.ground import Ground, Known, is_noise, text_of
from tracelab.repair.stage import RepairedStage
from tracelab.replay.stage import Result, Side, Stage
from tracelab.schema import Finding, SourceRange

_OPTIMISED, _CALLS = ("example", "calls"), 2
"""Axes whose Probes are also played on the program as torch optimises it, and how often: the second call is compiled.
Witnesses always are."""


_OTHER = "the repaired function itself gives something else"
_PATIENCE = 5
"""So many times longer than the user's function what is exported may take: `torch.cond` and `while_loop` are compiled
when they first run in Python, and cost more each time."""


class UnprovenError(Exception):
    """A plan does not do what it is for; the text says where.

    Attributes:
        mends: the findings that it was not for, and that it may mend all the same.
    """

    def __init__(self, text: str, mends: frozenset[str] = frozenset()) -> None:
        super().__init__(text)
        self.mends = mends


class RefusedError(UnprovenError):
    """The repaired callable cannot be captured either.

    Attributes:
        place: the line of the user's file at which the backend refuses, as the changed text has it; None where it
            names none.
    """

    def __init__(self, text: str, place: SourceRange | None) -> None:
        super().__init__(text)
        self.place = place


@dataclass
class Proof:
    """What a plan was shown to mend."""

    case: Case
    stage: RepairedStage
    mended: frozenset[str] = frozenset()
    """The ids of the findings that are shown to be mended, and that no Probe contradicts."""
    results: list[Result] = field(default_factory=list[Result])
    """The Runs that say so: the user's function beside the repaired program."""


def case_for(applied: Applied, original: Case, preserved: Preserved) -> Case:
    """The repaired callable, captured by the backend of the Trace.

    Raises:
        RefusedError: it cannot be: a draft is no program.
    """
    backend = BACKENDS[original.captured.backend]
    captured = backend.capture(applied.request, preserved) if applied.program is None else _compiled(applied, original)
    if captured.stopped is not None or captured.program is None or not captured.outputs:
        error = captured.stopped.error if captured.stopped is not None else "there is no program"
        said = str(error).strip().splitlines() or [""]
        place = said_of.place_of(error) if isinstance(error, BaseException) else None
        held = applied.shelf.held.get(place.filename) if place is not None else None
        place = replace(place, filename=held.filename) if place is not None and held is not None else place
        raise RefusedError(f"it cannot be captured: {said[0]}", place)
    return case_of(applied.request, captured)


def _compiled(applied: Applied, original: Case) -> Captured:
    """A program that was compiled: what eager gave, and how long it took, is known."""
    was = original.captured
    captured = Captured(jit.name, jit.methods_of(applied.request) or [], applied.program)
    captured.outputs, captured.eager_seconds = was.outputs, was.eager_seconds
    graph = finished_graph(applied.program, "forward")
    if graph is not None:
        captured.recordings.append(Recording("forward", graph, graph))
    captured.changes_state = was.changes_state
    return captured


def prove(
    applied: Applied, case: Case, ground: Ground, aims: frozenset[str], preserved: Preserved,
    is_over: Callable[[], bool],
) -> Proof:  # fmt: skip
    """Show that a plan mends what it is for, and spoils nothing.

    What is wrong is mended where the repaired program does as eager on its witness. What is refused at capture is
    mended where the backend captures the repaired callable, and what a guard refuses where the guard lets pass what
    it refused; and then only if the repaired program does as eager on each Probe that changes what was asked there,
    of which there has to be one. Beyond these, every Probe has to agree on which the program that is there agrees, or
    which it refuses; one that it refuses may go on to be refused by a guard, and never be answered otherwise. In Python
    the repaired function does as the user's on all of them.

    Args:
        applied: the plan, brought to life.
        case: of the repaired callable.
        ground: the Probes.
        aims: the findings that have to be mended, one of them at least.
        preserved: notes what the repaired callable holds.
        is_over: whether there is no more time.

    Raises:
        UnprovenError: it mends none of the findings, or is wrong where the program was right.
    """
    proof = Proof(case, stage_for(case, ground.stage, preserved))
    contest = _Contest(ground.stage, proof.stage)
    mended = {finding.id: _failure_of(finding, ground, contest, is_over) for finding in ground.wrong}
    if all(mended.get(aim) for aim in aims):
        others = frozenset(name for name, failure in mended.items() if not failure)
        raise UnprovenError(next(iter(mended[aim] for aim in aims)), others)
    done = {name for name, failure in mended.items() if not failure}
    for known in ground.probes:
        if is_over():
            raise UnprovenError("the time was over")
        failure = contest.failure(known)
        if failure and not (known.refuses and contest.is_refused(known)):
            done = _without(done, known, ground.silent, failure)
    if not done & aims:
        raise UnprovenError("under another Probe it is still wrong")
    proof.mended, proof.results = frozenset(done), contest.agreed
    return proof


def _failure_of(finding: Finding, ground: Ground, contest: _Contest, is_over: Callable[[], bool]) -> str:
    """Why a finding is not mended; empty where it is."""
    showing = ground.showing(finding)
    if not showing:
        return "no Run shows it, and so none could show it mended"
    for known in showing:
        failure = "the time was over" if is_over() else contest.failure(known)
        if failure:
            return failure
    return ""


def _without(done: set[str], known: Known, wrong: list[str], failure: str) -> set[str]:
    """What is still mended though a Probe disagrees, as it did before.

    Raises:
        UnprovenError: it did not before.
    """
    if not known.is_wrong:
        raise UnprovenError(failure)
    if known.blame & (set(wrong) - done) or (not known.blame and set(wrong) - done):
        return done
    return done - known.blame if known.blame else set()


def stage_for(case: Case, like: Stage, preserved: Preserved) -> RepairedStage:
    """A Stage for what was repaired, as careful as the one for what was traced, and more patient with an export."""
    limits = like.limits
    if case.captured.exported is not None:
        limits = replace_fields(limits, seconds=_PATIENCE * limits.seconds)
    stage = RepairedStage(
        case.request.func, case.captured.runnable, case.subject.methods, preserved, like.tolerance, limits
    )
    stage.is_risky |= like.is_risky
    return stage


class _Contest:
    """The user's function against the repaired one and its program."""

    def __init__(self, original: Stage, repaired: RepairedStage) -> None:
        self._original, self._repaired = original, repaired
        self.agreed: list[Result] = []
        self._failures: dict[Known, str] = {}
        self._refused: set[Known] = set()

    def is_refused(self, known: Known) -> bool:
        """Whether a guard of the repaired program refuses a Probe that was played."""
        return known in self._refused

    def failure(self, known: Known) -> str:
        """How the repaired ones fare under a Probe; empty where they do as the user's function does."""
        if known not in self._failures:
            self._failures[known] = self._play(known)
        return self._failures[known]

    def _play(self, known: Known) -> str:
        if failure := self._of_function(known):
            return failure
        result = self._beside(known, self._repaired.captured(known.probe))
        if result.outcome == "captured_refuses":
            self._refused.add(known)
            return f"a guard of the repaired program refuses it: {text_of(known)}"
        if self._fails(result):
            said = f"the repaired program: {result.refused}" if result.refused else "eager and captured still disagree"
            return f"{said}: {text_of(known)}"
        is_optimised = self._repaired.exported is None and (known.is_wrong or known.probe.axis in _OPTIMISED)
        if is_optimised:
            sides = [self._repaired.as_run(known.probe) for _ in range(_CALLS)]
            if any(self._fails(self._beside(known, side)) for side in sides):
                return f"once torch has optimised the program, it gives something else: {text_of(known)}"
        self.agreed.append(result)
        return ""

    def _of_function(self, known: Known) -> str:
        """What the repaired function does otherwise than the user's in Python; empty where there is nothing."""
        if self._repaired.func is self._original.func:
            return ""
        result = self._beside(known, self._repaired.eager(known.probe))
        if not self._fails(result):
            return ""
        said = f"the repaired function: {result.refused}" if result.refused else _OTHER
        return f"{said}: {text_of(known)}"

    def _beside(self, known: Known, side: Side) -> Result:
        if known.eager.error is not None:  # a refusal, which has to be one
            outcome: Any = "agrees" if side.error is not None else "eager_raises"
            return Result(known.probe, outcome, known.eager, side, refused=side.refused)
        return self._original.judged(known.probe, known.eager, side)

    def _fails(self, result: Result) -> bool:
        if result.refused:
            return True
        if result.outcome == "agrees":
            return False
        return not is_noise(self._original, result)


__all__ = ["Proof", "UnprovenError", "case_for", "prove", "stage_for"]
