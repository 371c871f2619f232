"""What the side panel does with a Trace, in a real JupyterLab: the viewer in the main area, files, searching."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import Expect, Locator, Page

import tracelab
from tests.jupyter.lab import Notebook, end_kernels, hear, load_anew, needs_lab, write
from tests.jupyter.panels import MODEL, WAITS, ask_kernel, beginning, run, the_panel, until_busy, with_panel

expect = Expect()
expect.set_options(timeout=20 * 1000)
pytestmark = needs_lab
TRACED = f"{MODEL}\nimport tracelab\nt = tracelab.trace(model, (x, mask), probes=20)"
UNPROVEN = "u = tracelab.trace(lambda x: -x if torch.sigmoid(x).max() > 2 else x, x, probes=5)"
RERUN = "t.rerun(torch.ones(3, 4), mask)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("acting")
    (folder / "deep").mkdir()
    write(folder / "deep" / "trace.ipynb", TRACED, RERUN, WAITS, UNPROVEN)
    write(folder / "none.ipynb", "%load_ext tracelab")
    return folder


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    return 1800, 1000


@pytest.fixture
def panel(page: Page, address: str) -> Iterator[Locator]:
    """The panel beside a notebook with a Trace, in a kernel that has no other."""
    panel = with_panel(page, address, "deep/trace.ipynb")
    run(page, 0)
    expect(panel.get_by_role("list", name="Findings")).to_be_visible()
    yield panel
    end_kernels(page, address)


def press(panel: Locator, name: str) -> None:
    panel.get_by_role("button", name=name, exact=True).click()


def viewers(page: Page) -> Locator:
    return page.locator(".jp-MainAreaWidget[id^=tracelab-viewer]")


def to_notebook(page: Page) -> None:
    beginning(page, "docmanager:open", path="deep/trace.ipynb")
    page.wait_for_function("() => window.jupyterapp.shell.currentWidget.context?.path === 'deep/trace.ipynb'")


# -- the viewer ------------------------------------------------------------------------------------------------------


def test_a_trace_has_one_viewer_in_the_main_area_in_which_the_panel_s_findings_are_shown(
    page: Page, panel: Locator
) -> None:
    press(panel, "Open viewer")
    expect(viewers(page).locator(".viewer")).to_have_count(1)
    findings = viewers(page).get_by_role("list", name="Findings")
    for rule in ("shape-dependent-loop", "data-dependent-branch"):
        panel.get_by_role("list", name="Findings").get_by_role("button", name=rule).click()
        expect(findings.locator("[aria-current=true]")).to_contain_text(rule)
    to_notebook(page)
    press(panel, "Open viewer")
    expect(viewers(page)).to_have_count(1)
    expect(viewers(page)).to_be_visible()
    expect(page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text="t").locator("svg").first).to_be_visible()


def test_the_viewer_runs_again_and_follows_what_cells_do(page: Page, panel: Locator) -> None:
    press(panel, "Run again")
    form = viewers(page).get_by_role("form", name="Run again")
    expect(form).to_be_visible()
    form.get_by_label("x: shape", exact=True).fill("5, 4")
    form.get_by_role("button", name="Run", exact=True).click()
    runs = viewers(page).get_by_role("list", name="Runs")
    expect(runs.locator("[aria-current=true]")).to_contain_text("You asked")
    count = int(viewers(page).get_by_text(re.compile(r"^\d+ Runs$")).inner_text().split()[0])
    to_notebook(page)
    run(page, 1)
    beginning(page, "tracelab:open-viewer")
    expect(viewers(page).get_by_text(f"{count + 1} Runs")).to_be_visible()


def test_where_there_is_room_for_one_pane_only_run_again_shows_the_form(page: Page, panel: Locator) -> None:
    page.set_viewport_size({"width": 1100, "height": 900})
    press(panel, "Run again")
    expect(viewers(page).get_by_role("form", name="Run again")).to_be_visible()
    page.set_viewport_size({"width": 1800, "height": 1000})


def test_the_viewer_of_a_kernel_that_is_gone_says_so_and_can_be_read(page: Page, panel: Locator) -> None:
    press(panel, "Open viewer")
    expect(viewers(page).locator(".viewer")).to_be_visible()
    to_notebook(page)
    ask_kernel(page, "restart")
    expect(panel.get_by_role("button", name="Load TraceLab")).to_be_visible()
    page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text="t").last.click()
    expect(viewers(page)).to_contain_text("The kernel that made this is gone")
    findings = viewers(page).get_by_role("list", name="Findings")
    findings.get_by_role("button", name="shape-dependent-loop").click()
    expect(findings.locator("[aria-current=true]")).to_contain_text("shape-dependent-loop")


def test_a_viewer_that_is_asked_for_while_the_kernel_is_busy_comes_all_the_same(
    page: Page, panel: Locator, folder: Path
) -> None:
    run(page, 2)
    until_busy(page)
    press(panel, "Open viewer")
    expect(viewers(page).locator(".viewer")).to_have_count(1)
    (folder / "deep" / "go").touch()
    expect(panel.locator("header")).to_contain_text("idle")


# -- files, and work -------------------------------------------------------------------------------------------------


def test_a_report_is_saved_beside_the_notebook_and_downloaded(
    page: Page, panel: Locator, folder: Path, tmp_path: Path
) -> None:
    with page.expect_download() as downloading:
        press(panel, "Report")
    expect(panel).to_contain_text("Saved as deep/Model.html")
    downloading.value.save_as(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == (folder / "deep" / "Model.html").read_bytes()
    assert page.context.browser is not None
    opened, errors = page.context.browser.new_page(), list[str]()
    hear(opened, errors)
    opened.goto((tmp_path / "report.html").as_uri())
    expect(opened.get_by_role("list", name="Findings")).to_contain_text("shape-dependent-loop")
    opened.close()
    assert errors == []


def test_what_is_saved_never_replaces_a_file(page: Page, panel: Locator, folder: Path) -> None:
    (folder / "deep" / "Model.tracelab").write_text("mine")
    press(panel, "Save")
    expect(panel).to_contain_text("Saved as deep/Model-2.tracelab")
    assert (folder / "deep" / "Model.tracelab").read_text() == "mine"
    assert len(tracelab.load(folder / "deep" / "Model-2.tracelab").findings) == 2


def test_a_folder_that_cannot_be_written_is_said(page: Page, panel: Locator) -> None:
    page.route("**/api/contents/**/*.tracelab*", lambda route: route.abort())
    press(panel, "Save")
    expect(panel.get_by_role("alert")).to_contain_text("It could not be saved beside the notebook")
    page.unroute_all()
    press(panel, "Dismiss")
    expect(panel.get_by_role("alert")).to_have_count(0)


def test_a_longer_search_shows_how_far_it_is_and_can_be_cancelled(page: Page, panel: Locator) -> None:
    run(page, 3)
    panel.get_by_role("list", name="Traces").get_by_role("button", name="lambda").click()
    expect(panel.get_by_role("list", name="Findings")).to_contain_text("unproven")
    press(panel, "Search longer")
    expect(panel.get_by_role("progressbar", name="Search longer")).to_be_visible()
    press(panel, "Cancel")
    expect(panel).to_contain_text("Cancelled.")
    expect(panel.get_by_role("progressbar")).to_have_count(0)


def test_commands_without_a_name_act_on_the_notebook_s_trace_and_say_how_it_ended(page: Page, address: str) -> None:
    Notebook(page, address, "deep/trace.ipynb")
    run(page, 0)
    page.wait_for_function("() => window.jupyterapp.commands.isEnabled('tracelab:save')")
    beginning(page, "tracelab:save")
    expect(page.get_by_text("TraceLab file: Saved as deep/")).to_be_visible()


def test_commands_say_where_there_is_no_trace(page: Page, address: str) -> None:
    Notebook(page, address, "none.ipynb")
    assert not page.evaluate("() => window.jupyterapp.commands.isEnabled('tracelab:open-viewer')")
    run(page, 0)
    page.wait_for_function("() => window.jupyterapp.commands.isEnabled('tracelab:open-viewer')")
    beginning(page, "tracelab:open-viewer")
    expect(page.get_by_text("There is no Trace in the kernel that you work with")).to_be_visible()


def test_a_page_that_is_loaded_anew_is_whole(page: Page, address: str, panel: Locator) -> None:
    press(panel, "Open viewer")
    expect(viewers(page).locator(".viewer")).to_have_count(1)
    load_anew(page, address, "notebook:deep/trace.ipynb", "tracelab-viewer:")
    expect(the_panel(page).get_by_role("list", name="Findings")).to_be_visible()
    expect(viewers(page).locator(".viewer")).to_have_count(1)


def test_nothing_of_this_is_an_error_to_the_page(errors: list[str]) -> None:
    # The request that one of the tests above has refused.
    assert [error for error in errors if "ERR_FAILED" not in error] == []
