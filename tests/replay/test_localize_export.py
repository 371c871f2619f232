"""Where along an exported graph a Run parts."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

import tracelab
from tracelab.schema import Node, Run

X = torch.ones(4, 3)


class Branching(nn.Module):
    """Parts in its middle, by the grad mode."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.fc(x).tanh()
        if torch.is_grad_enabled():
            h = h.sin()
        return h.neg()


class Growing(nn.Module):
    """Runs one operation more with every second call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        if self.calls > 1:
            x = x.exp()
        return x + 1


def diverging(model: nn.Module, **rerun: Any) -> tuple[Run, dict[int, Node]]:
    """A Run, and the nodes of the graph."""
    trace = tracelab.trace(model, X, backend="export", probes=())
    return trace.rerun(**rerun), {node.id: node for node in trace.capture.graph.nodes}


def test_an_operation_that_only_captured_has_is_where_it_parts() -> None:
    run, nodes = diverging(Branching(), under=torch.no_grad)
    assert run.first_divergence is not None
    assert nodes[run.first_divergence].target == "aten::sin"
    agrees = {nodes[error.node].target: error.agrees for error in run.along}
    assert agrees == {"aten::linear": True, "aten::tanh": True, "aten::sin": False, "aten::neg": False}


def test_an_operation_that_only_eager_has_is_told() -> None:
    run, nodes = diverging(Growing(), calls=2)
    assert [one.op for one in run.only_eager] == ["aten::exp"]
    assert run.first_divergence is not None
    assert nodes[run.first_divergence].target == "aten::add"


def test_both_sides_agree_along_the_graph_up_to_there() -> None:
    run, _ = diverging(Branching(), under=torch.no_grad)
    first = next(error for error in run.along if error.agrees)
    assert first.max_abs == 0.0
