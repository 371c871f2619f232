"""A branch was chosen by the values of a tensor, and the program always takes it.

What it finds
    `if`, `assert`, a ternary, `and`, `or`, `not`, `match`, a comprehension's condition or a comparison inside `sorted`,
    `min` and `max` that asks a tensor for a Python truth.
Why it matters
    The tracer records the operations of the arm that ran. On an input that decides otherwise the program still runs
    that arm and gives a wrong answer without a word.
Example
    if h.mean() > 0:
        return F.gelu(h)
    return -F.relu(-h)
Instead
    Compute both and choose with torch.where, or put the function under torch.jit.script.
Limits
    Decisions inside torch's own functions are not looked into.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, conversion, decided, decision_claim, reach_of, warned
from tracelab.schema import Observation

RULE = "data-dependent-branch"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a truth that was taken from values."""
    if observation.kind == "tracer-warning":
        return warned(observation, facts, "boolean")
    rule = conversion(observation, RULE, "", "")
    if rule != RULE or reach_of(observation) in ("sizes", "random"):
        return None
    return decision_claim(observation, f"{decided(observation)} was decided once ({observation.value}): it")
