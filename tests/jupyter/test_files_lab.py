"""`.tracelab` files in a real JupyterLab, which `tracelab lab` starts, and in its Notebook 7."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

pytest.importorskip("jupyterlab")

from playwright.sync_api import Browser, Expect, Locator, Page

import tracelab
from tests.document.forging import bomb, documented, replaced
from tests.jupyter.lab import SECONDS, hear, load_anew, needs_lab, own, server
from tracelab.document import archive

expect = Expect()
expect.set_options(timeout=20 * 1000)
pytestmark = needs_lab


def loop(x: torch.Tensor) -> torch.Tensor:
    for _ in range(int(x.norm())):
        x = x * 2
    return x


def plain(x: torch.Tensor) -> torch.Tensor:
    return x * 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    tracelab.trace(loop, torch.ones(2, 4), probes=20).save(folder / "loop.tracelab")
    tracelab.trace(plain, torch.ones(2, 4), probes=()).save(folder / "plain.tracelab")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with server(folder, started=("tracelab", "lab", str(folder / "loop.tracelab"), "--")) as address:
        yield address


def new_page(browser: Browser, errors: list[str]) -> Page:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(SECONDS * 1000)
    hear(page, errors)
    return page


@pytest.fixture
def page(browser: Browser, errors: list[str]) -> Iterator[Page]:
    page = new_page(browser, errors)
    yield page
    page.close()


@pytest.fixture(scope="module")
def opened(browser: Browser, errors: list[str], address: str) -> Page:
    page = new_page(browser, errors)
    page.goto(f"{address}/lab?reset")
    expect(page.locator(".jp-DirListing-item", has_text="loop.tracelab")).to_be_visible()
    return page


@pytest.fixture
def lab(opened: Page) -> Page:
    """JupyterLab, with nothing open."""
    do(opened, "application:close-all")
    return opened


def open_by_click(lab: Page, name: str) -> Locator:
    """The viewer's tab, once there is something in it."""
    lab.locator(".jp-DirListing-item", has_text=name).dblclick()
    return in_view(lab)


def in_view(page: Page) -> Locator:
    return page.locator(".jp-Document:not(.lm-mod-hidden) .viewer")


def tabs(page: Page) -> Locator:
    return page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text=re.compile(r"\.tracelab"))


def do(page: Page, command: str, **arguments: object) -> None:
    page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args)", [command, arguments])


def test_the_command_opens_the_file_without_a_kernel(page: Page, folder: Path, address: str) -> None:
    (opening,) = (own(folder) / "JUPYTER_RUNTIME_DIR").glob("jpserver-file-to-run-*.html")
    (path,) = re.findall(r"url=http://[^/]+(/[^\"?]+)", opening.read_text())
    page.goto(f"{address}{path}")
    expect(in_view(page)).to_contain_text("the program wrong")
    assert page.request.get(f"{address}/api/kernels").json() == []


def test_several_files_are_open_and_come_back_with_the_page(lab: Page, address: str) -> None:
    expect(open_by_click(lab, "loop.tracelab")).to_contain_text("model loop")
    expect(open_by_click(lab, "plain.tracelab")).to_contain_text("model plain")
    load_anew(lab, address, "tracelab-file:loop.tracelab", "tracelab-file:plain.tracelab")
    expect(tabs(lab)).to_have_count(2)
    expect(in_view(lab)).to_contain_text("model plain")


def test_a_file_that_changes_on_the_disk_is_shown_anew(lab: Page, folder: Path) -> None:
    shutil.copy(folder / "plain.tracelab", folder / "changing.tracelab")
    do(lab, "docmanager:open", path="changing.tracelab")
    expect(in_view(lab)).to_contain_text("model plain")
    shutil.copy(folder / "loop.tracelab", folder / "changing.tracelab")
    expect(in_view(lab)).to_contain_text("model loop")
    (folder / "changing.tracelab").unlink()


def test_it_follows_the_theme(lab: Page) -> None:
    viewer = open_by_click(lab, "loop.tracelab")
    expect(viewer).to_have_class("viewer light")
    do(lab, "apputils:change-theme", theme="JupyterLab Dark")
    expect(viewer).to_have_class("viewer dark")
    do(lab, "apputils:change-theme", theme="JupyterLab Light")


def test_nothing_writes_to_the_file(lab: Page, folder: Path) -> None:
    before = (folder / "loop.tracelab").read_bytes()
    expect(open_by_click(lab, "loop.tracelab")).to_be_visible()
    assert [file.name for file in (folder / ".ipynb_checkpoints").glob("*")] == []
    for command in ("docmanager:save", "docmanager:save-as"):
        do(lab, command)
    expect(lab.get_by_text("A capture is not changed here").first).to_be_visible()
    assert (folder / "loop.tracelab").read_bytes() == before


def test_its_keys_are_the_viewers(lab: Page) -> None:
    expect(open_by_click(lab, "loop.tracelab")).to_be_visible()
    lab.keyboard.press("/")
    expect(lab.get_by_role("combobox", name="Search nodes and modules")).to_be_focused()


def test_nothing_of_this_is_an_error_to_the_page(errors: list[str]) -> None:
    # JupyterLab itself takes its splash screen away twice, now and then, when the theme changes.
    splash = "Failed to execute 'removeChild' on 'Node'"
    assert [error for error in errors if splash not in error or "/extensions/tracelab/" in error] == []


NEW = documented(b"{}", manifest=b'{"format":"tracelab","version":99}')


@pytest.mark.parametrize(
    ("data", "what", "cure"),
    [
        (b"", "This is not a .tracelab file: it is empty.", "Trace.save"),
        (b"<img src=x onerror=alert(1)>", "it does not begin as one.", "Trace.save"),
        (replaced(bomb(archive.DOCUMENT, 70)), "document.json is damaged.", "Write it again with Trace.save"),
        (NEW, "The document has version 99, and this TraceLab reads up to", "pip install --upgrade tracelab"),
    ],
    ids=["empty", "foreign", "a bomb", "too new"],
)
def test_what_cannot_be_shown_is_said_and_shown_once_it_is_mended(
    lab: Page, folder: Path, data: bytes, what: str, cure: str
) -> None:
    (folder / "broken.tracelab").write_bytes(data)
    do(lab, "docmanager:open", path="broken.tracelab")
    expect(in_view(lab).get_by_role("heading")).to_have_text("This capture cannot be shown")
    expect(in_view(lab)).to_contain_text(what)
    expect(in_view(lab)).to_contain_text(cure)
    shutil.copy(folder / "loop.tracelab", folder / "broken.tracelab")
    expect(in_view(lab)).to_contain_text("the program wrong")


def test_a_server_without_tracelab_is_told(lab: Page) -> None:
    lab.route("**/tracelab/view*", lambda route: route.fulfill(status=404, body="<html>"))
    expect(open_by_click(lab, "loop.tracelab")).to_contain_text("The server has no TraceLab")
    expect(in_view(lab)).to_contain_text("Install TraceLab in the environment that JupyterLab is started from")
    lab.unroute_all()


def test_notebook_7_opens_it_by_double_click(page: Page, address: str) -> None:
    pytest.importorskip("notebook")
    page.goto(f"{address}/tree")
    with page.expect_popup() as opened:
        page.locator(".jp-DirListing-item", has_text="loop.tracelab").dblclick()
    expect(opened.value.locator(".viewer")).to_contain_text("the program wrong")
