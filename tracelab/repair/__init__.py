"""Changes that make a program right, each tried and proven before it is offered. One way of mending a file.

Nothing of the user's becomes another one: a function is made anew from a changed text beside the old one, a module is
repaired in a copy that shares its parameters, and files are written by nobody here.
"""

from collections.abc import Callable, Sequence

from tracelab.assembly import Case
from tracelab.repair import buffers, kept, like, mode, numbers, script, where
from tracelab.repair.base import Plan, Proposal, Spot, Way
from tracelab.repair.mend import Mended, Mender
from tracelab.replay import Prover
from tracelab.schema import Finding

WAYS: tuple[Way, ...] = (
    numbers.proposals,
    kept.proposals,
    like.proposals,
    where.proposals,
    buffers.proposals,
    mode.proposals,
    script.proposals,
)
"""In the order of trying: what changes least of the user's code comes first."""


def mended(
    case: Case, prover: Prover, findings: Sequence[Finding], seconds: float, tell: Callable[[str, float], None]
) -> Mended:
    """Mend what is proven wrong in a Trace, as far as that can be done and proven."""
    return Mender(case, prover, findings, WAYS, seconds, tell).run()


__all__ = ["WAYS", "Mended", "Plan", "Proposal", "Spot", "Way", "mended"]
