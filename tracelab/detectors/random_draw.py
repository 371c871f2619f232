"""A random draw happened in Python, or was reseeded, so that the program does not repeat it as eager does.

What it finds
    `random` and `numpy.random` calls, draws that became a Python number, `torch.manual_seed` inside the function, and
    draws from a generator object.
Why it matters
    Eager draws anew on each call; the program uses the one draw that was seen, or loses the seed.
Example
    if random.random() < 0.5:
        return x
Instead
    Draw with torch (torch.rand, F.dropout) and keep the result a tensor.
Limits
    Draws that the graph repeats, as torch.randn, are left alone.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, reach_of
from tracelab.detectors.outside_read import DRAWS
from tracelab.schema import Observation

RULE = "random-draw"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a draw that is not repeated."""
    if observation.kind == "conversion" and reach_of(observation) == "random":
        return Claim(f"a random draw became {observation.value} for good: every run of the program takes this draw")
    if observation.kind == "outside-read" and observation.asked.startswith(DRAWS):
        return Claim(
            f"{observation.asked} was called once: every run of the program takes this draw",
            reason="not tried: nothing was drawn again",
        )
    if observation.kind == "reseed":
        message = f"{observation.asked} is not repeated by the program: its draws go on from wherever the generator is"
        return Claim(message)
    if observation.kind == "generator":
        message = "the draw uses the generator object that was there while tracing, not the one of a later call"
        return Claim(message)
    return None
