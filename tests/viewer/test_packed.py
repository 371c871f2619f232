"""What is sent says what the capture says."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from torch import nn

import tracelab
from tests.renderers.samples import FILE, GRAPH, HOSTILE, SOURCE, capture, finding, proven, seen, stopped, witness
from tests.renderers.samples import chain as long_chain
from tests.specimens import ALL
from tests.specimens.running import captured
from tests.strategies import captures
from tests.viewer import graphs
from tests.viewer.unpacked import Unpacked
from tracelab import schema
from tracelab.detectors import RULES
from tracelab.errors import DocumentError
from tracelab.renderers.reading import every_node
from tracelab.viewer import packed, shown
from tracelab.viewer.order import taken

OPS = ["placeholder", "get_attr", "call_function", "output"]


def check(document: schema.Capture) -> Unpacked:
    """Compare what is sent with the document, graph by graph."""
    got = Unpacked(document)
    for at, graph in enumerate(document.graphs):
        nodes = {node.id: node for node in every_node(graph.nodes)}
        ids = got.column("id", at)
        assert sorted(ids) == sorted(nodes)
        assert [bool(ghost) for ghost in got.column("ghost", at)] == [nodes[number].ghost for number in ids]
        takes = got.takes(at)
        assert all(made < number for number, several in enumerate(takes) for made in several)
        for number, text in enumerate(got.texts("form", at)):
            assert all(f"${place}" in text for place in range(min(len(takes[number]), 9))), text
        check_edges(nodes, ids, takes)
    return got


def check_edges(nodes: dict[int, schema.Node], ids: list[int], takes: list[list[int]]):
    """Where each value is made once and no block is given any, edges are exactly the values that are taken."""
    inner = [block for node in nodes.values() for block in node.blocks]
    makers = [value.id for node in nodes.values() for value in node.outputs]
    if any(block.inputs for block in inner) or len(makers) != len(set(makers)):
        return
    maker = {value.id: number for number in nodes for value in nodes[number].outputs}
    place = {number: at for at, number in enumerate(ids)}
    for at, number in enumerate(ids):
        wanted = [place[maker[value]] for value in taken(nodes[number]) if value in maker]
        assert takes[at] == [made for made in wanted if made < at]


@pytest.mark.parametrize("specimen", [s for s in ALL if not s.crashes][::6], ids=lambda s: s.name)
def test_specimens(specimen):
    check(captured(specimen).capture)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(captures())
def test_any_document_that_agrees_with_itself(document):
    check(document)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x).relu()


class Either(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool(x.sum() > 0):
            x = x * 2
        for _ in range(2):
            x = x + 1
        return x


class Whole(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block() for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            x = block(x)
        x = self.blocks[0](x)
        return x * 2 if x.sum() > 0 else x - 1


@pytest.fixture(scope="module")
def whole() -> schema.Capture:
    torch.manual_seed(0)
    return tracelab.trace(Whole().eval(), torch.randn(2, 4), probes=4).capture


def test_modules_of_a_real_capture(whole):
    got = check(whole)
    top = [at for at, parent in enumerate(got.column("parent")) if parent == 0 and at]
    assert [got.texts("title")[at] for at in top] == ["blocks.0", "blocks.1", "blocks.2", "blocks.0"]
    assert [got.column("call")[at] for at in top] == [0, 0, 0, 1]
    assert len({got.column("same")[at] for at in top}) == 1


def test_why_it_is_frozen(whole):
    got = check(whole)
    (found,) = [each for each in got.about["findings"] if each["rule"] == "data-dependent-branch"]
    labels = [got.texts("label")[number] for number in found["chain"]]
    assert labels[0] == "x: f32[2, 4]"
    assert labels[-2:] == ["sum", "gt"]
    assert [got.column("ghost")[number] for number in found["chain"][-2:]] == [1, 1]
    assert found["chain_text"][-1].startswith("Tensor.__bool__ gave ")


def test_a_scripted_branch_and_a_scripted_loop():
    model = nn.Sequential(torch.jit.script(Either()), nn.ReLU())
    got = check(tracelab.trace(model, torch.ones(2, 4), probes=()).capture)
    targets, places = got.texts("target"), got.places()
    assert {place for place in places if place.startswith("0/")} == {"0/if", "0/loop"}
    ends = [at for at, target in enumerate(targets) if target in ("prim::If", "prim::Loop")]
    assert [places[at] for at in ends] == ["0", "0"]
    assert set(got.column("scope")) == set(range(len(got.column("parent"))))  # an arm that holds nothing is no scope
    assert targets[got.takes()[targets.index("aten::relu")][0]] == "prim::Loop"


# -- one thing at a time -----------------------------------------------------------------------------------


def test_the_same_capture_gives_the_same_bytes():
    assert packed(capture(proven())) == packed(capture(proven()))


def test_operations():
    got = Unpacked(capture())
    assert [OPS[op] for op in got.column("op")] == [node.op for node in GRAPH.nodes]
    assert got.texts("form") == ["x", "linear.weight", "aten::sum($0)", "aten::linear($0, $1)", "output($0)"]
    assert got.texts("spec")[:2] == ["f32[2, 10]", "f32[10, 10]"]
    assert got.texts("label") == ["x: f32[2, 10]", "weight", "sum", "linear", "output"]


def test_literals_lists_and_values_that_nobody_made():
    args = (schema.Items(items=(schema.Ref(value=0), schema.Ref(value=99))), schema.Scalar(kind="str", text="$0"))
    got = Unpacked(graphs.capture(graphs.start(), graphs.node(1, args=args)))
    assert got.texts("form")[1] == "aten::add([$0, ?], '\\x240')"
    assert got.takes() == [[], [0]]


def test_a_parameter_that_is_passed_as_an_input_is_an_attribute():
    spec = schema.InputSpec(kind="parameter", value=0, target="linear.weight")
    graph = graphs.graph(graphs.start(), graphs.node(1, 0), signature=schema.GraphSignature(inputs=(spec,)))
    got = Unpacked(schema.Capture(graphs=(graph,)))
    assert [OPS[op] for op in got.column("op")] == ["get_attr", "call_function"]
    assert got.texts("target")[0] == "linear.weight"


def test_the_worst_finding_marks_a_node():
    held = finding(id="h", verdict="holds", nodes=(3,), observations=())
    got = Unpacked(capture(held, proven(nodes=(3,))))
    assert got.column("mark") == [0, 0, 0, 2, 0]


def test_what_a_decision_controls_is_not_marked_but_what_was_asked():
    facts = seen(syntax="if", nodes=(3, 4), graph_value=2)
    got = Unpacked(capture(finding(nodes=(2, 3, 4)), observations=(facts,)))
    assert got.column("mark") == [0, 0, 1, 0, 0]


def test_a_decision_without_a_node_of_its_own_marks_the_first_that_it_controls():
    got = Unpacked(capture(finding(nodes=(3, 4)), observations=(seen(syntax="for", nodes=(3, 4)),)))
    assert got.column("mark") == [0, 0, 0, 1, 0]


def test_what_a_decision_controls():
    document = capture(finding(nodes=(3,)), observations=(seen(syntax="if", nodes=(3,), lines=(3, 3)),))
    (region,) = Unpacked(document).about["graphs"][0]["regions"]
    assert region == {"caption": "else-arm (lines 5 to 6) not recorded", "finding": 0, "nodes": [3]}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"syntax": "for", "value": "3"}, "loop unrolled 3 times, frozen"),
        ({"syntax": "for", "value": "1"}, "loop unrolled 1 time, frozen"),
        ({"syntax": "while", "value": "True"}, "loop unrolled 1 time, frozen"),
        ({"syntax": "if", "untaken": (5, 5), "lines": (7, 8)}, "if-arm (line 5) not recorded"),
        ({"syntax": "assert", "untaken": None}, "assert decided once (True), frozen"),
    ],
)
def test_captions(facts, said):
    document = capture(finding(nodes=(3,)), observations=(seen(nodes=(3,), **facts),))
    assert Unpacked(document).about["graphs"][0]["regions"][0]["caption"] == said


def test_what_takes_a_value_controls_nothing():
    document = capture(finding(nodes=(3,)), observations=(seen(nodes=(3,), syntax="call"),))
    assert Unpacked(document).about["graphs"][0]["regions"] == []


def test_lines_say_what_was_frozen_and_what_was_not_run():
    (file,) = Unpacked(capture(finding())).about["files"]
    assert (file["title"], file["filename"], file["text"]) == ("net.py", FILE, SOURCE)
    frozen, unrecorded = file["marks"]
    assert (frozen["line"], frozen["kind"], frozen["text"]) == (2, "frozen", "frozen: True")
    assert SOURCE.split("\n")[1][frozen["start"] : frozen["end"]] == "x.sum() > 0"
    assert (unrecorded["line"], unrecorded["last"], unrecorded["kind"]) == (5, 6, "unrecorded")


def test_the_line_at_which_a_capture_stopped_is_not_called_frozen():
    file = Unpacked(capture(finding(rule="untraceable", frozen=""))).about["files"][0]
    assert file["marks"][0]["text"] == "stopped here"


def test_a_finding_leads_to_its_line():
    got = Unpacked(capture(finding()))
    at = got.about["findings"][0]["range"]
    assert (got.column("file")[at], got.column("first")[at], got.column("last")[at]) == (0, 2, 2)
    assert (got.column("file")[0], got.column("first")[0]) == (0, 0)


def test_a_run_along_the_graph():
    got = Unpacked(capture(proven()))
    (run,) = got.about["runs"]
    assert (run["word"], run["look"], run["blame"], run["first_divergence"]) == ("diverges", "error", [0], 3)
    assert got.numbers(run["compared"]) == [0, 3, 4]
    agrees, apart, after = got.numbers(run["heat"])
    assert agrees == 0 < apart == after < 255
    assert [each["node"] for each in run["along"]] == [3, 4]
    assert got.about["findings"][0]["witness"] == 0


@pytest.mark.parametrize(("apart", "heat"), [(1e-7, 1), (1e-3, 1 + round(253 / 2)), (10.0, 254), (None, 255)])
def test_heat_grows_with_the_logarithm(apart, heat):
    error = schema.NodeError(node=3, max_rel=apart, agrees=False)
    got = Unpacked(capture(proven(witness=witness(along=(error,)))))
    assert got.numbers(got.about["runs"][0]["heat"]) == [heat]


def test_the_answer_names_the_smallest_proof():
    large = witness(id=8, probe="x of shape [64, 10]", inputs=(schema.Input(name="x", spec="f32[64, 10]"),))
    document = capture(proven(witness=large), proven(id="b"))
    said = "Both frozen behaviours make the program wrong; smallest proof: x negated (x: f32[2, 10])"
    assert Unpacked(document).about["verdict"] == said


def test_help_is_the_page_of_the_rule():
    about = Unpacked(capture(finding(), finding(id="b", rule="of-a-later-release"))).about
    assert RULES["data-dependent-branch"].sections["Instead"].strip() in about["findings"][0]["help"]
    assert about["findings"][1]["help"] == ""


def test_every_field_is_sent():
    about = Unpacked(capture(finding())).about
    assert set(about["findings"][0]) == set(schema_fields("ShownFinding"))
    assert set(about["graphs"][0]) == set(schema_fields("ShownGraph"))
    assert about["format"] == 2


def schema_fields(name: str) -> tuple[str, ...]:
    import tracelab.shown

    return getattr(tracelab.shown, name).__struct_fields__


# -- what is odd -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [schema.Capture(), capture(finding(), graphs=())], ids=["empty", "no graph"])
def test_without_a_graph(document):
    about = Unpacked(document).about
    assert (about["graphs"], about["strings"]) == ([], [""])
    assert len(about["findings"]) == len(document.findings)


def test_a_graph_without_nodes():
    got = Unpacked(schema.Capture(graphs=(schema.Graph(),)))
    assert (got.column("start"), got.column("parent"), got.column("id")) == ([0], [0], [])


def test_a_partial_capture_says_where_it_stopped():
    assert Unpacked(stopped()).about["stop"].startswith("The capture stopped while the function ran eagerly at")


def test_hostile_names_do_nothing():
    nodes = (graphs.start(), graphs.node(1, 0, target=HOSTILE, module=HOSTILE.replace(".", "")))
    text = "".join(Unpacked(graphs.capture(*nodes)).strings)
    assert not {"\x1b", "\u202e", "\u200b", "\x00"} & set(text)
    assert (
        max(map(len, Unpacked(graphs.capture(graphs.start(), graphs.node(1, 0, target="a" * 100_000))).strings)) < 500
    )


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (graphs.capture(graphs.start(), graphs.start()), "have the id 0"),
        (capture(finding(nodes=(77,))), "names node 77"),
        (capture(finding(observations=(5,))), "names observation 5"),
        (graphs.capture(graphs.node(2**40)), "no such number"),
    ],
)
def test_a_damaged_document_is_refused(document, said):
    with pytest.raises(DocumentError, match=said):
        packed(document)


def test_a_surrogate_in_the_source_is_sent_as_something_else():
    sources = (schema.SourceFile(filename=FILE, text="a = '\udcff'\n"),)
    assert Unpacked(capture(finding(), sources=sources)).about["files"][0]["text"] == "a = '?'\n"


@pytest.mark.parametrize(("count", "most"), [(10_000, 250_000), (100_000, 3_000_000)])
def test_large_graphs(count, most):
    document = long_chain(count, module=lambda n: f"layers.{n // 50}.part{n // 10 % 5}", also=lambda n: (n // 2,))
    assert len(packed(document)) < most


def test_without_findings_a_capture_is_safe_only_where_something_was_recorded() -> None:
    clean, nothing = shown(capture())[0], shown(schema.Capture())[0]
    assert (clean.look, nothing.look) == ("holds", "note")
    assert nothing.verdict == "Nothing was captured: no operation was recorded"
    assert "No operation was recorded" in nothing.silence
