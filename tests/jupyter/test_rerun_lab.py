"""Running again from the form, in a real JupyterLab, with a real kernel, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import Expect, Locator, Page

from tests.jupyter.lab import SECONDS, Notebook, needs_lab, write
from tests.jupyter.panels import run

expect = Expect()
expect.set_options(timeout=SECONDS * 1000)
pytestmark = needs_lab
MODEL = """import torch, tracelab
torch.set_num_threads(1)

class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(4, 4)

    def forward(self, x, mask):
        for _ in range(x.shape[0]):
            x = self.linear(x)
        if torch.sigmoid(x).max() > 2:
            x = -x
        return x + mask if mask.sum() > 0 else x

t = tracelab.trace(Model(), (torch.ones(2, 4), torch.ones(4)), probes=())
t"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab")
    write(folder / "trace.ipynb", MODEL, "import time; time.sleep(2)", "print(t.capture.runs[-1].outcome)")
    return folder


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    return 1600, 1000


@pytest.fixture(scope="module")
def notebook(page: Page, address: str) -> Notebook:
    """With its first cell run, and the form open."""
    notebook = Notebook(page, address, "trace.ipynb")
    run(page, 0)
    notebook.output(0).get_by_role("button", name="Run again").click()
    expect(field(notebook, "x: shape")).to_have_value("2, 4")
    return notebook


def form(notebook: Notebook) -> Locator:
    return notebook.output(0).get_by_role("form", name="Run again")


def field(notebook: Notebook, label: str) -> Locator:
    return form(notebook).get_by_label(label, exact=True)


def press(notebook: Notebook, name: str) -> None:
    form(notebook).get_by_role("button", name=name, exact=True).click()


def in_view(notebook: Notebook) -> Locator:
    """The Run in view."""
    return notebook.output(0).locator(".onerun")


def test_another_shape_is_run_and_the_divergence_appears(notebook: Notebook) -> None:
    field(notebook, "x: shape").fill("3, 4")
    expect(form(notebook)).to_contain_text("t.rerun(torch.randn(3, 4), ...)")
    press(notebook, "Run")
    expect(in_view(notebook)).to_contain_text("You asked: x f32[3, 4]")
    expect(in_view(notebook)).to_contain_text("diverges")
    expect(notebook.output(0).get_by_role("list", name="Runs").locator("[aria-current=true]")).to_contain_text(
        "You asked"
    )


def test_the_run_stands_in_the_kernel_s_document(notebook: Notebook) -> None:
    run(notebook.page, 2)
    expect(notebook.output(2)).to_contain_text("diverges")


def test_an_error_shows_at_its_field_and_goes_when_it_is_mended(notebook: Notebook) -> None:
    field(notebook, "mask: shape").fill("4, x")
    wrong = form(notebook).get_by_role("group", name="mask").get_by_role("alert")
    expect(wrong).to_contain_text("'x' is no size")
    expect(field(notebook, "mask: shape")).to_have_attribute("aria-invalid", "true")
    field(notebook, "mask: shape").fill("4")
    expect(wrong).to_have_count(0)


def test_an_expression_that_raises_says_so_at_its_field(notebook: Notebook) -> None:
    field(notebook, "mask: filled with").select_option("expression")
    field(notebook, "mask: expression").fill("nobody + 1")
    press(notebook, "Run")
    wrong = form(notebook).get_by_role("group", name="mask").get_by_role("alert")
    expect(wrong).to_contain_text("NameError: name 'nobody' is not defined")
    field(notebook, "mask: expression").fill("torch.zeros(4)")
    expect(wrong).to_have_count(0)
    press(notebook, "Run")
    expect(form(notebook)).to_contain_text("t.rerun(torch.randn(3, 4), torch.zeros(4))")
    expect(in_view(notebook)).to_contain_text("diverges")


def test_while_a_cell_runs_it_is_queued_for_all_to_see(notebook: Notebook) -> None:
    before = in_view(notebook).get_attribute("aria-label")
    run(notebook.page, 1)
    notebook.page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
    )
    press(notebook, "Run")
    expect(form(notebook).locator(".progress")).to_contain_text("Queued")
    expect(in_view(notebook)).not_to_have_attribute("aria-label", before or "")


def test_a_longer_search_proves_more_and_leaves_the_screen_as_it_was(notebook: Notebook) -> None:
    output = notebook.output(0)
    output.get_by_role("searchbox", name="Filter findings").fill("data-dependent")
    output.get_by_role("button", name="Open all").click()
    before = output.get_by_role("list", name="Findings").get_by_role("button").count()
    verdict = output.get_by_role("heading", level=1).inner_text()
    field(notebook, "Seconds to search").fill("1")
    press(notebook, "Search longer")
    expect(form(notebook)).to_contain_text("more is proven")
    expect(output.get_by_role("heading", level=1)).not_to_have_text(verdict)
    expect(output.get_by_role("searchbox", name="Filter findings")).to_have_value("data-dependent")
    expect(output.get_by_role("list", name="Findings").get_by_role("button")).to_have_count(before)
    expect(field(notebook, "x: shape")).to_have_value("3, 4")
    expect(output.get_by_role("list", name="Runs")).to_contain_text("You asked")


def test_a_search_shows_what_it_tries_and_cancel_ends_it(notebook: Notebook) -> None:
    field(notebook, "Seconds to search").fill("600")
    press(notebook, "Search longer")
    expect(form(notebook).locator(".progress")).to_contain_text("values that change the answer at In [1]")
    expect(form(notebook).get_by_role("progressbar")).to_be_visible()
    press(notebook, "Cancel")
    expect(form(notebook).locator(".ended")).to_contain_text("Cancelled.")


def test_when_the_kernel_restarts_the_widget_is_readable_and_says_that_it_is_dead(notebook: Notebook) -> None:
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    output = notebook.output(0)
    expect(output.get_by_text("The kernel that made this is gone")).to_be_visible()
    expect(form(notebook).get_by_role("button", name="Run", exact=True)).to_be_disabled()
    output.get_by_role("searchbox", name="Filter findings").fill("")
    output.get_by_role("list", name="Findings").get_by_role("button", name="shape-dependent").first.click()
    expect(in_view(notebook)).to_be_visible()
    run(notebook.page, 0)
    expect(notebook.output(0).get_by_role("button", name="Run again")).to_be_enabled()
    expect(notebook.output(0).get_by_text("The kernel that made this is gone")).to_have_count(0)
