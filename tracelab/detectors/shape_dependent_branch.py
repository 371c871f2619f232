"""A branch was chosen by a size or the rank of a tensor, and the program always takes it.

What it finds
    `if`, `assert`, a ternary and every other condition on `x.shape`, `len(x)`, `x.dim()` or a comparison of sizes.
Why it matters
    Inputs of another size need the other arm. Padding, position tables and skip connections are typical.
Example
    if x.shape[1] != pos.shape[1]:
        pos = interpolate(pos, x.shape[1])
Instead
    Do it always (interpolate, pad by a computed amount), or trace one program for each shape.
Limits
    A check that only raises is a note: the program merely no longer checks.
"""

from __future__ import annotations

from tracelab.detectors.base import BRANCHES, Claim, Facts, conversion, decided, decision_claim, reach_of
from tracelab.schema import Observation

RULE = "shape-dependent-branch"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a truth that was taken from sizes."""
    if observation.kind == "rank":
        return rank_claim(observation) if observation.syntax in BRANCHES else None
    rule = conversion(observation, RULE, "", "")
    if rule != RULE or reach_of(observation) != "sizes":
        return None
    return decision_claim(observation, f"{decided(observation)} was decided once ({observation.value}): it")


def rank_claim(observation: Observation) -> Claim | None:
    """A claim about a decision on a rank, which inputs seldom change."""
    if reach_of(observation) != "sizes":
        return None
    return Claim(
        f"{decided(observation)} was decided by the rank ({observation.value})",
        "note" if observation.guard else "warning",
    )
