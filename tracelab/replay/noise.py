"""What is no disagreement: eager's own randomness, and rounding that the inputs blow up."""

from __future__ import annotations

from dataclasses import replace

import torch

from tracelab.nesting import mapped
from tracelab.probes.base import Given
from tracelab.replay.compare import compare
from tracelab.replay.stage import Result, Side, Stage
from tracelab.schema import OutputError

_CLEAR_ABSOLUTE, _CLEAR_RELATIVE = 1e-4, 1e-3
_SEEDS = 24
"""So many others are tried before a module counts as one that does not draw."""
_NUDGE = 1e-6
"""The relative change of the inputs that rounding may amount to."""


def is_clear(outputs: tuple[OutputError, ...]) -> bool:
    """Whether a disagreement is so large that no other tolerance, and no other machine, would overlook it."""
    return any(not output.agrees and _is_clear(output) for output in outputs)


def _is_clear(output: OutputError) -> bool:
    if output.max_abs is None or output.eager != output.captured:
        return True
    return output.max_abs > _CLEAR_ABSOLUTE and (output.max_rel is None or output.max_rel > _CLEAR_RELATIVE)


def is_random(stage: Stage, result: Result, times: int = 1) -> bool:
    """Whether eager does not agree with itself under the same Probe.

    Args:
        stage: plays.
        result: the Run.
        times: how often eager is asked again, each time with other objects in memory: addresses are random, too.
    """
    for number in range(times):
        held = [object() for _ in range(97 * number)]
        again = stage.eager(stage.lean(result.probe))
        if again.refused or again.said != result.eager.said or not _same(result.eager, again, stage.tolerance):
            return True
        del held
    return False


def _same(one: Side, other: Side, tolerance: float) -> bool:
    pairs = zip(one.outputs, other.outputs)
    return all(output.agrees for ours, theirs in pairs for output in compare(ours, theirs, tolerance))


def is_training(stage: Stage, result: Result) -> bool:
    """Whether a module that is put into training mode only draws, as dropout does: a program in eval mode need not."""
    probe = result.probe
    if probe.axis != "mode" or probe.modes is None or not any(probe.modes.values()):
        return False
    first = stage.eager(replace(probe, seed=1))
    for seed in range(2, 2 + _SEEDS):  # what is dropped one time in ten is kept by most seeds
        other = stage.eager(replace(probe, seed=seed))
        if other.error is not None or not _same(first, other, stage.tolerance):
            return True
    return False


def is_rounding(stage: Stage, result: Result) -> bool:
    """Whether eager's outputs move as far when its inputs are moved by a rounding error."""
    nudged = stage.eager(replace(result.probe, calls=tuple(_nudged(given) for given in result.probe.calls)))
    if nudged.error is not None or not result.outputs:
        return False
    last = len(nudged.outputs) - 1
    moved = compare(result.eager.outputs[last], nudged.outputs[last], stage.tolerance)
    return all(
        one.agrees or (other.max_abs or 0.0) * 10 >= (one.max_abs or torch.inf)
        for one, other in zip(result.outputs, moved)
    )


def _nudged(given: Given) -> Given:
    def nudge(x: torch.Tensor) -> torch.Tensor:
        return x.detach() * (1 + _NUDGE) if x.is_floating_point() else x

    args, kwargs = mapped((given.args, dict(given.kwargs)), nudge)
    return Given(args, kwargs, given.names)
