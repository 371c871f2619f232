"""The widget in a JupyterLab of its own, in Chromium without a GPU: what a person waits for, and what twenty cost.

    python tests/benchmarks/widget.py [opening] [running] [many]      all three, where none is named

opening   from the last statement of a cell to the painted widget, and what is sent beside the packed document
running   from a click on Run to the painted Run, and what of it is not `Trace.rerun` itself
many      twenty widgets in one notebook: what the page holds, and how long a frame takes while it scrolls
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402 (the line above says where the rest is)

from tests.browser.starting import chromium  # noqa: E402
from tests.jupyter.lab import SECONDS, Notebook, server, write  # noqa: E402

TIMES = 15
WIDGETS = 20
START = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'notebooks')!r}]\nimport time, torch, tracelab"
BUILD = """from models import BUILDERS
model, args, kwargs = BUILDERS["resnet50"]()
t = tracelab.trace(model.eval(), args, probes=1)"""
SYNTHETIC = "from tests.browser.captures import synthetic\nfrom tracelab.jupyter.widget import TraceWidget"
SMALL = """def small(x):
    for _ in range(x.shape[0]):
        x = x * 2
    return x if x.sum() > 100 else -x
t = tracelab.trace(small, torch.ones(2, 4), probes=20)"""
TIMED = """from tracelab.jupyter.widget import TraceWidget
took = {"rerun": [], "show": []}
def timed(owner, name):
    real = getattr(owner, name)
    def wrapped(self, *args, **kwargs):
        started = time.perf_counter()
        try:
            return real(self, *args, **kwargs)
        finally:
            took[name].append(1000 * (time.perf_counter() - started))
    setattr(owner, name, wrapped)
timed(tracelab.Trace, "rerun"); timed(TraceWidget, "show")"""
LEFT = "print([whole - shown for whole, shown in zip(took['rerun'], took['show'][-len(took['rerun']):])])"
PAINTED = """count => new Promise(found => {
  const look = () => {
    const ready = document.querySelectorAll('[data-lm-suppress-shortcuts][data-state=ready]').length;
    if (ready >= count) requestAnimationFrame(() => setTimeout(() => found(Date.now())));
    else requestAnimationFrame(look);
  };
  look();
})"""
CLICKED = """() => new Promise(found => {
  const root = document.querySelector('[data-lm-suppress-shortcuts][data-state=ready]').shadowRoot;
  const before = root.querySelector('.onerun')?.getAttribute('aria-label');
  const started = performance.now();
  root.querySelector('.doing button.main').click();
  const look = () => {
    const now = root.querySelector('.onerun')?.getAttribute('aria-label');
    if (now && now !== before) requestAnimationFrame(() => setTimeout(() => found(performance.now() - started)));
    else requestAnimationFrame(look);
  };
  look();
})"""
SCROLLED = """() => new Promise(found => {
  const box = document.querySelector('.jp-WindowedPanel-outer') ?? document.querySelector('.jp-Notebook');
  const frames = [];
  let last = performance.now();
  const step = now => {
    frames.push(now - last);
    last = now;
    box.scrollTop += 40;
    if (frames.length < 180) requestAnimationFrame(step);
    else found(frames.slice(1));
  };
  requestAnimationFrame(step);
})"""


class Bench:
    """A notebook of cells, each run when it is asked for."""

    def __init__(self, page: Page, address: str, folder: Path, *cells: str) -> None:
        name = f"n{len(list(folder.iterdir()))}.ipynb"
        write(folder / name, START, *cells)
        self.notebook, self.page = Notebook(page, address, name), page
        expect.set_options(timeout=SECONDS * 1000)
        self.run(0)

    def begin(self, cell: int) -> None:
        script = "cell => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell; }"
        self.page.evaluate(script, cell)
        self.page.evaluate("() => { void window.jupyterapp.commands.execute('notebook:run-cell') }")

    def run(self, cell: int) -> None:
        """To its end."""
        self.begin(cell)
        prompt = self.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-InputPrompt")
        expect(prompt).to_have_text(f"[{cell + 1}]:")

    def printed(self, cell: int) -> Any:
        """What a cell prints, as JSON."""
        self.run(cell)
        return json.loads(self.notebook.output(cell).inner_text())


def opening(page: Page, address: str, folder: Path) -> None:
    made = {
        "ResNet-50": (BUILD, "t", "t.widget()"),
        "10,000 nodes": (f"{SYNTHETIC}\nw = TraceWidget(synthetic(10_000))", "w", "w"),
    }
    for name, (build, shown, widget) in made.items():
        times: list[float] = []
        for _ in range(3):
            show = f"START = time.time()\n{shown}"
            sizes = f"w = {widget}; print([1000 * START, len(w.document), sum(map(len, w.added))])"
            bench = Bench(page, address, folder, build, show, sizes)
            bench.run(1)
            bench.begin(2)
            painted = page.evaluate(PAINTED, 1)
            began, document, added = bench.printed(3)
            times.append(painted - began)
        print(f"opening  {name:14} {statistics.median(times):6.0f} ms  document {document:,} bytes, {added} beside it")


def running(page: Page, address: str, folder: Path) -> None:
    for name, build, shape in (("small", SMALL, "3, 4"), ("ResNet-50", BUILD, "1, 3, 224, 224")):
        bench = Bench(page, address, folder, build, f"{TIMED}\nt", LEFT)
        bench.run(1)
        bench.run(2)
        page.evaluate(PAINTED, 1)
        output = bench.notebook.output(2)
        output.get_by_role("button", name="Run again").click()
        output.get_by_role("form").get_by_label("shape").first.fill(shape)
        output.get_by_role("form").get_by_label("filled with").first.select_option("ones")
        expect(output.get_by_role("form")).to_contain_text("torch.ones(")
        whole = [page.evaluate(CLICKED) for _ in range(TIMES)]
        itself = bench.printed(3)
        above = [one - other for one, other in zip(whole, itself)]
        print(
            f"running  {name:14} {statistics.median(whole):6.0f} ms  the Run {statistics.median(itself):.0f} ms,"
            f" on top {statistics.median(above):.0f} ms ({min(above):.0f} to {max(above):.0f})"
        )


def many(page: Page, address: str, folder: Path) -> None:
    bench = Bench(page, address, folder, f"{SYNTHETIC}\nc = synthetic(1000)", *["TraceWidget(c)"] * WIDGETS)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    bench.run(1)
    before = _held(session)
    for at in range(WIDGETS):
        bench.run(2 + at)
    page.evaluate(
        "() => { const box = document.querySelector('.jp-WindowedPanel-outer'); if (box) box.scrollTop = 0; }"
    )
    frames = page.evaluate(SCROLLED)
    held = _held(session)
    slow = sorted(frames)[int(len(frames) * 0.95)]
    print(
        f"many     {WIDGETS} of 1,000 nodes  {held - before:.0f} MB on top of {before:.0f} MB,"
        f" a frame {statistics.median(frames):.0f} ms, of twenty the slowest {slow:.0f} ms"
    )


def _held(session: Any) -> float:
    """The page's JavaScript, in megabytes, after a collection."""
    session.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return metrics["JSHeapUsedSize"] / 1e6


MEASURES: dict[str, Callable[[Page, str, Path], None]] = {"opening": opening, "running": running, "many": many}


def main(wanted: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place) / "lab"
        folder.mkdir()
        browser = chromium(playwright)
        with server(folder) as address:
            for name in wanted or MEASURES:
                page = browser.new_page(viewport={"width": 1600, "height": 1000})
                MEASURES[name](page, address, folder)
                page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
