"""How far eager and captured are apart along the graph, under the one Run that the drawing is tinted by."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from tracelab import schema
from tracelab.renderers.proof import differing
from tracelab.renderers.reading import every_node
from tracelab.renderers.safe import visible

DEGREES = (0.01, 0.3)
"""Relative errors at which the tint grows stronger."""


@dataclass(frozen=True)
class Heat:
    """The Run that tints, and its error at each node of the drawn graph."""

    probe: str = ""
    """Empty where no Run was followed along the graph."""
    first: int | None = None
    errors: dict[int, schema.NodeError] = field(default_factory=dict[int, schema.NodeError])
    """Of the nodes that disagree; the worst of those nested in one."""

    def worst(self, nodes: Iterable[schema.Node]) -> schema.NodeError | None:
        """The largest error among some nodes."""
        return max((self.errors[node.id] for node in nodes if node.id in self.errors), key=_size, default=None)

    @property
    def caption(self) -> str:
        """What the tint means; empty where there is none."""
        return f"Tinted by how far eager and captured are apart: {visible(self.probe, 80)}." if self.probe else ""


def outer_nodes(graph: schema.Graph) -> dict[int, int]:
    """The id of every node -> the id of the one around it that is not nested."""
    return {inner.id: node.id for node in graph.nodes for inner in every_node([node])}


def heat(capture: schema.Capture, graph: schema.Graph) -> Heat:
    """The heat of the first witness that was followed along the graph, else of the first such Run."""
    witnesses = [finding.witness for finding in capture.findings if finding.witness]
    followed = (run for run in (*witnesses, *differing(capture.runs)) if run.method == graph.method)
    run = next((run for run in followed if run.along or run.first_divergence is not None), None)
    if run is None:
        return Heat()
    outer = outer_nodes(graph)
    found = Heat(run.probe, outer.get(run.first_divergence) if run.first_divergence is not None else None)
    for error in run.along:
        place = outer.get(error.node)
        if place is not None and not error.agrees:
            found.errors[place] = max(found.errors.get(place, error), error, key=_size)
    return found


def degree(error: schema.NodeError) -> int:
    """How strong the tint is: 1, 2 or 3; an error that could not be measured is the strongest."""
    return 1 + sum(_size(error)[0] >= limit for limit in DEGREES)


def text(error: schema.NodeError) -> str:
    """`apart by 0.25`."""
    return f"apart by {error.max_abs:.3g}" if error.max_abs is not None else "apart"


def _size(error: schema.NodeError) -> tuple[float, float]:
    """What errors are ordered by: the relative one, then the absolute; what was not measured is beyond all."""
    return _number(error.max_rel if error.max_rel is not None else error.max_abs), _number(error.max_abs)


def _number(value: float | None) -> float:
    return math.inf if value is None or math.isnan(value) else value
