"""Changes that make a program right, each tried and proven before it is offered. One way of mending a file.

Nothing of the user's becomes another one: a function is made anew from a changed text beside the old one, a module is
repaired in a copy that shares its parameters, and files are written by nobody here.
"""

from collections.abc import Callable, Sequence

from tracelab.assembly import Case
from tracelab.repair import (
    always,
    arms,
    buffers,
    checks,
    flags,
    gathered,
    grown,
    kept,
    like,
    loops,
    mode,
    numbers,
    script,
    skips,
    unrolled,
    where,
)
from tracelab.repair.base import Plan, Proposal, Spot, Way
from tracelab.repair.mend import Mended, Mender
from tracelab.replay import Prover
from tracelab.schema import Finding

_IN_SOURCE: tuple[Way, ...] = (
    numbers.proposals, kept.proposals, like.proposals, always.proposals, gathered.proposals,
)  # fmt: skip
WAYS: dict[str, tuple[Way, ...]] = {
    "jit": (*_IN_SOURCE, where.proposals, buffers.proposals, mode.proposals, script.proposals),
    "export": (
        checks.proposals, *_IN_SOURCE, kept.writes, arms.costly, where.proposals, arms.proposals,
        loops.proposals, flags.proposals, grown.proposals, unrolled.proposals, skips.proposals,
        buffers.rebound, buffers.proposals,
    ),
}  # fmt: skip
"""By backend, in the order of trying: what changes least of the user's code comes first."""


def mended(
    case: Case, prover: Prover, findings: Sequence[Finding], seconds: float, tell: Callable[[str, float], None],
    files_only: bool = False,
) -> Mended:  # fmt: skip
    """Mend what is proven wrong in a Trace, as far as that can be done and proven.

    Args:
        case: what was captured.
        prover: has shown what is wrong.
        findings: with their verdicts.
        seconds: how long is tried.
        tell: is told what is being tried, and which part of the time is over.
        files_only: whether only changes to source files are tried.
    """
    return Mender(case, prover, findings, WAYS[case.captured.backend], seconds, tell, files_only).run()


__all__ = ["WAYS", "Mended", "Plan", "Proposal", "Spot", "Way", "mended"]
