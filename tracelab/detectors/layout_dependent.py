"""The memory layout of a tensor was read by Python, and what follows from it is fixed.

What it finds
    Reads of a tensor's memory layout in the user's code: in a condition, or handed to another call.
Why it matters
    Transposed, channels-last or sliced inputs then take the path, or the strides, of the example.
Example
    if x.is_contiguous():
        return x.view(-1)
Instead
    Use reshape, or call contiguous() first.
Limits
    Whether the value mattered is not known before a second run.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, property_claim
from tracelab.schema import Observation

RULE = "layout-dependent"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a read of the memory layout."""
    if observation.kind != "layout":
        return None
    return property_claim(observation, "the memory layout")
