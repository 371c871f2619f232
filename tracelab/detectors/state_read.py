"""The function depends on something that outlives the call, and the program keeps its value.

What it finds
    Reads of plain attributes, globals, closure variables, class attributes and iterators from the user's code.
Why it matters
    Where the function itself changes the value, the second call is wrong. Where somebody sets it later (a scale, a
    flag, a dial), the program does not hear of it.
Example
    if self.calls % 2:
        return self.odd(x)
Instead
    Keep what may change in a buffer, or trace again after changing it.
Limits
    Values that nothing in the function changes are notes: they are configuration until somebody assigns them.
"""

from __future__ import annotations

from tracelab.detectors.base import NO_INPUT, Claim, Facts
from tracelab.schema import Observation

RULE = "state-read"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a value that is read from outside the call."""
    if observation.kind == "cache":
        message = f"`{observation.asked}` keeps its results: what a later call finds there was made here"
        return Claim(message, "warning" if observation.nodes else "note", reason="not tried: no second call was made")
    if observation.kind != "state-read" or observation.asked.endswith(".training"):
        return None
    if observation.detail:
        return Claim(
            f"`{observation.asked}` is read, and the function itself changes it",
            reason="not tried: no second call was made",
        )
    return Claim(
        f"`{observation.asked}` is fixed at {observation.value}",
        "note",
        reason=NO_INPUT.format(f"`{observation.asked}`"),
    )
