"""Every specimen runs: the harmful ones are shown to be, and TraceLab finds them where they are."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

from tests.specimens import ALL, FILES
from tests.specimens.base import Specimen, Witness
from tests.specimens.running import captured, outcome, plain_trace

ROOT = Path(__file__).parent.parent
WITNESSED = [(s, w) for s in ALL if not s.crashes and not s.refuses for w in s.witnesses]
FOUND = [(s, rule, marker) for s in ALL if not s.awaits for rule, marker in s.finds]
PROVABLE = [s for s in ALL if s.finds and not s.crashes]
HARMLESS = [s for s in ALL if not s.finds]


def _named(value: Any) -> str:
    return value.name if isinstance(value, Specimen) else "" if isinstance(value, Witness) else str(value)


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


UNPROVEN = {
    "HoldsPlainTensor": "a tensor in a plain attribute: nothing says that anybody replaces it",
    "adds_a_global_tensor": "a tensor in a global table: the same",
    "multiplies_a_closure_tensor": "a tensor in a closure: the same",
    "ReadsAnAttribute": "set in `__init__` alone: taken for configuration",
    "caches_an_answer": "what the cache was filled from is neither an input nor an attribute",
    "DropsOut": "dropout that was traced in eval mode is as it should be",
    "looks_up_formatted": "eager refuses all texts but two",
    "asserts_even": "a check of sizes: where eager refuses, nobody expects an answer",
    "copies_deeply": "the program computes with memory that nobody wrote: its answer is another one each time",
    "writes_through_numpy": "the memory was written behind torch's back: told as a divergence that nothing explains",
    "raises_half_way": "eager raises as well",
    "RaisesInTorch": "eager raises as well",
}
"""Harm that no Run shows, and why."""


def proof_stands(specimen: Specimen, rule: str, marker: str) -> bool:
    """Whether a finding of the rule is proven on the marked line."""
    return any(
        finding.verdict in ("diverges", "raises")
        and finding.rule in rule.split("|")
        and finding.source is not None
        and finding.source.filename == specimen.filename
        and finding.source.lineno in specimen.lines(marker)
        for finding in captured(specimen).findings
    )


@pytest.mark.parametrize("specimen", PROVABLE, ids=_named)
def test_proven(specimen: Specimen) -> None:
    """Each harm is shown by a Run, but for those of which it is known that none can."""
    assert all(proof_stands(specimen, *find) for find in specimen.finds) is (specimen.name not in UNPROVEN)


@pytest.mark.parametrize("specimen", HARMLESS, ids=_named)
def test_nothing_harmful_is_claimed(specimen: Specimen) -> None:
    levels = ("error", "warning") if specimen.silent else ("error",)
    assert [(f.rule, f.message) for f in captured(specimen).findings if f.level in levels] == []
