"""Reports that leave the building: what is left out is nowhere in the bytes."""

from __future__ import annotations

import re

import pytest

from tests.renderers.samples import FILE, capture, finding, proven, seen, witness
from tests.specimens import ALL
from tests.specimens.base import Specimen
from tests.specimens.running import captured
from tests.viewer import graphs
from tests.viewer.unpacked import Unpacked, plain
from tracelab.schema import Input, NodeError, OutputError, Repair, Run, Scalar, SourceFile, Stop, Summary
from tracelab.viewer.private import hidden

SECRET = "Xyzzy9317"


def has(document, **options) -> bool:
    return SECRET.encode() in plain(document, **options)


def summary(**changes) -> Summary:
    return Summary(**{"spec": "f32[2]", **changes})


CODE = f"result = {SECRET}(x)"
SOURCES = {
    "text": capture(finding(), sources=(SourceFile(filename=FILE, text=CODE),)),
    "message": capture(finding(message=f"`{CODE}` was decided once")),
    "reason": capture(finding(reason=f"because of `{CODE}`")),
    "asked": capture(finding(), observations=(seen(asked=f"`{CODE}`"),)),
    "why it is not mended": capture(finding(), left={"a": f"`{CODE}` does not compile"}),
    "error": capture(runs=(Run(id=0, probe="x", outcome="eager_raises", error=f"RuntimeError: no\n  {CODE}\n  ~~~"),)),
    "a scripted error": capture(proven(witness=witness(error=f"Error: it failed. Traceback of {CODE}"))),
    "the stop": capture(stop=Stop(stage="eager", error=f"ValueError: no\n{CODE}")),
}
VALUES = {
    "frozen": capture(finding(frozen=SECRET)),
    "message": capture(finding(frozen=SECRET, message=f"`if` was decided once ({SECRET})")),
    "message of an observation": capture(
        finding(message=f"`float()` gave {SECRET}, a constant"), observations=(seen(value=SECRET),)
    ),
    "a quoted part": capture(finding(message=f"the key 'my {SECRET}' was read")),
    "input": capture(inputs=(Input(name="name", spec=f"'{SECRET}'"),)),
    "probe": capture(runs=(Run(id=0, probe=f"os.environ['A'] = {SECRET}", outcome="agrees"),)),
    "input of a run": capture(proven(witness=witness(inputs=(Input(name="x", spec=SECRET),)))),
    "error": capture(proven(witness=witness(error=f"KeyError: {SECRET}"))),
    "snippet": capture(proven(witness=witness(snippet=f"x = {SECRET}"))),
    "why it is not mended": capture(finding(), left={"a": f"KeyError: {SECRET}"}),
    "output": capture(
        proven(witness=witness(outputs=(OutputError(path="", eager=SECRET, captured="1", agrees=False),)))
    ),
    "summary": capture(proven(witness=witness(along=(NodeError(node=3, eager=summary(min=SECRET), agrees=False),)))),
    "literal": graphs.capture(graphs.start(), graphs.node(1, args=(Scalar(kind="str", text=SECRET),))),
    "the stop": capture(stop=Stop(stage="eager", error=f"ValueError: {SECRET}")),
}


@pytest.mark.parametrize("document", SOURCES.values(), ids=SOURCES)
def test_without_source(document):
    assert has(document)
    assert not has(document, source=False)


def test_without_source_a_repair_has_no_diff():
    document = capture(finding(), repairs=(Repair(findings=("f",), title=f"`{CODE}` stays", diff=CODE),))
    (told,) = hidden(document, source=False, values=True).repairs
    assert SECRET not in told.title + told.diff


@pytest.mark.parametrize("document", VALUES.values(), ids=VALUES)
def test_without_values(document):
    assert has(document)
    assert not has(document, values=False)


@pytest.mark.parametrize("number", ["0.4962566", "-1e-05", "31415"])
def test_numbers_are_values(number):
    document = capture(finding(message=f"`item` gave {number}, a constant", reason=f"tried with {number}"))
    assert number.encode() in plain(document)
    assert number.encode() not in plain(document, values=False)


def test_without_values_shapes_and_names_stay():
    got = Unpacked(capture(proven()), values=False)
    assert ["inputs", "x: f32[2, 10]"] in got.about["facts"]
    assert got.about["runs"][0]["along"][0]["eager"]["spec"] == "f32[2, 10]"
    assert got.about["runs"][0]["outputs"][0]["max_abs"] is None
    assert got.about["files"][0]["text"]


def test_without_values_heat_only_says_where():
    got = Unpacked(capture(proven()), values=False)
    assert set(got.numbers(got.about["runs"][0]["heat"])) == {0, 255}


def test_without_source_values_and_lines_stay():
    got = Unpacked(capture(finding()), source=False)
    (file,) = got.about["files"]
    assert (file["text"], file["tokens"]) == (None, [])
    assert file["marks"][0]["text"] == "frozen: True"


def test_a_name_in_backquotes_is_no_code():
    about = Unpacked(capture(finding(message="`if` was decided once; `self.calls` is read")), source=False).about
    assert about["findings"][0]["message"] == "`if` was decided once; `self.calls` is read"


@pytest.mark.parametrize("specimen", [s for s in ALL if s.finds and not s.crashes][::6], ids=lambda s: s.name)
def test_specimens_without_source_and_values(specimen: Specimen):
    """What was frozen, where its text can be told from all others, and the lines that froze it."""
    document = captured(specimen).capture
    told = plain(document, source=False, values=False).decode(errors="replace")
    frozen = {text for seen in document.observations for text in re.findall(r"\d\.\d{3,}|'[^']{3,}'", seen.value)}
    lines = {line.strip() for file in document.sources for line in file.text.splitlines() if "frozen:" in line}
    assert lines
    assert [text for text in (*frozen, *lines) if text in told] == []
