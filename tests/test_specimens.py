"""Every specimen runs: the harmful ones are shown to be, and TraceLab finds them where they are."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

import tracelab
from tests.specimens import ALL, FILES
from tests.specimens.base import Specimen, Witness
from tests.specimens.running import outcome, plain_trace, seed

ROOT = Path(__file__).parent.parent
WITNESSED = [(s, w) for s in ALL if not s.crashes and not s.refuses for w in s.witnesses]
FOUND = [(s, rule, marker) for s in ALL if not s.awaits for rule, marker in s.finds]
HARMLESS = [s for s in ALL if not s.finds]


def _named(value: Any) -> str:
    return value.name if isinstance(value, Specimen) else "" if isinstance(value, Witness) else str(value)


def captured(specimen: Specimen) -> tracelab.Trace:
    """What TraceLab makes of a fresh copy."""
    target = specimen.make()
    seed(0)
    if specimen.kwargs():
        trace = tracelab.trace(target, example_kwarg_inputs=specimen.kwargs())
    else:
        trace = tracelab.trace(target, specimen.example())
    specimen.reset()
    return trace


def test_names_are_unique() -> None:
    names = [specimen.name for specimen in ALL]
    assert sorted(names) == sorted(set(names))
    assert len(FILES) == len(list((ROOT / "tests" / "specimens").glob("*.py"))) - len(["__init__", "base", "running"])


@pytest.mark.parametrize("specimen", [s for s in ALL if s.finds], ids=_named)
def test_harm_is_declared(specimen: Specimen) -> None:
    assert specimen.witnesses or specimen.refuses or specimen.crashes
    assert all(witness.outcome != "agrees" for witness in specimen.witnesses)
    assert all(specimen.lines(marker) for _, marker in specimen.finds)


@pytest.mark.parametrize(("specimen", "witness"), WITNESSED, ids=_named)
def test_witness(specimen: Specimen, witness: Witness) -> None:
    """Plain `torch.jit.trace` and eager part where it is said, and nowhere else."""
    assert outcome(specimen, witness, plain_trace(specimen)) == witness.outcome


@pytest.mark.parametrize("specimen", [s for s in ALL if s.refuses], ids=_named)
def test_refusal(specimen: Specimen) -> None:
    with warnings.catch_warnings(), pytest.raises(specimen.refuses or ()):
        plain_trace(specimen)


@pytest.mark.parametrize("specimen", [s for s in ALL if s.crashes], ids=_named)
def test_crash(specimen: Specimen) -> None:
    """Plain `torch.jit.trace` kills a process of its own."""
    code = (
        "from tests.specimens import ALL; from tests.specimens.running import plain_trace\n"
        f"plain_trace(next(s for s in ALL if s.name == {specimen.name!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode < 0


@pytest.mark.parametrize(("specimen", "rule", "marker"), FOUND, ids=_named)
def test_found(specimen: Specimen, rule: str, marker: str) -> None:
    """A finding of the rule stands on the marked line."""
    places = [
        (finding.rule, finding.source.lineno)
        for finding in captured(specimen).findings
        if finding.source is not None and finding.source.filename == specimen.filename
    ]
    assert any(found in rule.split("|") and lineno in specimen.lines(marker) for found, lineno in places), places


@pytest.mark.parametrize("specimen", HARMLESS, ids=_named)
def test_nothing_harmful_is_claimed(specimen: Specimen) -> None:
    levels = ("error", "warning") if specimen.silent else ("error",)
    assert [(f.rule, f.message) for f in captured(specimen).findings if f.level in levels] == []
