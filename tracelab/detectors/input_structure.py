"""The function asked how it was called: which arguments, of which type, how many, under which keys.

What it finds
    `mask is None`, `isinstance(x, list)`, loops over the items of a list or dict, `len` of a container. One tensor
    given for two keyword arguments: the program takes the first for both.
Why it matters
    The program has the arguments, the lengths and the keys of the example; others are refused or ignored.
Example
    if mask is None:
        return x.mean(1)
Instead
    Trace with every argument that will be given, and give absent ones as neutral tensors (a mask of ones).
Limits
    Only questions of the traced function itself, not of those it calls.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts
from tracelab.schema import Observation

RULE = "input-structure"


_PHRASES = {
    "none": "whether the argument is given",
    "type": "the type of the argument",
    "length": "the items of the container",
    "truth": "whether the argument is given",
    "default": "the default of an argument that is not given",
    "shared": "whether both are one tensor",
}


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a question about the inputs."""
    if observation.kind != "input-structure":
        return None
    level = (
        "note"
        if observation.guard
        or observation.detail == "default"
        or (observation.detail == "none" and observation.value != "None")
        else "warning"
    )
    return Claim(f"`{observation.asked}`: {_PHRASES[observation.detail]} is frozen ({observation.value})", level)
