"""The widget in a real JupyterLab, with a real kernel, in a real browser."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import Expect, Locator, Page

from tests.jupyter.lab import SECONDS, TRACED, Notebook, needs_lab, write
from tracelab.jupyter.bundle import DOCUMENT, WIDGET

expect = Expect()
expect.set_options(timeout=SECONDS * 1000)
pytestmark = needs_lab


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    write(
        folder / "trace.ipynb", TRACED, "t.widget()", "w = t.widget(); w.finding = t.findings[1].id", "print(w.finding)"
    )
    return folder


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    return 1400, 1300


@pytest.fixture(scope="module")
def notebook(page: Page, address: str) -> Notebook:
    """All of its cells have run."""
    notebook = Notebook(page, address, "trace.ipynb")
    notebook.do("notebook:run-all-cells")
    expect(notebook.output(3)).to_contain_text("data-dependent-branch")
    return notebook


def test_a_trace_at_the_end_of_a_cell_is_the_viewer(notebook: Notebook) -> None:
    expect(notebook.output(0).locator(".viewer")).to_contain_text("frozen behaviours make")


def current(notebook: Notebook, at: int) -> Locator:
    """The finding in view, in the list of a cell's viewer."""
    return notebook.output(at).get_by_role("list", name="Findings").locator("button[aria-current=true]")


def test_a_finding_set_in_a_cell_is_in_view_in_both_outputs(notebook: Notebook) -> None:
    for at in (0, 1):
        expect(current(notebook, at)).to_contain_text("data-dependent-branch")


def test_a_click_is_read_by_the_next_cell(notebook: Notebook) -> None:
    notebook.output(1).get_by_role("list", name="Findings").get_by_role("button", name="data-dependent-loop").click()
    expect(current(notebook, 0)).to_contain_text("data-dependent-loop")
    notebook.page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 3; }")
    notebook.do("notebook:run-cell")
    expect(notebook.output(3)).to_contain_text("data-dependent-loop")


def test_the_theme_is_jupyterlab_s(notebook: Notebook) -> None:
    viewer = notebook.output(0).locator(".viewer")
    for theme, wanted in (("JupyterLab Dark", "dark"), ("JupyterLab Light", "light")):
        notebook.do("apputils:change-theme", theme=theme)
        expect(viewer).to_have_class(re.compile(wanted))


def test_the_saved_notebook_keeps_every_form(notebook: Notebook, folder: Path) -> None:
    notebook.do("docmanager:save")
    cells = json.loads((folder / "trace.ipynb").read_text())["cells"]
    for cell in cells[:2]:
        assert set(cell["outputs"][0]["data"]) == {WIDGET, DOCUMENT, "text/html", "text/plain"}
    (output,) = cells[0]["outputs"]
    assert base64.b64decode(output["data"][DOCUMENT]["packed"])[:2] == b"\x1f\x8b"
    assert "".join(output["data"]["text/html"]).startswith("<img alt=")
