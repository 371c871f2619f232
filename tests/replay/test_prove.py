"""What is proven, what is blamed for it, and what is left alone."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tracelab.replay.trial import Trial
from tracelab.schema import Finding, Observation, Run

X = torch.tensor([1.0, 2.0, 3.0])
GRID = torch.arange(12.0).reshape(3, 4)


def line_of(func: Any, offset: int) -> int:
    """The line so many below the `def`."""
    return func.__code__.co_firstlineno + offset


def verdicts(trace: tracelab.Trace) -> dict[int, str]:
    """The verdict at each line."""
    return {f.source.lineno: f.verdict for f in trace.findings if f.source is not None}


def proofs(trace: tracelab.Trace) -> dict[int, Run]:
    """The witness at each line."""
    return {f.source.lineno: f.witness for f in trace.findings if f.source is not None and f.witness is not None}


def only(func: Any, *args: Any, **options: Any) -> Finding:
    """The one finding, of a function that has one."""
    (finding,) = tracelab.trace(func, args or (X,), **options).findings
    return finding


# -- each place by itself ---------------------------------------------------------------------------------------


def two_values(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    if x.sum() > 0:
        x = x * 2
    if y.sum() > 0:
        y = y * 3
    return x + y


def two_questions_of_one(x: torch.Tensor) -> torch.Tensor:
    if x[0] > 0:
        x = x * 2
    if x[1] > 0:
        x = x + 3
    return x


def two_sizes(x: torch.Tensor) -> torch.Tensor:
    x = x * int(x.shape[0])
    x = x + int(x.shape[1])
    return x


@pytest.mark.parametrize(
    ("func", "args", "offsets"),
    [
        (two_values, (X, X + 1), (1, 3)),
        (two_questions_of_one, (X,), (1, 3)),
        (two_sizes, (GRID,), (1, 2)),
    ],
)
def test_two_places_have_each_their_own_witness(func: Any, args: Any, offsets: tuple[int, int]) -> None:
    trace = tracelab.trace(func, args)
    found = proofs(trace)
    assert set(found) == {line_of(func, offset) for offset in offsets}
    assert found[line_of(func, offsets[0])].id != found[line_of(func, offsets[1])].id
    assert all(len(run.blame) == 1 for run in found.values())


def test_a_witness_of_values_changes_only_what_its_place_depends_on() -> None:
    trace = tracelab.trace(two_values, (X, X + 1))
    for finding, unchanged, same in zip(sorted(trace.findings, key=lambda f: f.id), (1, 0), (X + 1, X)):
        inputs = trace.witness_inputs(finding)
        assert inputs is not None
        assert torch.equal(inputs[0][unchanged], same)


def test_a_witness_of_sizes_changes_only_its_dimension() -> None:
    found = proofs(tracelab.trace(two_sizes, GRID))
    shapes = [found[line_of(two_sizes, offset)].inputs[0].spec for offset in (1, 2)]
    rows, columns = (text.removeprefix("f32").strip("[]").split(", ") for text in shapes)
    assert rows[0] != "3"
    assert rows[1] == "4"
    assert columns[0] == "3"
    assert columns[1] != "4"


# -- guards -----------------------------------------------------------------------------------------------------


def guards_values(x: torch.Tensor) -> torch.Tensor:
    assert (x > 0).all()
    return x.log()


def guards_sizes(x: torch.Tensor) -> torch.Tensor:
    if x.shape[0] != 3:
        raise ValueError("three, please")
    return x * 2


def test_a_guard_on_values_is_proven_by_eagers_refusal() -> None:
    finding = only(guards_values)
    assert finding.verdict == "diverges"
    assert finding.witness is not None
    assert finding.witness.outcome == "eager_raises"
    assert finding.reason.startswith("eager refuses and captured goes on")
    inputs = tracelab.trace(guards_values, X).witness_inputs(finding)
    assert inputs is None or not bool((inputs[0][0] > 0).all())


def test_a_guard_on_sizes_is_no_proof() -> None:
    finding = only(guards_sizes)
    assert (finding.level, finding.verdict, finding.witness) == ("note", "unproven", None)


def test_an_error_of_torchs_own_is_no_guard() -> None:
    """Eager refuses an index: nobody asked for that, and the program refuses it too."""
    table = nn.Embedding(4, 2)
    assert tracelab.trace(table, torch.tensor([0, 3])).findings == ()


# -- harmless decisions -----------------------------------------------------------------------------------------


def decides_alike(x: torch.Tensor) -> torch.Tensor:
    if x.sum() > 0:
        return x + x
    return x * 2


def test_what_changes_nothing_holds_and_says_what_was_tried() -> None:
    trace = tracelab.trace(decides_alike, X)
    (finding,) = trace.findings
    assert (finding.verdict, finding.level) == ("holds", "note")
    assert len(finding.tried) >= 3
    assert {trace.capture.runs[number].outcome for number in finding.tried} == {"agrees"}
    assert finding.reason == f"{len(finding.tried)} probes changed it, and the outputs agreed"


def hides_behind_zeros(x: torch.Tensor) -> torch.Tensor:
    """Of ones negated nothing is left, and whatever shows the branch changes the number, too."""
    x = x + 1
    if x.sum() > 0:
        x = -x
    return x * int(x.max())


def test_an_input_on_which_nothing_can_show_is_no_acquittal() -> None:
    found = verdicts(tracelab.trace(hides_behind_zeros, torch.ones(2, 3)))
    assert found == {line_of(hides_behind_zeros, offset): "diverges" for offset in (3, 5)}


def test_a_run_in_which_eager_went_another_way_before_is_no_acquittal() -> None:
    finding = only(decides_alike)
    trial = Trial(finding, (Observation(id=5, kind="conversion"),), held={0: frozenset({3, 5}), 1: frozenset({5, 7})})
    assert [trial.acquittals(frozenset(wrong)) for wrong in ((), (3,), (7,))] == [2, 1, 2]


def never_decides_otherwise(x: torch.Tensor) -> torch.Tensor:
    return x + 1 if (x * x).sum() >= 0 or x.isnan().any() else x


def test_what_nothing_changes_is_unproven() -> None:
    assert {f.verdict for f in tracelab.trace(never_decides_otherwise, X).findings} <= {"unproven", "holds"}


# -- what nobody saw --------------------------------------------------------------------------------------------


def reads_memory(x: torch.Tensor) -> torch.Tensor:
    address = x.data_ptr()
    first = ctypes.cast(address, ctypes.POINTER(ctypes.c_float))[0]
    y = x + 1
    return y * first


def writes_memory(x: torch.Tensor) -> torch.Tensor:
    y = x * 1
    ctypes.memset(y.data_ptr(), 0, 4)
    return y + x


def test_a_disagreement_that_nobody_foresaw_stands_where_the_traces_differ() -> None:
    trace = tracelab.trace(reads_memory, X)
    (finding,) = (f for f in trace.findings if f.rule == "unexplained-divergence")
    assert finding.source is not None
    assert finding.source.lineno == line_of(reads_memory, 4)
    assert (finding.verdict, finding.level) == ("diverges", "error")
    assert finding.witness is not None
    assert finding.witness.blame == (finding.id,)


def test_where_the_traces_are_alike_the_function_itself_is_named() -> None:
    trace = tracelab.trace(writes_memory, X)
    (finding,) = (f for f in trace.findings if f.rule == "unexplained-divergence")
    assert finding.source is not None
    assert finding.source.lineno == line_of(writes_memory, 0)
    assert finding.witness is not None
    assert finding.witness.probe == "the example inputs"


# -- tracing itself, modes, calls -------------------------------------------------------------------------------


def asks_if_traced(x: torch.Tensor) -> torch.Tensor:
    if torch.jit.is_tracing():
        return x + 1
    return x - 1


def test_a_branch_on_being_traced() -> None:
    finding = only(asks_if_traced)
    assert (finding.rule, finding.verdict) == ("ambient-context", "diverges")
    assert finding.source is not None
    assert finding.source.lineno == line_of(asks_if_traced, 1)


class Layers(nn.Module):
    """A layer that works otherwise in the other mode, between two that do not."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.first, self.layer, self.last = nn.Linear(4, 4), layer, nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.first(x)
        y = self.layer(y)
        return self.last(y)


@pytest.mark.parametrize("layer", [nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Sequential(nn.ReLU(), nn.AlphaDropout(0.5))])
def test_a_module_that_was_traced_while_training(layer: nn.Module) -> None:
    trace = tracelab.trace(Layers(layer).train(), GRID)
    (finding,) = trace.findings
    assert (finding.rule, finding.verdict) == ("training-mode", "diverges")
    assert finding.source is not None
    assert finding.source.lineno == line_of(Layers.forward, 2)
    assert trace.func.training
    assert trace.program.training


@pytest.mark.parametrize("model", [nn.Dropout(0.5), nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))])
def test_layers_that_no_line_of_the_user_s_calls(model: nn.Module) -> None:
    (finding,) = tracelab.trace(model.train(), GRID).findings
    assert (finding.rule, finding.verdict) == ("training-mode", "diverges")


def test_dropout_in_eval_mode_is_as_it_should_be() -> None:
    assert tracelab.trace(Layers(nn.Dropout(0.5)).eval(), GRID).findings == ()


class Counts(nn.Module):
    calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return x * self.calls


def test_a_second_call() -> None:
    trace = tracelab.trace(Counts(), X)
    finding = trace.findings[0]
    assert (finding.rule, finding.verdict) == ("state-write", "diverges")
    assert finding.witness is not None
    assert finding.witness.axis == "calls"
    assert trace.witness_inputs(finding) is None
    assert trace.func.calls == 0


class WarmsUp(nn.Module):
    """Asks a buffer that it writes itself."""

    step: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("step", torch.tensor(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gain = int(self.step)
        self.step.add_(1)
        return x * gain


def test_a_second_call_of_what_asks_its_own_buffer() -> None:
    finding = tracelab.trace(WarmsUp(), X).findings[0]
    assert (finding.rule, finding.verdict) == ("data-dependent-scalar", "diverges")


# -- what the user wants ----------------------------------------------------------------------------------------


def branches(x: torch.Tensor) -> torch.Tensor:
    return x + 1 if x.sum() > 0 else x - 1


def axes(**options: Any) -> list[str]:
    return [run.axis for run in tracelab.trace(branches, X, **options).capture.runs]


def test_a_disagreement_on_check_inputs_names_the_finding() -> None:
    finding = only(branches, check_inputs=[(-X,)])
    assert (finding.rule, finding.verdict) == ("data-dependent-branch", "diverges")


@pytest.mark.parametrize("options", [{"check_trace": False}])
def test_nothing_is_tried_without_a_check(options: dict[str, Any]) -> None:
    assert axes(**options) == []
    finding = only(branches, **options)
    assert finding.verdict == "unproven"
    assert finding.reason.startswith("not tried")


def test_probes_are_tried_without_a_check_where_they_are_wanted() -> None:
    assert set(axes(check_trace=False, probes=["values"])) >= {"values"}


def test_no_probes() -> None:
    assert axes(probes=()) == ["example"]


def test_a_number_of_probes() -> None:
    assert len(axes(probes=3)) <= 1 + 3


def test_only_some_axes() -> None:
    assert set(axes(probes=["shapes"])) <= {"example", "shapes", "search"}
    assert "values" not in axes(probes=["shapes"])


def test_inputs_of_the_users_own() -> None:
    trace = tracelab.trace(branches, X, probes=[(-X,)])
    (finding,) = trace.findings
    assert finding.verdict == "diverges"
    assert finding.witness is not None
    assert finding.witness.axis == "given"


def needle(x: torch.Tensor) -> torch.Tensor:
    return x + 1 if int(x.sum() * 1000) % 977 == 3 and x[0] > 5 else x


def test_the_time_is_the_users() -> None:
    import time

    started = time.perf_counter()
    tracelab.trace(needle, X, seconds=0.3)
    assert time.perf_counter() - started < 3.0


def test_no_time_tries_nothing_but_the_example() -> None:
    assert axes(seconds=0.0) == ["example"]


def test_an_interruption_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracelab.replay.prove import Prover

    play: Callable[..., Any] = Prover.play

    def interrupted(self: Prover, probe: Any) -> Any:
        result = play(self, probe)
        if any(trial.witness is not None for trial in self.trials):
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(Prover, "play", interrupted)
    (finding,) = tracelab.trace(branches, X).findings
    assert finding.verdict == "diverges"
