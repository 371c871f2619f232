"""A plan, tried: the repaired callable is captured, and stands beside the user's function under every Probe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tracelab.assembly import Case, case_of
from tracelab.backends import jit
from tracelab.backends.base import Captured, Recording
from tracelab.backends.interpose import finished_graph
from tracelab.preserve import Preserved
from tracelab.repair.applied import Applied
from tracelab.repair.ground import Ground, Known, is_noise, text_of
from tracelab.repair.stage import RepairedStage
from tracelab.replay.stage import Result, Side, Stage

_OPTIMISED, _CALLS = ("example", "calls"), 2
"""Axes whose Probes are also played on the program as torch optimises it, and how often: the second call is compiled.
Witnesses always are."""


class UnprovenError(Exception):
    """A plan does not do what it is for; the text says where."""


@dataclass
class Proof:
    """What a plan was shown to mend."""

    case: Case
    stage: RepairedStage
    mended: frozenset[str] = frozenset()
    """The ids of the findings whose witnesses agree, and that no Probe contradicts."""
    results: list[Result] = field(default_factory=list[Result])
    """The Runs that say so: the user's function beside the repaired program."""


def case_for(applied: Applied, original: Case, preserved: Preserved) -> Case:
    """The repaired callable, captured.

    Raises:
        UnprovenError: it cannot be.
    """
    captured = jit.capture(applied.request, preserved) if applied.program is None else _compiled(applied, original)
    if captured.stopped is not None or captured.program is None or not captured.outputs:
        error = captured.stopped.error if captured.stopped is not None else "there is no program"
        said = str(error).strip().splitlines() or [""]
        raise UnprovenError(f"it cannot be captured: {said[0]}")
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

    Args:
        applied: the plan, brought to life.
        case: of the repaired callable.
        ground: the Probes.
        aims: the findings that have to be mended, one of them at least.
        preserved: notes what the repaired callable holds.
        is_over: whether there is no more time.

    Raises:
        UnprovenError: it does not.
    """
    proof = Proof(case, stage_for(case, ground.stage, preserved))
    contest = _Contest(ground.stage, proof.stage)
    mended: dict[str, str] = {}
    for finding in ground.wrong:
        known = ground.witnesses.get(finding.id)
        failure = contest.failure(known) if known is not None else "no Run shows it, and so none could show it mended"
        mended[finding.id] = failure
    if all(mended.get(aim) for aim in aims):
        raise UnprovenError(next(iter(mended[aim] for aim in aims)))
    done = {name for name, failure in mended.items() if not failure}
    for known in ground.probes:
        if is_over():
            raise UnprovenError("the time was over")
        failure = contest.failure(known)
        if failure:
            done = _without(done, known, [f.id for f in ground.wrong], failure)
    if not done & aims:
        raise UnprovenError("under another Probe it is still wrong")
    proof.mended, proof.results = frozenset(done), contest.agreed
    return proof


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
    """A Stage for what was repaired, as careful as the one for what was traced."""
    stage = RepairedStage(
        case.request.func, case.captured.program, case.subject.methods, preserved, like.tolerance, like.limits
    )
    stage.is_risky |= like.is_risky
    return stage


class _Contest:
    """The user's function against the repaired one and its program."""

    def __init__(self, original: Stage, repaired: RepairedStage) -> None:
        self._original, self._repaired = original, repaired
        self.agreed: list[Result] = []

    def failure(self, known: Known) -> str:
        """How the repaired ones fare under a Probe; empty where they do as the user's function does."""
        if self._repaired.func is not self._original.func:
            result = self._beside(known, self._repaired.eager(known.probe))
            if self._fails(result):
                return f"the repaired function itself gives something else: {text_of(known)}"
        result = self._beside(known, self._repaired.captured(known.probe))
        if self._fails(result):
            return f"eager and captured still disagree: {text_of(known)}"
        if known.is_wrong or known.probe.axis in _OPTIMISED:
            sides = [self._repaired.as_run(known.probe) for _ in range(_CALLS)]
            if any(self._fails(self._beside(known, side)) for side in sides):
                return f"once torch has optimised the program, it gives something else: {text_of(known)}"
        self.agreed.append(result)
        return ""

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
