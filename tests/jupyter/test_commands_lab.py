"""What people expect of an extension, in a real JupyterLab: palette, menus, keys, settings, toolbar, launcher."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import Browser, Expect, Locator, Page

from tests.jupyter.lab import LOOP, Notebook, hear, needs_lab, own, write

expect = Expect()
expect.set_options(timeout=30 * 1000)
pytestmark = needs_lab

CALL = "loop(torch.ones(2, 4))"
WAITING = "import pathlib\nwhile not pathlib.Path('go').exists(): pass\n" + CALL


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("commands")
    write(folder / "cells.ipynb", LOOP, CALL, CALL, CALL, f"%%time\n{CALL}", "", WAITING)
    write(folder / "keys.ipynb", LOOP, CALL)
    return folder


@pytest.fixture(scope="module")
def page(browser: Browser, errors: list[str]) -> Page:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    hear(page, errors, "warning")
    return page


@pytest.fixture(scope="module")
def opened(page: Page, address: str) -> Notebook:
    """A notebook in whose kernel TraceLab is not loaded, and what is traced is known."""
    notebook = Notebook(page, address, "cells.ipynb")
    run(notebook, 0)
    return notebook


@pytest.fixture
def notebook(opened: Notebook) -> Notebook:
    """The same, in front."""
    opened.do("docmanager:open", path="cells.ipynb")
    return opened


def choose(notebook: Notebook, at: int) -> None:
    notebook.page.evaluate("at => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = at; }", at)


def run(notebook: Notebook, at: int) -> None:
    choose(notebook, at)
    notebook.do("notebook:run-cell")


def viewer(notebook: Notebook, at: int) -> Locator:
    return notebook.output(at).locator(".viewer")


def expect_traced(notebook: Notebook, at: int) -> None:
    expect(viewer(notebook, at)).to_contain_text("the program wrong")


def text(notebook: Notebook, at: int) -> str:
    asked = "at => window.jupyterapp.shell.currentWidget.content.widgets[at].model.sharedModel.getSource()"
    return notebook.page.evaluate(asked, at)


def button(notebook: Notebook) -> Locator:
    return notebook.page.locator("[data-jp-item-name=tracelab-trace-cell]").locator("button, jp-button").first


def palette(notebook: Notebook, words: str) -> Locator:
    notebook.do("apputils:activate-command-palette")
    notebook.page.keyboard.type(words)
    return notebook.page.locator(".lm-CommandPalette-item", has_text=words)


def test_tracelab_is_loaded_by_its_command(notebook: Notebook) -> None:
    enabled = "() => window.jupyterapp.commands.isEnabled('tracelab:load')"
    notebook.page.wait_for_function(enabled)
    notebook.do("tracelab:load")
    notebook.page.wait_for_function(f"() => !({enabled})()")


def test_the_toolbars_button_traces_the_cell_and_leaves_its_text(notebook: Notebook) -> None:
    choose(notebook, 1)
    button(notebook).click()
    expect_traced(notebook, 1)
    assert text(notebook, 1) == CALL
    expect(notebook.page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".jp-InputPrompt")).to_have_text("[2]:")


def test_the_button_is_for_code_cells_of_a_notebook_in_front(notebook: Notebook) -> None:
    enabled = "() => window.jupyterapp.commands.isEnabled('tracelab:trace-cell')"
    choose(notebook, 5)
    assert notebook.page.evaluate(enabled)
    notebook.do("notebook:change-cell-to-markdown")
    assert not notebook.page.evaluate(enabled)
    expect(button(notebook)).to_have_attribute("aria-disabled", "true")
    notebook.do("notebook:change-cell-to-code")
    expect(button(notebook)).to_have_attribute("aria-disabled", "false")
    notebook.do("launcher:create")
    assert not notebook.page.evaluate(enabled)
    notebook.do("application:close")


def test_the_palettes_entry_traces_the_cell(notebook: Notebook) -> None:
    choose(notebook, 2)
    palette(notebook, "Trace This Cell").click()
    expect_traced(notebook, 2)


def test_the_cells_menu_traces_the_cell(notebook: Notebook) -> None:
    notebook.page.locator(".jp-Notebook .jp-Cell").nth(3).locator(".jp-InputPrompt").click(button="right")
    notebook.page.get_by_role("menuitem", name="Trace This Cell").click()
    expect_traced(notebook, 3)


@pytest.mark.parametrize(("at", "said"), [(4, "The cell begins with %%time"), (5, "The cell is empty")])
def test_a_cell_that_cannot_be_traced_is_not_run_and_it_says_why(notebook: Notebook, at: int, said: str) -> None:
    choose(notebook, at)
    notebook.do("tracelab:trace-cell")
    expect(notebook.page.get_by_text(said).first).to_be_visible()
    count = "at => window.jupyterapp.shell.currentWidget.content.widgets[at].model.executionCount"
    assert notebook.page.evaluate(count, at) is None


def test_the_status_bar_says_what_is_done_and_nothing_after(notebook: Notebook, folder: Path) -> None:
    status = notebook.page.locator("#tracelab-status")
    expect(status).to_be_hidden()
    choose(notebook, 6)
    notebook.page.evaluate("() => { void window.jupyterapp.commands.execute('tracelab:trace-cell'); }")
    expect(status).to_have_text("TraceLab: Tracing a cell")
    (folder / "go").touch()
    expect(status).to_be_hidden()
    expect_traced(notebook, 6)


def test_the_view_menu_has_the_panel_and_the_marks(notebook: Notebook) -> None:
    notebook.page.locator(".lm-MenuBar-item", has_text="View").click()
    notebook.page.locator(".lm-Menu-item", has_text="TraceLab").hover()
    for command in ("open-panel", "toggle-marks", "next-finding"):
        expect(notebook.page.locator(f".lm-Menu-item[data-command='tracelab:{command}']")).to_be_visible()
    notebook.page.keyboard.press("Escape")
    notebook.page.keyboard.press("Escape")


def test_the_settings_editor_describes_each_setting_and_changes_it(notebook: Notebook) -> None:
    page = notebook.page
    expect(button(notebook)).to_be_visible()
    notebook.do("settingeditor:open", query="TraceLab")
    for title in ("Mark frozen lines", "Options of Trace This Cell", "Progress in the status bar"):
        expect(page.locator(".jp-SettingsPanel").get_by_text(title, exact=True)).to_be_visible()
    expect(page.locator(".jp-SettingsPanel")).to_contain_text("Whether notebooks have the button Trace This Cell")
    page.get_by_label("Button in the toolbar of notebooks").uncheck()
    notebook.do("docmanager:open", path="cells.ipynb")
    expect(button(notebook)).to_be_hidden()


def test_the_launchers_card_makes_a_notebook_that_shows_what_a_trace_freezes(notebook: Notebook) -> None:
    page = notebook.page
    notebook.do("launcher:create")
    page.locator(".jp-LauncherCard", has_text="TraceLab Example").click()
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    notebook.do("notebook:run-all-cells")
    shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").nth(2).locator(".viewer")
    expect(shown).to_contain_text("the program wrong")


def test_nothing_of_this_is_said_in_the_console(errors: list[str]) -> None:
    assert errors == []


def test_a_shortcut_that_the_user_changed_is_the_one_that_works(browser: Browser, folder: Path, address: str) -> None:
    wanted = {"command": "tracelab:trace-cell", "keys": ["Alt Shift 9"], "selector": ".jp-Notebook"}
    settings = own(folder) / "JUPYTER_CONFIG_DIR" / "lab" / "user-settings" / "@jupyterlab" / "shortcuts-extension"
    settings.mkdir(parents=True)
    (settings / "shortcuts.jupyterlab-settings").write_text(json.dumps({"shortcuts": [wanted]}))
    notebook = Notebook(browser.new_page(), address, "keys.ipynb")
    run(notebook, 0)
    choose(notebook, 1)
    notebook.page.locator(".jp-Notebook .jp-Cell").nth(1).locator(".cm-content").click()
    notebook.page.keyboard.press("Alt+Shift+Digit9")
    expect_traced(notebook, 1)
