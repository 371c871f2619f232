"""What a repair has to stand: every witness of the Trace, and Probes as the Trace itself was tried with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from tracelab.backends.base import Request
from tracelab.preserve import quiet
from tracelab.probes import AXES
from tracelab.probes.base import Probe, Subject
from tracelab.replay import Prover, check, noise
from tracelab.replay.stage import Result, Side, Stage
from tracelab.schema import Finding
from tracelab.tensors import describe

MOST = 60
"""So many Probes at most, besides the witnesses."""
_WRONG = ("diverges", "raises")
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


@dataclass
class Ground:
    """The Probes by which repairs of one Trace are proven."""

    stage: Stage
    wrong: list[Finding]
    """What is proven wrong, and so can be proven mended."""
    witnesses: dict[str, Known] = field(default_factory=dict[str, Known])
    probes: list[Known] = field(default_factory=list[Known])


def ground_of(
    prover: Prover, subject: Subject, findings: tuple[Finding, ...], request: Request, is_over: Callable[[], bool]
) -> Ground:
    """Play the user's function, and the program, under all that a repair is going to be tried with."""
    ground = Ground(prover.stage, [finding for finding in findings if finding.verdict in _WRONG])
    for finding in ground.wrong:
        witness = prover.results[finding.witness.id] if _is_at_hand(prover, finding) and finding.witness else None
        if witness is not None:
            eager = prover.stage.eager(witness.probe)
            ground.witnesses[finding.id] = Known(witness.probe, eager, True, frozenset({finding.id}))
    for probe in _probes(subject, request):
        if is_over() or len(ground.probes) >= MOST:
            break
        with quiet():
            known = _played(prover, probe)
        if known is not None:
            ground.probes.append(known)
    return ground


def _is_at_hand(prover: Prover, finding: Finding) -> bool:
    """Whether the Run that proves a finding can be played again."""
    place = finding.witness.id if finding.witness is not None else len(prover.results)
    return place < len(prover.results) and bool(prover.results[place].probe.calls)


def _probes(subject: Subject, request: Request) -> Iterator[Probe]:
    """One Probe of each axis in turn, and first the inputs that were traced and those of `check_inputs`."""
    yield from check.examples(subject)
    yield from (probe for probe in check.probes(request, subject) if probe.axis != "example")
    lanes = [axis(replace(subject)) for name, axis in AXES.items() if name not in BY_HOLDER]
    while lanes:
        for lane in list(lanes):
            probe = next(lane, None)
            if probe is None:
                lanes.remove(lane)
            else:
                yield probe


def _played(prover: Prover, probe: Probe) -> Known | None:
    """The Probe with both sides played; None where it says nothing."""
    result = prover.stage.run(probe, prover.watches.get(probe.method))
    if result.refused or result.eager.refused or result.eager.error is not None:
        return None
    if result.disagrees and is_noise(prover.stage, result):
        return None
    return Known(probe, result.eager, result.disagrees, frozenset(prover.explained(result)))


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
