"""What JupyterLab's panel costs, in a real JupyterLab; `panel.py` has the kernel's part.

    python tests/benchmarks/panel_lab.py [update | findings | start | size]      all, where none is named

update      with 1,000 names in the namespace: from the end of a cell to the panel that shows what the cell made
findings    from a click to a Trace with 200 findings to the frame in which they stand
start       JupyterLab, from its address to the end of its start, with and without the extension in turns; and the time
            that the page's thread computes until then, which other work on the machine changes less
size        what is loaded when JupyterLab starts, and what is loaded late
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from panel import NAMES, told  # noqa: E402 (the line above says where it is)
from playwright.sync_api import Browser, Page, Route, sync_playwright  # noqa: E402

from tests.browser.starting import chromium  # noqa: E402
from tests.jupyter import lab  # noqa: E402
from tests.jupyter.panels import run, the_panel, with_panel  # noqa: E402

TIMES = 20
UPDATED = """name => new Promise((done) => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    const panel = document.querySelector("#tracelab-panel");
    let ended;
    const hear = (_, { msg: { header, content } }) => {
        if (header.msg_type === "execute_reply" || content.data?.what === "executed") ended ??= performance.now();
    };
    const seen = new MutationObserver(() => {
        if (!panel.textContent.includes(name)) return;
        seen.disconnect();
        kernel.anyMessage.disconnect(hear);
        requestAnimationFrame(() => done(performance.now() - ended));
    });
    kernel.anyMessage.connect(hear);
    seen.observe(panel, { subtree: true, childList: true, characterData: true });
    kernel.requestExecute({ code: `${name} = torch.nn.Linear(3, 2)` });
})"""
CHOSEN = """([text, count]) => new Promise((done) => {
    const panel = document.querySelector("#tracelab-panel");
    const began = performance.now();
    const wait = () => {
        const isThere = panel.querySelectorAll("[aria-labelledby=tracelab-findings] li").length === count;
        requestAnimationFrame(isThere ? () => done(performance.now() - began) : wait);
    };
    const traces = [...panel.querySelectorAll("[aria-labelledby=tracelab-traces] .choice")];
    traces.find((one) => one.textContent.includes(text)).click();
    wait();
})"""
MANY = """import torch, tracelab, linecache
lines = [f"    if x[{at}] > {at}: x = x + 1" for at in range(200)]
source = "\\n".join(["def many(x):", *lines, "    return x"])
linecache.cache["many.py"] = (len(source), None, source.splitlines(True), "many.py")
exec(compile(source, "many.py", "exec"))
few = tracelab.trace(lambda x: x if x.sum() > 0 else -x, torch.zeros(2), probes=())
t = tracelab.trace(many, torch.zeros(200), probes=())"""
STARTED = """() => {
    let app;
    Object.defineProperty(window, "jupyterapp", {
        configurable: true,
        get: () => app,
        set: (made) => {
            app = made;
            made.restored.then(() => { window.startedAt = performance.now(); });
        },
    });
}"""


def update() -> None:
    """The panel after a cell."""
    with opened(f"%load_ext tracelab\n{NAMES}") as page:
        run(page, 0)
        the_panel(page).get_by_role("list", name="Can be traced", exact=True).wait_for()
        told(
            "from the end of a cell to the panel, 1,000 names",
            [page.evaluate(UPDATED, f"probe{n}z") for n in range(TIMES)],
        )


def findings() -> None:
    """The panel of a Trace with many findings."""
    with opened(MANY) as page:
        run(page, 0)
        choices = the_panel(page).get_by_role("list", name="Traces", exact=True)
        choices.get_by_role("button").nth(1).wait_for()
        took: list[float] = []
        for _ in range(TIMES):
            page.evaluate(CHOSEN, ["few", 1])
            took.append(page.evaluate(CHOSEN, ["many", 200]))
        told("from a click to 200 findings", took)


def start() -> None:
    """JupyterLab's start."""
    ways = {"without the extension": False, "with the extension": True}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    with serving() as address, browsing() as browser:
        for _ in range(TIMES + 2):
            for name, extended in ways.items():
                took[name].append(started(browser, address, extended=extended))
    for at, what in enumerate(("JupyterLab's start", "the page's processor")):
        kept = {name: [times[at] for times in pairs[2:]] for name, pairs in took.items()}
        for name, times in kept.items():
            told(f"{what} {name}", times)
        told("the difference, pair by pair", [last - first for first, last in zip(*kept.values(), strict=True)])


def started(browser: Browser, address: str, *, extended: bool) -> tuple[float, float]:
    """Milliseconds to the end of JupyterLab's start, nothing cached; and those for which the page had a processor."""

    def answer(route: Route) -> None:
        text = route.fetch().text()
        config = re.search(r'"federated_extensions": (\[.*?\])', text, re.DOTALL)
        assert config is not None
        kept = [one for one in json.loads(config[1]) if extended or one["name"] != "tracelab"]
        route.fulfill(body=text.replace(config[1], json.dumps(kept)), content_type="text/html")

    page = browser.new_page()
    page.add_init_script(f"({STARTED})()")
    page.route("**/lab?reset", answer)
    inspector = page.context.new_cdp_session(page)
    inspector.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(f"{address}/lab?reset")
    page.wait_for_function("() => window.startedAt > 0")
    took = page.evaluate("() => window.startedAt")
    metrics = {one["name"]: one["value"] for one in inspector.send("Performance.getMetrics")["metrics"]}
    assert page.evaluate("() => window.jupyterapp.commands.hasCommand('tracelab:open-panel')") is extended
    page.close()
    return took, 1000 * metrics["TaskDuration"]


def size() -> None:
    """The files."""
    for path in sorted((lab.EXTENSION / "labextensions" / "tracelab" / "static").iterdir()):
        content = path.read_bytes()
        packed = gzip.compress(content)
        print(f"{path.name.split('.')[0]:<52} {len(content) / 1000:7.1f} KB, {len(packed) / 1000:.1f} KB gz")


@contextmanager
def serving(*cells: str) -> Iterator[str]:
    """The address of a JupyterLab with a notebook."""
    folder = Path(tempfile.mkdtemp()) / "work"
    folder.mkdir()
    lab.write(folder / "trace.ipynb", *cells)
    with lab.server(folder) as address:
        yield address


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        yield browser
        browser.close()


@contextmanager
def opened(cell: str) -> Iterator[Page]:
    """A notebook with the panel beside it."""
    with serving(cell) as address, browsing() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        with_panel(page, address, "trace.ipynb")
        yield page


PARTS = {"update": update, "findings": findings, "start": start, "size": size}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
