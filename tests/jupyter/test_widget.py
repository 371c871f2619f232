"""The widget, scripted from Python, and what a cell that ends with a Trace shows without a kernel."""

from __future__ import annotations

import functools
import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import nn
from traitlets import TraitError

import tracelab
from tracelab.errors import MissingToolError
from tracelab.jupyter import bundle, widget
from tracelab.jupyter.widget import TraceWidget
from tracelab.renderers import dot
from tracelab.viewer import packed


class Repeat(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in range(int(x.norm())):
            x = self.linear(x)
        return x if x.sum() > 1000 else -x


@functools.cache
def repeat() -> tracelab.Trace:
    return tracelab.trace(Repeat(), torch.ones(1, 4))


@pytest.fixture
def shown() -> TraceWidget:
    return TraceWidget(repeat().capture)


def test_the_document_is_what_is_packed(shown: TraceWidget) -> None:
    assert shown.document == packed(repeat().capture)
    assert shown.get_state("document") == {"document": shown.document}


def test_a_trace_has_one_widget_until_it_is_closed() -> None:
    first = repeat().widget()
    assert repeat().widget() is first
    first.close()
    assert repeat().widget() is not first


def test_a_longer_search_is_shown_by_the_same_widget() -> None:
    trace = tracelab.trace(Repeat(), torch.ones(1, 4), probes=())
    shown = trace.widget()
    shown.finding = trace.findings[0].id
    trace.search(seconds=0.5)
    assert trace.widget() is shown
    assert shown.document == packed(trace.capture)
    assert shown.finding in [finding.id for finding in trace.findings]


def test_a_finding_that_is_gone_is_in_view_no_more(shown: TraceWidget) -> None:
    shown.finding = repeat().findings[0].id
    shown.show(tracelab.trace(lambda x: x + 1, torch.ones(2)).capture)
    assert (shown.finding, shown.run) == (None, None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (0, {"node": 0}),
        ("linear", {"module": "linear", "call": 0}),
        ({"module": "linear", "call": 1}, {"module": "linear", "call": 1}),
        ({}, None),
        (None, None),
    ],
)
def test_a_selection_is_a_node_or_a_module(shown: TraceWidget, given: Any, kept: Any) -> None:
    shown.selection = given
    assert shown.selection == kept


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("finding", "x", "there is no finding 'x'"),
        ("run", 1000, "there is no Run 1000; there are: 0, 1"),
        ("selection", 1000, "there is no node 1000"),
        ("selection", "liner", "no module 'liner'"),
        ("selection", {"nod": 1}, "a selection has no nod"),
        ("theme", "blue", "'auto', 'light', 'dark'"),
        ("height", 10, "less than 320"),
    ],
)
def test_what_is_not_there_is_an_error_in_python(shown: TraceWidget, name: str, wrong: Any, said: str) -> None:
    with pytest.raises(TraitError, match=said):
        setattr(shown, name, wrong)


def test_without_the_built_viewer_the_widget_says_how_to_build_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widget, "script", lambda: None)
    assert "make viewer" in TraceWidget(repeat().capture)._esm


def test_without_anywidget_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tracelab.jupyter.widget", None)
    with pytest.raises(MissingToolError, match=r"tracelab\[notebook\]"):
        repeat().widget()


def test_outside_a_notebook_a_trace_is_its_summary_and_nothing_is_loaded() -> None:
    code = (
        "import sys, torch, tracelab; t = tracelab.trace(lambda x: x + 1, torch.ones(2)); repr(t)\n"
        "assert t._repr_mimebundle_() == ({'text/plain': t.capture.summary()}, {})\n"
        "print({'IPython', 'anywidget', 'ipywidgets'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_where_graphviz_is_missing_the_text_stands_for_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: Any, **options: Any) -> str:
        raise MissingToolError("no dot")

    monkeypatch.setattr(dot, "svg", missing)
    hostile = tracelab.trace(lambda x: x + 1, torch.ones(2)).capture
    text = bundle.still(tracelab.Capture.of(type(hostile)(**{**_parts(hostile), "name": "<img src=x>"})))
    assert text.startswith("<pre>")
    assert "<img" not in text
    assert "&lt;img" in text


def _parts(capture: tracelab.Capture) -> dict[str, Any]:
    return {name: getattr(capture, name) for name in capture.__struct_fields__}


def test_nbconvert_keeps_the_picture() -> None:
    nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
    data, _ = repeat().widget().formats()
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("t", outputs=[output])])
    page, _ = nbconvert.HTMLExporter().from_notebook_node(book)
    assert page.count('<img alt="Repeat: ') == 1
    assert "widget-view" not in page
