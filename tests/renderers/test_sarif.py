"""What code scanning and editors read: valid, at the right place, and the same after the code has moved."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.renderers.pages import hostile
from tests.renderers.samples import FILE, SOURCE, capture, finding, held, place, proven, seen, stopped
from tracelab.detectors import RULES
from tracelab.renderers import sarif
from tracelab.schema import Capture, Finding, Node, Observation, SourceFile, SourceRange

SCHEMA = json.loads((Path(__file__).parent / "sarif" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def log(document: Capture, root: str = "/models") -> dict[str, Any]:
    """The one run of a valid log."""
    told = json.loads(sarif.render(document, root))
    assert [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(told)] == []
    (run,) = told["runs"]
    return run


def result(document: Capture, root: str = "/models") -> dict[str, Any]:
    return log(document, root)["results"][0]


def region(source: SourceRange, text: str = SOURCE) -> dict[str, int]:
    document = capture(finding(source=source), sources=(SourceFile(filename=source.filename, text=text),))
    return result(document)["locations"][0]["physicalLocation"]["region"]


def prints(*findings: Finding, text: str = SOURCE) -> list[str]:
    results = log(capture(*findings, sources=(SourceFile(filename=FILE, text=text),)))["results"]
    return [one["partialFingerprints"]["tracelabFinding/v1"] for one in results]


def test_a_document_that_breaks_the_schema_is_noticed() -> None:
    assert list(VALIDATOR.iter_errors({"version": "2.1.0", "runs": [{"tool": {}}]}))


@pytest.mark.parametrize("document", [Capture(), capture(), capture(proven(), held()), stopped(), hostile()])
def test_every_capture_is_valid_with_and_without_a_folder(document: Capture) -> None:
    log(document)
    log(document, "")


@pytest.mark.parametrize(
    ("claim", "level"),
    [
        (finding(verdict="diverges", level="error"), "error"),
        (finding(verdict="raises", level="error"), "error"),
        (finding(), "warning"),
        (finding(level="note"), "note"),
        (held(), "note"),
    ],
)
def test_a_level_says_what_was_proven(claim: Finding, level: str) -> None:
    assert result(capture(claim))["level"] == level


def test_every_rule_is_described_and_pointed_to() -> None:
    run = log(capture(finding(rule="training-mode")))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    assert rules[run["results"][0]["ruleIndex"]]["id"] == "training-mode"
    assert rules[0]["shortDescription"]["text"] == RULES[rules[0]["id"]].summary
    assert all(rule["help"]["markdown"].count("```") == 2 for rule in rules)


def test_a_rule_of_a_later_release_is_named() -> None:
    run = log(capture(finding(rule="of-tomorrow")))
    assert run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]] == {"id": "of-tomorrow"}


def test_a_message_has_what_was_frozen_and_its_proof() -> None:
    text = result(capture(proven()))["message"]["text"]
    assert text.startswith("`if` was decided once\nfrozen: True\nwitness: x negated (x: f32[2, 10])")


def test_lines_and_columns_are_counted_from_one() -> None:
    assert region(place(2, 7, 18)) == {"startLine": 2, "startColumn": 8, "endColumn": 19}
    assert region(place(4, 4, 9, last=6)) == {"startLine": 4, "startColumn": 5, "endLine": 6, "endColumn": 10}


def test_a_place_without_columns_is_its_lines() -> None:
    assert region(place(4, 0, None, last=5)) == {"startLine": 4, "endLine": 5}


def test_columns_are_utf_16_units() -> None:
    assert region(place(1, 5, 8), "é𝒳𝒳 = f(x)\n") == {"startLine": 1, "startColumn": 8, "endColumn": 11}


@given(st.integers(-3, 12), st.integers(-3, 99), st.none() | st.integers(-3, 99), st.integers(-3, 12))
def test_no_place_breaks_the_log(line: int, start: int, end: int | None, last: int) -> None:
    log(capture(finding(source=place(line, start, end, last))))


def test_files_of_the_checkout_are_relative_and_others_are_not() -> None:
    run = log(capture(finding(), finding(id="b", source=SourceRange(filename="/else/a b.py", lineno=1, end_lineno=1))))
    assert [artifact["location"] for artifact in run["artifacts"]] == [
        {"uri": "net.py", "uriBaseId": "%SRCROOT%"},
        {"uri": "file:///else/a%20b.py"},
    ]
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": "file:///models/"}}
    assert [one["locations"][0]["physicalLocation"]["artifactLocation"]["index"] for one in run["results"]] == [0, 1]


@pytest.mark.parametrize(
    ("filename", "cell", "uri"),
    [("/tmp/ipykernel_7/1.py", "In [3]", "notebook-cell:In%20%5B3%5D"), ("<string>", None, "no-file:%3Cstring%3E")],
)
def test_what_is_in_no_file_is_named_and_carried_along(filename: str, cell: str | None, uri: str) -> None:
    source = SourceRange(filename=filename, lineno=1, end_lineno=1, cell=cell)
    run = log(capture(finding(source=source), sources=(SourceFile(filename=filename, text="x = 1\n"),)))
    assert run["artifacts"][0]["location"] == {"uri": uri}
    assert run["artifacts"][0]["contents"] == {"text": "x = 1"}
    assert run["artifacts"][0]["description"]["text"] == (cell or filename)


def test_a_finding_without_a_place_has_its_module() -> None:
    claim = finding(source=None, module="encoder.layers.0", observations=())
    names = result(capture(claim))["locations"][0]["logicalLocations"]
    assert names == [{"fullyQualifiedName": "encoder.layers.0", "kind": "module"}]
    assert "locations" not in result(capture(finding(source=None, observations=())))


def test_what_was_not_run_and_where_the_values_part_are_related() -> None:
    graph = capture().graph
    nodes = tuple(Node(**{**_fields(node), "source": place(3)}) if node.id == 3 else node for node in graph.nodes)
    document = capture(proven(), graphs=(type(graph)(**{**_fields(graph), "nodes": nodes}),))
    related = result(document)["relatedLocations"]
    assert [one["message"]["text"] for one in related] == [
        "not run while capturing",
        "the values first part at aten::linear",
    ]
    assert [one["physicalLocation"]["region"]["startLine"] for one in related] == [5, 3]


def _fields(part: Any) -> dict[str, Any]:
    return {name: getattr(part, name) for name in part.__struct_fields__}


def test_the_way_to_the_decision_is_a_code_flow() -> None:
    import torch

    import tracelab

    def branch(x: torch.Tensor) -> torch.Tensor:
        y = x * 2
        return y + 1 if y.sum() > 0 else y

    document = tracelab.trace(branch, torch.ones(3), probes=()).capture
    flow = result(document, str(Path(__file__).parent))["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [one["location"]["message"]["text"] for one in flow] == [
        "mul f32[3]",
        "sum f32[] (ran, but is not in the program)",
        "gt b8[] (ran, but is not in the program)",
        "Tensor.__bool__ gave True",
    ]
    assert {one["location"]["physicalLocation"]["artifactLocation"]["uri"] for one in flow} == {"test_sarif.py"}


def test_the_calls_that_led_there_are_a_stack() -> None:
    calls: tuple[Observation, ...] = (seen(stack=(place(2), place(7))),)
    frames = result(capture(finding(), observations=calls))["stacks"][0]["frames"]
    assert [one["location"]["physicalLocation"]["region"]["startLine"] for one in frames] == [2, 7]


def test_a_fingerprint_outlives_lines_that_come_and_go() -> None:
    moved = prints(finding(source=place(4)), text="\n\n" + SOURCE.replace("    if", "      if"))
    assert moved == prints(finding(source=place(2)))


def test_a_fingerprint_is_of_one_finding() -> None:
    same_line = [finding(), finding(id="b", source=place(2, 10)), finding(id="c", rule="state-read")]
    assert len(set(prints(*same_line, finding(id="d", source=place(3))))) == 4
    assert prints(*reversed(same_line)) == prints(*same_line)[::-1]
    assert prints(finding(), text=SOURCE.replace("x.sum() > 0", "x.sum() > 1")) != prints(finding())


def test_a_capture_that_stopped_was_no_success() -> None:
    (ended,) = log(stopped())["invocations"]
    assert (ended["executionSuccessful"], ended["exitCode"]) == (False, 1)
    (told,) = ended["toolExecutionNotifications"]
    assert "ValueError: no" in told["message"]["text"]
    assert told["locations"][0]["physicalLocation"]["region"]["startLine"] == 3


@pytest.mark.parametrize(("document", "code"), [(capture(finding()), 0), (capture(proven()), 1)])
def test_the_exit_code_is_that_of_check(document: Capture, code: int) -> None:
    assert log(document)["invocations"] == [{"executionSuccessful": True, "exitCode": code}]


def test_what_is_allowed_is_suppressed() -> None:
    document = capture(proven(), finding(id="b", rule="state-read", verdict="raises"))
    told = json.loads(sarif.render(document, allow=["data-dependent-branch"]))
    assert not list(VALIDATOR.iter_errors(told))
    run = told["runs"][0]
    assert [[one["status"] for one in result["suppressions"]] for result in run["results"]] == [["accepted"], []]
    assert run["invocations"][0]["exitCode"] == 1
    run = json.loads(sarif.render(document, allow=["*"]))["runs"][0]
    assert run["invocations"][0]["exitCode"] == 0


def test_nobody_s_text_becomes_a_link() -> None:
    text = result(capture(finding(message="see [this](https://example.org)")))["message"]["text"]
    assert "](" not in text
    assert set(text) <= set(string.printable)
