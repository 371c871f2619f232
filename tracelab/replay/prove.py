"""Plays Probes and lets each Run count for the findings that it concerns."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tracelab.detectors.base import ASKED
from tracelab.nesting import given_twice
from tracelab.preserve import quiet
from tracelab.probes.base import Probe, Smaller, Subject
from tracelab.probes.seeds import draws_of
from tracelab.replay import blame, noise
from tracelab.replay.stage import Result, Stage, example_probe
from tracelab.replay.trial import ENOUGH, Trial
from tracelab.replay.watch import Watch
from tracelab.schema import Finding
from tracelab.source import stack_places
from tracelab.stopwatch import Deadline, Stopwatch

AT_LEAST = 20
"""So many Probes are played though the time is over, where the user set none,"""
AT_MOST = 2.0
"""until so many times the time is over."""
Told = Callable[[str, float], None]
"""Is told what is being tried and which part of the time is over, from 0 to 1."""


@dataclass
class Budget:
    """How long, and how often, may be tried."""

    seconds: float = float("inf")
    probes: int | None = None
    is_generous: bool = False
    """Whether the user said how long: then all of it is used."""
    tell: Told = lambda text, part: None

    def __post_init__(self) -> None:
        self._watch = Stopwatch(by_clock=self.is_generous)

    @property
    def spent(self) -> float:
        """The part of the time that is over."""
        return self._watch.seconds / self.seconds if self.seconds else 1.0

    def deadline(self, seconds: float) -> Deadline:
        """The end of a share of the time."""
        return Deadline(seconds, by_clock=self.is_generous)


class _Lane:
    """The Probes of one axis."""

    def __init__(self, probes: Iterator[Probe]) -> None:
        self._probes = probes
        self._send: Callable[[bool], Probe] | None = getattr(probes, "send", None)
        self.was_taken: bool | None = None
        """Whether eager took the last one; None where it was not played."""

    def __iter__(self) -> Iterator[Probe]:
        return self

    def __next__(self) -> Probe:
        taken, self.was_taken = self.was_taken, None
        return next(self._probes) if taken is None or self._send is None else self._send(taken)


class Prover:
    """Tries findings.

    Args:
        stage: where Runs are played.
        subject: what was captured.
        findings: what is claimed.
        watches: by method; for methods whose graph can be run again.
        budget: for all that is played.
    """

    def __init__(
        self, stage: Stage, subject: Subject, findings: Iterable[Finding], watches: dict[str, Watch], budget: Budget
    ) -> None:
        self.stage, self.subject, self.watches, self.budget = stage, subject, watches, budget
        observations = subject.observations
        self.trials = [Trial(f, tuple(observations[i] for i in f.observations)) for f in findings]
        self.results: list[Result] = []
        """Of all Probes that count, in the order of playing: the place is the Run's id."""
        self.unexplained: list[Result] = []
        self.played = 0
        self.searches = 0
        """How often was searched: each time other values are drawn."""
        self.interrupted = False
        self.faults: list[Exception] = []
        """Errors of our own, which must not cost the user the capture."""

    # -- one Probe -------------------------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Whether time or number is used up; on a slow day some Probes are played all the same."""
        limit, spent = self.budget.probes, self.budget.spent
        if self.interrupted or (limit is not None and self.played >= limit):
            return True
        return spent >= 1.0 and (self.budget.is_generous or self.played >= AT_LEAST or spent >= AT_MOST)

    def play(self, probe: Probe) -> Result:
        """Play a Probe and let it count."""
        self.budget.tell(probe.text, self.budget.spent)
        result = self.stage.screened(probe, self.watches.get(probe.method))
        self.played += 1
        if not (result.disagrees and self._is_known(result)):
            result = self.stage.confirmed(result)
            self.weigh(result)
        return result

    def _is_known(self, result: Result) -> bool:
        """Whether a Run of a slow function would only show once more what others have shown."""
        if not self.subject.is_slow or self.budget.is_generous:
            return False
        suspects = [trial for group in blame.suspects(result, self.changed(result), self.trials) for trial in group]
        return bool(suspects) and all(trial.witness is not None for trial in suspects)

    def weigh(self, result: Result) -> bool:
        """Let a Run count for the findings that it concerns; whether it shows that the program is wrong."""
        if result.refused:
            return False
        if result.outcome == "eager_raises":
            self._weigh_refusal(result)
            return False
        number, changed = len(self.results), self.changed(result)
        self.results.append(result)
        if result.outcome == "captured_refuses":
            self._note_guard(number, changed)
            result.forget()
            return False
        if not result.disagrees:
            self._acquit(number, changed)
            self._keep_if_smaller(result, changed)
            result.forget()
        elif result.outcome == "diverges" and noise.is_random(self.stage, result):
            self.results.pop()
        elif result.outcome == "diverges" and noise.is_training(self.stage, result):
            self.results.pop()
            for trial in (trial for trial in self.trials if trial.ids & changed):
                trial.only_draws = True
        elif result.outcome == "diverges" and not noise.is_clear(result.outputs):
            if noise.is_rounding(self.stage, result):
                self._acquit(number, changed)
        else:
            self._accuse(result, changed)
            return True
        return False

    def changed(self, result: Result) -> frozenset[int]:
        """The observations whose answer was another one, or whose circumstance the Probe changed."""
        probe, found = result.probe, set(result.probe.aims)
        watch = self.watches.get(probe.method)
        if watch is not None and watch.covers(probe):
            if result.captured.asked is not None:
                found |= watch.changed(result.captured.asked)
            elif self.stage.exported is not None or self.stage.program is None:
                found |= self._changed_apart(result, watch)
            elif result.captured.error is not None and len(probe.calls) == 1:
                found |= self._changed_before_failure(result, watch)
        if len(probe.calls) > 1 and probe.seed is None:
            found |= {o.id for o in draws_of(self.subject)}
        if probe.axis == "shapes":
            found |= {o.id for o, _ in self.subject.seen("size-read")}
        return (frozenset(found) | self._parted(probe)) - probe.excused

    def _changed_apart(self, result: Result, watch: Watch) -> frozenset[int]:
        """Ask the recording, which no more than observes: the program is another one."""
        probe = self.stage.lean(result.probe)
        if result.probe.by_inputs:  # then the chains alone tell, without the rest of the graph
            with quiet():
                changed = watch.changed_alone(frozenset(watch.numbers), probe.calls[0])
                self.stage.restore()
            return changed
        result.captured.asked = self.stage.asked(probe, watch)
        if result.captured.asked is not None:
            return watch.changed(result.captured.asked)
        if len(probe.calls) != 1:
            return frozenset()
        with quiet():
            place = watch.first_failure(probe)
            self.stage.restore()
            changed = frozenset[int]() if place is None else watch.changed_until(place, probe.calls[0])
            self.stage.restore()
        return changed

    def _parted(self, probe: Probe) -> frozenset[int]:
        """The observations that say that two arguments are one tensor, where they are two."""
        shared = {o.asked: o.id for o, _ in self.subject.seen("input-structure") if o.detail == "shared"}
        if not shared or not probe.calls:
            return frozenset()
        still = {f"{name} is {first}" for name, first in given_twice(probe.calls[-1].kwargs).items()}
        return frozenset(number for asked, number in shared.items() if asked not in still)

    def _changed_before_failure(self, result: Result, watch: Watch) -> frozenset[int]:
        """Find the node at which the program raises, its line, and what was answered otherwise until then."""
        with quiet():
            place = result.failing
            if place is None:
                place = watch.first_failure(result.probe, str(result.captured.error))
            self.stage.preserved.restore()
            changed = frozenset[int]() if place is None else watch.changed_until(place, result.probe.calls[0])
            self.stage.preserved.restore()
        result.failing = place
        stack = "" if place is None else watch.replica.stack_of(place)
        result.captured.lines = tuple((place.filename, place.lineno) for place in stack_places(stack))
        return changed

    def _note_guard(self, number: int, changed: frozenset[int]) -> None:
        """A guard refuses where an answer is another one: nothing goes wrong in silence."""
        for trial in self.trials:
            if trial.ids & changed:
                trial.guarded.append(number)

    def _keep_if_smaller(self, result: Result, changed: frozenset[int]) -> None:
        """Remember inputs of less elements that do no harm: other values are tried on them."""
        probe = result.probe
        if probe.axis == "shapes" and self.subject.is_slow:
            known = self.subject.smallest.get(probe.method)
            best = known.given if known is not None else self.subject.example(probe.method)
            if probe.calls[0].elements < best.elements:
                self.subject.smallest[probe.method] = Smaller(probe.calls[0], changed)

    def _acquit(self, number: int, changed: frozenset[int]) -> None:
        for trial in self.trials:
            if trial.ids & changed:
                trial.held[number] = changed

    def _accuse(self, result: Result, changed: frozenset[int]) -> None:
        side = result.captured
        if side.error is not None and not side.lines:
            side.lines = tuple(blame.raised_at(side.error))
        groups = blame.suspects(result, changed, self.trials)
        if not groups or all(trial.is_weak for group in groups for trial in group):
            self.unexplained.append(result)
        elif len(groups) == 1:
            for trial in groups[0]:
                trial.accept(result)
        elif result.probe.axis == "calls":
            self._isolate(result, groups)
        else:
            for trial in (trial for group in groups for trial in group):
                trial.joint.append((result, changed))

    def _isolate(self, result: Result, groups: list[list[Trial]]) -> None:
        """Let only what one group writes outlive a call, for each in turn."""
        for group in groups:
            if not group[0].name or all(trial.witness is not None for trial in group):
                continue
            aims = frozenset(i for trial in group for i in trial.ids)
            text = f"{result.probe.text}, of which only {group[0].name} is left"
            self.weigh(self.stage.run(replace(result.probe, text=text, keeping=group[0].name, aims=aims)))

    def _weigh_refusal(self, result: Result) -> None:
        """Eager raised: evidence only where a guard of the user's said no, and the program lets it pass."""
        guards = [trial for trial in self.trials if trial.is_guard and trial.witness is None]
        blamed = blame.at_place(result.eager.lines[:1], guards)
        if not blamed:
            return
        result.captured = self.stage.captured(result.probe, apart=True)
        if result.captured.error is None and not result.captured.refused:
            self.results.append(result)
            blamed[0].accept(result)

    # -- many ------------------------------------------------------------------------------------------------

    def drive(self, axes: Iterable[Iterator[Probe]]) -> None:
        """Play one Probe of each axis in turn, until all are played or the time is over.

        What an axis cannot make is no reason to skip the others. One that is a generator is told whether eager took
        its Probe.
        """
        lanes = collections.deque(_Lane(axis) for axis in axes)
        while lanes and not self.is_over:
            lane = lanes.popleft()
            try:
                probe = next(filter(self._is_wanted, lane), None)
                if probe is None:
                    continue
                result = self.play(probe)
            except Exception as fault:  # noqa: BLE001  told by the capture, which must go on
                self.faults.append(fault)
                continue
            lane.was_taken = result.eager.error is None and not result.refused
            lanes.append(lane)

    def _is_wanted(self, probe: Probe) -> bool:
        """Whether anybody claims what it is about."""
        return not probe.aims or any(trial.ids & probe.aims for trial in self.trials)

    def exchange(self, trial: Trial, old: Result, new: Result) -> None:
        """Let a Run stand in the place of another that shows the same less plainly."""
        place = next(place for place, result in enumerate(self.results) if result is old)
        if old.probe.axis == ASKED or sum(other.witness is old for other in self.trials) > 1:
            self.results.append(new)
        else:
            self.results[place] = new
        trial.witness = new

    def learn(self) -> None:
        """Let the watches see the example inputs."""
        for method in self.subject.methods:
            watch = self.watches.get(method.name)
            if watch is not None and self.stage.exported is not None and not watch.has_learned:
                with quiet():  # the whole recording is never needed beside an exported program
                    watch.learn_alone(self.subject.example(method.name))
                    self.stage.restore()
            if watch is not None and not watch.has_learned:
                asked = self.stage.asked(example_probe(method), watch)
                if asked is None:
                    self.watches.pop(method.name)
                else:
                    watch.learn(asked)

    @property
    def open_trials(self) -> list[Trial]:
        """Warnings that no Run has decided, and that another try may decide."""
        return [trial for trial in self.trials if trial.finding.level == "warning" and not self.has_enough(trial)]

    def has_enough(self, trial: Trial) -> bool:
        """Whether nothing more is tried: it is proven, or it was changed so often that it may be taken to hold."""
        is_guarded = len(trial.guarded) >= ENOUGH  # a guard that refused so often goes on to refuse
        is_acquitted = not trial.joint and len(trial.held) >= ENOUGH and trial.acquittals(self.wrong) >= ENOUGH
        return not trial.is_open or is_guarded or (is_acquitted and not self.budget.is_generous)

    @property
    def wrong(self) -> frozenset[int]:
        """The observations of the findings that are proven, or that a Run may prove."""
        wrong = (trial for trial in self.trials if trial.is_rival and (trial.witness is not None or trial.joint))
        return frozenset(number for trial in wrong for number in trial.ids)

    def explained(self, result: Result) -> list[str]:
        """The ids of the findings that may explain a Run, without letting it count."""
        groups = blame.suspects(result, self.changed(result), self.trials) if result.disagrees else []
        return [trial.finding.id for group in groups for trial in group]
