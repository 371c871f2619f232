"""A JupyterLab or a Notebook 7 of its own, on a free port of this machine, and a notebook in it in a browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.starting import CHROMIUM

SECONDS = 120
PATIENCE = 40
"""So many seconds a server has to end."""
LOOP = """import torch, tracelab
torch.set_num_threads(1)

def loop(x):
    for _ in range(int(x.norm())):
        x = x * 2
    return x if x.sum() > 100 else -x"""
"""A cell with something to trace."""
TRACED = f"""{LOOP}

t = tracelab.trace(loop, torch.ones(2, 4), probes=20)
t"""
HOUSE = Path(__file__).parents[2]
EXTENSION = Path(os.environ.get("TRACELAB_STATIC", HOUSE / "tracelab" / "static"))
"""A checkout's own extension of JupyterLab is below, where a wheel installs it into the environment."""
SERVER_EXTENSION = HOUSE / "tracelab" / "jupyter" / "etc"
"""And that of Jupyter's server."""


@dataclass(frozen=True)
class App:
    """What opens notebooks."""

    module: str
    settings: str
    """The name of its class of settings."""
    path: str
    """Where it opens a file."""


needs_lab = pytest.mark.skipif(
    CHROMIUM is None or not (EXTENSION / "labextensions").is_dir(),
    reason="needs chromium and the built viewer (`make test` gets both)",
)
LAB = App("jupyterlab", "LabApp", "lab/tree")
NOTEBOOK_7 = App("notebook", "JupyterNotebookApp", "notebooks")
SERVER = App("jupyter_server", "LabApp", "files")
"""Without a page."""


@contextmanager
def server(
    folder: Path,
    app: App = LAB,
    *,
    started: Sequence[str] = (),
    token: str = "",
    clean: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The address of a server that serves a folder, with settings of nobody.

    Args:
        folder: what it serves.
        app: what it shows.
        started: the module of another command that starts it, with its arguments.
        token: what one must know to ask it.
        clean: the whole environment where TraceLab is installed, in place of this one and its checkout; `PYTHON` in it
            is what runs.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home_of_all = own(folder)
    homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    home = {name: str(home_of_all / name) for name in homes}
    for each in home.values():
        Path(each).mkdir(parents=True, exist_ok=True)
    options = [
        "--no-browser", "--allow-root", f"--IdentityProvider.token={token}", "--ServerApp.port_retries=0",
        "--ip=127.0.0.1", f"--port={port}", f"--ServerApp.root_dir={folder}",
        f"--{app.settings}.expose_app_in_browser=True",
    ]  # fmt: skip
    own_paths = {"JUPYTER_PATH": str(EXTENSION), "JUPYTER_CONFIG_PATH": str(SERVER_EXTENSION)}
    environment = {**(clean or {**os.environ, **own_paths, "PYTHONPATH": str(HOUSE)}), **home}
    with (home_of_all / "log").open("w") as log:
        command = [environment.get("PYTHON", sys.executable), "-m", *(started or [app.module]), *options]
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api", running, home_of_all / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """Ask a server to end its kernels and itself; one that was starting a kernel just then may wait for it for ever.

    Kernels end by themselves when their server is gone.
    """
    running.terminate()
    try:
        running.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def own(folder: Path) -> Path:
    """Where the server of a folder keeps what is its own."""
    return folder.parent / f"{folder.name}-own"


def _wait_for(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(SECONDS * 5):
        assert running.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=SECONDS):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def write(path: Path, *cells: str) -> None:
    """A notebook of cells that were never run."""
    made = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
        for at, cell in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))


class Notebook:
    """A notebook that is open."""

    def __init__(self, page: Page, address: str, name: str, app: App = LAB) -> None:
        self.page = page
        page.set_default_timeout(SECONDS * 1000)
        page.goto(f"{address}/{app.path}/{name}?reset")
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context?.isReady === true")
        page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'"
        )

    def do(self, command: str, **arguments: Any) -> None:
        """Run a command of JupyterLab, as its menu does, to its end."""
        self.page.evaluate("([name, args]) => window.jupyterapp.commands.execute(name, args)", [command, arguments])

    def output(self, at: int) -> Locator:
        """The output area of a cell."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(at).locator(".jp-Cell-outputWrapper")


def load_anew(page: Page, address: str, *tabs: str) -> None:
    """Load the page anew once JupyterLab has saved that these tabs, by the beginnings of their names, are open."""
    # What is waited for takes a request, which `wait_for_function` does not wait for.
    script = """async tabs => {
        for (;;) {
            const { data } = await (await fetch("/lab/api/workspaces/default")).json();
            const layout = JSON.stringify(data["layout-restorer:data"]?.main ?? null);
            if (tabs.every((name) => layout.includes(name))) return;
            await new Promise(requestAnimationFrame);
        }
    }"""
    page.evaluate(script, [*tabs])
    page.goto(f"{address}/lab")


def end_kernels(page: Page, address: str) -> None:
    """Leave the page, which would tell what it had to give up, and end all kernels: each of them holds torch."""
    page.goto("about:blank")
    [token] = [cookie.get("value", "") for cookie in page.context.cookies(address) if cookie.get("name") == "_xsrf"]
    for session in page.request.get(f"{address}/api/sessions").json():
        page.request.delete(f"{address}/api/sessions/{session['id']}", headers={"X-XSRFToken": token})


def hear(page: Page, errors: list[str], *also: str) -> None:
    """Keep what a page writes to its console as errors, but for what JupyterLab's own debugger says of a restart.

    Args:
        page: is listened to.
        errors: takes it.
        also: further kinds of messages to keep, as `warning`.
    """

    def keep(text: str) -> None:
        if not text.startswith("Could not restore the debugger state"):
            errors.append(text)

    page.on("console", lambda told: keep(told.text) if told.type in ("error", *also) else None)
    page.on("pageerror", lambda error: keep(error.stack or str(error)))
