"""What is found out about the Runs that disagree, once all have been played: where they part, and why."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tracelab.backends.raw import RawGraph
from tracelab.bindings import C
from tracelab.probes.base import Probe
from tracelab.replay import blame, localize_export, noise
from tracelab.replay.again import Again, Alignment, Difference, align, places_of, trace_again
from tracelab.replay.localize import Divergence, localize
from tracelab.replay.localize_export import ExportedGraph
from tracelab.replay.prove import Prover
from tracelab.replay.stage import Result
from tracelab.replay.trial import Trial
from tracelab.schema import Observation, Outcome, SourceRange
from tracelab.source import line_range, stack_places
from tracelab.stopwatch import Stopwatch

MOST_DISCOVERIES = 12
"""Places that nothing foresaw are reported up to this number."""


_SHARE, _LEAST_SECONDS = 0.5, 0.1
"""Second traces may take this part of the time of the trying, or so long; the first one is made in any case."""
_TWICE_SURE = 6
"""How often eager is asked again before a disagreement that nothing explains is believed."""


@dataclass
class Discovery:
    """A place that no observation foresaw, and the Run that shows it."""

    observation: Observation
    result: Result


class Closing:
    """Explains Runs with a second trace each.

    Args:
        prover: has played them.
        recorded: the captured graphs as they were recorded, by method.
        node_ids: by method, the place of a recorded node -> its id in the document.
        top: the traced function's own line, for what has no better place.
        exported: the graph that is run, where it is not the recorded one.
    """

    def __init__(
        self, prover: Prover, recorded: Mapping[str, RawGraph], node_ids: Mapping[str, dict[int, int]],
        top: SourceRange | None, exported: ExportedGraph | None = None,
    ) -> None:  # fmt: skip
        self._prover, self._recorded, self._node_ids, self._top = prover, recorded, node_ids, top
        self._exported = exported
        self._again = WeakKeyDictionary[Result, tuple[Again, Alignment] | None]()
        self._divergences = WeakKeyDictionary[Result, Divergence | None]()
        self._seconds = 0.0
        self.discoveries: list[Discovery] = []

    def explain(self) -> None:
        """Settle the Runs that several findings may explain, and those that none does."""
        for trial in sorted(self._prover.open_trials, key=lambda trial: trial.position):
            if trial.joint:
                self._settle(trial)
        pending, self._prover.unexplained = self._prover.unexplained, []
        for result in pending:
            self._discover(result)
        self._blame_together()

    def _blame_together(self) -> None:
        """Of several findings that may explain a Run the proven ones do; all of them, where none is."""
        suspects = dict[int, list[Trial]]()
        for trial in self._prover.trials:
            for result, _ in trial.joint:
                suspects.setdefault(id(result), []).append(trial)
        for result in self._prover.results:
            those = suspects.get(id(result), []) if not result.blame else []
            proven = [trial for trial in those if trial.witness is not None]
            result.blame += [trial.finding.id for trial in proven or those]

    def divergence(self, result: Result) -> Divergence | None:
        """Where a Run parts along the graph; None where there is no second trace to tell, or no time for one more."""
        if result in self._divergences:
            return self._divergences[result]
        watch, budget = Stopwatch(), self._prover.budget
        if not budget.is_generous and self._seconds > max(_LEAST_SECONDS, budget.seconds * _SHARE):
            return None
        self._divergences[result] = found = self._divergence(result)
        self._seconds += watch.seconds
        return found

    def _divergence(self, result: Result) -> Divergence | None:
        method = result.probe.method
        watch, found = self._prover.watches.get(method), self._traced(result)
        if found is None or watch is None or method not in self._node_ids:
            return None
        if self._exported is not None:
            return localize_export.localize(self._prover.stage, result, watch, self._exported, found[0])
        ours = self._recorded[method]
        return localize(self._prover.stage, result, watch, ours, found[0], found[1], self._node_ids[method])

    def guess(self, result: Result) -> list[str]:
        """The ids of the findings that stand where the graphs of a Run first part."""
        able = [trial for trial in self._prover.trials if blame.may_explain(trial, result)]
        for difference in self._differences(result):
            blamed = blame.at_place([(place.filename, place.lineno) for place in difference.places], able)
            if blamed:
                return [trial.finding.id for trial in blamed]
        return []

    def _traced(self, result: Result) -> tuple[Again, Alignment] | None:
        if result not in self._again:
            ours = self._recorded.get(result.probe.method)
            again = trace_again(self._prover.stage, result) if ours is not None else None
            both = None if again is None or ours is None else (again, align(ours, again.graph))
            self._again[result] = both
        return self._again[result]

    def _differences(self, result: Result) -> list[Difference]:
        found = self._traced(result)
        return found[1].differences if found is not None else []

    def _settle(self, trial: Trial) -> None:
        """Of the findings that changed together the one is to blame that stands where the graphs first part."""
        result, changed = min(trial.joint, key=lambda pair: len(pair[1]))
        rivals = [other for other in self._prover.trials if other.ids & changed and other.is_rival]
        is_explained = any(rival.witness is not None for rival in rivals)
        budget = self._prover.budget
        if is_explained and not budget.is_generous and (self._prover.subject.is_slow or budget.spent >= 1.0):
            return  # another trace would cost more than it can tell
        for difference in self._differences(result):
            blamed = blame.at_place([(p.filename, p.lineno) for p in difference.places], rivals)
            if blamed:
                blamed[0].accept(result)
                return
        if is_explained:
            return
        blamed = blame.at_place(self._parting(result), rivals)
        weakest_last = sorted(rivals, key=lambda rival: (rival.is_weak, rival.position))
        [*blamed, *weakest_last, trial][0].accept(result)

    def _parting(self, result: Result) -> list[tuple[str, int]]:
        """Where the values part first, though both sides run the same nodes: a constant holds something else."""
        found, again = self.divergence(result), self._traced(result)
        ids = self._node_ids.get(result.probe.method, {})
        place = next((place for place, number in ids.items() if found is not None and number == found.node), None)
        if place is None or again is None:
            return []
        return [(p.filename, p.lineno) for p in stack_places(self._recorded[result.probe.method].nodes[place].stack)]

    def _discover(self, result: Result) -> None:
        """A Run that no finding explains makes one, at the place where the graphs first part."""
        if result.outcome == "diverges" and noise.is_random(self._prover.stage, result, _TWICE_SURE):
            return
        tracing = [trial for trial in self._prover.trials if trial.is_about_tracing]
        if tracing and self._is_due_to_tracing(result):
            tracing[0].accept(result)
            return
        differences = self._differences(result)
        able = [trial for trial in self._prover.trials if blame.may_explain(trial, result)]
        for difference in differences:
            places = [(place.filename, place.lineno) for place in difference.places]
            blamed = blame.at_place(places, [trial for trial in able if trial.is_rival])
            if blamed:
                blamed[0].accept(result)
                return
        if result.probe.axis == "mode":
            places = dict.fromkeys(map(self._place, differences))
            found = [self._discover_mode(result, place, differences) for place in places]
            if any(found):
                return
        place = next(places_of(differences), None)
        if result.captured.lines:
            place = line_range(*result.captured.lines[0], "")
        own = blame.standing_at((place.filename, place.lineno), able) if place is not None else []
        own = own or [trial for trial in able if trial.is_lookup and trial.ids & self._prover.changed(result)]
        if own:
            own[0].accept(result)
        else:
            self._add("disagreement", result.probe.text, result.outcome, place or self._top, result)

    def _is_due_to_tracing(self, result: Result) -> bool:
        """Whether eager does as the program does once it is told that it is traced."""
        stage, probe = self._prover.stage, result.probe

        @contextlib.contextmanager
        def told() -> Generator[None]:
            original = C._is_tracing
            C._is_tracing = lambda: True
            try:
                with probe.around():
                    yield
            finally:
                C._is_tracing = original

        eager = stage.eager(dataclasses.replace(probe, around=told))
        if eager.error is not None:
            return result.outcome == "captured_raises"
        return not eager.refused and stage.judged(probe, eager, stage.captured(probe)).outcome == "agrees"

    def _place(self, difference: Difference) -> SourceRange | None:
        """The user's innermost line; layers of torch's own, in a row, are called from none."""
        return difference.places[0] if difference.places else self._top

    def _discover_mode(self, result: Result, place: SourceRange | None, differences: list[Difference]) -> bool:
        """Let only the modules that recorded other nodes at a place change their mode; whether they are to blame."""
        modules = {d.module for d in differences if self._place(d) == place}
        modes = {fqn: flag for fqn, flag in (result.probe.modes or {}).items() if fqn in modules}
        if not modes:
            return False
        mode = "train" if next(iter(modes.values())) else "eval"
        names = ", ".join(fqn or "the module" for fqn in modes)
        code = tuple(
            f"{owner}.get_submodule({fqn!r}).train({modes[fqn]})" for fqn in modes for owner in ("model", "traced")
        )
        probe = Probe(
            "mode", f"{names} in {mode} mode", result.probe.calls, method=result.probe.method, modes=modes, code=code,
            seed=result.probe.seed,
        )  # fmt: skip
        alone = self._prover.stage.run(probe)
        if alone.disagrees:
            self._add("mode-op", names, alone.outcome, place, alone)
        return alone.disagrees

    def _add(self, kind: str, asked: str, outcome: Outcome, place: SourceRange | None, result: Result) -> None:
        if any(d.observation.source == place and d.observation.kind == kind for d in self.discoveries):
            return
        if len(self.discoveries) >= MOST_DISCOVERIES:
            return
        results = self._prover.results
        if all(one is not result for one in results):
            results.append(result)
        number = next(number for number, one in enumerate(results) if one is result)
        observation = Observation(
            id=len(self._prover.subject.observations) + len(self.discoveries),
            kind=kind,
            asked=asked,
            value=outcome,
            source=place,
            stack=(place,) if place is not None else (),
            method=result.probe.method,
            detail=str(number),
        )
        self.discoveries.append(Discovery(observation, result))
