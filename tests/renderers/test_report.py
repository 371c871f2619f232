from __future__ import annotations

import base64
import gzip
import re
import secrets

import pytest

from tests.renderers.pages import Page, hostile, sha256
from tests.renderers.samples import (
    FILE,
    GRAPH,
    RUNS,
    capture,
    chain,
    finding,
    held,
    place,
    proven,
    seen,
    stopped,
    witness,
)
from tracelab.renderers import bundle
from tracelab.renderers.folders import shortest
from tracelab.renderers.html import report
from tracelab.schema import Capture, Graph, Input, Node, Origin, Ref, Scalar, SourceFile, Tensor

VIEWER = 'document.getElementById("tracelab").textContent = "viewer";'


@pytest.fixture(autouse=True)
def _viewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "script", lambda: VIEWER)


def packed(text: str, name: str) -> str:
    encoded = re.findall(rf'<script type="application/octet-stream;base64" id="{name}">(.*?)</script>', text)
    return gzip.decompress(base64.b64decode(encoded[0], validate=True)).decode("utf-8", errors="replace")


def data(text: str) -> str:
    """What the viewer is sent, as text: its header is."""
    return packed(text, "tracelab-data")


def test_the_viewer_and_its_loader_are_all_that_may_run() -> None:
    text = report(capture(finding()))
    policy = str(Page(text).values("content")[0])
    loader = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert f"script-src '{sha256(loader[0])}' '{sha256(packed(text, 'tracelab-viewer'))}';" in policy
    assert "unsafe" not in policy
    assert [words.get("src") for name, words in Page(text).elements if name == "script"] == [None] * 3


def test_what_the_script_looks_for_stands_before_it_and_the_rest_after() -> None:
    text = report(capture(finding()))
    parts = ('<div id="tracelab">', 'id="tracelab-data"', 'id="tracelab-viewer"', "<script>", '<div id="static">')
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_data_is_what_the_viewer_is_sent() -> None:
    assert '"verdict":"The one frozen behaviour' in data(report(capture(proven()))).replace('": "', '":"')


def test_nothing_is_fetched() -> None:
    text = report(capture(finding()))
    assert not re.search(r"https?:|url\(|@import", text)
    assert not Page(text).names() & {"link", "img", "iframe", "object", "base", "form"}
    assert [ref for ref in Page(text).values("href") if ref and not ref.startswith("#")] == []


def test_hostile_text_stays_text_beside_the_viewer() -> None:
    page = Page(report(hostile(), title="</title><script>alert(1)</script>]]>"))
    assert page.open == []
    assert [name for name, _ in page.elements].count("script") == 3
    assert "img" not in page.names()
    assert not [key for _, words in page.elements for key in words if key.startswith("on")]
    assert "</title><script>alert(1)</script>]]>" in page.words


def test_a_checkout_without_the_viewer_says_how_to_build_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "script", lambda: None)
    text = report(capture(finding()))
    assert "`make viewer`" in Page(text).words
    assert "tracelab-data" not in text


@pytest.mark.parametrize(
    "big",
    [chain(10_000, lambda n: f"layer.{n // 100}.{'q' if n % 2 else 'k'}"), chain(10_000, also=lambda n: (n // 2,))],
    ids=["layers", "skips"],
)
def test_the_page_beside_the_viewer_stays_small(big: Capture) -> None:
    """With the viewer (under 120 KB, packed) and the data of ten thousand nodes it is under 400 KB."""
    text = report(big)
    assert len(text) < 280_000
    assert len(text[text.index('<div id="static">') :]) < 60_000


def test_many_findings_are_told_and_few_are_shown() -> None:
    many = capture(*[finding(id=str(n)) for n in range(500)])
    text = report(many)
    assert "440 more are not shown here." in text
    assert len(text[text.index('<div id="static">') :]) < 100_000


def secret() -> str:
    return f"zq{secrets.token_hex(6)}"


def test_without_source_none_of_it_is_in_the_file() -> None:
    hidden = secret()
    claim = proven(witness=witness(error=f"RuntimeError: no\n  File 'x'\n    {hidden}()"))
    made = capture(claim, runs=RUNS, sources=(SourceFile(filename=FILE, text=f"x = 1\n{hidden} = 2\n"),))
    assert hidden in report(made)
    assert hidden in data(report(made))
    text = report(made, source=False)
    assert hidden not in text + data(text)


def test_without_source_no_folder_is_told_but_the_file_is() -> None:
    assert "/models/net.py" in report(capture(finding()))
    text = report(capture(finding()), source=False)
    assert "/models" not in text + data(text)
    assert "net.py:2:8" in Page(text).words


def test_without_source_inputs_whose_elements_are_kept_are_no_hindrance() -> None:
    kept = Tensor(dtype="F32", shape=(1,), data=bytes(4))
    made = capture(finding(), inputs=(Input(name="x", spec="f32[1]", tensor="inputs.x"),), tensors={"inputs.x": kept})
    assert "net.py:2:8" in Page(report(made, source=False)).words


def test_files_of_one_name_are_told_apart() -> None:
    files = ["/a/x/net.py", "/a/y/net.py", "/a/y/other.py", "C:\\b\\third.py", "/v/site-packages/torch/nn.py", "In [3]"]
    assert [*shortest(dict.fromkeys(files)).values()] == [
        "x/net.py", "y/net.py", "other.py", "third.py", "torch/nn.py", "In [3]"
    ]  # fmt: skip


def valued(value: str) -> Capture:
    """A capture in which one value stands wherever a value can."""
    run = witness(
        probe=f"x = {value!r}",
        error=f"ValueError: {value}",
        inputs=(Input(name="x", spec=repr(value)),),
        snippet=f"x = {value!r}",
    )
    claim = proven(message=f"`if` was decided once ({value})", reason=f"gave {value}", frozen=value, witness=run)
    constant = Node(id=9, op="call_function", target="aten::add", args=(Ref(value=0), Scalar(kind="str", text=value)))
    return capture(
        claim,
        held(id="h", frozen=value),
        observations=(seen(value=value, origin=Origin(values=("x",))),),
        runs=(run, *RUNS),
        inputs=(Input(name="x", spec=repr(value)),),
        graphs=(Graph(nodes=(*GRAPH.nodes[:-1], constant, GRAPH.nodes[-1]), signature=GRAPH.signature),),
        stop=None,
    )


def test_without_values_none_of_them_is_in_the_file() -> None:
    hidden = secret()
    assert report(valued(hidden)).count(hidden) > 3
    assert hidden in data(report(valued(hidden)))
    text = report(valued(hidden), values=False)
    assert hidden not in text + data(text)
    assert "data-dependent-branch" in text


def test_without_values_no_number_of_a_run_is_in_the_page() -> None:
    text = report(capture(proven()), values=False)
    shown = text[text.index('<div id="static">') :]
    assert "3.14" not in shown
    assert "mean 0.1" in report(capture(proven()))
    assert "mean 0.1" not in shown
    assert "f32[2, 10]" in shown


def test_a_partial_capture_is_reported_with_what_there_is() -> None:
    assert "The capture stopped while the function ran eagerly" in data(report(stopped()))
    assert Page(report(Capture())).open == []


def test_a_long_drawing_is_cut_between_its_boxes_for_paper() -> None:
    text = report(chain(55))
    sheets = re.findall(r'<div class="graph sheet".*?viewBox="0 ([\d.]+) [\d.]+ ([\d.]+)"', text)
    assert len(sheets) > 1
    assert all(float(height) <= 660 for _, height in sheets)
    assert float(sheets[1][0]) == pytest.approx(float(sheets[0][1]), abs=0.2)


def test_a_short_drawing_is_one_piece() -> None:
    assert '<div class="graph" ' in report(capture())
    assert '<div class="graph sheet"' not in report(capture())


def test_the_place_of_a_finding_leads_to_its_line_in_a_long_file() -> None:
    source = SourceFile(filename=FILE, text="\n".join(f"line{n}" for n in range(1, 900)))
    page = Page(report(capture(finding(source=place(400, 0, 3)), sources=(source,))))
    assert "#file-0-line-400" in page.values("href")
    assert "line396" in page.words
    assert "line395" not in page.words
