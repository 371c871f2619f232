"""A recording becomes the Graph of the document, with ghosts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import torch
from torch import nn

from tests.backends.recording import record
from tests.backends.test_walk import Outer, Scripted, WithScripted
from tracelab.backends.build import GraphBuilder
from tracelab.schema import Arg, Graph, Items, Node, Ref

X = torch.ones(2, 3)


def built(func: Any, *args: Any, wanted: str = "") -> Graph:
    """The Graph, with the ghosts behind the values of that operator."""
    recording = record(func, *(args or (X,)))
    asked = [node.outputs[0].number for node in recording.recorded.nodes if node.kind == wanted]
    return GraphBuilder(recording, func if isinstance(func, nn.Module) else None, asked).build()


def every(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        for block in node.blocks:
            yield from every(block.nodes)


def refs(args: Iterable[Arg]) -> Iterator[int]:
    for arg in args:
        if isinstance(arg, Ref):
            yield arg.value
        elif isinstance(arg, Items):
            yield from refs(arg.items)


def shape(graph: Graph) -> list[tuple[str, str]]:
    return [(node.op, node.target) for node in graph.nodes]


def branches(x: torch.Tensor) -> torch.Tensor:
    y = x * 2
    if (x + 3).sum() > 0:
        y = y + 1
    return y


def test_a_graph_in_torch_fx_words() -> None:
    assert shape(built(lambda x: torch.relu(x) + 1)) == [
        ("placeholder", "x"),
        ("call_function", "aten::relu"),
        ("call_function", "aten::add"),
        ("output", "output"),
    ]


def test_what_fed_a_decision_is_a_ghost_where_it_ran() -> None:
    graph = built(branches, wanted="aten::gt")
    assert [(node.target, node.ghost) for node in graph.nodes if node.op == "call_function"] == [
        ("aten::mul", False),
        ("aten::add", True),
        ("aten::sum", True),
        ("aten::gt", True),
        ("aten::add", False),
    ]


def test_a_ghost_that_nobody_asks_for_is_left_out() -> None:
    assert not any(node.ghost for node in built(branches).nodes)


def test_a_ghost_may_feed_on_what_lived() -> None:
    graph = built(lambda x: (torch.relu(x), bool(torch.relu(x).sum() > 0))[0], wanted="aten::gt")
    ghosts = [node for node in graph.nodes if node.ghost]
    assert [node.target for node in ghosts] == ["aten::relu", "aten::sum", "aten::gt"]
    values = {value.id for node in graph.nodes for value in node.outputs}
    assert {number for node in ghosts for number in refs(node.args)} <= values


@pytest.mark.parametrize("func", [branches, Outer(), WithScripted(), torch.jit.script(Scripted())])
def test_ids_are_unique_and_every_argument_is_a_value(func: Any) -> None:
    graph = built(func, wanted="aten::gt") if not isinstance(func, torch.jit.ScriptModule) else built(WithScripted())
    nodes = list(every(graph.nodes))
    assert len({node.id for node in nodes}) == len(nodes)
    values = [value.id for node in nodes for value in node.outputs]
    values += [value.id for node in nodes for block in node.blocks for value in block.inputs]
    assert len(set(values)) == len(values)
    assert {number for node in nodes for number in refs(node.args)} <= set(values)


def test_parameters_and_buffers_of_the_signature() -> None:
    signature = built(Outer()).signature
    kinds = {spec.target: spec.kind for spec in signature.inputs}
    assert kinds == {"x": "input", "one.fc.weight": "parameter", "one.fc.bias": "parameter", "one.shift": "buffer"}
    assert list(refs(signature.outputs)) == [built(Outer()).nodes[-2].outputs[0].id]


def test_a_parameter_that_nothing_reads_is_left_out() -> None:
    class Half(Outer):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.one.fc.weight

    assert [spec.target for spec in built(Half()).signature.inputs] == ["x", "one.fc.weight"]


def test_a_parameter_that_only_a_decision_reads_is_there() -> None:
    class Asks(Outer):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + 1 if (self.one.fc.weight * 0).sum() > -1 else x

    graph = built(Asks(), wanted="aten::gt")
    assert ("get_attr", "one.fc.weight") in shape(graph)
    assert [node.target for node in graph.nodes if node.ghost] == ["aten::mul", "aten::sum", "aten::gt"]


def test_each_call_of_a_shared_module_is_told_apart() -> None:
    graph = built(Outer())
    assert [(node.module, node.call) for node in graph.nodes if node.target == "aten::linear"] == [
        ("one.fc", 0),
        ("one.fc", 1),
        ("one.fc", 2),
    ]


def test_modules_have_their_classes_and_the_users_code() -> None:
    modules = {info.fqn: info for info in built(Outer()).modules}
    assert set(modules) == {"", "one", "one.fc"}
    assert modules["one.fc"].type == "torch.nn.modules.linear.Linear"
    assert modules["one.fc"].source is None
    source = modules["one"].source
    assert source is not None
    assert source.function == "forward"


def test_blocks_are_kept_with_their_nodes() -> None:
    graph = built(WithScripted())
    choice = next(node for node in graph.nodes if node.target == "prim::If")
    assert [[node.target for node in block.nodes] for block in choice.blocks] == [["aten::relu"], ["aten::tanh"]]
    assert choice.module == "part"


def test_nodes_stand_on_the_users_lines() -> None:
    graph = built(branches)
    lines = [node.source.lineno - branches.__code__.co_firstlineno for node in graph.nodes if node.source]
    assert lines == [1, 3]
    assert [graph.frames[node.stack[0]] for node in graph.nodes if node.source] == [
        node.source for node in graph.nodes if node.source
    ]


def test_what_a_value_is_known_to_be() -> None:
    value = built(lambda x: x.t() + 1).nodes[1].outputs[0]
    assert value.type == "Tensor"
    assert value.tensor is not None
    assert value.tensor.shape == (3, 2)


def test_a_recording_without_a_program_is_a_graph_as_well() -> None:
    recording = record(branches, X)
    recording.finished = None
    recording.recorded.complete = False
    graph = GraphBuilder(recording, None, ()).build()
    assert [node.target for node in graph.nodes if node.op == "call_function"] == [
        "aten::mul",
        "aten::add",
        "aten::sum",
        "aten::gt",
        "aten::add",
    ]
    assert not graph.complete
    assert not any(node.ghost for node in graph.nodes)
