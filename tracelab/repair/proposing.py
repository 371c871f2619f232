"""Every way's proposals for a finding, on top of what was taken so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from msgspec import structs

from tracelab.assembly import Case
from tracelab.repair import sizes
from tracelab.repair.base import Plan, Proposal, Spot, Way
from tracelab.repair.ground import Ground
from tracelab.repair.sources import read
from tracelab.schema import Finding


class Proposing:
    """Asks the ways.

    Args:
        case: what was captured.
        ground: what a repair has to stand.
        ways: in the order of asking.
        files_only: whether only changes to source files are wanted.
        faults: is told of errors of the ways.
    """

    def __init__(
        self, case: Case, ground: Ground, ways: Sequence[Way], files_only: bool, faults: list[Exception]
    ) -> None:
        self._case, self._ground, self._ways, self._files_only = case, ground, ways, files_only
        exported = case.captured.exported is not None
        others = [known.probe.calls[-1] for known in ground.probes if known.probe.calls and not known.keeps_sizes]
        self._taken = sizes.taken(case.request, others) if exported else ()
        self._faults = faults
        self._top = next((ran.site.source for ran in case.captured.ran if ran.top), None)

    def of(self, finding: Finding, plan: Plan) -> Iterator[Proposal]:
        """What might mend a finding, the least intrusive first.

        Where a guard on sizes is what refuses, no change of the code helps as long as the sizes are fixed by the call:
        that is proposed first, and then together with each change.
        """
        spot = self._spot(finding, plan)
        yield from self._asked(sizes.proposals, spot)
        shapes = None if self._files_only else sizes.wanted(spot)
        if shapes is None:
            yield from (one for way in self._ways for one in self._asked(way, spot))
            return
        spot = replace(spot, plan=plan.with_sizes(shapes, spot.opens_ones))
        for proposal in (one for way in self._ways for one in self._asked(way, spot)):
            yield replace(proposal, title=f"{proposal.title}; {sizes.title(spot.opens_ones)}")

    def widened(self, proposal: Proposal) -> Iterator[Proposal]:
        """A change after which what was refused can be captured, with the sizes left open that the function takes."""
        if self._case.captured.program is None and not self._files_only:
            yield from sizes.widened(proposal, self._case.request, self._taken)

    def _asked(self, way: Way, spot: Spot) -> Iterator[Proposal]:
        try:
            yield from (one for one in way(spot) if not (self._files_only and one.plan.is_beside_files))
        except Exception as fault:  # noqa: BLE001  told by the capture; the other ways go on
            self._faults.append(fault)

    def _spot(self, finding: Finding, plan: Plan) -> Spot:
        place = finding.source or self._top
        finding = structs.replace(finding, source=place)
        source = None if place is None else plan.sources.get(place.filename) or read(place.filename)
        scopes = (ran.scope for ran in self._case.subject.ran if place and ran.filename == place.filename)
        names = next(scopes, dict[str, Any]())
        lineno = source.now(place.lineno) if source is not None and place is not None else 0
        spot = Spot(finding, self._case.request, self._case.subject, plan, source, lineno, names)
        return replace(spot, taken=self._taken, is_about_sizes=self._ground.is_about_sizes(finding),
                       opens_ones=self._ground.opens_ones(finding),
                       exported_with=self._case.captured.dynamic_shapes)  # fmt: skip
