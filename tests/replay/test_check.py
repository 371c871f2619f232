"""What `check_trace` and `check_inputs` ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tracelab.schema import Finding

X = torch.ones(3)


def branches(x: torch.Tensor) -> torch.Tensor:
    if x.sum() > 0:
        return x + 1
    return x - 1


class Branches(nn.Module):
    """The same as a module with two methods."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return branches(x)

    def encode(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return branches(x * y)


def runs(func: Any, **options: Any) -> list[tuple[str, str]]:
    """What the checker alone plays, and how it ends."""
    trace = tracelab.trace(func, X, probes=(), **options)
    return [(run.probe, run.outcome) for run in trace.capture.runs]


@pytest.mark.parametrize("func", [branches, Branches()])
def test_the_example_is_compared(func: Any) -> None:
    assert runs(func) == [("the example inputs", "agrees")]


@pytest.mark.parametrize("func", [branches, Branches()])
def test_each_check_input_is_compared(func: Any) -> None:
    expected = [("check_inputs[0]", "agrees"), ("check_inputs[1]", "diverges"), ("check_inputs[2]", "agrees")]
    assert runs(func, check_inputs=[(X,), -X, [2 * X]]) == expected


def test_without_a_check_nothing_is_compared() -> None:
    assert runs(branches, check_trace=False, check_inputs=[-X]) == []


def test_keyword_inputs_are_compared() -> None:
    trace = tracelab.trace(branches, example_kwarg_inputs={"x": X}, check_inputs=[{"x": -X}], probes=())
    assert [(run.probe, run.outcome) for run in trace.capture.runs] == [("check_inputs[0]", "diverges")]
    assert trace.capture.runs[0].inputs[0].keyword


def test_each_method_is_compared() -> None:
    inputs = {"forward": X, "encode": (X, X)}
    trace = tracelab.trace_module(Branches(), inputs, probes=())
    assert [run.outcome for run in trace.capture.runs] == ["agrees"] * 2
    others = [{"forward": -X, "encode": (X, 2 * X)}, {"forward": X, "encode": (X, -X)}]
    trace = tracelab.trace_module(Branches(), inputs, check_inputs=others, probes=())
    found = [(run.probe, run.outcome) for run in trace.capture.runs]
    assert found == [
        ("check_inputs[0]", "diverges"),
        ("check_inputs[0]", "agrees"),
        ("check_inputs[1]", "agrees"),
        ("check_inputs[1]", "diverges"),
    ]


def proven(func: Callable[..., Any], **options: Any) -> Finding:
    """The one finding that the checker's Runs prove."""
    (finding,) = (f for f in tracelab.trace(func, X, probes=(), **options).findings if f.level == "error")
    return finding


def test_a_disagreement_names_the_finding_that_explains_it() -> None:
    finding = proven(branches, check_inputs=[-X])
    assert (finding.rule, finding.verdict) == ("data-dependent-branch", "diverges")
    assert finding.source is not None
    assert finding.source.lineno == branches.__code__.co_firstlineno + 1
    assert finding.witness is not None
    assert (finding.witness.probe, finding.witness.blame) == ("check_inputs[0]", (finding.id,))


def test_a_program_that_fails_where_eager_works() -> None:
    def fixed(x: torch.Tensor) -> torch.Tensor:
        return x.view(int(x.shape[0]), 1)

    finding = proven(fixed, check_inputs=[torch.ones(5)])
    assert (finding.rule, finding.verdict) == ("shape-dependent-constant", "raises")
    assert finding.witness is not None
    assert "invalid for input of size 5" in finding.witness.error


def test_an_input_on_which_eager_fails_says_nothing_of_the_program() -> None:
    def checked(x: torch.Tensor) -> torch.Tensor:
        if x.shape[0] != 3:
            raise ValueError("three, please")
        return x + 1

    trace = tracelab.trace(checked, X, check_inputs=[torch.ones(5)])
    assert [run for run in trace.capture.runs if run.axis == "check_inputs"] == []
    assert [finding for finding in trace.findings if finding.level == "error"] == []


def test_the_tolerance_is_the_users() -> None:
    def rounds(x: torch.Tensor) -> torch.Tensor:
        return x * (1.001 if torch.jit.is_tracing() else 1.0)

    assert runs(rounds) == [("the example inputs", "diverges")]
    assert runs(rounds, check_tolerance=0.1) == [("the example inputs", "agrees")]


def draws_outside(x: torch.Tensor) -> torch.Tensor:
    import secrets

    return x + secrets.randbits(30)


def test_eager_that_is_random_against_itself_is_not_blamed() -> None:
    """No seed reaches the operating system's generator."""
    assert runs(draws_outside) == []
    assert [f for f in tracelab.trace(draws_outside, X, probes=()).findings if f.level == "error"] == []


@pytest.mark.parametrize(
    "func", [torch.rand_like, lambda x: nn.functional.dropout(x, 0.5), lambda x: x + torch.randn(3)]
)
def test_a_draw_that_the_program_repeats_agrees(func: Any) -> None:
    assert runs(func) == [("the example inputs", "agrees")]


def test_state_that_moves_does_not_disturb_the_comparison() -> None:
    class Counts(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.calls = 0
            self.register_buffer("seen", torch.zeros(3))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            self.seen += x
            return self.seen * self.calls

    assert runs(Counts()) == [("the example inputs", "agrees")]
    assert runs(nn.Sequential(nn.Unflatten(0, (3, 1)), nn.BatchNorm1d(1))) == [("the example inputs", "agrees")]


def test_the_inputs_of_a_run_are_those_that_were_given() -> None:
    def writes(x: torch.Tensor) -> torch.Tensor:
        return x.add_(1) if x.sum() > 0 else x.sub_(1)

    given = torch.zeros(3)
    trace = tracelab.trace(writes, X, check_inputs=[given], probes=())
    (run,) = trace.capture.runs
    assert given.tolist() == [0, 0, 0]
    assert run.outcome == "diverges"
    tensor = trace.capture.tensors[str(run.inputs[0].tensor)]
    assert torch.equal(torch.frombuffer(bytearray(tensor.data), dtype=torch.float32), given)


def test_a_run_that_agrees_keeps_no_elements() -> None:
    (run,) = tracelab.trace(branches, X, probes=()).capture.runs
    assert [(given.name, given.spec, given.tensor) for given in run.inputs] == [("x", "f32[3]", None)]
    assert run.outputs == ()
