"""Repairs in a real JupyterLab, with a real kernel: looked for, applied, and shown beside what was wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import Expect, Locator, Page

from tests.browser.seeing import box
from tests.jupyter.lab import SECONDS, Notebook, needs_lab, write
from tests.jupyter.panels import run

expect = Expect()
expect.set_options(timeout=SECONDS * 1000)
pytestmark = needs_lab
MODEL = """import torch, tracelab
torch.set_num_threads(1)

def mean(x):
    return x.sum(0) / len(x)

t = tracelab.trace(mean, torch.ones(2, 4))
t"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    write(folder / "trace.ipynb", MODEL, "print(t_repaired(torch.ones(5, 4))[0].item(), len(t.findings), t.id)")
    return folder


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    return 1600, 1000


@pytest.fixture(scope="module")
def notebook(page: Page, address: str) -> Notebook:
    """With its first cell run, and a repair found in its widget."""
    notebook = Notebook(page, address, "trace.ipynb")
    run(page, 0)
    repairs(notebook.output(0)).click()
    notebook.output(0).get_by_role("button", name="Look for a repair").click()
    expect(notebook.output(0).locator("article.detail")).to_contain_text("proven on")
    return notebook


def repairs(viewer: Locator) -> Locator:
    return viewer.get_by_role("group", name="What is told of the finding").get_by_role("button", name="Repair")


def test_what_was_found_is_shown_and_said(notebook: Notebook) -> None:
    detail = notebook.output(0).locator("article.detail")
    expect(detail).to_contain_text("1 finding is mended.")
    expect(detail.locator(".change.added")).to_contain_text("x.shape[0]")


def test_applied_in_the_widget_the_next_cell_has_the_variable(notebook: Notebook) -> None:
    detail = notebook.output(0).locator("article.detail")
    detail.get_by_role("button", name="Apply in the kernel").click()
    expect(detail).to_contain_text("The variable t_repaired holds the repaired Trace.")
    expect(detail.get_by_role("group", name="the variable")).to_have_text("t_repaired")
    run(notebook.page, 1)
    expect(notebook.output(1)).to_contain_text("1.0 1")


def test_applied_in_a_viewer_the_repaired_trace_opens_beside_it(notebook: Notebook) -> None:
    page: Page = notebook.page
    notebook.do("tracelab:open-viewer", trace=notebook.output(1).inner_text().split()[-1])
    viewers = page.locator("[id^=tracelab-viewer-]")
    repairs(viewers.first).click()
    viewers.first.get_by_role("button", name="Apply in the kernel").click()
    expect(viewers).to_have_count(2)
    expect(page.get_by_role("heading", level=1, name="No frozen behaviour was seen")).to_have_count(1)
    first, second = (box(viewers.nth(at)) for at in (0, 1))
    assert not first.meets(second)
