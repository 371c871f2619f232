"""The capture stopped before the function was done, or its output cannot be traced.

What it finds
    Functions that raise, that torch.jit.trace or torch.export refuses, or that return what a trace cannot hold (a
    string, a dataclass).
Why it matters
    There is no program. The graph and the findings go as far as the function got.
Example
    return ModelOutput(logits=y)
Instead
    Return tensors in tuples (return_dict=False), and mend the error that is shown.
Limits
    The line is the innermost one of the user's code that the error passed.
"""

from __future__ import annotations

from tracelab.detectors.base import EXAMPLE, Claim, Facts
from tracelab.schema import Observation

RULE = "untraceable"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of the end of a partial capture."""
    if observation.kind == "refusal":
        said = observation.asked if observation.detail == "export" else f"draft_export reports {observation.asked}"
        return Claim(
            f"eager runs, and torch.export refuses: {said}",
            "warning",
            "refused",
            "refused at capture: nothing goes wrong in silence; the graph and the Runs are draft_export's",
        )
    if observation.kind != "stop":
        return None
    if observation.detail == "eager":
        return Claim(
            f"the function raised {observation.value}", reason="eager raises as well: nothing was frozen by it"
        )
    proof = next((run for run in facts.runs if run.probe == EXAMPLE), None)
    return Claim(
        f"eager runs, and tracing fails: {observation.value}", "error", "raises", "tried on the example inputs", proof
    )
