"""The function reads or sets a mode of the process: gradients, autocast, default dtype, tracing, backend flags.

What it finds
    `torch.is_grad_enabled()`, `torch.is_autocast_enabled()`, `torch.get_default_dtype()`, `torch.jit.is_tracing()`,
    `torch.backends` flags, `x.requires_grad`, and blocks such as `with torch.no_grad():`.
Why it matters
    The answer of the moment of tracing is fixed. A `no_grad` block leaves no mark: gradients flow where eager stops
    them.
Example
    if torch.jit.is_tracing():
        return x
Instead
    Trace in the context of use, and stop gradients with detach().
Limits
    Which flag of torch.backends was read is not told apart.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, is_inside_torch, property_claim
from tracelab.schema import Observation

RULE = "ambient-context"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a mode that was read or set."""
    if observation.kind == "gradient":
        return property_claim(observation, f"{observation.asked.rpartition('.')[2]}")
    if observation.kind == "ambient-write":
        stops_gradients = "grad" in observation.asked or "inference" in observation.asked
        level = "warning" if stops_gradients and not is_inside_torch(observation) else "note"
        return Claim(f"{observation.asked} is not in the program: it runs in the mode of its caller", level)
    if observation.kind != "ambient-read":
        return None
    if observation.asked == "torch.jit.is_tracing":
        message = "the program holds the arm that runs only while tracing, eager the other"
        return Claim(message, "note", reason="both arms gave the same output on the example inputs")
    if observation.called == "set_grad_enabled":
        return None
    level = "note" if observation.asked.startswith("torch is_") else "warning"
    message = f"{observation.asked} was asked once: its answer is fixed"
    return Claim(message, level, reason="not tried: the mode was not changed")
