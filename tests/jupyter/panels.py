"""The side panel, as the tests of it see it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.browser.starting import AXE
from tests.jupyter.lab import LAB, App, Notebook, own

MODEL = """import torch
torch.set_num_threads(1)

class Model(torch.nn.Module):
    def forward(self, x, mask):
        for _ in range(x.shape[0]):
            x = x * 2
        return x + mask if mask.sum() > 0 else x

model, x, mask = Model(), torch.ones(2, 4), torch.ones(4)"""
"""A cell with something to trace, without TraceLab."""
WAITS = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.02)\nos.remove('go')"
"""A cell that runs until there is a file of this name beside the notebook."""
WITHOUT_TRACELAB = """import sys

class Nothing:
    def find_spec(self, name, *rest):
        if name == "tracelab":
            raise ModuleNotFoundError("No module named 'tracelab'", name="tracelab")

sys.meta_path.insert(0, Nothing())
from ipykernel.kernelapp import launch_new_instance
launch_new_instance()"""


class Messages(list[str]):
    """What a page sends to its kernels."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        page.on("websocket", lambda socket: socket.on("framesent", self._hear))

    def _hear(self, payload: str | bytes) -> None:
        self.append(payload if isinstance(payload, str) else payload.decode(errors="replace"))

    def of(self, what: str) -> int:
        """How many are requests of this kind."""
        return sum(f'"what":"{what}"' in message for message in self)


def beginning(page: Page, command: str, **arguments: Any) -> None:
    """Begin a command of JupyterLab."""
    page.evaluate("([name, args]) => void window.jupyterapp.commands.execute(name, args)", [command, arguments])


def run(page: Page, cell: int) -> None:
    """Begin to run a cell of the notebook that was active last."""
    script = """cell => {
        const { content } = window.jupyterapp.shell.currentWidget;
        content.activeCellIndex = cell;
        void window.jupyterapp.commands.execute("notebook:run-cell");
    }"""
    page.evaluate(script, cell)


def ask_kernel(page: Page, method: str) -> None:
    """Begin `restart` or `shutdown` of the active notebook's kernel."""
    page.evaluate("name => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel[name]()", method)


def until_busy(page: Page) -> None:
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
    )


def the_panel(page: Page) -> Locator:
    return page.locator("#tracelab-panel")


def with_panel(page: Page, address: str, name: str, app: App = LAB) -> Locator:
    """The panel beside a notebook, in a page that was loaded anew."""
    Notebook(page, address, name, app).do("tracelab:open-panel")
    return the_panel(page)


def kernelspec(folder: Path, name: str, language: str, code: str) -> None:
    """A kernel for the server of a folder: a process of this Python."""
    home = own(folder) / "JUPYTER_DATA_DIR" / "kernels" / name
    home.mkdir(parents=True)
    argv = [sys.executable, "-c", code, "-f", "{connection_file}"]
    (home / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": name, "language": language}))


def use_kernel(path: Path, name: str) -> None:
    """A notebook has this kernel from now on."""
    notebook = json.loads(path.read_text())
    notebook["metadata"]["kernelspec"] = {"name": name, "display_name": name}
    path.write_text(json.dumps(notebook))


def violations(page: Page) -> list[str]:
    """What axe calls serious or critical in the panel."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run('#tracelab-panel', { resultTypes: ['violations'] })).violations")
    return [
        f"{one['id']}: {node['html']} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
