"""Viewers in JupyterLab's main area: they follow the name of their Trace, and come back with the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import Expect, Locator, Page

from tests.jupyter.lab import end_kernels, load_anew, needs_lab, write
from tests.jupyter.panels import MODEL, ask_kernel, beginning, with_panel

expect = Expect()
expect.set_options(timeout=20 * 1000)
pytestmark = needs_lab
IMPORTS = f"{MODEL}\nimport tracelab"
TRACE = "t = tracelab.trace(model, (x, mask), probes=5)"
ONE_MORE_RUN = "t.rerun(torch.ones(3, 4), mask)"
FORGET = "kept = {'t': t}\ndel t"
OTHER = "t = tracelab.trace(lambda x: x if x.sum() > 0 else -x, x, probes=5)"
EDITED = f"# edited\n{MODEL.replace('x * 2', 'x * 3')}"
CELLS = (IMPORTS, TRACE, ONE_MORE_RUN, FORGET, OTHER, EDITED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("viewers")
    write(folder / "trace.ipynb", *CELLS)
    return folder


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    return 1800, 1000


@pytest.fixture
def panel(page: Page, address: str) -> Iterator[Locator]:
    """The panel beside a notebook with a Trace whose viewer is open, in a kernel that has no other."""
    panel = with_panel(page, address, "trace.ipynb")
    cells(page, 0, 1)
    panel.get_by_role("button", name="Open viewer").click()
    expect(findings(page).locator("[aria-current=true]")).to_be_visible()
    yield panel
    end_kernels(page, address)


def cells(page: Page, *those: int) -> None:
    """Run cells of the notebook, to the end of each, and leave in front what was there."""
    script = """async those => {
        const { commands, shell } = window.jupyterapp;
        const panel = [...shell.widgets("main")].find((one) => one.context?.path === "trace.ipynb");
        const { kernel } = panel.sessionContext.session;
        for (const at of those) {
            await kernel.requestExecute({ code: panel.content.model.sharedModel.cells[at].getSource() }).done;
        }
    }"""
    page.evaluate(script, [*those])


def viewers(page: Page) -> Locator:
    return page.locator(".jp-MainAreaWidget[id^=tracelab-viewer]")


def findings(page: Page) -> Locator:
    return viewers(page).get_by_role("list", name="Findings")


def form(page: Page) -> Locator:
    return viewers(page).get_by_role("form", name="Run again")


def choose(page: Page, rule: str) -> None:
    findings(page).get_by_role("button", name=rule).click()
    expect(findings(page).locator("[aria-current=true]")).to_contain_text(rule)


def runs(page: Page) -> int:
    return int(viewers(page).get_by_text(re.compile(r"^\d+ Runs$")).inner_text().split()[0])


def test_it_goes_over_to_the_trace_that_has_the_name_now_and_keeps_what_is_in_view(page: Page, panel: Locator) -> None:
    choose(page, "shape-dependent-loop")
    before = runs(page)
    cells(page, 1, 2)
    expect(viewers(page).get_by_text(f"{before + 1} Runs")).to_be_visible()
    expect(findings(page).locator("[aria-current=true]")).to_contain_text("shape-dependent-loop")
    expect(viewers(page).get_by_role("status").filter(has_text="kernel")).to_have_count(0)
    cells(page, 4)
    expect(findings(page).get_by_role("listitem")).to_have_count(1)
    expect(viewers(page)).to_have_count(1)


def test_a_finding_stays_in_view_when_the_code_around_it_was_edited(page: Page, panel: Locator) -> None:
    choose(page, "shape-dependent-loop")
    cells(page, 5, 1)
    expect(viewers(page).get_by_role("region", name="Source")).to_contain_text("x * 3")
    expect(findings(page).locator("[aria-current=true]")).to_contain_text("shape-dependent-loop")


def test_what_is_half_filled_in_is_left_and_the_new_trace_is_offered(page: Page, panel: Locator) -> None:
    viewers(page).get_by_role("button", name="Run again").click()
    shape = form(page).get_by_label("x: shape", exact=True)
    shape.fill("7, 4")
    cells(page, 4)
    expect(viewers(page).get_by_role("status").filter(has_text="t is a new Trace.")).to_be_visible()
    expect(shape).to_have_value("7, 4")
    expect(findings(page).get_by_role("listitem")).to_have_count(2)
    viewers(page).get_by_role("button", name="Show it").click()
    expect(findings(page).get_by_role("listitem")).to_have_count(1)
    expect(shape).to_have_value("7, 4")
    expect(viewers(page).get_by_text("t is a new Trace.")).to_have_count(0)
    expect(form(page)).to_contain_text("t.rerun(torch.randn(7, 4)")
    form(page).get_by_role("button", name="Run", exact=True).click()
    expect(viewers(page).get_by_role("list", name="Runs").locator("[aria-current=true]")).to_contain_text("You asked")


def test_a_name_that_is_gone_is_said_and_waited_for(page: Page, panel: Locator) -> None:
    cells(page, 3)
    expect(viewers(page).get_by_role("status").filter(has_text="No variable is called t any more")).to_be_visible()
    choose(page, "shape-dependent-loop")
    cells(page, 4)
    expect(findings(page).get_by_role("listitem")).to_have_count(1)
    expect(viewers(page).get_by_text("No variable is called t")).to_have_count(0)


def test_after_a_restart_it_shows_the_next_of_its_name(page: Page, panel: Locator) -> None:
    ask_kernel_of_notebook(page)
    expect(viewers(page)).to_contain_text("The kernel that made this is gone")
    cells(page, 0, 4)
    expect(findings(page).get_by_role("listitem")).to_have_count(1)
    expect(viewers(page).get_by_text("is gone")).to_have_count(0)


def ask_kernel_of_notebook(page: Page) -> None:
    beginning(page, "docmanager:open", path="trace.ipynb")
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget.context?.path === 'trace.ipynb'")
    ask_kernel(page, "restart")
    page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text="t").last.click()


def test_a_notebook_that_was_closed_and_opened_makes_its_viewer_live_again(page: Page, panel: Locator) -> None:
    script = """() => {
        const pane = [...window.jupyterapp.shell.widgets("main")].find((one) => one.context?.path === "trace.ipynb");
        pane.context.model.dirty = false;
        pane.close();
    }"""
    page.evaluate(script)
    expect(viewers(page)).to_contain_text("The kernel that made this is gone")
    beginning(page, "docmanager:open", path="trace.ipynb")
    panel.get_by_role("button", name="Run again").click()
    form(page).get_by_label("x: shape", exact=True).fill("7, 4")
    form(page).get_by_role("button", name="Run", exact=True).click()
    expect(viewers(page).get_by_role("list", name="Runs").locator("[aria-current=true]")).to_contain_text("You asked")
    expect(viewers(page)).to_have_count(1)


def test_a_page_that_is_loaded_anew_has_the_viewer_again(page: Page, address: str, panel: Locator) -> None:
    load_anew(page, address, "notebook:trace.ipynb", "tracelab-viewer:")
    expect(viewers(page)).to_have_count(1)
    expect(findings(page).get_by_role("listitem")).to_have_count(2)
    viewers(page).get_by_role("button", name="Run again").click()
    form(page).get_by_label("x: shape", exact=True).fill("7, 4")
    form(page).get_by_role("button", name="Run", exact=True).click()
    expect(viewers(page).get_by_role("list", name="Runs").locator("[aria-current=true]")).to_contain_text("You asked")


def test_where_the_trace_is_gone_the_viewer_says_so_and_shows_the_next_of_its_name(
    page: Page, address: str, panel: Locator
) -> None:
    ask_kernel_of_notebook(page)
    expect(viewers(page)).to_contain_text("The kernel that made this is gone")
    load_anew(page, address, "notebook:trace.ipynb", "tracelab-viewer:")
    expect(viewers(page)).to_contain_text("The next one that is called t is shown here.")
    cells(page, 0, 1)
    expect(findings(page).get_by_role("listitem")).to_have_count(2)


def test_nothing_of_this_is_an_error_to_the_page(errors: list[str]) -> None:
    assert errors == []
