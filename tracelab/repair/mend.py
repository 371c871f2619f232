"""Proposals one after the other, until each finding is mended or nothing is left to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from tracelab.assembly import Case, document
from tracelab.capture import Capture
from tracelab.format import clip, joined, plural
from tracelab.renderers.repairs import can_be_mended
from tracelab.repair.applied import Applied, apply
from tracelab.repair.base import Plan, Proposal, Way
from tracelab.repair.compiling import UnbuildableError
from tracelab.repair.ground import BY_HOLDER, Ground, ground_of
from tracelab.repair.proposing import Proposing
from tracelab.repair.prove import Proof, RefusedError, UnprovenError, case_for, prove
from tracelab.repair.sources import Source, merged
from tracelab.repair.stage import PreservedWhole
from tracelab.repair.told import code_of, diff_of
from tracelab.replay import Budget, Prover, Wish, try_all
from tracelab.replay.record import Keeper, as_run
from tracelab.replay.stage import Result, Stage
from tracelab.schema import Finding, Repair, Run
from tracelab.stopwatch import Deadline

Told = Callable[[str, float], None]
_DEPTH = 4
"""So many changes are tried on top of each other at most, before anything is proven."""
_FOR_WIDENING = 0.5
"""Up to this part of the time, sizes are left open beside a change that is proven without."""
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
    "jit": {
        "training-mode": "; a program for inference alone is traced after model.eval()",
        "outside-read": "; hand it in as an input",
        "input-structure": "; trace one program for each structure",
    },
    "export": {
        "training-mode": "; a program for inference alone is exported after model.eval()",
        "outside-read": "; hand it in as an input",
        "input-structure": "; export one program for each structure",
        "dtype-dependent": "; export one program for each dtype",
        "ambient-context": "; export one program for each circumstance",
    },
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
        self._failed: dict[object, UnbuildableError | UnprovenError] = {}

    # -- all of it -------------------------------------------------------------------------------------------------

    def run(self) -> Mended:
        """Try, prove, and say what came of it. An interruption keeps what was proven until then."""
        mended = Mended()
        try:
            ground = self._ground = self._grounded()
            proposing = Proposing(self._case, ground, self._ways, self._files_only, self._prover.faults)
            for finding in ground.wrong:
                self._mend(finding, proposing)
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
        return ground_of(self._prover, self._case, tuple(self._findings), lambda: half.is_over)

    @property
    def _done(self) -> frozenset[str]:
        return self._taken.proof.mended if self._taken is not None else frozenset()

    def _say(self, text: str) -> None:
        watch = self._deadline
        self._tell(text, min(watch.part, 1.0))

    # -- one finding -----------------------------------------------------------------------------------------------

    def _mend(self, finding: Finding, proposing: Proposing) -> None:
        if finding.id not in self._done:
            base = self._taken.plan if self._taken is not None else Plan()
            self._try_all([finding], base, "", proposing)

    def _try_all(self, chain: list[Finding], base: Plan, before: str, proposing: Proposing) -> bool:
        """Try what might mend a finding, until something is proven; whether it was.

        torch.export tells of one refusal at a time. Where a change moves that to another line that has a finding, what
        might mend this one is tried on top of the change.

        Args:
            chain: this finding, after those that changes were tried for which are not proven yet.
            base: the changes so far.
            before: what those do that are not proven yet.
            proposing: asks the ways.
        """
        finding = chain[-1]
        for proposal in proposing.of(finding, base):
            if self._deadline.is_over:
                self._note(finding, "the time was over")
                return False
            title = f"{before}; {proposal.title}" if before and proposal.title not in before else proposal.title
            self._say(title)
            try:
                if self._is_taken(Proposal(title, proposal.plan), chain, proposing):
                    return True
            except RefusedError as error:
                self._note(finding, f"{title}: {error}")
                other = self._refused_next(error, proposal.plan, chain)
                if other is not None and self._try_all([*chain, other], proposal.plan, title, proposing):
                    return True
            except (UnbuildableError, UnprovenError) as error:
                self._note(finding, f"{title}: {error}")
            except Exception as fault:  # noqa: BLE001  of ours, or of what the user's code meets when it is other
                self._note(finding, f"{title}: {type(fault).__name__}: {fault}")
        return False

    def _is_taken(self, proposal: Proposal, chain: list[Finding], proposing: Proposing) -> bool:
        key, aims = proposal.plan.key, frozenset(finding.id for finding in chain)
        failed = self._failed.get(key)
        if failed is not None and not (isinstance(failed, UnprovenError) and failed.mends & aims):
            raise failed
        try:
            taken = self._tried(proposal.plan, aims)
        except (UnbuildableError, UnprovenError) as error:
            self._failed[key] = error
            raise
        if taken.proof.mended >= self._done:
            self._take(*self._widened(proposal, taken, proposing))
            return True
        taken.applied.shelf.clear()
        lost = joined(sorted(self._done - taken.proof.mended))
        self._note(chain[-1], f"{proposal.title}: then {lost} would be wrong again")
        return False

    def _widened(self, proposal: Proposal, taken: Taken, proposing: Proposing) -> tuple[Proposal, Taken]:
        """The same with the sizes left open, where that is proven, agrees on more, and time is left for it."""
        for wider in proposing.widened(proposal):
            if self._deadline.part > _FOR_WIDENING:
                break
            try:
                other = self._tried(wider.plan, taken.proof.mended)
            except (UnbuildableError, UnprovenError):
                continue
            all_of_it = other.proof.mended >= taken.proof.mended
            if all_of_it and len(other.proof.results) > len(taken.proof.results):
                taken.applied.shelf.clear()
                return wider, other
            other.applied.shelf.clear()
        return proposal, taken

    def _refused_next(self, error: RefusedError, plan: Plan, chain: list[Finding]) -> Finding | None:
        """What to mend on top of a change after which the callable is refused at another line.

        That is the finding there; where nothing had come so far, the last one, moved to that line. A line that was
        tried before is tried once more where it is as it was: what was made a number elsewhere is a tensor there now.
        """
        place = error.place
        source = plan.sources.get(place.filename) if place is not None else None
        lineno = source.before(place.lineno) if place is not None and source is not None else None
        if place is None or source is None or lineno is None or len(chain) >= _DEPTH:
            return None
        tried = [finding for finding in chain if _is_at(finding, place.filename, lineno)]
        if tried:
            return tried[0] if len(tried) == 1 and source.is_kept(lineno) else None
        there = (finding for finding in self._ground.wrong if _is_at(finding, place.filename, lineno))
        return next(there, replace(chain[-1], source=replace(place, lineno=lineno, end_lineno=lineno)))

    def _note(self, finding: Finding, failure: str) -> None:
        self._failures.setdefault(finding.id, []).append(failure)

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
            elif result.disagrees and self._was_honest(original, result):
                self._parted = result.probe.text
                return False
        return True

    def _was_honest(self, original: Stage, result: Result) -> bool:
        """Whether the program that was to be mended is right there, or refuses."""
        if original.program is None:
            return result.probe.text not in {run.probe for run in (f.witness for f in self._findings) if run}
        return original.run(result.probe).outcome in ("agrees", "captured_refuses")

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
            step.plan.dynamic_shapes if before.dynamic_shapes is None else None,
            step.plan.with_ones and before.dynamic_shapes is None,
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
            if can_be_mended(finding):
                advice = _ADVICE[self._case.captured.backend].get(finding.rule, "")
                yield finding.id, _why(self._failures.get(finding.id, [])) + advice
            elif finding.level != "note":
                yield finding.id, "it is not proven wrong, and so nothing could show it mended"


def _is_at(finding: Finding, filename: str, lineno: int | None) -> bool:
    place = finding.source
    return place is not None and (place.filename, place.lineno) == (filename, lineno)


def _why(failures: list[str]) -> str:
    if not failures:
        return "no way to mend it is known"
    more = f" (the last of {plural(len(failures), 'change')} that were tried)" if len(failures) > 1 else ""
    return clip(failures[-1], 300) + more
