"""Claims become findings: merged by place, worst first, each with an id."""

from __future__ import annotations

from tests.detectors.samples import DIVERGES, NOTHING, PARAMETERS, at, converted, found, seen
from tracelab.detectors import Facts
from tracelab.schema import Graph, Node


def test_nothing_seen_nothing_found() -> None:
    assert found() == []


def test_one_finding_for_each_rule_and_place() -> None:
    again = [converted(id=number, value=value) for number, value in enumerate(("True", "False", "True"))]
    (finding,) = found(*again)
    assert (finding.count, finding.observations, finding.frozen) == (3, (0, 1, 2), "True, False")


def test_two_places_on_a_line_are_two_findings() -> None:
    findings = found(converted(source=at(3, 0)), converted(source=at(3, 9)))
    assert [finding.id for finding in findings] == [
        "data-dependent-branch:model.py:3",
        "data-dependent-branch:model.py:3:2",
    ]


def test_one_place_in_two_methods_is_two_findings() -> None:
    findings = found(converted(), converted(method="encode"))
    assert [finding.method for finding in findings] == ["forward", "encode"]
    assert len({finding.id for finding in findings}) == 2


def test_the_worst_claim_of_a_place_speaks() -> None:
    (finding,) = found(converted(id=0, origin=PARAMETERS), converted(id=1))
    assert (finding.level, finding.count) == ("warning", 2)
    assert "the values of x" in finding.message


def test_many_values_are_cut_short() -> None:
    (finding,) = found(*(converted("Tensor.item", id=number, value=str(number)) for number in range(6)))
    assert finding.frozen == "0, 1, 2, 3, …"


def test_worst_first_then_by_rule_then_by_place() -> None:
    findings = found(
        seen("state-read", "self.scale", value="2", source=at(1)),
        seen("outside-read", "time.time", source=at(1)),
        converted(source=at(9)),
        converted(source=at(2)),
        seen("disagreement", DIVERGES.probe, detail="1", source=at(20)),
        facts=Facts(runs=(DIVERGES,)),
    )
    assert [finding.id for finding in findings] == [
        "unexplained-divergence:model.py:20",
        "data-dependent-branch:model.py:2",
        "data-dependent-branch:model.py:9",
        "outside-read:model.py:1",
        "state-read:model.py:1",
    ]


def test_an_observation_without_a_place() -> None:
    (finding,) = found(converted(source=None))
    assert (finding.id, finding.source) == ("data-dependent-branch", None)


def test_ids_do_not_depend_on_folders() -> None:
    ids = [found(converted(source=at(3, filename=name)))[0].id for name in ("/me/model.py", "/you/model.py")]
    assert ids[0] == ids[1]


def test_a_finding_has_the_nodes_and_ghosts_and_their_module() -> None:
    graph = Graph(nodes=(Node(id=4, op="call_function", target="aten::relu", module="act"),))
    (finding,) = found(converted(id=0, nodes=(7, 4)), converted(id=1, ghosts=(5,)), graphs=(graph,))
    assert (finding.nodes, finding.module) == ((4, 5, 7), "act")


def test_the_module_is_that_of_its_own_method() -> None:
    node = Node(id=4, op="call_function", target="aten::relu", module="act")
    graphs = (
        Graph(method="encode", nodes=(node,)),
        Graph(nodes=(Node(id=4, op="call_function", target="aten::relu"),)),
    )
    assert [
        finding.module
        for finding in found(converted(nodes=(4,)), converted(nodes=(4,), method="encode"), graphs=graphs)
    ] == ["", "act"]


def test_an_unproven_finding_says_why() -> None:
    for observation in (converted(), converted(origin=NOTHING), seen("state-read", "self.scale", value="2")):
        (finding,) = found(observation)
        assert finding.verdict == "unproven"
        assert finding.reason
        assert finding.witness is None


def test_a_file_name_with_backslashes_or_none() -> None:
    assert found(converted(source=at(3, filename="<stdin>")))[0].id == "data-dependent-branch:<stdin>:3"
