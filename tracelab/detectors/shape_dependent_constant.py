"""A size was turned into a Python number and stands as a constant in the program.

What it finds
    `int(x.shape[0])`, `len(x)`, `math.sqrt(size)`, numpy on shapes, `x.size().numel()`, and sizes that an operation
    takes silently.
Why it matters
    The size of the example is used for every input: reshapes mix up batches, averages divide by the wrong count.
Example
    b = int(windows.shape[0] / (h * w / ws / ws))
Instead
    Keep sizes as they come (x.shape[0] is traced), and divide with //.
Limits
    Sizes that eager takes as plain numbers are seen only while tracing.
"""

from __future__ import annotations

from tracelab.detectors.base import (
    BRANCHES,
    Claim,
    Facts,
    as_text,
    conversion,
    decision_claim,
    reach_of,
)
from tracelab.schema import Observation

RULE = "shape-dependent-constant"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a number that was taken from sizes."""
    if observation.kind == "size-read":
        return Claim(f"{observation.asked} left the graph: the size of the example is a constant from now on")
    if observation.kind == "rank" and observation.syntax not in BRANCHES:
        return None
    rule = conversion(observation, "", "", RULE)
    if rule != RULE or reach_of(observation) != "sizes":
        return None
    if observation.detail == "lost":
        message = "a size was looked up: while tracing it is a tensor, and no key equals it"
        return Claim(message)
    found = decision_claim(observation, f"{observation.asked} gave {observation.value}, a constant from now on: it")
    return (
        as_text(found)
        if observation.syntax == "format" or observation.asked.endswith(("__repr__", "__format__"))
        else found
    )
