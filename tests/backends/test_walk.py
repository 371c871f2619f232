"""torch's graphs become plain nodes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tests.backends.recording import deep, finished, kinds, own, record
from tracelab.backends.literals import constant_arg
from tracelab.backends.raw import read_types
from tracelab.backends.walk import walk
from tracelab.schema import Items, Ref, Scalar

X = torch.ones(2, 3)


class Inner(nn.Module):
    """Two layers."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.shift: torch.Tensor
        self.register_buffer("shift", torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.fc(x)) + self.shift


class Outer(nn.Module):
    """Calls one module three times, once under another name."""

    def __init__(self) -> None:
        super().__init__()
        self.one = Inner()
        self.other = self.one

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.other(self.one(self.one(x)))


def test_a_recording_and_its_program_have_the_same_nodes() -> None:
    recording = record(lambda x: torch.relu(x @ x.t()).sum(), X)
    assert recording.finished is not None
    assert (
        kinds(recording.recorded.nodes)
        == kinds(recording.finished.nodes)
        == ["aten::t", "aten::matmul", "aten::relu", "aten::sum"]
    )


def test_constants_are_arguments() -> None:
    node = finished(lambda x: x.clamp(-1.5, 2), X).nodes[-1]
    assert isinstance(node.args[0], Ref)
    assert node.args[1:] == (Scalar(kind="float", text="-1.5"), Scalar(kind="int", text="2"))


def test_lists_are_arguments() -> None:
    graph = finished(lambda x: torch.cat([x, x + 1], 0).view(4, -1), X)
    assert kinds(graph.nodes) == ["aten::add", "aten::cat", "aten::view"]
    assert graph.nodes[1].args[0] == Items(
        items=(Ref(value=graph.inputs[0].number), Ref(value=graph.nodes[0].outputs[0].number))
    )
    assert graph.nodes[2].args[1] == Items(items=(Scalar(kind="int", text="4"), Scalar(kind="int", text="-1")))


def test_dtypes_have_names() -> None:
    graph = finished(lambda x: x.to(torch.bfloat16) + torch.zeros(3, dtype=torch.float64), X)
    objects = {
        arg.text for node in graph.nodes for arg in node.args if isinstance(arg, Scalar) and arg.kind == "object"
    }
    assert {"bfloat16", "float64", "cpu"} <= objects


def test_a_number_that_is_no_dtype_stays_one() -> None:
    node = finished(lambda x: x.sum(1), X).nodes[-1]
    assert node.args[1] == Items(items=(Scalar(kind="int", text="1"),))


def test_sizes_are_followed_through_pythons_numbers() -> None:
    graph = finished(lambda x: x.view(x.size(1), x.size(0)), X)
    assert kinds(graph.nodes) == ["aten::size", "aten::size", "aten::view"]
    sizes = [node.outputs[0].number for node in graph.nodes[:2]]
    assert graph.nodes[2].args[1] == Items(items=tuple(Ref(value=number) for number in sizes))


@pytest.mark.parametrize("which", ["recorded", "finished"])
def test_parameters_are_named(which: str) -> None:
    graph: Any = getattr(record(Outer(), X), which)
    read = {graph.attributes.get(arg.value) for node in own(graph.nodes) for arg in node.args if isinstance(arg, Ref)}
    assert read == {"one.fc.weight", "one.fc.bias", "one.shift", None}
    assert graph.attributes.keys() == graph.metas.keys()


@pytest.mark.parametrize("which", ["recorded", "finished"])
def test_a_parameter_has_one_value_however_often_it_is_read(which: str) -> None:
    graph: Any = getattr(record(Outer(), X), which)
    weights = [node.args[1] for node in graph.nodes if node.kind == "aten::linear"]
    assert len(weights) == 3
    assert len(set(weights)) == 1


def test_nodes_stand_in_their_modules() -> None:
    recorded = record(Outer(), X).recorded
    assert [(node.kind, node.scope) for node in own(recorded.nodes)[:3]] == [
        ("aten::linear", "one.fc"),
        ("aten::relu", "one"),
        ("aten::add", "one"),
    ]


def test_each_call_of_a_module_is_counted() -> None:
    recorded = record(Outer(), X).recorded
    assert [node.call for node in recorded.nodes if node.kind == "aten::relu"] == [0, 1, 2]
    assert recorded.calls["one"] == 2


def test_the_programs_nodes_stand_in_their_modules() -> None:
    graph = finished(Outer(), X)
    assert [node.scope for node in graph.nodes if node.kind == "aten::linear"] == ["one.fc"] * 3


def test_values_are_told_apart_across_methods() -> None:
    graph = finished(Outer(), X)
    numbers = [value.number for node in graph.nodes for value in node.outputs]
    assert len(numbers) == len(set(numbers)) == 9
    made = {value.number for value in graph.inputs} | set(numbers) | set(graph.attributes)
    assert {arg.value for node in graph.nodes for arg in node.args if isinstance(arg, Ref)} <= made
    assert graph.outputs == [Ref(value=numbers[-1])]


def test_a_tuple_that_a_submodule_returns_is_taken_apart() -> None:
    class Pair(nn.Module):
        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return x + 1, x * 2

    class Sum(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.pair = Pair()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            a, b = self.pair(x)
            return a - b

    graph = finished(Sum(), X)
    assert kinds(graph.nodes) == ["aten::add", "aten::mul", "aten::sub"]
    assert [arg.value for arg in graph.nodes[2].args[:2] if isinstance(arg, Ref)] == [
        node.outputs[0].number for node in graph.nodes[:2]
    ]


@torch.jit.script
def scripted(x: torch.Tensor, n: int) -> torch.Tensor:
    for _ in range(n):
        if bool(x.sum() > 0):  # noqa: SIM108 (two blocks)
            x = x - 1
        else:
            x = x + 1
    return x


class Scripted(nn.Module):
    """Control flow that is kept."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool(x.sum() > 0):
            return torch.relu(x)
        return torch.tanh(x)


class WithScripted(nn.Module):
    """A traced module with a scripted one inside."""

    def __init__(self) -> None:
        super().__init__()
        self.part = torch.jit.script(Scripted())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.part(x + 1) * 2


def test_the_blocks_of_a_scripted_submodule_are_kept() -> None:
    graph = finished(WithScripted(), X)
    choice = next(node for node in graph.nodes if node.kind == "prim::If")
    assert [kinds(block.nodes) for block in choice.blocks] == [["aten::relu"], ["aten::tanh"]]
    assert [len(block.outputs) for block in choice.blocks] == [1, 1]
    assert choice.scope == "part"
    assert kinds(graph.nodes)[0] == "aten::add"
    assert kinds(graph.nodes)[-1] == "aten::mul"


def test_a_scripted_loop_is_kept() -> None:
    graph = walk(scripted.graph, False)
    loop = next(node for node in graph.nodes if node.kind == "prim::Loop")
    assert "prim::If" in kinds(loop.blocks[0].nodes)
    assert {"aten::sub", "aten::add"} <= set(kinds(deep(loop.blocks[0].nodes)))


def test_types_are_read_when_they_are_asked() -> None:
    graph = finished(lambda x: x.t() + 1, X)
    value = graph.nodes[0].outputs[0]
    assert (value.type, value.tensor) == ("", None)
    read_types(graph)
    assert value.type == "Tensor"
    assert value.tensor is not None
    assert (value.tensor.dtype, value.tensor.shape, value.tensor.strides) == ("float32", (3, 2), (1, 3))


def test_the_types_of_blocks_are_read() -> None:
    graph = finished(WithScripted(), X)
    read_types(graph)
    assert all(value.type for node in deep(graph.nodes) for value in node.outputs)


@pytest.mark.parametrize(
    ("value", "arg"),
    [
        (None, Scalar(kind="none", text="None")),
        (True, Scalar(kind="bool", text="True")),
        (2**63 - 1, Scalar(kind="int", text="9223372036854775807")),
        (float("-inf"), Scalar(kind="float", text="-inf")),
        (1 + 2j, Scalar(kind="complex", text="(1+2j)")),
        ("a b", Scalar(kind="str", text="a b")),
        (torch.ones(2, 3), Scalar(kind="tensor", text="f32[2, 3]")),
        (torch.device("cpu"), Scalar(kind="object", text="cpu")),
        ([1, (2,)], Items(items=(Scalar(kind="int", text="1"), Items(items=(Scalar(kind="int", text="2"),))))),
    ],
)
def test_constants_as_text(value: object, arg: object) -> None:
    assert constant_arg(value) == arg
