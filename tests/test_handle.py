"""What a user does with a Trace: run again, search on, ask for inputs, raise."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tracelab.errors import FrozenError, UsageError
from tracelab.handle import lives, living

X = torch.ones(2, 3)


def branches(x: torch.Tensor) -> torch.Tensor:
    if x.sum() > 0:
        return x + 1
    return x - 1


def harmless(x: torch.Tensor) -> torch.Tensor:
    return x * 2


class Model(nn.Module):
    """Its layer drops out, and it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.5)
        self.calls = 0

    def forward(self, x: torch.Tensor, gain: Any = None) -> torch.Tensor:
        self.calls += 1
        x = self.drop(x) * self.calls
        return x if gain is None else x * gain

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return branches(x)


# -- rerun ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "outcome"), [(X, "agrees"), (X * 3, "agrees"), (-X, "diverges"), (-X[0], "diverges")])
def test_other_inputs(x: torch.Tensor, outcome: str) -> None:
    assert tracelab.trace(branches, X, probes=()).rerun(x).outcome == outcome


def test_a_disagreement_is_explained() -> None:
    trace = tracelab.trace(branches, X)
    run = trace.rerun(-X)
    assert run.blame == (trace.findings[0].id,)
    assert run.first_divergence is not None
    assert [(one.agrees, one.max_abs) for one in run.outputs] == [(False, 2.0)]
    assert "captured" in run.snippet


def test_a_disagreement_is_explained_where_nothing_was_tried() -> None:
    trace = tracelab.trace(branches, X, probes=())
    assert trace.rerun(-X).blame == (trace.findings[0].id,)


def test_without_inputs_those_that_were_traced_are_taken() -> None:
    run = tracelab.trace(branches, X, probes=()).rerun()
    assert (run.outcome, run.inputs[0].spec) == ("agrees", "f32[2, 3]")


def test_calls_and_modes_and_seeds() -> None:
    trace = tracelab.trace(Model().eval(), X, probes=())
    assert trace.rerun().outcome == "agrees"
    assert trace.rerun(calls=2).outcome == "diverges"
    assert trace.rerun(mode="train", seed=0).outcome == "diverges"
    assert trace.rerun(mode="train", seed=0).probe == "the example inputs, train mode, seed 0"
    assert (trace.func.calls, trace.func.training) == (0, False)


def test_keywords() -> None:
    trace = tracelab.trace(branches, example_kwarg_inputs={"x": X}, probes=())
    assert trace.rerun(kwargs={"x": -X}).outcome == "diverges"
    assert trace.rerun(kwargs={"x": X * 5}).outcome == "agrees"


def test_under_something() -> None:
    entered: list[str] = []

    @contextlib.contextmanager
    def noted() -> Generator[None]:
        entered.append("in")
        yield
        entered.append("out")

    run = tracelab.trace(harmless, X, probes=()).rerun(under=noted)
    assert (run.outcome, entered[:2]) == ("agrees", ["in", "out"])
    assert len(entered) % 4 == 0


def test_a_method() -> None:
    trace = tracelab.trace_module(Model().eval(), {"forward": X, "encode": X}, probes=())
    assert trace.rerun(-X, method="encode").outcome == "diverges"
    assert trace.rerun(-X, method="encode").method == "encode"


def test_it_starts_from_the_state_that_is_there_now() -> None:
    model = nn.Linear(3, 3)
    trace = tracelab.trace(model, X, probes=())
    with torch.no_grad():
        model.weight.fill_(2.0)
    assert trace.rerun(X * 2).outcome == "agrees"
    assert torch.equal(model.weight, torch.full((3, 3), 2.0))


def test_it_proves_a_finding_where_only_the_inputs_are_others() -> None:
    trace, x = tracelab.trace(branches, X, probes=()), -X
    assert trace.findings[0].verdict == "unproven"
    run = trace.rerun(x)
    assert trace.findings[0].verdict == "diverges"
    assert trace.findings[0].witness == run
    assert torch.equal(x, -X)


def test_it_proves_nothing_by_a_mode_that_nobody_traced() -> None:
    trace = tracelab.trace(nn.Sequential(nn.Linear(3, 3), nn.Dropout()).eval(), X, probes=())
    assert trace.rerun(mode="train").outcome == "diverges"
    assert trace.findings == ()


def test_it_joins_the_runs_of_the_document(tmp_path: Path) -> None:
    trace = tracelab.trace(branches, X)
    before = trace.capture
    runs = [trace.rerun(-X, seed=1), trace.rerun(X * 2)]
    assert trace.capture.runs == (*before.runs, *runs)
    assert len({run.id for run in trace.capture.runs}) == len(trace.capture.runs)
    assert runs[0].axis == "rerun"
    assert runs[0].inputs[0].tensor in trace.capture.tensors
    assert "inputs that were given, seed 1" in trace.capture.summary(everything=True)
    trace.save(tmp_path / "t.tracelab")
    assert tracelab.load(tmp_path / "t.tracelab").runs == trace.capture.runs


def test_it_stays_as_it_is_when_more_is_searched() -> None:
    trace = tracelab.trace(branches, X, probes=())
    run = trace.rerun(-X)
    found = trace.search(seconds=0.5)
    assert [one for one in trace.capture.runs if one.axis == "rerun"] == [run]
    assert found[0].witness is not None
    assert found[0].witness.id != run.id


def test_what_is_interrupted_is_not_kept() -> None:
    trace = tracelab.trace(Interrupted(), X, probes=())
    before, trace.func.interrupts = trace.capture, True
    with pytest.raises(KeyboardInterrupt):
        trace.rerun(-X)
    trace.func.interrupts = False
    assert trace.capture is before
    assert trace.rerun(X).id == len(before.runs)


class Interrupted(nn.Module):
    """The user interrupts it."""

    interrupts = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.interrupts:
            raise KeyboardInterrupt
        return x + 1


def test_dots_stand_for_what_was_traced() -> None:
    def pick(x: torch.Tensor, parts: dict[str, list[torch.Tensor]]) -> torch.Tensor:
        return x + parts["a"][0] * parts["a"][1]

    trace = tracelab.trace(pick, (X, {"a": [X * 2, X * 3]}), probes=())
    run = trace.rerun(..., {"a": [torch.zeros(1, 3), ...]})
    assert [given.spec for given in run.inputs] == ["f32[2, 3]", "{'a': [f32[1, 3], f32[2, 3]]}"]
    with pytest.raises(UsageError, match=r"nothing was traced at \[2\]"):
        trace.rerun(..., ..., ...)
    with pytest.raises(UsageError, match=r"nothing was traced at \['b'\]"):
        trace.rerun(kwargs={"b": ...})


def test_where_eager_refuses() -> None:
    run = tracelab.trace(lambda x: x.view(2, 3), X, probes=()).rerun(torch.ones(5))
    assert run.outcome == "eager_raises"
    assert run.error.startswith("RuntimeError: shape '[2, 3]' is invalid")


@pytest.mark.parametrize(
    ("options", "said"), [({"mode": "test"}, "there is no mode 'test'"), ({"method": "decode"}, "no method 'decode'")]
)
def test_what_cannot_be_run(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        tracelab.trace(branches, X, probes=()).rerun(X, **options)


def test_a_partial_trace_is_not_run_and_not_searched() -> None:
    def fails(x: torch.Tensor) -> torch.Tensor:
        raise ValueError("no")

    trace = tracelab.trace(fails, X)
    with pytest.raises(UsageError, match="nothing to run"):
        trace.rerun(X)
    assert trace.search(seconds=0.1) == trace.findings


# -- search -----------------------------------------------------------------------------------------------------


def test_searching_on_proves_what_was_not_tried() -> None:
    trace = tracelab.trace(branches, X, probes=())
    assert [f.verdict for f in trace.findings] == ["unproven"]
    before = trace.capture
    found = trace.search(seconds=2)
    assert [f.verdict for f in found] == ["diverges"]
    assert found is trace.findings
    assert trace.capture is not before
    assert trace.witness_inputs(found[0]) is not None


def test_progress_is_told() -> None:
    told: list[float] = []
    tracelab.trace(branches, X, probes=()).search(seconds=2, progress=lambda text, part: told.append(part))
    assert told
    assert all(part >= 0 for part in told)
    assert told == sorted(told)


def test_searching_again_keeps_what_was_found() -> None:
    trace = tracelab.trace(branches, X)
    first = trace.findings[0].witness
    trace.search(seconds=0.5)
    assert first is not None
    assert trace.findings[0].verdict == "diverges"
    assert trace.findings[0].witness is not None
    assert trace.findings[0].witness.outcome == first.outcome


def test_what_holds_goes_on_holding() -> None:
    trace = tracelab.trace(lambda x: x + x if x.sum() > 0 else x * 2, X)
    trace.search(seconds=0.3)
    assert [f.verdict for f in trace.findings] == ["holds"]


def test_an_interruption_keeps_what_was_found() -> None:
    def interrupt(text: str, part: float) -> None:
        raise KeyboardInterrupt

    trace = tracelab.trace(branches, X)
    assert [f.verdict for f in trace.search(seconds=1, progress=interrupt)] == ["diverges"]


# -- witnesses --------------------------------------------------------------------------------------------------


def test_a_witness_is_given_as_fresh_tensors() -> None:
    trace = tracelab.trace(branches, X)
    first, again = (trace.witness_inputs(trace.findings[0]) for _ in range(2))
    assert first is not None
    assert again is not None
    assert first[0][0] is not again[0][0]
    first[0][0].zero_()
    assert not torch.equal(branches(*again[0], **again[1]), trace(*again[0], **again[1]))


def test_a_finding_without_a_witness_has_no_inputs() -> None:
    trace = tracelab.trace(branches, X, probes=())
    assert trace.witness_inputs(trace.findings[0]) is None


def test_inputs_alone_prove_nothing_where_state_stays_behind() -> None:
    class Counts(nn.Module):
        calls = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            return branches(x) * self.calls

    trace = tracelab.trace(Counts(), X, check_inputs=[-X])
    assert [f.witness is not None for f in trace.findings][:2] == [True, True]
    assert {trace.witness_inputs(f) for f in trace.findings} == {None}


def test_a_circumstance_is_no_input() -> None:
    def asks(x: torch.Tensor) -> torch.Tensor:
        return x + 1 if torch.is_grad_enabled() else x

    trace = tracelab.trace(asks, X)
    assert trace.findings[0].witness is not None
    assert trace.witness_inputs(trace.findings[0]) is None


# -- raising ----------------------------------------------------------------------------------------------------


def test_what_was_proven_is_raised() -> None:
    with pytest.raises(
        FrozenError, match=r"(?s)1 finding in branches:.*data-dependent-branch diverges at .*:\d+.*witness: "
    ):
        tracelab.trace(branches, X).raise_for_findings()


@pytest.mark.parametrize("func", [harmless, lambda x: x + x if x.sum() > 0 else x * 2])
def test_nothing_is_raised_of_what_is_harmless(func: Any) -> None:
    tracelab.trace(func, X).raise_for_findings()


def test_nothing_is_raised_of_what_is_unproven() -> None:
    tracelab.trace(branches, X, probes=()).raise_for_findings()


def test_a_trace_is_found_by_its_id_as_long_as_it_lives() -> None:
    one, two = (tracelab.trace(harmless, X, probes=()) for _ in range(2))
    assert [trace for trace in living() if trace in (one, two)] == [one, two]
    name = one.id
    assert (lives(name), lives("")) == (one, None)
    del one
    gc.collect()
    assert lives(name) is None
    assert two.id != name
