"""The side panel in a real Notebook 7, which has one notebook in its main area, and its panels at the left."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("notebook")

from playwright.sync_api import Expect, Page

from tests.jupyter.lab import NOTEBOOK_7, needs_lab, server, write
from tests.jupyter.panels import MODEL, run, with_panel

expect = Expect()
expect.set_options(timeout=20 * 1000)


LONG = "\n".join(["import torch", *(f"number_{at} = {at}" for at in range(300)), ""])
BRANCH = """def branch(x):
    if x.sum() > 0:
        return x
    return -x
"""
"""Frozen in its second line."""
HERE = """() => {
    const view = window.jupyterapp?.shell.currentWidget?.content?.editor?.editor;
    if (!view) return 0;
    const { head } = view.state.selection.main;
    const coords = view.coordsAtPos(head);
    return coords && coords.bottom < window.innerHeight && coords.top > 0 ? view.state.doc.lineAt(head).number : 0;
}"""
"""The line with the cursor, once it can be seen."""


@needs_lab
def test_notebook_7_has_the_panel_at_the_left_and_the_viewer_below(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "served"
    folder.mkdir()
    write(folder / "trace.ipynb", f"{MODEL}\nimport tracelab\nt = tracelab.trace(model, (x, mask), probes=5)")
    with server(folder, NOTEBOOK_7) as address:
        panel = with_panel(page, address, "trace.ipynb", NOTEBOOK_7)
        expect(panel.get_by_role("button", name="Load TraceLab")).to_be_visible()
        run(page, 0)
        expect(panel.get_by_role("list", name="Findings")).to_contain_text("shape-dependent-loop")
        box = panel.bounding_box()
        assert box is not None
        assert box["x"] == 0
        panel.get_by_role("button", name="Open viewer").click()
        viewer = page.locator("[id^=tracelab-viewer] .viewer")
        expect(viewer.get_by_role("list", name="Findings").get_by_role("button").first).to_be_in_viewport()


@needs_lab
def test_a_line_of_a_file_is_gone_to_in_the_page_that_notebook_7_opens_for_it(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "served"
    (folder / "a b").mkdir(parents=True)
    (folder / "a b" / "long.py").write_text(LONG + BRANCH)
    code = "import sys, torch, tracelab\nsys.path.append('a b')\nfrom long import branch"
    write(folder / "trace.ipynb", f"{code}\nt = tracelab.trace(branch, torch.ones(2), probes=())")
    with server(folder, NOTEBOOK_7) as address:
        panel = with_panel(page, address, "trace.ipynb", NOTEBOOK_7)
        run(page, 0)
        panel.get_by_role("list", name="Findings").get_by_role("button").first.click()
        with page.expect_popup() as popup:
            panel.get_by_role("button", name="Go to line").first.click()
        line = (LONG + BRANCH).splitlines().index("    if x.sum() > 0:") + 1
        popup.value.wait_for_function(f"line => ({HERE})() === line", arg=line)
        popup.value.close()
