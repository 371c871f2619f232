"""The function asked whether it trains, and the program keeps the answer.

What it finds
    Reads of `training` in the user's code, and modules that record other operations in the other mode.
Why it matters
    `program.eval()` and `program.train()` change a flag that nothing reads any more.
Example
    if self.training:
        y = y + noise
Instead
    Put the model into the mode that it will run in before tracing, or trace both.
Limits
    Operations that bake the mode without the user's code asking (dropout, batch norm) are claimed where the model was
    traced in training mode; a program that was traced in eval mode and stays there is as it should be.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts, discovered, proof_of
from tracelab.schema import Observation

RULE = "training-mode"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a read of `training`."""
    if observation.kind == "mode-op":
        proof = proof_of(observation, facts)
        return discovered(
            f"{observation.asked} works otherwise in the other mode, and the program stays in this", proof
        )
    if observation.kind != "state-read" or not observation.asked.endswith(".training"):
        return None
    message = f"{observation.asked} was {observation.value} and stays so, whatever mode the program is put in"
    if observation.value == "False" and observation.detail == "argument":
        return Claim(message, "note", reason="traced in eval mode, where what it switches on, as dropout, is off")
    return Claim(message)
