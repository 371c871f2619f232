"""A question about a size became a check of the program: it refuses inputs that answer otherwise.

What it finds
    Conditions on sizes that torch.export turned into guards, at lines of which nothing else is claimed.
Why it matters
    The program is not wrong, it raises: inputs of other sizes need another program, or code that does not ask.
Example
    torch._check(x.shape[0] > 3)
Instead
    Write the code so that it takes every size, or tell torch.export the range with Dim(min=, max=).
Limits
    With `dynamic_shapes=None` every size is fixed by torch.export itself, and no line is to blame.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, place_of
from tracelab.schema import Observation

RULE = "size-guard"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a guard at a line of which nothing else is said."""
    if observation.kind != "guard" or place_of(observation.source) in facts.lines:
        return None
    return Claim(
        f"the program takes only inputs with {observation.asked}",
        "note",
        "guarded",
        "refused by a guard: the program raises on other sizes, and says so",
    )
