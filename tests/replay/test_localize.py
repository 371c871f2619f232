"""Where along the graph two sides part."""

from __future__ import annotations

import linecache
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tests.backends.recording import record
from tracelab.replay.again import align
from tracelab.replay.localize import MOST_ONLY_EAGER, bars, summary
from tracelab.schema import Node, Run

X = torch.tensor([1.0, 2.0, 3.0])


def bakes(x: torch.Tensor) -> torch.Tensor:
    y = x.exp()
    k = float(x[0])
    z = y * k
    return z - 1


def chooses(x: torch.Tensor) -> torch.Tensor:
    y = x.exp()
    if x.sum() > 0:  # noqa: SIM108 (each arm has its own line)
        y = y.sqrt()
    else:
        y = y.tanh()
    return y - 1


def unrolls(x: torch.Tensor) -> torch.Tensor:
    y = x * 1
    for i in range(len(x)):
        y = y + x[i]
    return y * 2


def fits(x: torch.Tensor) -> torch.Tensor:
    y = x.exp()
    n = int(x.shape[0])
    z = y.view(n, 1)
    return z - 1


def parted(func: Any, *args: Any, example: Any = X) -> tuple[Run, Node, str]:
    """The Run on other inputs, the first node that is not eager's, and its line."""
    trace = tracelab.trace(func, example, probes=())
    run = trace.rerun(*args)
    assert run.first_divergence is not None
    node = next(node for node in trace.capture.graph.nodes if node.id == run.first_divergence)
    assert node.source is not None
    return run, node, linecache.getline(node.source.filename, node.source.lineno).strip()


CASES = [
    (bakes, X + 1, "diverges", "aten::mul", "z = y * k"),
    (chooses, -X, "diverges", "aten::sqrt", "y = y.sqrt()"),
    (unrolls, torch.ones(2), "captured_raises", "aten::select", "y = y + x[i]"),
    (fits, torch.ones(5), "captured_raises", "aten::view", "z = y.view(n, 1)"),
]


@pytest.mark.parametrize(("func", "x", "outcome", "target", "line"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_the_first_node_that_is_not_eagers(func: Any, x: Any, outcome: str, target: str, line: str) -> None:
    run, node, found = parted(func, x)
    assert (run.outcome, node.target, found) == (outcome, target, line)


def test_errors_grow_from_nothing() -> None:
    run, node, _ = parted(bakes, X + 1)
    agrees = [error.agrees for error in run.along]
    assert agrees == sorted(agrees, reverse=True)
    assert (agrees[0], agrees[-1]) == (True, False)
    assert all(error.max_abs == 0.0 for error in run.along if error.agrees)
    first = next(error for error in run.along if not error.agrees)
    assert first.node == node.id


def test_values_are_summarised_where_they_part() -> None:
    run, _, _ = parted(bakes, X + 1)
    first = next(error for error in run.along if not error.agrees)
    assert first.eager is not None
    assert first.captured is not None
    eager, captured = (X + 1).exp() * 2, (X + 1).exp()
    assert first.eager.spec == "f32[3]"
    assert float(first.eager.max) == pytest.approx(float(eager.max()), rel=1e-4)
    assert float(first.captured.mean) == pytest.approx(float(captured.mean()), rel=1e-4)
    assert first.max_abs == pytest.approx(float((eager - captured).abs().max()), rel=1e-4)


class Deep(nn.Module):
    """The third of five layers has a branch."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Branch(place == 2) for place in range(5))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class Branch(nn.Module):
    def __init__(self, branches: bool) -> None:
        super().__init__()
        self.fc, self.branches = nn.Linear(3, 3), branches
        nn.init.eye_(self.fc.weight)
        nn.init.zeros_(self.fc.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.fc(x)
        if self.branches and y.sum() > 0:
            y = y * 2
        return y


def test_the_module_that_parts_is_named() -> None:
    run, node, line = parted(Deep(), -X)
    assert (run.outcome, node.module, line) == ("diverges", "layers.2", "y = y * 2")
    agreeing = [error.agrees for error in run.along]
    assert agreeing.index(False) >= 2


def test_a_run_that_agrees_has_no_place() -> None:
    run = tracelab.trace(bakes, X, probes=()).rerun(X)
    assert (run.outcome, run.first_divergence, run.along) == ("agrees", None, ())


def test_a_second_call_parts_where_the_state_is_used() -> None:
    class Counts(nn.Module):
        calls = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            y = x + 1
            return y * self.calls

    trace = tracelab.trace(Counts(), X, probes=())
    run = trace.rerun(calls=2)
    assert run.outcome == "diverges"
    node = next(node for node in trace.capture.graph.nodes if node.id == run.first_divergence)
    assert node.target == "aten::mul"


# -- the two graphs ---------------------------------------------------------------------------------------------


def kinds(func: Any, one: torch.Tensor, other: torch.Tensor) -> list[tuple[str | None, str | None]]:
    """The operators that only one graph has, or that have other literals."""
    ours, theirs = record(func, one).recorded, record(func, other).recorded
    return [
        (
            None if d.ours is None else ours.nodes[d.ours].kind,
            None if d.theirs is None else theirs.nodes[d.theirs].kind,
        )
        for d in align(ours, theirs).differences
    ]


def test_alike() -> None:
    assert kinds(chooses, X, X * 2) == []


def test_each_arm_is_in_one_graph() -> None:
    assert kinds(chooses, X, -X) == [("aten::sqrt", None), (None, "aten::tanh")]


def test_a_loop_that_runs_longer() -> None:
    found = kinds(unrolls, X, torch.ones(4))
    assert {ours for ours, _ in found if ours is not None} == set()
    assert (None, "aten::select") in found


def test_another_literal() -> None:
    ours, theirs = record(bakes, X).recorded, record(bakes, X + 1).recorded
    places = [
        linecache.getline(d.places[0].filename, d.places[0].lineno).strip() for d in align(ours, theirs).differences
    ]
    assert set(places) == {"z = y * k"}


# -- summaries --------------------------------------------------------------------------------------------------


def test_a_summary() -> None:
    found = summary(torch.tensor([1.0, torch.nan, 3.0]))
    assert found is not None
    assert (found.spec, found.min, found.max, found.mean, found.nans) == ("f32[3]", "1", "3", "2", 1)


@pytest.mark.parametrize(
    "value",
    [
        torch.ones(0),
        torch.ones(2, dtype=torch.complex64),
        torch.ones(2, device="meta"),
        torch.full((2,), torch.nan),
        torch.eye(2).to_sparse(),
        torch.tensor([True, False]),
        torch.full((2,), torch.inf),
        3,
        "text",
    ],
)
def test_a_summary_of_anything(value: Any) -> None:
    assert summary(value) is not None


def test_nothing_has_no_summary() -> None:
    assert summary(None) is None


def test_the_bars_of_both_sides_are_counted_over_the_same_steps() -> None:
    one, other = bars(torch.tensor([0.0, 0.0, 16.0]), torch.tensor([8.1, 1.5, torch.inf]))
    assert (one[0], one[-1], sum(one)) == (2, 1, 3)
    assert (other[1], other[8], sum(other)) == (1, 1, 2)


@pytest.mark.parametrize("value", [torch.ones(0), torch.ones(2), torch.full((2,), torch.nan), "text"])
def test_what_is_not_spread_has_no_bars(value: Any) -> None:
    assert bars(value, value) == ((), ())


def test_the_first_divergence_has_bars() -> None:
    run, node, _ = parted(bakes, X + 1)
    first = next(error for error in run.along if error.node == node.id)
    assert first.eager is not None
    assert sum(first.eager.bars) == X.numel()


# -- what only one side has --------------------------------------------------------------------------------------


def test_what_only_one_side_ran() -> None:
    """In `chooses`, captured has the root of its arm, and eager the tangent of the other."""
    run, node, _ = parted(chooses, -X)
    assert [error.node for error in run.along if not error.agrees and error.eager is error.captured is None] == [
        node.id
    ]
    (besides,) = run.only_eager
    assert besides.op == "aten::tanh"
    assert besides.source
    assert linecache.getline(besides.source.filename, besides.source.lineno).strip() == "y = y.tanh()"


def test_nothing_is_alone_where_only_values_differ() -> None:
    run, _, _ = parted(bakes, X * 2)
    assert run.only_eager == ()
    assert all(error.eager and error.captured for error in run.along if not error.agrees)


def test_what_eager_ran_besides_is_told_up_to_a_number() -> None:
    run, _, _ = parted(unrolls, torch.ones(3 + MOST_ONLY_EAGER))
    assert len(run.only_eager) == MOST_ONLY_EAGER


def test_it_is_in_the_text() -> None:
    trace = tracelab.trace(chooses, X, probes=())
    trace.rerun(-X)
    assert "only eager ran: aten::tanh at" in trace.capture.summary()
