"""Proposals one after the other, until each finding is mended or nothing is left to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracelab.assembly import Case, document
from tracelab.capture import Capture
from tracelab.format import clip, joined, plural
from tracelab.repair.applied import Applied, apply
from tracelab.repair.base import Plan, Proposal, Spot, Way
from tracelab.repair.compiling import UnbuildableError
from tracelab.repair.ground import BY_HOLDER, Ground, ground_of
from tracelab.repair.prove import Proof, UnprovenError, case_for, prove
from tracelab.repair.sources import Source, merged, read
from tracelab.repair.stage import PreservedWhole
from tracelab.repair.told import code_of, diff_of
from tracelab.replay import Budget, Prover, Wish, try_all
from tracelab.replay.record import Keeper, as_run
from tracelab.replay.stage import Stage
from tracelab.schema import Finding, Repair, Run
from tracelab.stopwatch import Deadline

Told = Callable[[str, float], None]
_CLOSING_SECONDS = 2.0
"""So long the repaired program is tried once more, by itself, with the Probes that its own capture suggests."""


@dataclass
class Taken:
    """A plan that was proven."""

    plan: Plan
    applied: Applied
    proof: Proof


@dataclass
class Step:
    """A proposal that was taken."""

    title: str
    plan: Plan
    """Of this step and of all before it."""
    mended: frozenset[str]
    """What it mended that was not mended before."""
    proven: int


@dataclass
class Mended:
    """What was mended, and what could not be."""

    taken: Taken | None = None
    prover: Prover | None = None
    capture: Capture | None = None
    repairs: tuple[Repair, ...] = ()
    runs: tuple[Run, ...] = ()
    sources: tuple[Source, ...] = ()
    left: dict[str, str] = field(default_factory=dict[str, str])
    interrupted: bool = False


_ADVICE = {
    "training-mode": "; a program for inference alone is traced after model.eval()",
    "outside-read": "; hand it in as an input",
    "input-structure": "; trace one program for each structure",
}
"""What a person can do where no change keeps everything as eager does it."""


class Mender:
    """Mends the findings of one Trace.

    Args:
        case: what was captured.
        prover: has shown what is wrong.
        findings: with their verdicts.
        ways: that are tried, in this order.
        seconds: how long.
        tell: is told what is being tried, and which part of the time is over.
        files_only: whether only changes to source files are tried.
    """

    def __init__(
        self, case: Case, prover: Prover, findings: Sequence[Finding], ways: Sequence[Way], seconds: float, tell: Told,
        files_only: bool,
    ) -> None:  # fmt: skip
        self._files_only = files_only
        self._case, self._prover, self._findings, self._ways, self._tell = case, prover, findings, ways, tell
        self._deadline, self._seconds = Deadline(seconds, by_clock=True), seconds
        self._steps: list[Step] = []
        self._taken: Taken | None = None
        self._failures: dict[str, list[str]] = {}
        self._parted = ""
        self._unbuildable: dict[object, UnbuildableError] = {}

    # -- all of it -------------------------------------------------------------------------------------------------

    def run(self) -> Mended:
        """Try, prove, and say what came of it. An interruption keeps what was proven until then."""
        mended = Mended()
        try:
            ground = self._ground = self._grounded()
            for finding in ground.wrong:
                self._mend(finding)
            self._close(mended)
        except KeyboardInterrupt:
            mended.interrupted = True
        if self._taken is not None and mended.capture is None:
            self._finish(mended, tries=False)
        mended.left = dict(self._left())
        return mended

    def _grounded(self) -> Ground:
        self._say("the witnesses, and the probes to prove repairs by")
        half = Deadline(self._seconds / 3, by_clock=True)
        return ground_of(
            self._prover, self._case.subject, tuple(self._findings), self._case.request, lambda: half.is_over
        )

    @property
    def _done(self) -> frozenset[str]:
        return self._taken.proof.mended if self._taken is not None else frozenset()

    def _say(self, text: str) -> None:
        watch = self._deadline
        self._tell(text, min(watch.part, 1.0))

    # -- one finding -----------------------------------------------------------------------------------------------

    def _mend(self, finding: Finding) -> None:
        if finding.id in self._done:
            return
        for proposal in self._proposals(finding):
            if self._deadline.is_over:
                self._failures.setdefault(finding.id, []).append("the time was over")
                return
            self._say(proposal.title)
            key = _key(proposal.plan)
            try:
                if key in self._unbuildable:
                    raise self._unbuildable[key]
                taken = self._tried(proposal.plan, frozenset({finding.id}))
            except (UnbuildableError, UnprovenError) as error:
                if isinstance(error, UnbuildableError):
                    self._unbuildable[key] = error
                self._failures.setdefault(finding.id, []).append(f"{proposal.title}: {error}")
                continue
            except Exception as fault:  # noqa: BLE001  of ours, or of what the user's code meets when it is other
                self._failures.setdefault(finding.id, []).append(f"{proposal.title}: {type(fault).__name__}: {fault}")
                continue
            if taken.proof.mended >= self._done:
                self._take(proposal, taken)
                return
            taken.applied.shelf.clear()
            lost = joined(sorted(self._done - taken.proof.mended))
            self._failures.setdefault(finding.id, []).append(f"{proposal.title}: then {lost} would be wrong again")

    def _proposals(self, finding: Finding) -> Iterator[Proposal]:
        spot = self._spot(finding)
        for way in self._ways:
            try:
                yield from (one for one in way(spot) if not (self._files_only and one.plan.is_beside_files))
            except Exception as fault:  # noqa: BLE001  told by the capture; the other ways go on
                self._prover.faults.append(fault)

    def _spot(self, finding: Finding) -> Spot:
        plan = self._taken.plan if self._taken is not None else Plan()
        place = finding.source
        source = None if place is None else plan.sources.get(place.filename) or read(place.filename)
        scopes = (ran.scope for ran in self._case.subject.ran if place and ran.filename == place.filename)
        names = next(scopes, dict[str, Any]())
        lineno = source.now(place.lineno) if source is not None and place is not None else 0
        return Spot(finding, self._case.request, self._case.subject, plan, source, lineno, names)

    def _tried(self, plan: Plan, aims: frozenset[str]) -> Taken:
        applied = apply(plan, self._case.request)
        try:
            with PreservedWhole(applied.request.func, applied.program) as preserved:
                case = case_for(applied, self._case, preserved)
                proof = prove(applied, case, self._ground, aims, preserved, lambda: self._deadline.is_over)
        except BaseException:
            applied.shelf.clear()
            raise
        return Taken(plan, applied, proof)

    def _take(self, proposal: Proposal, taken: Taken) -> None:
        if self._taken is not None:
            self._taken.applied.shelf.clear()
        new = taken.proof.mended - self._done
        self._taken = taken
        self._steps.append(Step(proposal.title, proposal.plan, new, len(taken.proof.results)))

    # -- the end ---------------------------------------------------------------------------------------------------

    def _close(self, mended: Mended) -> None:
        """Let the repaired Trace try itself; what that shows to be wrong takes the last step back."""
        while self._taken is not None:
            self._say("the repaired program by itself")
            if self._finish(mended, tries=True):
                return
            for finding in self._steps.pop().mended:
                self._failures.setdefault(finding, []).append(f"the repaired program parts from eager: {self._parted}")
            self._taken.applied.shelf.clear()
            aims = frozenset(name for step in self._steps for name in step.mended)
            plan = self._steps[-1].plan if self._steps else None
            try:
                self._taken = self._tried(plan, aims) if plan is not None else None
            except (UnbuildableError, UnprovenError):  # as it may be once the time is over
                self._taken, self._steps = None, []
            mended.capture = mended.prover = mended.taken = None

    def _finish(self, mended: Mended, tries: bool) -> bool:
        """Fill in the answer; whether the repaired program stood all that it was tried with."""
        taken = self._taken
        assert taken is not None
        with PreservedWhole(taken.applied.request.func, taken.applied.program) as preserved:
            taken.proof.stage.preserved = preserved
            prover = self._prover_of(taken)
            if tries:
                taken.proof.stage.guard = self._prover.stage
                try_all(prover, Wish(), taken.proof.case.captured)
                taken.proof.stage.guard = None
                if not self._stands(prover):
                    return False
            mended.capture = Capture.of(document(taken.proof.case, prover))
        mended.taken, mended.prover = taken, prover
        keeper = Keeper()
        mended.runs = tuple(as_run(result, at, keeper) for at, result in enumerate(taken.proof.results))
        mended.repairs = tuple(self._repairs())
        mended.sources = tuple(source for source in taken.plan.sources.values() if source.is_changed)
        return True

    def _prover_of(self, taken: Taken) -> Prover:
        case = taken.proof.case
        budget = Budget(min(_CLOSING_SECONDS, self._seconds))
        prover = Prover(taken.proof.stage, case.subject, case.findings, {}, budget)
        prover.stage.screens_without_gradients = self._prover.stage.screens_without_gradients
        return prover

    def _stands(self, prover: Prover) -> bool:
        """Whether each Run that still disagrees does so in the Trace that was to be mended."""
        original: Stage = self._prover.stage
        if prover.interrupted:
            raise KeyboardInterrupt
        known = {finding.witness.probe for finding in self._findings if finding.witness is not None}
        for result in prover.results:
            if result.disagrees and result.probe.axis in BY_HOLDER:  # the original's objects are others
                if result.probe.text not in known:
                    self._parted = result.probe.text
                    return False
            elif result.disagrees and original.run(result.probe).outcome == "agrees":
                self._parted = result.probe.text
                return False
        return True

    def _repairs(self) -> Iterator[Repair]:
        before = Plan()
        for step in self._steps:
            alone = self._alone(before, step)
            plan, names, proven = alone or (step.plan, self._names_until(step), step.proven)
            order = [finding.id for finding in self._findings if finding.id in names]
            yield Repair(
                findings=tuple(order),
                title=step.title,
                diff=diff_of(plan),
                code=code_of(plan, self._case.request),
                proven=proven,
            )
            before = step.plan

    def _names_until(self, last: Step) -> frozenset[str]:
        steps = self._steps[: self._steps.index(last) + 1]
        return frozenset(name for step in steps for name in step.mended)

    def _alone(self, before: Plan, step: Step) -> tuple[Plan, frozenset[str], int] | None:
        """The step without those before it, where that is proven too."""
        if before == Plan():
            return step.plan, step.mended, step.proven
        sources: dict[str, Source] = {}
        for name, source in step.plan.sources.items():
            earlier = before.sources.get(name)
            text = merged(source.original, earlier.text if earlier is not None else source.original, source.text)
            if text is None:
                return None
            sources[name] = source.changed(text)
        plan = Plan(
            {name: source for name, source in sources.items() if source.is_changed},
            tuple(fqn for fqn in step.plan.scripted if fqn not in before.scripted),
            tuple(buffer for buffer in step.plan.buffers if buffer not in before.buffers),
            step.plan.both_modes and not before.both_modes,
        )
        try:
            taken = self._tried(plan, step.mended)
        except (UnbuildableError, UnprovenError):
            return None
        taken.applied.shelf.clear()
        return (plan, step.mended, len(taken.proof.results)) if taken.proof.mended >= step.mended else None

    def _left(self) -> Iterator[tuple[str, str]]:
        for finding in self._findings:
            if finding.id in self._done:
                continue
            if finding.verdict in ("diverges", "raises"):
                advice = _ADVICE.get(finding.rule, "")
                yield finding.id, _why(self._failures.get(finding.id, [])) + advice
            elif finding.level != "note":
                yield finding.id, "it is not proven wrong, and so nothing could show it mended"


def _key(plan: Plan) -> object:
    texts = tuple(sorted((name, source.text) for name, source in plan.sources.items()))
    return texts, plan.scripted, plan.buffers, plan.both_modes


def _why(failures: list[str]) -> str:
    if not failures:
        return "no way to mend it is known"
    more = f" (the last of {plural(len(failures), 'change')} that were tried)" if len(failures) > 1 else ""
    return clip(failures[-1], 300) + more
