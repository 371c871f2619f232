"""The widget in a real Notebook 7, and what a notebook shows that is saved and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("notebook")

from playwright.sync_api import Browser, Locator, Page, expect

from tests.jupyter.lab import LAB, LOOP, NOTEBOOK_7, SECONDS, App, Notebook, needs_lab, server, write

pytestmark = needs_lab


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebook")
    write(folder / "trace.ipynb", "%load_ext tracelab", LOOP, "%trace loop(torch.ones(2, 4))")
    return folder


@pytest.fixture(scope="module")
def notebook(browser: Browser, folder: Path) -> Iterator[Notebook]:
    """All of its cells have run."""
    with server(folder, NOTEBOOK_7) as address:
        notebook = Notebook(sized(browser), address, "trace.ipynb", NOTEBOOK_7)
        notebook.do("notebook:run-all-cells")
        yield notebook


def sized(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 1400, "height": 1100})


def rule(notebook: Notebook, name: str) -> Locator:
    findings = notebook.output(2).get_by_role("list", name="Findings")
    return findings.get_by_role("button", name=name)


def test_the_magic_shows_the_viewer(notebook: Notebook) -> None:
    expect(notebook.output(2).locator(".viewer")).to_contain_text("the program wrong", timeout=SECONDS * 1000)


def test_a_finding_that_is_clicked_comes_into_view(notebook: Notebook) -> None:
    rule(notebook, "data-dependent-branch").click(timeout=SECONDS * 1000)
    expect(rule(notebook, "data-dependent-branch")).to_have_attribute("aria-current", "true")
    expect(notebook.output(2).get_by_role("article", name="The finding")).to_contain_text("In [2]:7")


@pytest.fixture(scope="module")
def saved(notebook: Notebook, folder: Path) -> Path:
    """The notebook that was run."""
    expect(notebook.output(2).locator(".viewer")).to_be_visible(timeout=SECONDS * 1000)
    notebook.do("docmanager:save")
    return folder / "trace.ipynb"


@contextmanager
def opened(browser: Browser, path: Path, app: App) -> Iterator[Notebook]:
    """A notebook in another server, which has not the kernel that ran it."""
    page = sized(browser)
    with server(path.parent, app) as address:
        yield Notebook(page, address, path.name, app)
    page.close()


def shown(notebook: Notebook) -> Locator:
    """What is there once nothing more comes: the picture, the viewer, or ipywidgets' word that it has no widget."""
    output = notebook.output(2)
    settled = output.locator("img, .viewer").or_(output.get_by_text("model not found")).first
    expect(settled).to_be_visible(timeout=SECONDS * 1000)
    return settled


APPS = pytest.mark.parametrize("app", [LAB, NOTEBOOK_7], ids=lambda app: app.module)


@APPS
def test_who_is_sent_a_notebook_sees_the_picture_and_the_findings(
    browser: Browser, tmp_path: Path, saved: Path, app: App
) -> None:
    """Jupyter does not trust what was run elsewhere: it shows no widget, and sanitises HTML."""
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "trace.ipynb").write_bytes(saved.read_bytes())
    with opened(browser, tmp_path / "sent" / "trace.ipynb", app) as notebook:
        picture = shown(notebook)
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 300
        words = picture.get_attribute("alt") or ""
    assert "the program wrong" in words.splitlines()[0]
    assert "diverges: In [2]:5" in words


@APPS
def test_who_ran_a_notebook_has_the_viewer_when_it_is_opened_again(browser: Browser, saved: Path, app: App) -> None:
    with opened(browser, saved, app) as notebook:
        expect(notebook.output(2).locator(".viewer")).to_contain_text("the program wrong")
        rule(notebook, "data-dependent-branch").click()
        expect(notebook.output(2).get_by_role("article", name="The finding")).to_contain_text("In [2]:7")
        expect(notebook.output(2)).not_to_contain_text("Run again")
