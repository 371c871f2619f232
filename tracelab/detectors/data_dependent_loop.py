"""A loop ran as often as the values of a tensor said, and the program always runs it so often.

What it finds
    `while` on a tensor's value, and `for` over a range, a list or a comprehension whose length comes from one.
Why it matters
    Every pass was recorded as operations of its own. Another input needs another number of passes and does not get it.
Example
    for _ in range(int(lengths.max())):
        h = cell(x, h)
Instead
    Loop to a fixed bound and mask what is too much, or put the loop under torch.jit.script.
Limits
    A number that is first kept in a variable is claimed as data-dependent-scalar at the line where it left the graph.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, conversion, decision_claim, parts_claim, reach_of
from tracelab.schema import Observation

RULE = "data-dependent-loop"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a number of passes that was taken from values."""
    if observation.kind == "list-length" and reach_of(observation) == "values":
        return parts_claim(observation)
    rule = conversion(observation, "", RULE, "")
    if rule != RULE or reach_of(observation) in ("sizes", "random"):
        return None
    return decision_claim(observation, f"the loop was unrolled as recorded ({observation.value}): its length")
