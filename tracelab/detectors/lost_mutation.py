"""A write reached memory and not the graph.

What it finds
    Assignment to `.data`, and in-place operations on a tensor that was taken out of the graph.
Why it matters
    Eager changes the tensor on every call; the program does not, or uses the value after the change.
Example
    self.w.data = self.w.data * 0.5
Instead
    Write under torch.no_grad() with copy_ or mul_, which is recorded.
Limits
    Writes through numpy's view of the memory are not seen.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts
from tracelab.schema import Observation

RULE = "lost-mutation"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a write that the graph does not have."""
    if observation.kind == "memory":
        message, level = (
            f"{observation.asked} hands out the memory: what is written there is not in the program",
            "note",
        )
    elif observation.kind == "lost-write" and observation.detail == "size":
        message, level = "a size is a tensor while tracing: changing it in place changes every name that it has", "note"
    elif observation.kind == "lost-write":
        message, level = "the write is not in the program: eager repeats it on every call", "warning"
    else:
        return None
    return Claim(message, level, reason="not tried: no second call was made")
