"""Refused at capture, refused at run by a guard, and silently wrong are told apart."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tests.backends.exporting import Counting, Deciding, Moding, Sized, line_of
from tracelab.errors import FrozenError
from tracelab.schema import Finding

X = torch.arange(12.0).reshape(4, 3) / 6 - 1


def findings(func: Any, **options: Any) -> dict[tuple[str, int], Finding]:
    """By rule and line."""
    trace = tracelab.trace(func, (X,), backend="export", **options)
    return {(f.rule, f.source.lineno): f for f in trace.findings if f.source is not None}


@pytest.mark.parametrize("shapes", [None, "auto"])
def test_a_guard_is_honest(shapes: Any) -> None:
    found = findings(Sized(), dynamic_shapes=shapes)["shape-dependent-branch", line_of(Sized, "x.shape[0]")]
    assert (found.verdict, found.level, found.witness) == ("guarded", "note", None)
    assert "refused by a guard" in found.reason
    assert found.tried


def test_a_refusal_at_capture_is_honest() -> None:
    found = findings(Deciding())["untraceable", line_of(Deciding, "if x.sum()")]
    assert (found.verdict, found.witness) == ("refused", None)


def test_no_honest_finding_is_an_error_of_the_program() -> None:
    tracelab.trace(Sized(), X, backend="export").raise_for_findings()


def test_a_refusal_to_capture_leaves_no_program_to_trust() -> None:
    with pytest.raises(FrozenError, match="untraceable refused"):
        tracelab.trace(Deciding(), X, backend="export").raise_for_findings()


@pytest.mark.parametrize(
    ("rule", "text", "probe"),
    [
        ("state-write", "self.calls += 1", "a second call"),
        ("ambient-context", "torch.is_grad_enabled()", "under torch.no_grad()"),
        ("outside-read", "TRACELAB_TEST_GAIN", "TRACELAB_TEST_GAIN"),
    ],
)
def test_what_no_guard_sees_is_silently_wrong(
    rule: str, text: str, probe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACELAB_TEST_GAIN", "2")
    found = findings(Counting())[rule, line_of(Counting, text)]
    assert found.verdict == "diverges"
    assert found.witness is not None
    assert probe in found.witness.probe


class Compiling(nn.Module):
    """Asks whether it is exported."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if torch.compiler.is_compiling():
            x = x + 1
        return x * 2


class Flagged(nn.Module):
    """Asks for a flag that says False while torch.export captures."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if torch.backends.mkldnn.enabled:
            x = x + 1
        return x * 2


@pytest.mark.parametrize(("model", "text"), [(Compiling(), "is_compiling"), (Flagged(), "mkldnn.enabled")])
def test_what_export_answers_otherwise_than_eager(model: nn.Module, text: str) -> None:
    found = findings(model)["ambient-context", line_of(type(model), text)]
    assert found.verdict == "diverges"
    assert found.witness is not None
    assert found.witness.axis == "example"


def test_the_mode_is_frozen() -> None:
    found = findings(Moding().train())["training-mode", line_of(Moding, "self.bn(x)")]
    assert found.verdict == "diverges"


def test_a_rerun_says_that_a_guard_refuses() -> None:
    trace = tracelab.trace(Sized(), X, backend="export", probes=())
    run = trace.rerun(torch.ones(7, 3))
    assert (run.outcome, run.blame, run.first_divergence) == ("captured_refuses", (), None)
    assert "Guard failed" in run.error
    assert trace.rerun(X + 1).outcome == "agrees"


def test_a_witness_is_shown_without_tracelab() -> None:
    found = findings(Counting(), dynamic_shapes="auto")["state-write", line_of(Counting, "self.calls += 1")]
    assert found.witness is not None
    code = found.witness.snippet.replace("model = ...", "model = Counting()")
    assert "torch.export.export(copy.deepcopy(model), (x,), dynamic_shapes=" in code
    exec(compile(code, "snippet", "exec"), {"Counting": Counting})
