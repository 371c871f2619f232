"""JupyterLab's extension: an output is the widget as long as that lives in the kernel, else the viewer alone."""

from __future__ import annotations

import json
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
    folder = tmp_path_factory.mktemp("reopened")
    write(folder / "trace.ipynb", TRACED, "t.widget()", "t.widget().close()")
    return folder


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    return 1400, 1500


@pytest.fixture(scope="module")
def ran(page: Page, address: str) -> None:
    """The notebook's first two cells have run, and it is saved."""
    run_both(Notebook(page, address, "trace.ipynb"))


@pytest.fixture
def notebook(page: Page, address: str, ran: None) -> Notebook:
    """The notebook in a page that was loaded anew; its kernel runs on."""
    return Notebook(page, address, "trace.ipynb")


def form(notebook: Notebook, at: int) -> Locator:
    """What opens the form, which only a widget that lives has."""
    return notebook.output(at).get_by_role("button", name="Run again")


def current(notebook: Notebook, at: int) -> Locator:
    return notebook.output(at).get_by_role("list", name="Findings").locator("button[aria-current=true]")


def choose(notebook: Notebook, at: int, rule: str) -> None:
    notebook.output(at).get_by_role("list", name="Findings").get_by_role("button", name=rule).click()


def run(notebook: Notebook, at: int) -> None:
    notebook.page.evaluate("at => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = at; }", at)
    notebook.do("notebook:run-cell")


def run_both(notebook: Notebook) -> None:
    for at in (0, 1):
        run(notebook, at)
        expect_widget(notebook, at)
    notebook.do("docmanager:save")


def expect_widget(notebook: Notebook, at: int) -> None:
    expect(form(notebook, at)).to_be_visible()
    expect(notebook.output(at).locator(".viewer")).to_have_count(1)


def test_a_page_that_is_loaded_anew_finds_the_widgets_of_its_kernel(notebook: Notebook) -> None:
    for at in (0, 1):
        expect_widget(notebook, at)
    choose(notebook, 1, "data-dependent-branch")
    expect(current(notebook, 0)).to_contain_text("data-dependent-branch")


def test_a_cell_that_has_just_run_shows_the_widget(notebook: Notebook) -> None:
    run_both(notebook)
    choose(notebook, 0, "data-dependent-branch")
    expect(current(notebook, 1)).to_contain_text("data-dependent-branch")


def test_a_view_of_the_output_shows_the_widget_too(notebook: Notebook) -> None:
    expect_widget(notebook, 0)
    notebook.page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    notebook.do("notebook:create-output-view")
    expect(notebook.page.locator(".jp-LinkedOutputView").get_by_role("button", name="Run again")).to_be_visible()


def test_where_no_widget_lives_the_viewer_runs_by_the_kernel_s_line_until_the_kernel_is_gone(
    notebook: Notebook,
) -> None:
    expect_widget(notebook, 0)
    run(notebook, 2)
    choose(notebook, 0, "data-dependent-branch")
    form(notebook, 0).click()
    notebook.output(0).get_by_role("form").get_by_role("button", name="Run", exact=True).click()
    runs = notebook.output(0).get_by_role("list", name="Runs")
    expect(runs.locator("[aria-current=true]")).to_contain_text("You asked")
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(form(notebook, 0)).to_have_count(0)
    choose(notebook, 0, "data-dependent-branch")
    expect(current(notebook, 0)).to_contain_text("data-dependent-branch")
    run_both(notebook)


def test_a_widget_whose_kernel_is_restarted_can_be_read_also_when_it_is_opened_again(
    notebook: Notebook, page: Page, address: str
) -> None:
    run(notebook, 0)
    expect_widget(notebook, 0)
    notebook.do("docmanager:save")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    choose(notebook, 0, "data-dependent-branch")
    expect(current(notebook, 0)).to_contain_text("data-dependent-branch")
    again = Notebook(page, address, "trace.ipynb")
    choose(again, 0, "data-dependent-branch")
    expect(current(again, 0)).to_contain_text("data-dependent-branch")
    expect(form(again, 0)).to_have_count(0)


def test_nothing_of_this_is_an_error_to_the_page(errors: list[str]) -> None:
    assert errors == []


BROKEN = {
    "empty": ({}, "version undefined"),
    "of tomorrow": ({"version": 2, "packed": ""}, "of version 2; this viewer reads version 1"),
    "no text": ({"version": 1, "packed": 7}, "holds no document"),
    "no base64": ({"version": 1, "packed": "<img src=x onerror=alert(1)>"}, "not base64"),
    "no gzip": ({"version": 1, "packed": "AAAA"}, "not gzip"),
    "no object": (None, "version undefined"),
}


def test_a_document_that_is_broken_is_a_sentence(page: Page, address: str, folder: Path) -> None:
    write(folder / "broken.ipynb", *BROKEN)
    made = json.loads((folder / "broken.ipynb").read_text())
    for cell, (output, _) in zip(made["cells"], BROKEN.values()):
        data = {DOCUMENT: output, WIDGET: {"model_id": "gone"}}
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": data}]
    (folder / "broken.ipynb").write_text(json.dumps(made))
    notebook = Notebook(page, address, "broken.ipynb")
    page.evaluate("""() => {
        const { content } = window.jupyterapp.shell.currentWidget;
        for (const cell of content.widgets) cell.model.trusted = true;
    }""")
    for at, (_, wanted) in enumerate(BROKEN.values()):
        expect(notebook.output(at).get_by_role("alert")).to_contain_text(wanted)
