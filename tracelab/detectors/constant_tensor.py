"""A tensor that no input feeds stands as a constant in the program.

What it finds
    `torch.tensor(...)` of traced numbers, `.data`, `copy.deepcopy`, numpy and list round trips, and tensors that were
    made before the function ran and are no parameter or buffer.
Why it matters
    Its elements are those of the example, or of the moment of tracing, for ever.
Example
    wh = torch.tensor([img.shape[3], img.shape[2]])
Instead
    Use detach() for .data, torch.stack of traced values for torch.tensor, and register_buffer for what belongs to the
    module.
Limits
    Constants made of plain Python literals are not claimed.
"""

from __future__ import annotations

from tracelab.detectors.base import ARRAYS, NO_INPUT, Claim, Facts, decision_claim, reach_of
from tracelab.schema import Observation

RULE = "constant-tensor"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of elements that left the graph and may come back as a constant."""
    if (
        observation.kind == "conversion"
        and observation.asked.rpartition(".")[2] in ARRAYS
        and reach_of(observation) != "sizes"
    ):
        return decision_claim(
            observation, f"{observation.asked} took the elements out of the graph: what is made of them"
        )
    if observation.kind != "constant-tensor":
        return None
    if observation.detail.startswith("kept:"):
        name = observation.detail.removeprefix("kept:") or "a tensor from outside the function"
        return Claim(
            f"{name}, {observation.value}, is a constant in the program", reason=NO_INPUT.format("that tensor")
        )
    if reach_of(observation) == "nothing" and not observation.asked.startswith("torch.from"):
        return None
    return decision_claim(observation, f"{observation.asked} made a constant, {observation.value}: what it holds")
