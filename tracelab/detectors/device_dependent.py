"""The device of a tensor was read by Python, and what follows from it is fixed.

What it finds
    Reads of a tensor's device in the user's code: in a condition, or handed to another call.
Why it matters
    A program traced on the CPU then makes tensors on the CPU while its inputs are on the GPU, and fails or copies.
Example
    pos = torch.arange(n, device=x.device)
Instead
    Make the tensor from another (x.new_zeros, torch.zeros_like), or trace on the device that will run it.
Limits
    Whether the value mattered is not known before a second run.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, property_claim
from tracelab.schema import Observation

RULE = "device-dependent"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a read of the device."""
    if observation.kind != "device":
        return None
    return property_claim(observation, "the device")
