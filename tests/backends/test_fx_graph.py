"""An exported graph read as plain nodes, in the form of a recorded one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch._dynamo import mutation_guard

from tracelab.backends import fx_graph, fx_match
from tracelab.backends.base import Method
from tracelab.backends.jit import record
from tracelab.schema import Items, Ref, Scalar
from tracelab.source import stack_places

X = torch.ones(4, 4)
mutation_guard.install_generation_tagging_init()  # as torch does when it first compiles, which torch.cond lets it


class Twice(nn.Module):
    """One layer, called two times."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 4), nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first, second = self.inner(self.inner(x)).split(2)
        return torch.cat([first, second * 2.5], dim=1)


class Choosing(nn.Module):
    """Has two arms in its graph."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cond(x.sum() > 0, lambda x: x.sin(), lambda x: x.cos(), (x,))


def read(module: nn.Module, **options: Any) -> Any:
    """The graph of an exported module."""
    return fx_graph.read(torch.export.export(module, (X,), **options))


def test_arguments_are_those_of_the_operators_schema() -> None:
    graph = read(Twice())
    cat = graph.nodes[-1]
    assert cat.kind == "aten::cat"
    assert isinstance(cat.args[0], Items)
    assert cat.args[1] == Scalar(kind="int", text="1")
    mul = graph.nodes[-2]
    assert (mul.kind, mul.args[1]) == ("aten::mul", Scalar(kind="float", text="2.5"))
    assert [type(arg) for arg in graph.outputs] == [Ref]


def test_the_second_call_of_a_module_is_counted() -> None:
    linears = [node for node in read(Twice()).nodes if node.kind == "aten::linear"]
    assert [(node.scope, node.call) for node in linears] == [("inner.0", 0), ("inner.0", 1)]


def test_the_stack_begins_at_the_innermost_line() -> None:
    node = next(node for node in read(Twice()).nodes if node.kind == "aten::split")
    places = stack_places(node.stack)
    assert (places[0].filename, places[0].function) == (__file__, "forward")


def test_the_arms_of_a_condition_are_blocks() -> None:
    graph = read(Choosing())
    node = next(node for node in graph.nodes if node.kind == "higher_order::cond")
    assert [[inner.kind for inner in block.nodes] for block in node.blocks] == [["aten::sin"], ["aten::cos"]]


@pytest.mark.parametrize("shapes", [None, {"x": {0: torch.export.Dim.AUTO}}])
def test_what_was_recorded_is_paired_with_what_was_exported(shapes: Any) -> None:
    again = record(Method("forward", Twice(), (X,), {}))
    assert again is not None
    graph = read(Twice(), dynamic_shapes=shapes)
    matching = fx_match.match(again.graph, graph)
    kinds = [(again.graph.nodes[i].kind, graph.nodes[j].kind) for i, j in matching.nodes.items()]
    assert kinds == [(kind, kind) for kind in ("aten::linear", "aten::relu", "aten::linear", "aten::relu",
                                               "aten::split", "aten::mul", "aten::cat")]  # fmt: skip
    weights = [number for number, fqn in again.graph.attributes.items() if fqn == "inner.0.weight"]
    assert graph.attributes[matching.values[weights[0]]] == "inner.0.weight"
