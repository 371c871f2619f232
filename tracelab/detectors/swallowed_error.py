"""An error was caught, or could have been, and the program has only the outcome of the example.

What it finds
    `try` statements around tensor operations that catch errors which those may raise.
Why it matters
    Where the example succeeded the program fails on inputs that eager handles. Where a torch operation failed and
    Python went on, `torch.jit.trace` itself crashes the process: such a function is only traced in a child process.
Example
    try:
        return torch.linalg.cholesky(a)
    except RuntimeError:
        return torch.linalg.cholesky(a + jitter)
Instead
    Ask beforehand with an operation that does not raise (torch.linalg.cholesky_ex), and choose with torch.where.
Limits
    Which operation can raise on some input is not known before a second run.
"""

from __future__ import annotations

from tracelab.detectors.base import Claim, Facts
from tracelab.schema import Observation

RULE = "swallowed-error"


def claim(observation: Observation, facts: Facts) -> Claim | None:
    """Speak of a `try` that was passed."""
    if observation.kind != "try" or not (
        observation.nodes or (facts.stop is not None and observation.value == "an error")
    ):
        return None
    if observation.value == "no error":
        return Claim("nothing failed here while capturing: the handler is not in the program")
    return Claim("an error was caught here while capturing: the program holds what the handler did")
