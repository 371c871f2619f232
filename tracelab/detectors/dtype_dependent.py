"""The dtype of a tensor was read by Python, and what follows from it is fixed.

What it finds
    Reads of a tensor's dtype in the user's code: in a condition, or handed to another call.
Why it matters
    Half precision, double or integer inputs then run with the choices and constants of the example's dtype.
Example
    low = torch.finfo(scores.dtype).min
Instead
    Cast once at the entrance, and trace one program for each dtype.
Limits
    Whether the value mattered is not known before a second run.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, property_claim
from tracelab.schema import Observation

RULE = "dtype-dependent"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a read of the dtype."""
    if observation.kind != "dtype":
        return None
    return property_claim(observation, "the dtype", always=False)
