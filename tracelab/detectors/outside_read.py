"""A fact from outside was read: the clock, the environment, a file, a random generator of Python or numpy.

What it finds
    Calls of `time`, `datetime`, `os.environ`, `open`, `random`, `numpy.random`, `uuid` and their kin from the user's
    code.
Why it matters
    The value of the moment of tracing is a constant in the program.
Example
    phase = time.time() % 1000.0
Instead
    Pass it in as an input, and draw with torch's own generator.
Limits
    Reads made by compiled extensions are not seen.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts
from tracelab.schema import Observation

RULE = "outside-read"
DRAWS = ("random.", "numpy.random.")
"""Readers whose answer is a draw: `random-draw` speaks of them."""


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a read from outside."""
    if observation.kind != "outside-read" or observation.asked.startswith(DRAWS):
        return None
    return Claim(
        f"{observation.asked} was asked once: its answer is a constant from now on",
        reason="not tried: nothing outside was changed",
    )
