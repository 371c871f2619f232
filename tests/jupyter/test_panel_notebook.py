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
