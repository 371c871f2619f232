"""What a repair has to stand: every witness of the Trace, and Probes as the Trace itself was tried with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from tracelab.assembly import Case
from tracelab.nesting import tensors_in
from tracelab.preserve import quiet
from tracelab.probes import AXES, state
from tracelab.probes.base import Given, Probe
from tracelab.renderers.repairs import can_be_mended
from tracelab.repair.checks import asserted
from tracelab.repair.sources import read
from tracelab.repair.trees import tree_of
from tracelab.replay import Prover, check, noise, search
from tracelab.replay.stage import Result, Side, Stage
from tracelab.schema import Finding
from tracelab.tensors import bytes_of, describe

MOST = 60
"""So many Probes at most, besides the witnesses."""
_BYTES = 256 << 20
"""Inputs and outputs are kept up to this size in all."""
_TURNING = 3
"""So many inputs are searched for that change an answer, where no Probe does."""
_WRONG = ("diverges", "raises")
_HONEST = ("refused", "guarded")
"""Nothing goes wrong in silence, and yet there is no program for what the function takes."""
BY_HOLDER = ("state",)
"""Axes that change what the user's own objects hold: a copy, and a program, cannot see that."""


@dataclass(eq=False)
class Known:
    """A Probe with what the user's function gives under it."""

    probe: Probe
    eager: Side
    is_wrong: bool
    """Whether the program that is to be mended is wrong under it."""
    blame: frozenset[str] = frozenset()
    """The findings that may explain that."""
    refuses: bool = False
    """Whether a guard of that program refuses it, or there is no program."""
    turns: frozenset[str] = frozenset()
    """The findings, refused or guarded, whose answer is another one under it."""
    keeps_sizes: bool = True
    """Whether its inputs are as large as those that were captured."""
    is_special: bool = False
    """Whether an input has a size 0 or 1 where the one that was captured has a larger one."""
    opens_one: bool = False
    """Whether an input has another size where the one that was captured has 1."""


@dataclass
class Ground:
    """The Probes by which repairs of one Trace are proven."""

    stage: Stage
    wrong: list[Finding]
    """What can be mended, and proven mended: what is proven wrong, and what is refused loudly."""
    witnesses: dict[str, Known] = field(default_factory=dict[str, Known])
    probes: list[Known] = field(default_factory=list[Known])

    @property
    def silent(self) -> list[str]:
        """The findings that are wrong in silence, or raise."""
        return [finding.id for finding in self.wrong if finding.verdict in _WRONG]

    def showing(self, finding: Finding) -> list[Known]:
        """The Probes under which a repaired program has to agree with eager for a finding to count as mended.

        Of what is wrong that is its witness. Of what is refused or guarded it is each Probe that changes its answer:
        those that keep the sizes, where there are any, as a guard on sizes is another matter; else those without a
        size that became 0 or 1, as torch.export takes these for special, and may guard against them whatever is done.
        """
        if finding.verdict in _WRONG:
            return [self.witnesses[finding.id]] if finding.id in self.witnesses else []
        turning = [known for known in self.probes if finding.id in known.turns]
        same = [known for known in turning if known.keeps_sizes]
        return same or [known for known in turning if not known.is_special] or turning

    def is_about_sizes(self, finding: Finding) -> bool:
        """Whether all that a guard refuses is other sizes."""
        showing = self.showing(finding)
        return finding.verdict == "guarded" and not any(known.keeps_sizes for known in showing)

    def opens_ones(self, finding: Finding) -> bool:
        """Whether what a guard refuses is another size where the example has 1, which torch takes for special."""
        return any(known.opens_one for known in self.showing(finding))


def ground_of(prover: Prover, case: Case, findings: tuple[Finding, ...], is_over: Callable[[], bool]) -> Ground:
    """Play the user's function, and the program, under all that a repair is going to be tried with."""
    ground = Ground(prover.stage, [finding for finding in findings if can_be_mended(finding)])
    for finding in ground.wrong:
        witness = prover.results[finding.witness.id] if _is_at_hand(prover, finding) and finding.witness else None
        if witness is not None:
            eager = prover.stage.eager(witness.probe)
            ground.witnesses[finding.id] = Known(witness.probe, eager, True, frozenset({finding.id}))
    if any(finding.verdict in _HONEST for finding in ground.wrong):
        prover.learn()
    player, held = _Player(prover, case, ground.wrong), 0
    for probe in _probes(case, player):
        if is_over() or len(ground.probes) >= MOST or held > _BYTES:
            break
        with quiet():
            known = player.played(probe)
        if known is not None:
            ground.probes.append(known)
            seen = tensors_in((known.eager.outputs, [call.args for call in known.probe.calls]))
            held += sum(map(bytes_of, seen))
    return ground


def _is_at_hand(prover: Prover, finding: Finding) -> bool:
    """Whether the Run that proves a finding can be played again."""
    place = finding.witness.id if finding.witness is not None else len(prover.results)
    return place < len(prover.results) and bool(prover.results[place].probe.calls)


def _probes(case: Case, player: _Player) -> Iterator[Probe]:
    """One Probe of each axis in turn.

    First come the inputs that were traced, those of `check_inputs`, and what changes the answers that are refused.
    """
    yield from check.examples(case.subject)
    yield from (probe for probe in check.probes(case.request, case.subject) if probe.axis != "example")
    yield from player.turning()
    yield from state.of_parameters(case.subject)  # a copy, and an exported program, share them
    lanes = [axis(replace(case.subject)) for name, axis in AXES.items() if name not in BY_HOLDER]
    while lanes:
        for lane in list(lanes):
            try:
                probe = next(lane, None)
            except Exception as fault:  # noqa: BLE001  told by the capture; the other axes go on
                player.faults.append(fault)
                probe = None
            if probe is None:
                lanes.remove(lane)
            else:
                yield probe


class _Player:
    """Plays Probes, and says which findings that are refused or guarded they are about.

    Args:
        prover: plays, and knows whose answer changes.
        case: what was captured.
        wrong: the findings.
    """

    def __init__(self, prover: Prover, case: Case, wrong: list[Finding]) -> None:
        self._prover, self._case, self.faults = prover, case, prover.faults
        self._honest = {f.id: self._asking(f) for f in wrong if f.verdict in _HONEST}
        self._refused = {f.id for f in wrong if f.verdict == "refused"}
        self._checks = {f.id: lines for f in wrong if f.id in self._refused and (lines := _check(f)) is not None}

    def _asking(self, finding: Finding) -> frozenset[int]:
        """The observations by which a finding's answer is known: its own, or those of its line for a refusal."""
        watched = frozenset(number for watch in self._prover.watches.values() for number in watch.numbers)
        own = [trial for trial in self._prover.trials if trial.finding.id == finding.id]
        if finding.verdict == "refused":
            own = [trial for trial in self._prover.trials if _line(trial.finding) == _line(finding)]
            return frozenset(number for trial in own for number in trial.ids) & watched
        return frozenset(number for trial in own for number in trial.ids)

    def turning(self) -> Iterator[Probe]:
        """Inputs that change what is refused."""
        recorded = {recording.method: recording.recorded for recording in self._case.captured.recordings}
        for trial in self._prover.trials:
            if any(trial.ids & self._honest[name] for name in self._refused):
                yield from search.turning(self._prover, trial, recorded, _TURNING)

    def played(self, probe: Probe) -> Known | None:
        """The Probe with both sides played; None where it says nothing."""
        prover, stage = self._prover, self._prover.stage
        if stage.program is None:
            eager = stage.eager(probe)
            result = Result(probe, "captured_refuses", eager, Side(), refused=eager.refused)
        else:
            result = stage.run(probe, prover.watches.get(probe.method))
        if result.refused or result.eager.refused:
            return None
        if result.eager.error is not None:
            checks = self._raising(result.eager)
            return Known(probe, result.eager, False, refuses=True, turns=checks) if checks else None
        if result.disagrees and is_noise(stage, result):
            return None
        refuses = result.outcome == "captured_refuses"
        blame, turns = frozenset(prover.explained(result)), self._turns(result, refuses)
        known = Known(probe, result.eager, result.disagrees, blame, refuses, turns)
        example = _sizes(self._case.subject.example(probe.method))
        known.keeps_sizes = all(_sizes(given) == example for given in probe.calls)
        known.is_special = any(_is_special(example, _sizes(given)) for given in probe.calls)
        known.opens_one = any(_is_special(_sizes(given), example) for given in probe.calls)
        return known

    def _raising(self, eager: Side) -> frozenset[str]:
        """The refused findings whose own statement raises: checks, which have to raise in the program, too."""
        raised = eager.lines[0] if eager.lines else ("", 0)
        return frozenset(
            name for name, (file, lines) in self._checks.items() if raised[0] == file and raised[1] in lines
        )

    def _turns(self, result: Result, refuses: bool) -> frozenset[str]:
        if not self._honest:
            return frozenset()
        changed = self._prover.changed(result)
        return frozenset(
            name for name, ids in self._honest.items()
            if (ids & changed and (refuses or name in self._refused)) or (not ids and result.probe.by_inputs)
        )  # fmt: skip


def _line(finding: Finding) -> tuple[str, int] | None:
    place = finding.source
    return None if place is None else (place.filename, place.lineno)


def _check(finding: Finding) -> tuple[str, range] | None:
    """The file, and the lines of the check that a finding stands on; None where it stands on none."""
    place = finding.source
    source = read(place.filename) if place is not None else None
    tree = tree_of(source.text) if source is not None else None
    node: Any = tree.statement(place.lineno) if tree is not None and place is not None else None
    if tree is None or place is None or asserted(node) is None:
        return None
    first, last = tree.lines(node)
    return place.filename, range(first, last + 1)


def _sizes(given: Given) -> list[torch.Size]:
    arguments: tuple[object, Mapping[str, object]] = (given.args, dict(given.kwargs))
    return [tensor.shape for tensor in tensors_in(arguments)]


def _is_special(example: list[torch.Size], others: list[torch.Size]) -> bool:
    """Whether others have a size of 0 or 1 where an example has a larger one."""
    pairs = (pair for ours, theirs in zip(example, others) for pair in zip(ours, theirs))
    return any(theirs < 2 <= ours for ours, theirs in pairs)


def is_noise(stage: Stage, result: Result) -> bool:
    """Whether a disagreement is no more than eager's own randomness, or rounding."""
    if result.outcome != "diverges":
        return False
    if noise.is_random(stage, result) or noise.is_training(stage, result):
        return True
    return not noise.is_clear(result.outputs) and noise.is_rounding(stage, result)


def text_of(known: Known) -> str:
    """A Probe in one phrase, with its inputs where they are all it changes."""
    probe = known.probe
    if not probe.by_inputs or not probe.calls:
        return probe.text
    return f"{probe.text} ({', '.join(f'{name}: {describe(value)}' for name, value, _ in probe.calls[-1].named())})"
