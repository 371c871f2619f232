"""Eager and captured disagree on inputs that were given, and no other rule says why.

What it finds
    Outputs that differ on the example inputs or on one of `check_inputs` by more than `check_tolerance`.
Why it matters
    The program is wrong on inputs that you named yourself.
Example
    tracelab.trace(model, x, check_inputs=[(x2,)])
Instead
    Look at the first line where a second trace differs from the first.
Limits
    A difference that eager shows against itself is taken for its own randomness.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, discovered, proof_of
from tracelab.schema import Observation

RULE = "unexplained-divergence"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a Run that disagrees."""
    if observation.kind != "disagreement":
        return None
    proof = proof_of(observation, facts)
    what = "give different outputs" if proof.outcome == "diverges" else f"part: captured raises {proof.error}"
    return discovered(f"eager and captured {what} on {proof.probe}", proof)
