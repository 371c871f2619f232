"""A witness holds: run again, on fresh tensors, the model and the program disagree as it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specimens import ALL
from tests.specimens.base import Specimen
from tests.specimens.running import captured, same, seed
from tracelab.schema import Finding

TRACED = [s for s in ALL if s.finds and not s.crashes and not s.refuses]


def played(side: Any, args: Any, kwargs: Any) -> Any:
    """What one side returns, or the error that it raises."""
    seed(100)
    try:
        return side(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 (the answer to compare)
        return error


def outcome(specimen: Specimen, finding: Finding) -> str | None:
    """How both sides fare on the inputs of a witness; None where inputs alone do not show it."""
    trace = captured(specimen)
    inputs = [trace.witness_inputs(finding) for _ in range(2)]
    if inputs[0] is None or inputs[1] is None:
        return None
    eager, program = played(trace.func, *inputs[0]), played(trace.program, *inputs[1])
    raised = [isinstance(side, Exception) for side in (eager, program)]
    if not any(raised):
        return "agrees" if same(eager, program) else "diverges"
    return {(True, False): "eager_raises", (False, True): "captured_raises"}.get((raised[0], raised[1]), "both raise")


@pytest.mark.parametrize("specimen", TRACED, ids=lambda s: s.name)
def test_a_witness_holds_when_it_is_run_again(specimen: Specimen) -> None:
    specimen.reset()
    for finding in captured(specimen).findings:
        assert finding.witness is None or outcome(specimen, finding) in (finding.witness.outcome, None)
    specimen.reset()


def test_most_witnesses_are_inputs() -> None:
    by_values = [s for s in TRACED if s.filename.endswith(("values.py", "shapes.py"))]
    shown = [s for s in by_values if any(outcome(s, f) for f in captured(s).findings)]
    assert len(shown) >= 0.9 * len(by_values)
