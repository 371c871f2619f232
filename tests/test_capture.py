"""What a user does with a Capture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

import tracelab
from tests.renderers.samples import stopped
from tests.strategies import captures
from tracelab import FrozenError, TracelabWarning, UsageError, schema
from tracelab.capture import Capture, load
from tracelab.renderers import text
from tracelab.schema import Finding, Graph, Level, Node, Run, SourceFile, SourceRange, Value


def finding(name: str, level: Level, lineno: int) -> Finding:
    return Finding(
        id=name,
        rule="data-dependent-branch",
        verdict="diverges" if level == "error" else "unproven",
        level=level,
        message=f"the branch {name} was decided once",
        source=SourceRange(filename="model.py", lineno=lineno, end_lineno=lineno),
    )


INPUT = Node(id=0, op="placeholder", target="x", outputs=(Value(id=0, name="x"),))
SAMPLE = Capture(
    name="Model",
    graphs=(Graph(nodes=(INPUT, Node(id=1, op="call_function", target="aten::relu", module="act"))),),
    findings=(finding("f1", "error", 1), finding("f2", "error", 2), finding("f3", "warning", 2)),
    sources=(SourceFile(filename="model.py", text="if x.sum() > 0:\n    y = x if x.max() > 1 else -x\n"),),
)
SAFE = Capture(findings=(finding("f3", "warning", 2), finding("f4", "note", 2)))


def test_it_is_the_public_name():
    assert tracelab.Capture is Capture
    assert tracelab.load is load


@settings(max_examples=30, deadline=None)
@given(captures())
def test_a_document_becomes_a_capture_with_the_same_parts(document: schema.Capture):
    capture = Capture.of(document)
    assert type(capture) is Capture
    assert all(getattr(capture, name) == getattr(document, name) for name in document.__struct_fields__)


def test_a_capture_is_its_own_capture():
    assert Capture.of(SAMPLE) is SAMPLE


def test_it_is_saved_and_loaded(tmp_path: Path):
    path = SAMPLE.save(tmp_path / "model.tracelab")
    assert path == tmp_path / "model.tracelab"
    assert load(path) == SAMPLE
    assert load(str(path)).save(tmp_path / "again").read_bytes() == path.read_bytes()


def test_a_finding_is_found_by_its_id():
    assert SAMPLE.finding("f2") is SAMPLE.findings[1]


def test_an_unknown_finding_names_the_known():
    with pytest.raises(UsageError, match=r"(?s)'f9'.*f1, f2 and f3"):
        SAMPLE.finding("f9")
    with pytest.raises(UsageError, match="none at all"):
        Capture().finding("f1")


def test_errors_are_raised_together():
    with pytest.raises(FrozenError) as caught:
        SAMPLE.raise_for_findings()
    assert str(caught.value).splitlines() == [
        "2 findings in Model:",
        "  data-dependent-branch diverges at model.py:1: the branch f1 was decided once",
        "      if x.sum() > 0:",
        "      ^^^^^^^^^^^^^^^",
        "  data-dependent-branch diverges at model.py:2: the branch f2 was decided once",
        "      y = x if x.max() > 1 else -x",
        "      " + "^" * len("y = x if x.max() > 1 else -x"),
        "  `tracelab explain data-dependent-branch` says how to mend it; "
        "allow=['data-dependent-branch@model.py:1'] lets it pass.",
    ]
    assert caught.value.capture is SAMPLE


def test_an_error_names_its_witness():
    run = Run(id=0, probe="x negated", outcome="diverges")
    proven = replace(finding("f1", "error", 1), witness=run)
    with pytest.raises(FrozenError, match=r"was decided once\n +witness: x negated: eager and captured differ"):
        Capture(findings=(proven,)).raise_for_findings()


def test_what_is_allowed_is_not_raised():
    SAMPLE.raise_for_findings(["data-dependent-branch"])
    with pytest.raises(FrozenError, match=r"1 finding in Model, and 1 allowed:\n.*model\.py:2"):
        SAMPLE.raise_for_findings(["data-dependent-branch@model.py:1"])


def test_what_is_allowed_and_not_there_is_told():
    with pytest.warns(TracelabWarning, match="allow 'state-read' matches no finding") as caught:
        SAFE.raise_for_findings(["state-read"])
    assert caught[0].filename == __file__
    with pytest.raises(FrozenError, match="allow 'state-read' matches no finding"):
        SAMPLE.raise_for_findings(["state-read"])


def test_a_capture_that_stopped_is_raised():
    with pytest.raises(FrozenError, match=r"untraceable raises at .*: forward raised"):
        Capture.of(stopped()).raise_for_findings()


def test_warnings_and_notes_are_not_raised():
    SAFE.raise_for_findings()
    Capture().raise_for_findings()


def test_its_text_is_the_summary():
    assert str(SAMPLE) == SAMPLE.summary() == text.render(SAMPLE)
    assert SAFE.summary(everything=True) == text.render(SAFE, everything=True) != SAFE.summary()


def test_the_report_is_a_page_about_it(tmp_path: Path):
    page = SAMPLE.report(tmp_path / "model.html", title="Night build").read_text(encoding="utf-8")
    assert "Night build" in page
    assert "the branch f1 was decided once" in page


def test_a_strange_file_name_does_not_lose_the_report(tmp_path: Path):
    strange = os.fsdecode(b"caf\xe9.py")
    capture = Capture(name=strange, sources=(SourceFile(filename=strange, text=strange),))
    assert capture.report(tmp_path / "model.html").stat().st_size > 0


def test_the_graph_is_drawn():
    assert "relu" in SAMPLE.dot()
    assert "relu" not in SAMPLE.dot(depth=0)
    assert SAMPLE.svg(module="act").lstrip().startswith("<")


def test_no_such_method():
    with pytest.raises(UsageError, match="encode"):
        SAMPLE.dot("encode")


def test_everything_works_where_torch_is_not(tmp_path: Path):
    SAMPLE.save(tmp_path / "model.tracelab")
    code = (
        "import sys; sys.modules['torch'] = sys.modules['numpy'] = None; import tracelab\n"
        "capture = tracelab.load('model.tracelab'); capture.report('model.html'); print(capture); capture.svg()\n"
        "capture.save('again.tracelab')"
    )
    child = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
    assert child.stdout.rstrip("\n") == str(SAMPLE)
    assert (tmp_path / "again.tracelab").read_bytes() == (tmp_path / "model.tracelab").read_bytes()
