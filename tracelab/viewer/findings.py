"""Findings, ready to be read. The sentences are those of every renderer."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from tracelab import schema
from tracelab.detectors import RULES
from tracelab.renderers import proof, story, tally
from tracelab.renderers.reading import Reader
from tracelab.renderers.repairs import can_be_mended
from tracelab.renderers.safe import visible
from tracelab.shown import ShownFinding
from tracelab.viewer.chains import told
from tracelab.viewer.graph import Ordered
from tracelab.viewer.places import place_name
from tracelab.viewer.regions import steering
from tracelab.viewer.repairs import repairs_of

_HELPFUL = ("Why it matters", "Instead")
"""The headings of a rule's page that the screen shows."""


def graph_places(capture: schema.Capture) -> list[int]:
    """Of each finding, the place of its graph; the first, as `Capture.graph`, where no graph has its method's name."""
    by_method = {graph.method: at for at, graph in enumerate(capture.graphs)}
    return [by_method.get(finding.method, by_method.get("forward", 0)) for finding in capture.findings]


def marks(reader: Reader, graphs: Sequence[int], orders: Sequence[Ordered], at: int) -> dict[int, int]:
    """Of one graph: node id -> 1 + the place of the worst finding at it."""
    findings = reader.capture.findings
    found: dict[int, int] = {}
    for place in sorted(range(len(findings)), key=lambda place: tally.LOOKS.index(tally.look(findings[place]))):
        if graphs[place] == at:
            for node in _marked(reader, findings[place], orders[at]):
                found.setdefault(node, place + 1)
    return found


def _marked(reader: Reader, finding: schema.Finding, order: Ordered) -> list[int]:
    """The nodes at which something was frozen. What a decision merely controls is shaded instead."""
    controlled = {node for seen in steering(reader, finding) for node in seen.nodes}
    asked = (seen.graph_value for seen in reader.observations(finding))
    makers = [order.row.nodes[order.row.maker[value]] for value in asked if value in order.row.maker]
    own = [node for node in finding.nodes if node not in controlled]
    own += [node.id for node in makers if node.op == "call_function" and controlled]
    return own or list(finding.nodes[:1])


def shown_findings(
    reader: Reader, graphs: Sequence[int], orders: Sequence[Ordered], runs: Mapping[int, int]
) -> tuple[ShownFinding, ...]:
    """All findings in the document's order.

    Args:
        reader: the capture.
        graphs: of each finding, the place of its graph.
        orders: the graphs, in order.
        runs: the id of a Run -> its place.
    """
    findings, repairs = reader.capture.findings, repairs_of(reader.capture)
    return tuple(
        _finding(reader, finding, orders[graph] if orders else None, graph, runs, repairs.get(finding.id, ()))
        for finding, graph in zip(findings, graphs)
    )


def _finding(
    reader: Reader,
    finding: schema.Finding,
    order: Ordered | None,
    graph: int,
    runs: Mapping[int, int],
    repairs: tuple[int, ...],
) -> ShownFinding:
    chain = _chain(reader, finding, order)
    number = order.row.number if order else {}
    remarks = story.remarks(reader, finding)
    witness = story.witness(finding)
    return ShownFinding(
        id=visible(finding.id, 200),
        rule=visible(finding.rule, 60),
        verdict=finding.verdict,
        level=finding.level,
        look=tally.look(finding),
        word=tally.word(finding),
        message=visible(finding.message, 600),
        reason="" if witness else visible(finding.reason, 600),
        frozen=story.frozen_value(finding),
        module=visible(finding.module, 200),
        place=_place(finding),
        graph=graph,
        range=order.ranges.place(finding.source) if order else 0,
        nodes=tuple(number[node] for node in finding.nodes if node in number),
        chain=chain,
        chain_text=told(reader, finding, order.row, chain) if order else (),
        witness=runs.get(finding.witness.id) if finding.witness else None,
        tried=tuple(runs[run] for run in finding.tried if run in runs),
        tried_text=_tried(reader, finding),
        count=finding.count,
        facts=(*(proof.rows(reader, witness) if witness else ()), *_told_here(remarks)),
        help=_help(finding.rule),
        repairs=repairs,
        mendable=can_be_mended(finding),
        left=visible(reader.capture.left.get(finding.id, ""), 600),
    )


def _told_here(remarks: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What has no field of its own."""
    return [row for row in remarks if row[0] not in ("tried", "note", "in module")]


def _place(finding: schema.Finding) -> str:
    if finding.source is None:
        return ""
    inside = f" in {visible(finding.source.function, 80)}" if finding.source.function else ""
    return place_name(finding.source) + inside


def _tried(reader: Reader, finding: schema.Finding) -> str:
    made = [run for number in finding.tried if (run := reader.run(number))]
    return proof.counts(made) if made else ""


def _chain(reader: Reader, finding: schema.Finding, order: Ordered | None) -> tuple[int, ...]:
    """The way to the first value that was asked."""
    asked = (seen.graph_value for seen in reader.observations(finding))
    makers = order.row.maker if order else {}
    number = next((makers[value] for value in asked if value is not None and value in makers), None)
    return order.ways.to(number) if order and number is not None else ()


def _help(rule: str) -> str:
    """Why a rule matters, and what to write instead; nothing of a rule that a later release has."""
    page = RULES.get(rule)
    parts = [page.sections.get(heading, "") for heading in _HELPFUL] if page else []
    return "\n\n".join(textwrap.dedent(part).strip() for part in parts if part)
