"""A loop ran as often as a size said, and the program always runs it so often.

What it finds
    `for i in range(x.shape[1])`, iteration over a tensor, and the parts of `split` and `unbind` handled one by one.
Why it matters
    A longer input is cut short, a shorter one makes the program fail or repeat the wrong part.
Example
    for i in range(x.shape[1]):
        parts.append(linear(x[:, i:i + 1]))
Instead
    Work on the whole dimension at once, or put the loop under torch.jit.script.
Limits
    Parts that are unpacked into a fixed number of names are left alone: eager itself fails on any other number.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, conversion, decision_claim, parts_claim, reach_of
from tracelab.schema import Observation

RULE = "shape-dependent-loop"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a number of passes that was taken from sizes."""
    if observation.kind == "list-length" and reach_of(observation) == "sizes":
        return parts_claim(observation)
    rule = conversion(observation, "", RULE, "")
    if rule != RULE or reach_of(observation) != "sizes":
        return None
    return decision_claim(observation, f"the loop was unrolled as recorded ({observation.value}): its length")
