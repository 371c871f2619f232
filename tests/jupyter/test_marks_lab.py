"""Frozen lines are marked in cells and editors of JupyterLab, and one goes from a finding to its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import Expect, Locator, Page

from tests.jupyter.lab import SECONDS, TRACED, Notebook, end_kernels, needs_lab, write

expect = Expect()
expect.set_options(timeout=SECONDS * 1000)
pytestmark = needs_lab

BRANCH = """def branch(x):
    if x.sum() > 0:
        return x
    return -x"""
"""Frozen in its second line."""
TRACE_BRANCH = "t = tracelab.trace(branch, torch.ones(2), probes=())"
IMPORTS = "import torch, tracelab"
MODULE = f"{IMPORTS}\n\n{BRANCH}\n"
MARKS = """([path, at]) => {
    const panel = [...window.jupyterapp.shell.widgets("main")].find((one) => one.context?.path === path);
    const view = (at === null ? panel.content : panel.content.widgets[at]).editor?.editor;
    if (!view) return [];
    const line = (mark) => view.lineBlockAtHeight(mark.getBoundingClientRect().top + 2 - view.documentTop).from;
    const marks = view.dom.querySelectorAll(".tracelab-mark:not(.tracelab-on)");
    return [...marks].map((mark) => view.state.doc.lineAt(line(mark)).number);
}"""
HERE = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets, at = panel.content.activeCellIndex;
    const view = (cells ? cells[at] : panel.content).editor?.editor;
    if (!view) return null;
    const { number } = view.state.doc.lineAt(view.state.selection.main.head);
    const coords = view.coordsAtPos(view.state.selection.main.head);
    const around = view.dom.closest(".jp-NotebookPanel-notebook, .jp-FileEditor").getBoundingClientRect();
    const isSeen = coords !== null && coords.top >= around.top && coords.bottom <= around.bottom;
    return isSeen && view.hasFocus ? [panel.context.path, cells ? at : null, number] : null;
}"""
"""The path, the cell and the line where the cursor is, once it can be seen and has the keyboard."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("marks")


class Marked:
    """A notebook of the given cells; its name is that of the test."""

    def __init__(self, page: Page, address: str, folder: Path, name: str) -> None:
        self.page, self.address, self.folder, self.path = page, address, folder, f"{name}.ipynb"

    def open(self, *cells: str) -> Notebook:
        write(self.folder / self.path, *cells)
        return Notebook(self.page, self.address, self.path)

    def wait(self, at: int | None, lines: list[int], path: str = "") -> None:
        """Wait until the lines of a cell, or of a file, are those that are marked."""
        wanted = {"path": [path or self.path, at], "lines": lines}
        same = f"(wanted) => JSON.stringify(({MARKS})(wanted.path)) === JSON.stringify(wanted.lines)"
        self.page.wait_for_function(same, arg=wanted)

    def wait_here(self, at: int | None, line: int, path: str = "") -> None:
        same = f"(wanted) => JSON.stringify(({HERE})()) === JSON.stringify(wanted)"
        self.page.wait_for_function(same, arg=[path or self.path, at, line])


@pytest.fixture
def marked(page: Page, address: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Marked]:
    yield Marked(page, address, folder, re.sub(r"\W", "_", request.node.name.removeprefix("test_")))
    end_kernels(page, address)


def cell(page: Page, at: int) -> Locator:
    return page.locator(".jp-Notebook:visible .jp-Cell").nth(at)


def mark(page: Page, at: int) -> Locator:
    return cell(page, at).locator(".tracelab-mark").first


def run(notebook: Notebook, at: int) -> None:
    notebook.page.evaluate("at => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = at; }", at)
    notebook.do("notebook:run-cell")


def edit(page: Page, at: int, text: str) -> None:
    """Type at the end of a cell, as a person does."""
    cell(page, at).locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def set_code(page: Page, at: int, code: str) -> None:
    where = "window.jupyterapp.shell.currentWidget.content.widgets[at].model.sharedModel"
    page.evaluate(f"([at, code]) => {where}.setSource(code)", [at, code])


def gutters(page: Page, at: int) -> int:
    return cell(page, at).locator(".cm-gutters").count()


def notice(page: Page, text: str) -> Locator:
    return page.locator(".Toastify__toast", has_text=text)


def test_a_mark_tells_what_was_frozen_and_opens_the_finding(marked: Marked, page: Page) -> None:
    notebook = marked.open(TRACED, "y = 1")
    run(notebook, 0)
    marked.wait(0, [5, 7])
    assert gutters(page, 1) == 0
    mark(page, 0).hover()
    card = page.locator(".tracelab-card")
    expect(card).to_contain_text("data-dependent-loop: diverges")
    expect(card).to_contain_text("frozen: 2")
    expect(card).to_contain_text("the loop was unrolled as recorded")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    mark(page, 0).click()
    viewer = page.locator("[id^=tracelab-viewer]")
    current = viewer.get_by_role("list", name="Findings").locator("button[aria-current=true]")
    expect(current).to_contain_text("data-dependent-loop")
    viewer.locator("article.detail").get_by_role("button", name="Go to line").press("Enter")
    marked.wait_here(0, 5)


def test_marks_go_with_an_edit_and_come_with_undo_and_with_the_next_trace(marked: Marked, page: Page) -> None:
    notebook = marked.open(IMPORTS, BRANCH, TRACE_BRANCH)
    for at in range(3):
        run(notebook, at)
    marked.wait(1, [2])
    edit(page, 1, "  # new")
    marked.wait(1, [])
    assert gutters(page, 1) == 1, "the text moves while somebody types"
    for _ in range(3):
        page.keyboard.press("Control+z")
    marked.wait(1, [2])
    set_code(page, 1, f"# new\n{BRANCH}")
    marked.wait(1, [])
    cell(page, 0).locator(".cm-content").click()
    expect(cell(page, 1).locator(".cm-gutters")).to_have_count(0)
    run(notebook, 1)
    run(notebook, 2)
    marked.wait(1, [3])


def test_typing_asks_the_kernel_nothing(marked: Marked, page: Page) -> None:
    notebook = marked.open(f"{IMPORTS}\n{BRANCH}\n{TRACE_BRANCH}")
    run(notebook, 0)
    marked.wait(0, [3])
    kernel = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
    page.evaluate(
        f"() => {{ window.asked = []; {kernel}.anyMessage.connect((_, {{ direction, msg }}) => "
        "{ if (direction === 'send') window.asked.push(msg.content.comm_id ?? ''); }); }"
    )
    edit(page, 0, "  ######")
    marked.wait(0, [])
    assert page.evaluate("window.asked.filter((comm) => comm !== '')") == []


def test_a_command_turns_them_off_and_on(marked: Marked, page: Page) -> None:
    notebook = marked.open(f"{IMPORTS}\n{BRANCH}\n{TRACE_BRANCH}")
    run(notebook, 0)
    marked.wait(0, [3])
    notebook.do("tracelab:toggle-marks")
    marked.wait(0, [])
    expect(cell(page, 0).locator(".cm-gutters")).to_have_count(0)
    assert page.evaluate("window.jupyterapp.commands.isToggled('tracelab:toggle-marks')") is False
    notebook.do("tracelab:toggle-marks")
    marked.wait(0, [3])


def test_a_kernel_that_is_restarted_has_no_marks_until_it_traces_again(marked: Marked, page: Page) -> None:
    notebook = marked.open(f"{IMPORTS}\n{BRANCH}\n{TRACE_BRANCH}")
    run(notebook, 0)
    marked.wait(0, [3])
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    marked.wait(0, [])
    run(notebook, 0)
    marked.wait(0, [3])


def test_a_page_that_is_loaded_anew_finds_the_marks_of_its_kernel(marked: Marked, page: Page) -> None:
    notebook = marked.open(f"{IMPORTS}\n{BRANCH}\n{TRACE_BRANCH}")
    run(notebook, 0)
    marked.wait(0, [3])
    notebook.do("docmanager:save")
    Notebook(page, marked.address, marked.path)
    marked.wait(0, [3])


def test_a_notebook_with_the_same_code_has_its_own_marks(marked: Marked, page: Page) -> None:
    code = f"{IMPORTS}\n{BRANCH}\n{TRACE_BRANCH}"
    write(marked.folder / "other.ipynb", code)
    notebook = marked.open(code)
    run(notebook, 0)
    marked.wait(0, [3])
    notebook.do("docmanager:open", path="other.ipynb")
    marked.wait(0, [], "other.ipynb")
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"
    )
    assert gutters(page, 0) == 0
    run(notebook, 0)
    marked.wait(0, [3], "other.ipynb")


def test_a_module_beside_the_notebook_is_marked_in_its_editor_and_gone_to(marked: Marked, page: Page) -> None:
    (marked.folder / "beside.py").write_text(MODULE)
    notebook = marked.open(f"{IMPORTS}\nfrom beside import branch\n{TRACE_BRANCH}\nt")
    run(notebook, 0)
    notebook.output(0).locator("article.detail").get_by_role("button", name="Go to line").press("Enter")
    marked.wait_here(None, 4, "beside.py")
    marked.wait(None, [4], "beside.py")
    page.keyboard.type(" ")
    marked.wait(None, [], "beside.py")


def test_a_traced_cell_has_its_own_lines(marked: Marked) -> None:
    notebook = marked.open("import torch\n%load_ext tracelab", f"\n%%trace\n\n{BRANCH}\n\nbranch(torch.ones(2))")
    run(notebook, 0)
    run(notebook, 1)
    marked.wait(1, [5])


MEANWHILE = """async () => {
    const { commands, shell } = window.jupyterapp;
    const walk = commands.execute("tracelab:previous-finding");
    const { content } = shell.currentWidget;
    for (let left = 1000; left > 0 && content.activeCellIndex !== 79; left--) await Promise.resolve();
    content.scrollToItem(79, "end").catch(() => undefined);
    await walk;
}"""
"""A step while the notebook itself scrolls, which takes the place of what is under way."""


def test_one_walks_from_finding_to_finding_also_to_a_cell_far_below(marked: Marked, page: Page) -> None:
    filler = [f"# {at}\n" + "\n".join(f"a{line} = {line}" for line in range(12)) for at in range(78)]
    last = BRANCH.replace("branch", "last")
    notebook = marked.open(
        f"{IMPORTS}\n{BRANCH}", *filler, f"{last}\nu = tracelab.trace(last, torch.ones(2), probes=())\n{TRACE_BRANCH}"
    )
    run(notebook, 0)
    run(notebook, 79)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0; }")
    marked.wait(0, [3])
    for at, line in ((0, 3), (79, 2), (0, 3)):
        notebook.do("tracelab:next-finding")
        marked.wait_here(at, line)
        expect(page.locator(".tracelab-card")).to_contain_text("data-dependent-branch")
    page.evaluate(MEANWHILE)
    marked.wait_here(79, 2)
    marked.wait(79, [2])
    notebook.do("tracelab:open-finding")
    current = page.locator("[id^=tracelab-viewer] article.detail")
    expect(current).to_contain_text("data-dependent-branch")


def test_several_findings_of_a_line_are_chosen_from_by_the_keyboard(marked: Marked, page: Page) -> None:
    code = "def branch(x):\n    return x * 2 if x.max() > 2 else x / float(x.min())"
    notebook = marked.open(f"{IMPORTS}\n{code}\n{TRACE_BRANCH}")
    run(notebook, 0)
    marked.wait(0, [3])
    notebook.do("tracelab:next-finding")
    marked.wait_here(0, 3)
    notebook.do("tracelab:open-finding")
    rows = page.locator(".tracelab-card button")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("Escape")
    expect(rows).to_have_count(0)
    marked.wait_here(0, 3)
    notebook.do("tracelab:open-finding")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    chosen = (rows.nth(1).locator("b").text_content() or "").partition(":")[0]
    page.keyboard.press("Enter")
    expect(page.locator("[id^=tracelab-viewer] article.detail h2")).to_contain_text(chosen)


def test_a_line_is_lit_for_a_moment(marked: Marked, page: Page) -> None:
    notebook = marked.open("a = 1\nb = 2")
    go_to(notebook, 1, text="a = 1\nb = 2", cell="c0")
    expect(cell(page, 0).locator(".tracelab-flash")).to_have_text("a = 1")
    expect(cell(page, 0).locator(".tracelab-flash")).to_have_count(0)


def test_a_cell_that_has_changed_is_gone_to_and_says_so(marked: Marked, page: Page) -> None:
    notebook = marked.open("first = 1", "# above\n\na = 1\nb = 2")
    go_to(notebook, 2, text="a = 1\nb = 2", cell="c1")
    marked.wait_here(1, 4)
    expect(notice(page, "has changed since it was traced")).to_be_visible()


def test_a_cell_that_was_deleted_is_told_of(marked: Marked, page: Page) -> None:
    notebook = marked.open("first = 1")
    go_to(notebook, 2, text="a = 1\nb = 2", cell="gone", label="In [7]")
    expect(notice(page, "In [7] is no longer in the notebook")).to_be_visible()


def test_a_file_that_is_not_served_is_named_and_its_path_is_copied(marked: Marked, page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook = marked.open("first = 1")
    go_to(notebook, 3, filename="/elsewhere/<b>model.py")
    expect(notice(page, "Line 3 is in a file that this server does not serve: /elsewhere/<b>model.py")).to_be_visible()
    notice(page, "does not serve").get_by_role("button", name="Copy path").click()
    read = (
        "async () => { for (;;) { const text = await navigator.clipboard.readText(); if (text !== '') return text; } }"
    )
    assert page.evaluate(read) == "/elsewhere/<b>model.py"


def go_to(notebook: Notebook, line: int, text: str = "", cell: str = "", label: str = "In [1]", **source: Any) -> None:
    made: dict[str, Any] = {
        "filename": "/tmp/ipykernel_1/1.py",
        "lineno": line,
        "end_lineno": line,
        "cell": label,
        "text": text,
    }
    made.update({**source, **({} if cell else {"cell": None, "text": None})})
    notebook.do("tracelab:go-to-line", source=made, cell=cell)


def test_a_console_has_marks(marked: Marked, page: Page) -> None:
    notebook = marked.open("1")
    notebook.do("console:create", kernelPreference={"name": "python3"}, activate=True)
    prompt = "window.jupyterapp.shell.currentWidget.console?.promptCell?.model.sharedModel"
    page.wait_for_function(f"() => {prompt}")
    page.evaluate(f"code => {prompt}.setSource(code)", f"{IMPORTS}\n{BRANCH}\n{TRACE_BRANCH}")
    notebook.do("console:run-forced")
    expect(page.locator(".jp-CodeConsole-content .tracelab-mark").first).to_be_visible()


def test_arguments_that_name_no_line_go_nowhere(marked: Marked) -> None:
    notebook = marked.open("1", "2")
    for source in (None, {}, {"filename": 1, "lineno": 1}, {"filename": "a.py", "lineno": -1}):
        notebook.do("tracelab:go-to-line", source=source)
    go_to(notebook, 1, text="2", cell="c1")
    marked.wait_here(1, 1)


def test_nothing_of_this_is_an_error_to_the_page(errors: list[str]) -> None:
    assert errors == []
