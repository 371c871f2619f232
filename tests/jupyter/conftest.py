"""A shell in this process, a kernel in another, and a JupyterLab in a browser."""

from __future__ import annotations

import atexit
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from playwright.sync_api import Browser, Page, sync_playwright
from traitlets.config import Config

from tests.browser.starting import chromium
from tests.jupyter.lab import hear, server
from tests.jupyter.shells import Kernel, Shell


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """An IPython without the extension."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # of another environment IPython would warn
    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"xmode": "Plain"}})
    InteractiveShell.clear_instance()
    with warnings.catch_warnings():  # IPython adds a filter of its own
        made = InteractiveShell.instance(config=config, ipython_dir=str(tmp_path))
        yield Shell(made)
    InteractiveShell.clear_instance()
    # At the end of the process each shell would collect all of its garbage once more, which takes minutes in all.
    made._atexit_once_called = True
    atexit.unregister(made.atexit_operations)
    made.atexit_operations()


@pytest.fixture
def shell(bare: Shell) -> Shell:
    """An IPython with the extension, and something to trace."""
    bare.run("%load_ext tracelab")
    bare.run("import torch\nfrom tests.jupyter.models import *\nX = torch.ones(2, 3)\nmodel = Model()")
    return bare


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel as a notebook has one, with the extension."""
    with Kernel(tmp_path_factory.mktemp("ipython")) as kernel:
        kernel.run("%load_ext tracelab\nimport torch\ntorch.set_num_threads(1)\nX = torch.ones(2, 3)")
        yield kernel


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Of a JupyterLab that serves the module's own `folder`."""
    with server(folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def errors() -> list[str]:
    """What the pages that are heard write to their consoles as errors."""
    return []


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    """Of the page, in CSS pixels."""
    return 1400, 1000


@pytest.fixture(scope="module")
def page(browser: Browser, size: tuple[int, int], errors: list[str]) -> Page:
    """The one in which a module's tests follow each other."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    hear(page, errors)
    return page
