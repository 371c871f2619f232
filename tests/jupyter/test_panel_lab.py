"""The side panel in a real JupyterLab: what it says of whatever kernel one works with, and what it lists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import Expect, Locator, Page

from tests.browser.starting import AXE
from tests.jupyter.lab import SECONDS, needs_lab, write
from tests.jupyter.panels import (
    MODEL,
    WAITS,
    WITHOUT_TRACELAB,
    Messages,
    ask_kernel,
    beginning,
    kernelspec,
    run,
    the_panel,
    until_busy,
    use_kernel,
    violations,
    with_panel,
)

expect = Expect()
expect.set_options(timeout=20 * 1000)
pytestmark = needs_lab
TRACED = f"{MODEL}\nimport tracelab\nt = tracelab.trace(model, (x, mask), probes=20)"
SECOND = "u = tracelab.trace(lambda x: x if x.sum() > 0 else -x, x, probes=5)"
DIES = "import os; os._exit(1)"
MANY = """import torch, tracelab
lines = [f"    if x[{at}] > {at}: x = x + 1" for at in range(200)]
source = "\\n".join(["def many(x):", *lines, "    return x"])
import linecache
linecache.cache["many.py"] = (len(source), None, source.splitlines(True), "many.py")
exec(compile(source, "many.py", "exec"))
t = tracelab.trace(many, torch.zeros(200), probes=())"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("panel")
    for name in ("plain", "listed", "loaded"):
        write(
            folder / f"{name}.ipynb", MODEL, "import tracelab; t = tracelab.trace(model, (x, mask), probes=5)", "del t"
        )
    for name in ("one", "two", "busy", "queue", "anew", "hidden", "restarted"):
        write(folder / f"{name}.ipynb", TRACED, SECOND, WAITS, DIES, "%load_ext tracelab\n%unload_ext tracelab")
    write(folder / "many.ipynb", MANY)
    for name, language, code in (
        ("bare", "python", WITHOUT_TRACELAB),
        ("r", "R", "from ipykernel.kernelapp import launch_new_instance as launch; launch()"),
    ):
        kernelspec(folder, name, language, code)
        write(folder / f"{name}.ipynb", "1 + 1")
        use_kernel(folder / f"{name}.ipynb", name)
    return folder


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    return 1400, 900


def button(panel: Locator, name: str) -> Locator:
    return panel.get_by_role("button", name=name, exact=True)


def rows(panel: Locator, name: str) -> Locator:
    return panel.get_by_role("list", name=name, exact=True).get_by_role("listitem")


def chosen(panel: Locator, name: str) -> Locator:
    return panel.get_by_role("list", name=name, exact=True).locator("[aria-current=true]")


def choose(panel: Locator, name: str, text: str) -> None:
    rows(panel, name).filter(has_text=text).get_by_role("button").first.click()


def theme(page: Page, name: str) -> None:
    page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name)


# -- what stands where there is nothing to list ----------------------------------------------------------------------


def test_without_a_notebook_it_says_what_tracelab_does_and_opens_a_launcher(page: Page, address: str) -> None:
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{address}/lab?reset")
    page.wait_for_function("() => window.jupyterapp?.commands.hasCommand('tracelab:open-panel')")
    page.evaluate("() => window.jupyterapp.restored")
    beginning(page, "tracelab:open-panel")
    expect(the_panel(page)).to_contain_text("What did the trace freeze?")
    expect(the_panel(page)).to_contain_text("%trace model(x)")
    launchers = page.locator(".jp-Launcher").count()
    button(the_panel(page), "Open a launcher").click()
    expect(page.locator(".jp-Launcher")).to_have_count(launchers + 1)


def test_tracelab_is_loaded_by_a_button_that_leaves_no_trace_in_the_notebook(page: Page, address: str) -> None:
    panel = with_panel(page, address, "loaded.ipynb")
    button(panel, "Load TraceLab").click()
    expect(panel).to_contain_text("Nothing to trace yet")
    run(page, 0)
    expect(page.locator(".jp-InputPrompt").first).to_have_text("[1]:")
    expect(button(panel, "Trace model(x, mask)")).to_be_visible()


def test_a_kernel_without_the_package_is_told_how_to_get_it(page: Page, address: str) -> None:
    panel = with_panel(page, address, "bare.ipynb")
    button(panel, "Load TraceLab").click()
    expect(panel.get_by_role("alert")).to_contain_text("TraceLab is not installed in this kernel's Python")
    expect(panel.get_by_role("alert")).to_contain_text("%pip install tracelab")


def test_a_kernel_of_another_language_is_never_asked(page: Page, address: str) -> None:
    sent = Messages(page)
    panel = with_panel(page, address, "r.ipynb")
    expect(panel).to_contain_text("Not a Python kernel")
    assert sent
    assert not any("tracelab" in message for message in sent)


def test_without_a_kernel_one_can_be_chosen(page: Page, address: str) -> None:
    panel = with_panel(page, address, "r.ipynb")
    page.evaluate("() => void window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    button(panel, "Choose a kernel").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Select Kernel")
    dialog.get_by_role("button", name="Select Kernel").click()
    expect(panel).to_contain_text("Not a Python kernel")


# -- what lives in the kernel ----------------------------------------------------------------------------------------


def test_what_can_be_traced_is_listed_and_traced_and_its_findings_shown(page: Page, address: str) -> None:
    panel = with_panel(page, address, "plain.ipynb")
    button(panel, "Load TraceLab").click()
    run(page, 0)
    expect(rows(panel, "Can be traced").first).to_contain_text("f32[2, 4], f32[4]")
    button(panel, "Trace model(x, mask)").click()
    expect(chosen(panel, "Traces")).to_contain_text("Both frozen behaviours make the program wrong")
    loop = rows(panel, "Findings").filter(has_text="shape-dependent-loop")
    expect(loop).to_contain_text("diverges")
    expect(loop).to_contain_text("frozen: 2")
    expect(loop).to_contain_text("In [1]:6")
    choose(panel, "Findings", "shape-dependent-loop")
    expect(chosen(panel, "Findings")).to_contain_text("shape-dependent-loop")
    expect(button(loop, "Go to line")).to_be_visible()


def test_it_follows_each_execution(page: Page, address: str) -> None:
    panel = with_panel(page, address, "listed.ipynb")
    button(panel, "Load TraceLab").click()
    for cell in (0, 1):
        run(page, cell)
    expect(rows(panel, "Traces")).to_have_count(1)
    expect(chosen(panel, "Traces").locator("code")).to_have_text("t")
    run(page, 2)
    expect(panel.get_by_role("list", name="Traces")).to_have_count(0)
    expect(button(panel, "Trace model(x, mask)")).to_be_visible()


def test_two_hundred_findings_are_walked_by_keys(page: Page, address: str) -> None:
    panel = with_panel(page, address, "many.ipynb")
    run(page, 0)
    expect(rows(panel, "Findings")).to_have_count(200)
    first = rows(panel, "Findings").first.get_by_role("button").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    last = rows(panel, "Findings").last.get_by_role("button").first
    expect(last).to_have_attribute("aria-current", "true")
    expect(last).to_be_in_viewport()


# -- several notebooks, and kernels that go --------------------------------------------------------------------------


def test_each_of_two_notebooks_keeps_what_was_chosen(page: Page, address: str) -> None:
    panel = with_panel(page, address, "one.ipynb")
    run(page, 0)
    run(page, 1)
    expect(rows(panel, "Traces")).to_have_count(2)
    choose(panel, "Traces", "Model")
    expect(chosen(panel, "Traces").locator("code")).to_have_text("t")
    beginning(page, "docmanager:open", path="two.ipynb")
    expect(panel.locator("header")).to_contain_text("two.ipynb")
    expect(button(panel, "Load TraceLab")).to_be_visible()
    run(page, 0)
    expect(rows(panel, "Traces")).to_have_count(1)
    beginning(page, "docmanager:open", path="one.ipynb")
    expect(rows(panel, "Traces")).to_have_count(2)
    expect(chosen(panel, "Traces").locator("code")).to_have_text("t")


def test_a_page_that_is_loaded_anew_finds_the_traces_of_its_kernel(page: Page, address: str) -> None:
    panel = with_panel(page, address, "restarted.ipynb")
    run(page, 0)
    expect(rows(panel, "Traces")).to_have_count(1)
    panel = with_panel(page, address, "restarted.ipynb")
    expect(chosen(panel, "Traces")).to_contain_text("Model")
    expect(rows(panel, "Findings")).not_to_have_count(0)


def test_after_a_restart_and_after_a_death_it_is_loaded_again(page: Page, address: str) -> None:
    panel = with_panel(page, address, "restarted.ipynb")
    run(page, 0)
    expect(rows(panel, "Findings")).not_to_have_count(0)
    ask_kernel(page, "restart")
    button(panel, "Load TraceLab").click()
    expect(panel).to_contain_text("Nothing to trace yet")
    run(page, 3)
    page.get_by_role("dialog").get_by_role("button", name="OK").click()
    expect(button(panel, "Load TraceLab")).to_be_visible()
    run(page, 0)
    expect(rows(panel, "Traces")).to_have_count(1)


def test_where_it_is_taken_out_of_the_kernel_it_can_be_loaded_again(page: Page, address: str) -> None:
    panel = with_panel(page, address, "two.ipynb")
    run(page, 0)
    expect(rows(panel, "Traces")).to_have_count(1)
    run(page, 4)
    button(panel, "Load TraceLab").click()
    expect(rows(panel, "Traces")).to_have_count(1)


def test_a_console_is_followed_too_of_a_kernel_of_its_own_or_of_the_notebook_s(page: Page, address: str) -> None:
    panel = with_panel(page, address, "one.ipynb")
    run(page, 0)
    expect(chosen(panel, "Traces")).to_contain_text("Model")
    beginning(page, "notebook:create-console")
    expect(panel.locator("header")).not_to_contain_text("one.ipynb")
    expect(chosen(panel, "Traces")).to_contain_text("Model")
    beginning(page, "console:create", kernelPreference={"name": "python3"})
    expect(panel.locator("header")).to_contain_text("Console")
    button(panel, "Load TraceLab").click()
    expect(panel).to_contain_text("Nothing to trace yet")


# -- busy kernels ----------------------------------------------------------------------------------------------------


def test_while_a_cell_runs_it_answers_by_a_subshell_and_shows_what_is_queued(
    page: Page, address: str, folder: Path
) -> None:
    panel = with_panel(page, address, "busy.ipynb")
    run(page, 0)
    run(page, 1)
    expect(rows(panel, "Traces")).to_have_count(2)
    run(page, 2)
    until_busy(page)
    choose(panel, "Traces", "Model")
    expect(rows(panel, "Findings").filter(has_text="shape-dependent-loop")).to_be_visible()
    button(panel, "Search longer").click()
    expect(panel.get_by_text("Queued: the kernel is busy with a cell.")).to_be_visible()
    button(panel, "Cancel").click()
    expect(panel.get_by_text("Cancelled.")).to_be_visible()
    (folder / "go").touch()
    expect(panel.locator("header")).to_contain_text("idle")


def test_a_kernel_without_subshells_is_said_to_be_busy(page: Page, address: str, folder: Path) -> None:
    panel = with_panel(page, address, "queue.ipynb")
    page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.commsOverSubshells = 'disabled'; }"
    )
    run(page, 0)
    run(page, 1)
    expect(rows(panel, "Traces")).to_have_count(2)
    run(page, 2)
    until_busy(page)
    choose(panel, "Traces", "Model")
    expect(
        panel.get_by_text("The kernel is busy, and answers when it is done. What is shown is from before.")
    ).to_be_visible()
    (folder / "go").touch()
    expect(rows(panel, "Findings").filter(has_text="shape-dependent-loop")).to_be_visible()
    expect(panel.get_by_text("The kernel is busy")).to_have_count(0)


def test_a_page_that_is_loaded_anew_while_a_cell_runs_is_answered_all_the_same(
    page: Page, address: str, folder: Path
) -> None:
    panel = with_panel(page, address, "anew.ipynb")
    run(page, 0)
    run(page, 1)
    expect(rows(panel, "Traces")).to_have_count(2)
    run(page, 2)
    until_busy(page)
    page.goto(f"{address}/lab/tree/anew.ipynb?reset")
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context?.isReady === true")
    beginning(page, "tracelab:open-panel")
    choose(panel, "Traces", "Model")
    expect(rows(panel, "Findings").filter(has_text="shape-dependent-loop")).to_be_visible()
    button(panel, "Search longer").click()
    expect(panel.get_by_text("Queued: the kernel is busy with a cell.")).to_be_visible()
    assert (folder / "go").exists() is False
    (folder / "go").touch()
    expect(panel.get_by_text(re.compile("^Nothing new was found|proven|smaller"))).to_be_visible()
    run(page, 1)
    expect(rows(panel, "Traces")).to_have_count(2)


def test_what_a_busy_kernel_is_asked_to_load_is_queued(page: Page, address: str, folder: Path) -> None:
    panel = with_panel(page, address, "hidden.ipynb")
    expect(button(panel, "Load TraceLab")).to_be_visible()
    run(page, 2)
    until_busy(page)
    button(panel, "Load TraceLab").click()
    expect(panel.get_by_text("Queued: the kernel is busy.")).to_be_visible()
    (folder / "go").touch()
    expect(panel).to_contain_text("Nothing to trace yet")


# -- how it is -------------------------------------------------------------------------------------------------------


def test_while_it_is_hidden_it_asks_nothing(page: Page, address: str) -> None:
    sent = Messages(page)
    panel = with_panel(page, address, "hidden.ipynb")
    run(page, 0)
    expect(rows(panel, "Traces")).to_have_count(1)
    beginning(page, "application:toggle-right-area")
    expect(panel).not_to_be_visible()
    before = sent.of("list")
    assert before > 0
    run(page, 1)
    expect(page.locator(".jp-InputPrompt").nth(1)).to_have_text(re.compile(r"\[\d+\]"))
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestKernelInfo()")
    assert sent.of("list") == before
    beginning(page, "tracelab:open-panel")
    expect(rows(panel, "Traces")).to_have_count(2)


@pytest.mark.skipif(not AXE.is_file(), reason="`npm ci` in labextension/ was not run (`make` does it)")
def test_axe_finds_nothing_serious_in_light_and_dark(page: Page, address: str) -> None:
    panel = with_panel(page, address, "hidden.ipynb")
    rows(panel, "Findings").first.get_by_role("button").first.click()
    for name in ("JupyterLab Light", "JupyterLab Dark"):
        theme(page, name)
        expect(page.locator("body")).to_have_attribute("data-jp-theme-name", name)
        assert violations(page) == []
    ask_kernel(page, "restart")
    expect(button(panel, "Load TraceLab")).to_be_visible()
    assert violations(page) == []
    theme(page, "JupyterLab Light")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-name", "JupyterLab Light")
    assert violations(page) == []


def test_nothing_of_this_is_an_error_to_the_page(errors: list[str]) -> None:
    assert errors == []
