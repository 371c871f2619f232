"""A number was read from a tensor and stands as a constant in the program.

What it finds
    `.item()`, `int()`, `float()`, `complex()`, an index, a format string and silent conversions of a tensor's value.
Why it matters
    The number of the example is used for every input.
Example
    scale = x.abs().max().item() / 127.0
Instead
    Keep it a tensor: x.abs().amax() / 127.0.
Limits
    Numbers that are only printed are claimed as notes.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, as_text, conversion, decision_claim, reach_of, warned
from tracelab.schema import Observation

RULE = "data-dependent-scalar"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a number that was taken from values."""
    if observation.kind == "tracer-warning":
        return warned(observation, facts, "other")
    rule = conversion(observation, "", "", RULE)
    if rule != RULE or reach_of(observation) in ("sizes", "random"):
        return None
    found = decision_claim(observation, f"{observation.asked} gave {observation.value}, a constant from now on: it")
    return (
        as_text(found)
        if observation.syntax == "format" or observation.asked.endswith(("__repr__", "__format__"))
        else found
    )
