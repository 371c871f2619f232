"""The wheel, installed where there is no Node and no torch: JupyterLab finds both extensions, and opens a file."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")

from playwright.sync_api import expect, sync_playwright

from tests.browser.starting import chromium
from tests.jupyter.lab import SECONDS, needs_lab, server
from tests.renderers.samples import capture
from tracelab import document

HOUSE = Path(__file__).parents[1]
pytestmark = needs_lab


def run(command: list[str], **options: object) -> str:
    ran = subprocess.run(command, capture_output=True, text=True, **options)  # pyright: ignore[reportCallIssue, reportArgumentType]
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of a fresh Python with the wheel. What else it needs is this one's: installed a second time it
    would be downloaded for minutes. Of torch there is a package that cannot be imported.
    """
    folder = tmp_path_factory.mktemp("clean")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=HOUSE)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    run(install)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    (packages / "torch.py").write_text("raise ModuleNotFoundError('no torch here', name='torch')")
    lab = Path(sys.prefix) / "share" / "jupyter" / "lab"
    home = {"HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder), "JUPYTERLAB_DIR": str(lab)}
    return {"PATH": str(python.parent), "PYTHON": str(python), **home, "LANG": os.environ.get("LANG", "C.UTF-8")}


@pytest.mark.parametrize("module", ["jupyterlab.labextensions", "jupyter_server.extension.serverextension"])
def test_jupyter_lists_both_extensions_as_whole(clean: Mapping[str, str], module: str) -> None:
    said = run([clean["PYTHON"], "-m", module, "list"], env=clean)
    told = [line for line in said.splitlines() if "tracelab" in line]
    assert any("OK" in line for line in told), said
    assert any("enabled" in line for line in told), said


def test_a_file_opens_there(clean: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    document.save(capture(), tmp_path / "files" / "model.tracelab")
    errors: list[str] = []
    with server(tmp_path / "files", clean=clean) as address, sync_playwright() as playwright:
        page = chromium(playwright).new_page()
        page.on(
            "console", lambda told: errors.append(f"{told.location}: {told.text}") if told.type == "error" else None
        )
        page.goto(f"{address}/lab/tree/model.tracelab")
        expect(page.locator(".jp-Document .viewer .bar")).to_be_visible(timeout=SECONDS * 1000)
    # Of jupyter-lsp there is only what pip lends from another environment: its page, and not its server.
    assert [error for error in errors if "/lsp/" not in error] == []
