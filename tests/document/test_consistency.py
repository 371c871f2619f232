"""Documents that contradict themselves are refused, and those that only look odd are not."""

from __future__ import annotations

from typing import Any

import pytest

from tracelab.document import dump, parse, validate
from tracelab.errors import DocumentError
from tracelab.schema import (
    Arg,
    Block,
    Capture,
    Finding,
    Graph,
    GraphSignature,
    Input,
    Items,
    Node,
    Observation,
    Ref,
    Repair,
    Run,
    SourceRange,
    Tensor,
)


def node(number: int, **parts: Any) -> Node:
    return Node(id=number, op="call_function", target="aten::add", **parts)


def graph(*nodes: Node, **parts: Any) -> Graph:
    return Graph(nodes=nodes, **parts)


def finding(**parts: Any) -> Finding:
    return Finding(id="f", rule="constant-tensor", verdict="unproven", level="note", message="", **parts)


def nested(depth: int) -> Arg:
    arg: Arg = Ref(value=0)
    for _ in range(depth):
        arg = Items(items=(arg,))
    return arg


def blocks(depth: int) -> Node:
    made = node(0)
    for number in range(1, depth + 1):
        made = node(number, blocks=(Block(nodes=(made,)),))
    return made


X = Input(name="x", spec="f32[2]", tensor="x")
FRAME = SourceRange(filename="model.py", lineno=1, end_lineno=1)


@pytest.mark.parametrize(
    ("capture", "why"),
    [
        (Capture(version=2), "version 2"),
        (Capture(graphs=(graph(node(3), node(3)),)), "Two nodes of 'forward' have the id 3"),
        (Capture(graphs=(graph(node(3, blocks=(Block(nodes=(node(3),)),))),)), "have the id 3"),
        (Capture(graphs=(graph(), graph())), "Two graphs are of 'forward'"),
        (Capture(graphs=(graph(node(0, stack=(1,)), frames=(FRAME,)),)), "Node 0 of 'forward' stands in a frame"),
        (Capture(graphs=(graph(node(0, stack=(-1,)), frames=(FRAME,)),)), "stands in a frame"),
        (Capture(graphs=(graph(node(2**70)),)), "more than 64 bits"),
        (Capture(findings=(finding(nodes=(4,)),)), "Finding 'f' names node 4"),
        (Capture(graphs=(graph(node(0)),), findings=(finding(nodes=(0, 4)),)), "names node 4"),
        (Capture(graphs=(graph(node(0)),), findings=(finding(nodes=(0,), method="encode"),)), "names node 0"),
        (Capture(findings=(finding(observations=(9,)),)), "Finding 'f' names observation 9"),
        (Capture(findings=(finding(), finding())), "Finding 'f' is there twice"),
        (Capture(repairs=(Repair(findings=("g",), title="a"),)), "Repair 'a' mends 'g'"),
        (Capture(left={"g": "no way to mend it is known"}), "why 'g' is not mended"),
        (
            Capture(observations=(Observation(id=1, kind=""), Observation(id=1, kind=""))),
            "Two observations have the id 1",
        ),
        (Capture(inputs=(X,)), "Input 'x' keeps its elements in 'x'"),
        (Capture(runs=(Run(id=0, probe="", outcome="agrees", inputs=(X,)),)), "Input 'x'"),
        (Capture(findings=(finding(witness=Run(id=0, probe="", outcome="agrees", inputs=(X,))),)), "Input 'x'"),
        (Capture(tensors={"x": Tensor(dtype="F32", shape=(2,), data=b"1234")}), "Tensor 'x' has 4 bytes"),
        (Capture(tensors={"x": Tensor(dtype="float32", shape=(1,), data=b"1234")}), "dtype 'float32'"),
        (Capture(tensors={"x": Tensor(dtype="U8", shape=(-1, -1), data=b"1")}), "impossible shape"),
        (Capture(tensors={"__metadata__": Tensor(dtype="U8", shape=(1,), data=b"1")}), "keeps for itself"),
        (Capture(graphs=(graph(node(0, args=(nested(66),))),)), "nested more than 64 deep"),
        (Capture(graphs=(graph(signature=GraphSignature(outputs=(nested(66),))),)), "nested more than 64 deep"),
        (Capture(graphs=(graph(blocks(66)),)), "nested more than 64 deep"),
    ],
)
def test_a_contradiction_is_named_and_never_written(capture: Capture, why: str):
    with pytest.raises(DocumentError, match=why):
        validate(capture)
    with pytest.raises(DocumentError, match=why):
        dump(capture)


@pytest.mark.parametrize(
    "capture",
    [
        Capture(),
        Capture(graphs=(graph(node(0, args=(Ref(value=99),))),)),
        Capture(graphs=(graph(node(0)), graph(node(0), method="encode"))),
        Capture(graphs=(graph(node(7), method="encode"),), findings=(finding(nodes=(7,)),)),
        Capture(graphs=(graph(node(0, args=(nested(60),))),)),
        Capture(graphs=(graph(blocks(60)),)),
        Capture(inputs=(X,), tensors={"x": Tensor(dtype="F32", shape=(0, 2**40), data=b"")}),
    ],
)
def test_what_is_only_odd_is_kept(capture: Capture):
    assert parse(dump(capture)) == capture


def test_a_nest_deeper_than_the_stack_is_refused():
    with pytest.raises(DocumentError, match=r"nested|recursion"):
        validate(Capture(graphs=(graph(node(0, args=(nested(100_000),))),)))
