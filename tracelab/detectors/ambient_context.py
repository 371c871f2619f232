"""The function depends on, or sets, a mode of the process: gradients, autocast, default dtype, tracing itself, backend flags.

What it finds
    `torch.is_grad_enabled()`, `torch.is_autocast_enabled()`, `torch.get_default_dtype()`, `torch.jit.is_tracing()`, `torch.backends`
    flags, `x.requires_grad`, and blocks such as `with torch.no_grad():`.
Why it matters
    The answer of the moment of tracing is fixed. A `no_grad` block leaves no mark: gradients flow where eager stops them.
Example
    if torch.jit.is_tracing():
        return x
Instead
    Trace in the context of use, and stop gradients with detach().
Limits
    Which flag of torch.backends was read is not told apart.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, EXAMPLE, Facts, property_claim
from tracelab.schema import Observation

RULE = "ambient-context"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a mode that was read or set."""
    if observation.kind == "gradient":
        return property_claim(observation, f"{observation.asked.rpartition('.')[2]}")
    if observation.kind == "ambient-write":
        level = "warning" if "grad" in observation.asked or "inference" in observation.asked else "note"
        return Claim(f"{observation.asked} is not in the program: it runs in the mode of its caller", level)
    if observation.kind != "ambient-read":
        return None
    if observation.asked == "torch.jit.is_tracing":
        return _tracing(facts)
    return Claim(f"{observation.asked} was asked once: its answer is fixed", reason="not tried: the mode was not changed")


def _tracing(facts: Facts) -> Claim:
    proof = next((run for run in facts.runs if run.probe == EXAMPLE and run.outcome in ("diverges", "captured_raises")), None)
    message = "the program holds the arm that runs only while tracing, eager the other"
    if proof is None:
        return Claim(message, "note", reason="both arms gave the same output on the example inputs")
    verdict = "diverges" if proof.outcome == "diverges" else "raises"
    return Claim(message, "error", verdict, "eager and captured disagree on the example inputs", proof)
