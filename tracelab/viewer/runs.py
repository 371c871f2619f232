"""Runs, ready to be read, with the error at each node as heat."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tracelab import schema
from tracelab.detectors.base import ASKED, GIVEN
from tracelab.renderers import proof, tally
from tracelab.renderers.safe import code, visible
from tracelab.shown import ShownAlong, ShownRun
from tracelab.viewer.columns import Columns

_WORDS: dict[schema.Outcome, str] = {
    "agrees": "agrees",
    "diverges": "diverges",
    "captured_raises": "captured raises",
    "captured_refuses": "a guard refuses",
    "eager_raises": "eager raises",
}
_COLDEST, _HOTTEST = -7.0, 1.0
"""The exponents of ten between which a relative error is told apart."""
MOST_ALONG = 400
"""So many nodes that differ are told with both values; the heat tells of all."""


def every_run(capture: schema.Capture) -> list[schema.Run]:
    """The Runs of the document, then witnesses that are not among them."""
    runs = {run.id: run for run in capture.runs}
    for finding in capture.findings:
        if finding.witness:
            runs.setdefault(finding.witness.id, finding.witness)
    return list(runs.values())


def smallest_proof(capture: schema.Capture) -> schema.Run | None:
    """The witness that changes least: inputs alone before anything else, then the fewest elements."""
    proofs = [finding.witness for finding in capture.findings if finding.witness and tally.is_wrong(finding)]
    proofs = [run for run in proofs if run.axis or run.by_inputs]
    return min(proofs, key=lambda run: (not run.by_inputs, sum(map(_elements, run.inputs))), default=None)


def _elements(given: schema.Input) -> int:
    """How many elements `f32[2, 10]` has."""
    inner = given.spec.partition("[")[2].partition("]")[0]
    sizes = [part.strip() for part in inner.split(",") if part.strip()]
    return math.prod(int(size) for size in sizes if size.isdecimal() and len(size) < 12)


def shown_runs(capture: schema.Capture, numbers: Sequence[Mapping[int, int]], columns: Columns) -> tuple[ShownRun, ...]:
    """All Runs.

    Args:
        capture: the document.
        numbers: of each graph, a node's id -> its number.
        columns: takes the heat.
    """
    findings = {finding.id: at for at, finding in enumerate(capture.findings)}
    witnesses = {finding.witness.id for finding in capture.findings if finding.witness}
    shown: list[ShownRun] = []
    for run in every_run(capture):
        graph = _graph_of(capture, run)
        shown.append(
            _run(capture, run, numbers[graph] if numbers else dict[int, int](), findings, run.id in witnesses, columns)
        )
    return tuple(shown)


def shown_run(capture: schema.Capture, run: schema.Run, numbers: Mapping[int, int], columns: Columns) -> ShownRun:
    """One Run that proves nothing.

    Args:
        capture: the document.
        run: the Run.
        numbers: of its graph, a node's id -> its number.
        columns: takes the heat.
    """
    findings = {finding.id: at for at, finding in enumerate(capture.findings)}
    return _run(capture, run, numbers, findings, False, columns)


def _graph_of(capture: schema.Capture, run: schema.Run) -> int:
    by_method = {graph.method: at for at, graph in enumerate(capture.graphs)}
    return by_method.get(run.method, by_method.get("forward", 0))


def _run(
    capture: schema.Capture,
    run: schema.Run,
    numbers: Mapping[int, int],
    findings: Mapping[str, int],
    is_witness: bool,
    columns: Columns,
) -> ShownRun:
    along = [error for error in run.along if error.node in numbers]
    return ShownRun(
        id=run.id,
        title=_title(run, capture),
        outcome=run.outcome,
        look=_look(run, is_witness),
        word=_WORDS[run.outcome],
        axis=visible(run.axis, 60),
        graph=_graph_of(capture, run),
        error=proof.error(run),
        inputs=tuple(_input(given) for given in run.inputs),
        outputs=tuple(_output(leaf) for leaf in run.outputs),
        first_divergence=None if run.first_divergence is None else numbers.get(run.first_divergence),
        compared=columns.add("u32", [numbers[error.node] for error in along]) if along else None,
        heat=columns.add("u8", [heat(error) for error in along]) if along else None,
        along=tuple(_along(error, numbers) for error in [e for e in along if not e.agrees][:MOST_ALONG]),
        only_eager=tuple(proof.only_eager(run, limit=0)),
        blame=tuple(findings[name] for name in run.blame if name in findings),
        snippet="\n".join(code(run.snippet)),
    )


def _title(run: schema.Run, capture: schema.Capture) -> str:
    """What was changed; of a Run that the user asked for, the inputs too, by which one is told from the next."""
    if run.axis != ASKED:
        return visible(run.probe, 200)
    traced = {(given.name.rpartition(".")[2], given.spec) for given in capture.inputs}
    other = [f"{given.name} {given.spec}" for given in run.inputs if (given.name, given.spec) not in traced]
    text = run.probe.replace(GIVEN, ", ".join(other), 1) if other else run.probe
    return visible(f"You asked: {text}", 200)


def _look(run: schema.Run, is_witness: bool) -> tally.Look:
    """A Run in which eager raises shows something only where the captured program should have raised too."""
    if run.outcome == "agrees":
        return "holds"
    if run.outcome == "captured_refuses":
        return "note"
    return "note" if run.outcome == "eager_raises" and not is_witness else "error"


def heat(error: schema.NodeError) -> int:
    """0 agrees, 1 to 254 by the logarithm of the relative error, 255 where there is no number."""
    if error.agrees:
        return 0
    size = error.max_rel if error.max_rel is not None else error.max_abs
    if size is None or not math.isfinite(size):
        return 255
    exponent = math.log10(size) if size > 0 else _COLDEST
    part = (exponent - _COLDEST) / (_HOTTEST - _COLDEST)
    return 1 + round(253 * min(max(part, 0.0), 1.0))


def _input(given: schema.Input) -> schema.Input:
    return schema.Input(name=visible(given.name, 80), spec=visible(given.spec, 200), keyword=given.keyword)


def _output(leaf: schema.OutputError) -> schema.OutputError:
    return schema.OutputError(
        path=visible(leaf.path, 80),
        eager=visible(leaf.eager, 120),
        captured=visible(leaf.captured, 120),
        max_abs=_finite(leaf.max_abs),
        max_rel=_finite(leaf.max_rel),
        index=leaf.index,
        agrees=leaf.agrees,
    )


def _along(error: schema.NodeError, numbers: Mapping[int, int]) -> ShownAlong:
    return ShownAlong(
        node=numbers[error.node],
        eager=_summary(error.eager),
        captured=_summary(error.captured),
        max_abs=_finite(error.max_abs),
        max_rel=_finite(error.max_rel),
    )


def _summary(value: schema.Summary | None) -> schema.Summary | None:
    if value is None:
        return None
    low, high, mean = (visible(text, 24) for text in (value.min, value.max, value.mean))
    return schema.Summary(spec=visible(value.spec, 80), min=low, max=high, mean=mean, nans=value.nans, bars=value.bars)


def _finite(number: float | None) -> float | None:
    """JSON has no infinity."""
    return number if number is not None and math.isfinite(number) else None
