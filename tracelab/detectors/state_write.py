"""The function changes something that outlives the call, and the program does not.

What it finds
    Attributes, buffers that are reassigned, lists and dicts, globals, closures and class attributes that were not the
    same after the function as before it.
Why it matters
    A counter stays where it was, a cache does not grow, a moving average does not move: the second call differs.
Example
    self.calls += 1
Instead
    Register a buffer and change it in place (self.calls.add_(1)), or pass the state in and out.
Limits
    What is changed inside objects of compiled extensions is not seen.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts
from tracelab.schema import Observation

RULE = "state-write"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a write that the program does not repeat."""
    if observation.kind != "state-write":
        return None
    return Claim(
        f"`{observation.asked}` changes state that outlives the call; the program never does",
        reason="not tried: no second call was made",
    )
