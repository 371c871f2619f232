from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import pytest

from tests.renderers.samples import GRAPH, HOSTILE, call, capture, chain, finding, held, proven, value, witness
from tracelab.errors import MissingToolError, UsageError
from tracelab.renderers.dot import dot, svg
from tracelab.schema import Block, Capture, Finding, Graph, Node, NodeError, Ref


def boxes(text: str) -> dict[str, str]:
    """The label of each box."""
    return dict(re.findall(r"^\s*(n\d+) \[label=\"?(.*?)\"? class", text, re.MULTILINE))


def edges(text: str) -> set[tuple[str, str]]:
    named = {box: label.split("\\n")[0] for box, label in boxes(text).items()}
    return {(named[a], named[b]) for a, b in re.findall(r"(n\d+) -> (n\d+)", text)}


def test_operations_are_boxes_and_values_are_edges() -> None:
    text = dot(capture())
    assert edges(text) == {("x", "sum"), ("x", "linear"), ("linear", "output")}


def test_parameters_are_named_and_not_drawn() -> None:
    text = dot(capture())
    assert sorted(boxes(text).values()) == [
        r"linear\nf32[2, 10]\nwith weight",
        "output",
        r"sum\nf32[2, 10]\nran, but is not in the program",
        r"x\nf32[2, 10]",
    ]
    assert r"aten::linear in linear\nlinear.weight" in text


def test_modules_are_frames_with_their_class() -> None:
    assert "subgraph cluster_0 {" in dot(capture())
    assert 'label="linear: Linear"' in dot(capture())


@pytest.mark.parametrize(
    ("claim", "level", "shape"),
    [
        (proven(nodes=(3,), witness=None), "error", "octagon"),
        (finding(nodes=(3,)), "warning", "hexagon"),
        (held(nodes=(3,)), "holds", "note"),
        (finding(level="note", nodes=(3,)), "note", "note"),
    ],
)
def test_a_frozen_operation_has_its_own_shape_colour_and_word(claim: Finding, level: str, shape: str) -> None:
    line = next(line for line in dot(capture(claim)).splitlines() if "with weight" in line)
    assert f"{level}: frozen True" in line
    assert f"shape={shape} " in line
    assert "fillcolor" in line


def test_what_is_not_in_the_program_is_dashed() -> None:
    text = dot(capture())
    assert 'style="filled,dashed"' in next(line for line in text.splitlines() if "not in the program" in line)
    assert "n0 -> n1 [style=dashed]" in text


def test_depth_folds_modules() -> None:
    text = dot(capture(), depth=0)
    assert r"linear: Linear\n1 operation" in boxes(text).values()
    assert "below level 0 are drawn as one box" in text
    assert "cluster" not in text


def test_one_module_is_drawn_with_what_feeds_it() -> None:
    text = dot(chain(9, lambda n: "a.b" if n in (4, 5) else "a" if n < 7 else "c"), module="a.b")
    assert edges(text) == {("from a", "add"), ("add", "add")}


def test_a_module_that_was_not_captured_is_refused() -> None:
    with pytest.raises(UsageError, match="Did you mean 'linear'"):
        dot(capture(), module="liner")


def test_a_method_that_was_not_captured_is_refused() -> None:
    with pytest.raises(UsageError, match="Captured: forward"):
        dot(capture(), method="encode")


def test_another_method_is_found_where_there_is_only_one() -> None:
    only = Capture(graphs=(Graph(method="encode", nodes=GRAPH.nodes),))
    assert dot(only) == dot(only, method="encode")


def test_nested_blocks_are_one_box_that_uses_what_they_use() -> None:
    block = Block(nodes=(call(2, 1),), outputs=(Ref(value=2),))
    inner = Node(id=3, op="call_function", target="prim::If", outputs=(value(3),), blocks=(block, block))
    frozen = finding(nodes=(2,))
    text = dot(Capture(graphs=(Graph(nodes=(call(0), call(1, 0, target="aten::mul"), inner)),), findings=(frozen,)))
    assert ("mul", "prim::If") in edges(text)
    assert r"2 blocks, 2 operations\nwarning: frozen True" in text


def test_a_capture_without_a_graph_is_an_empty_drawing() -> None:
    assert "No operation was recorded." in dot(Capture())


def test_hostile_names_are_text_and_nothing_else() -> None:
    names = [HOSTILE, "<b>bold</b>", "\\N\\G\\", '"];evil [label="', "&lt;i&gt;", "\ud800", "a" * 100_000]
    nodes = tuple(call(n, max(n - 1, 0), target=name, module=name) for n, name in enumerate(names))
    drawn = ElementTree.fromstring(svg(Capture(name=HOSTILE, graphs=(Graph(nodes=nodes),))))
    texts = {"".join(element.itertext()) for element in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"<b>bold</b>", "\\N\\G\\", '"];evil [label="', "&lt;i&gt;", "\\ud800"} <= texts
    assert max(map(len, texts)) < 200


@pytest.mark.parametrize(
    "big",
    [
        chain(5000),
        chain(5000, lambda n: f"encoder.layer.{n // 100}.{'q' if n % 2 else 'k'}"),
        chain(5000, lambda n: f"l{n // 2}"),
        chain(5000, lambda n: ".".join(["m"] * (n // 4))),
        chain(5000, also=lambda n: range(0, n, n // 20 + 1)),
        Capture(graphs=(Graph(nodes=tuple(Node(id=n, op="placeholder", target="x") for n in range(5000))),)),
    ],
    ids=["flat", "layers", "wide", "deep", "dense", "inputs"],
)
def test_five_thousand_nodes_are_folded_and_laid_out_in_seconds(big: Capture) -> None:
    started = time.perf_counter()
    text = dot(big)
    svg(big)
    assert time.perf_counter() - started < 10
    assert len(boxes(text)) <= 400
    assert "drawn as one box" in text


def test_a_frozen_operation_is_not_folded_away_while_there_is_room() -> None:
    assert boxes(dot(chain(5000)))["n2"] == r"add\nf32[2, 10]\nwarning: frozen True"


def test_the_same_capture_gives_the_same_text() -> None:
    assert dot(chain(300)) == dot(chain(300))


def test_without_dot_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingToolError, match="apt-get install graphviz"):
        svg(capture())


def test_the_first_operation_that_differs_says_so_and_the_others_how_far() -> None:
    labels = boxes(dot(capture(proven()))).values()
    assert r"linear\nf32[2, 10]\nwith weight\nfirst differs here\napart by 6" in labels
    assert r"output\napart by 6" in labels
    assert r"x\nf32[2, 10]" in labels


def test_what_the_tint_means_is_said() -> None:
    assert "Tinted by how far eager and captured are apart: x negated." in dot(capture(proven()))
    assert "Tinted" not in dot(capture(proven(witness=witness(along=(), first_divergence=None))))


@pytest.mark.parametrize(("relative", "tint"), [(0.001, "heat1"), (0.1, "heat2"), (3.0, "heat3"), (None, "heat3")])
def test_the_tint_grows_with_the_error(relative: float | None, tint: str) -> None:
    run = witness(along=(NodeError(node=3, max_rel=relative, agrees=False),))
    assert f'class="op {tint} first"' in dot(capture(proven(witness=run)))


def test_a_witness_of_another_method_tints_nothing() -> None:
    assert "heat" not in dot(capture(proven(witness=witness(method="encode"))))


def test_a_folded_module_has_its_worst_error() -> None:
    run = witness(along=tuple(NodeError(node=n, max_abs=float(n), max_rel=1.0, agrees=False) for n in (2, 3)))
    graph = Graph(nodes=(call(1), call(2, 1, module="a.b"), call(3, 2, module="a.c")))
    assert "apart by 3" in boxes(dot(capture(proven(witness=run), graphs=(graph,)), depth=0))["n1"]


def test_a_nested_operation_that_differs_marks_the_one_around_it() -> None:
    inner = call(3, 1)
    graph = Graph(nodes=(call(1), Node(id=2, op="call_function", target="prim::If", blocks=(Block(nodes=(inner,)),))))
    assert "first differs here" in boxes(dot(capture(proven(), graphs=(graph,))))["n1"]


def test_a_first_divergence_that_is_not_there_is_passed_over() -> None:
    run = witness(first_divergence=99, along=(NodeError(node=98, max_abs=float("nan"), agrees=False),))
    assert "first differs" not in dot(capture(proven(witness=run)))
