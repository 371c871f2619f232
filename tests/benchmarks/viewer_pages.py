"""Viewers in a browser with a clock: when the graph is there, when all of it is open, and how long frames take.

Every page is measured from inside by the same script, in a browser of its own. "There" is the second frame after the
first one in which a viewer has drawn its nodes, so that what was drawn has also been put on the screen.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Error, Page, Playwright
from playwright.sync_api import TimeoutError as TooLong

from tests.browser.starting import CHROMIUM, FLAGS

LIMIT_SECONDS = 60
WIDTH, HEIGHT, SETTLE_MS = 1400, 900, 500
PAN_MS, PAN_SECONDS, STROKE_PIXELS, STEP_PIXELS, STEP_SECONDS = 2000, 2.0, 400, 16, 0.016
# No viewer waits for fonts, icons or versions from a network that another machine may have.
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"

# It tells by attributes: Netron takes `eval` away, with which Playwright would ask.
CLOCK = """
(() => {
  const [nodes, bench] = [NODES, { instances: 0, before: "" }];
  const draw = WebGL2RenderingContext.prototype.drawElementsInstanced;
  WebGL2RenderingContext.prototype.drawElementsInstanced = function (...given) {
    bench.instances = Math.max(bench.instances, given[4]);
    return draw.apply(this, given);
  };
  const say = console.debug.bind(console);
  const tell = (name, ms) => {
    document.documentElement.setAttribute(`data-bench-${name}`, String(ms));
    say(`bench ${name} ${ms}`);
  };
  const label = () => {
    const pane = document.querySelector("#tracelab[data-state=ready]")?.shadowRoot?.querySelector(".drawing canvas");
    return pane?.getAttribute("aria-label") ?? "";
  };
  const when = (name, there, since) => {
    const told = () => tell(name, performance.now() - since);
    const look = () => requestAnimationFrame(there() ? () => requestAnimationFrame(told) : look);
    requestAnimationFrame(look);
  };
  when("painted", () => DRAWN, 0);
  addEventListener("bench-fit", (event) => {
    const button = event.composedPath()[0];
    document.documentElement.removeAttribute("data-bench-frame");
    setTimeout(() => button.click());
  });
  addEventListener("bench-open", (event) => {
    const button = event.composedPath()[0];
    setTimeout(() => {
      [bench.instances, bench.before] = [0, label()];
      when("opened", () => ALL, performance.now());
      button.click();
    });
  });
  let frames = null;
  const frame = () => {
    const now = performance.now();
    frames.push(now);
    if (now - frames[0] < PAN_MS) return requestAnimationFrame(frame);
    tell("frame", (now - frames[0]) / (frames.length - 1));
    frames = null;
  };
  const pressed = () => {
    if (frames || document.documentElement.hasAttribute("data-bench-frame")) return;
    frames = [performance.now()];
    requestAnimationFrame(frame);
  };
  addEventListener("pointerdown", pressed, { capture: true });
})();
"""


class Viewer(NamedTuple):
    """How a viewer is asked, in JavaScript: whether it has drawn, how all is opened, whether all of `nodes` is open."""

    name: str
    area: str
    """What is dragged: a selector."""
    drawn: str
    open_all: str = ""
    all_drawn: str = ""
    fit: str = ""


OURS = Viewer(
    "TraceLab",
    ".drawing canvas",
    drawn="label().includes('drawn as')",
    open_all="button:text-is('Open all')",
    all_drawn="label() !== bench.before",
    fit="button:text-is('Fit')",
)
MODEL_EXPLORER = Viewer(
    "Model Explorer",
    "canvas.main",
    drawn="bench.instances > 0",
    open_all="mat-icon:text-is('unfold_more_double')",
    all_drawn="bench.instances >= nodes",
    fit="mat-icon:text-is('fit_screen')",
)
NETRON = Viewer(
    "Netron",
    "#target",
    drawn="document.body?.className.includes('default') && document.querySelector('#canvas g.node')",
)
TORCHVISTA = Viewer("torchvista", "svg", drawn="document.querySelector('svg g[class^=node] *')")


@dataclass
class Seen:
    """What was measured of one page; what it did not come to is None."""

    painted_ms: float | None = None
    opened_ms: float | None = None
    frame_ms: float | None = None
    whole_frame_ms: float | None = None
    """The same with the whole graph in view."""
    memory_bytes: int | None = None
    """Of all the browser's processes together at the end."""
    ended: str = ""
    """`over 60 s: open all`, `died: open`: why the rest is missing."""


def look(playwright: Playwright, viewer: Viewer, url: str, nodes: int, picture: Path | None = None) -> Seen:
    """Opens a page and measures it until it fails or all is known."""
    seen = Seen()
    with a_page(playwright) as page:
        stage = "open"
        try:
            seen.painted_ms = painted(page, viewer, url, nodes)
            if viewer.open_all:
                stage = "open all"
                seen.opened_ms = opened(page, viewer)
            stage = "pan"
            seen.frame_ms = panned(page, viewer)
            if viewer.fit:
                dispatch(page, viewer.fit, "bench-fit")
                page.wait_for_timeout(SETTLE_MS)
                seen.whole_frame_ms = panned(page, viewer)
            if picture:
                page.screenshot(path=picture)
        except TooLong:
            seen.ended = f"over {LIMIT_SECONDS} s: {stage}"
        except Error as problem:
            if "crash" not in problem.message.lower():
                raise
            seen.ended = f"died: {stage}"
        seen.memory_bytes = browser_bytes()
    return seen


@contextmanager
def a_page(playwright: Playwright) -> Iterator[Page]:
    """A page in a browser that was just started."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, OFFLINE])
    try:
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_default_timeout(LIMIT_SECONDS * 1000)
        # As in a browser that has seen Netron before; without it Netron waits for a button. Its reports go nowhere.
        page.context.add_cookies([{"name": "consent", "value": "1", "url": "http://localhost"}])
        yield page
    finally:
        browser.close()


def painted(page: Page, viewer: Viewer, url: str, nodes: int) -> float:
    """From the start of the navigation to the first frame with the graph."""
    known = {"NODES": str(nodes), "DRAWN": viewer.drawn, "ALL": viewer.all_drawn or "true", "PAN_MS": str(PAN_MS)}
    page.add_init_script(re.sub("|".join(known), lambda found: known[found[0]], CLOCK))
    # To look for an attribute, Playwright runs a script of its own in the page while the page starts: some 20 ms.
    with page.expect_console_message(lambda said: said.text.startswith("bench painted ")) as said:
        page.goto(url, wait_until="commit")
    return float(said.value.text.rpartition(" ")[2])


def opened(page: Page, viewer: Viewer) -> float:
    """From the click that opens everything to the first frame with all of it."""
    page.wait_for_timeout(SETTLE_MS)
    dispatch(page, viewer.open_all, "bench-open")
    return told(page, "opened")


def dispatch(page: Page, selector: str, event: str) -> None:
    """Tells the clock of an element."""
    page.locator(selector).first.dispatch_event(event, {"bubbles": True, "composed": True})


def told(page: Page, name: str) -> float:
    """A time that the page has written down, or will."""
    written = page.wait_for_selector(f"html[data-bench-{name}]", state="attached")
    assert written
    return float(written.get_attribute(f"data-bench-{name}") or "nan")


def panned(page: Page, viewer: Viewer) -> float:
    """Milliseconds a frame while the mouse drags the graph for two seconds: strokes upward, then downward."""
    box = page.locator(viewer.area).first.bounding_box()
    assert box, "there is nothing to drag"
    right, bottom = min(WIDTH, box["x"] + box["width"]), min(HEIGHT, box["y"] + box["height"])
    # Off the middle, so that a stroke starts beside a narrow graph.
    x, y = box["x"] + (right - box["x"]) * 0.7, (box["y"] + bottom) / 2
    start, way = time.monotonic(), -STROKE_PIXELS
    while time.monotonic() - start < PAN_SECONDS:
        stroke(page, x, y, way, start + 1.25 * PAN_SECONDS)
        if time.monotonic() - start > PAN_SECONDS / 2:
            way = STROKE_PIXELS
    return told(page, "frame")


def stroke(page: Page, x: float, middle: float, way: int, end: float) -> None:
    """One drag over the middle, a step a frame; given up at the end, where each step takes the page seconds."""
    first, steps = middle - way / 2, abs(way) // STEP_PIXELS
    page.mouse.move(x, first)
    page.mouse.down()
    for step in range(1, steps + 1):
        started = time.monotonic()
        if started > end:
            break
        page.mouse.move(x, first + way * step / steps)
        time.sleep(max(0.0, STEP_SECONDS - (time.monotonic() - started)))
    page.mouse.up()


def empty_page_bytes(playwright: Playwright) -> int:
    """What the browser takes with nothing in it."""
    with a_page(playwright) as page:
        page.goto("data:text/html,<p>nothing")
        page.wait_for_timeout(SETTLE_MS)
        return browser_bytes()


def browser_bytes() -> int:
    """What all browser processes that this one has started hold together, without the files that they map.

    Not RSS, which counts in each process what all of them share, nor what other browsers here share with them.
    """
    parents = {int(at.name): parent(int(at.name)) for at in Path("/proc").iterdir() if at.name.isdigit()}
    mine: set[int] = {os.getpid()}
    while more := {pid for pid, of in parents.items() if of in mine} - mine:
        mine |= more
    return sum(held_bytes(pid) for pid in mine if "chrom" in read(pid, "comm"))


def parent(pid: int) -> int:
    """0 where the process is gone."""
    return int((read(pid, "stat").rpartition(")")[2].split() or ["", "0"])[1])


def held_bytes(pid: int) -> int:
    """Its share of anonymous and of shared memory."""
    rows = (row.split() for row in read(pid, "smaps_rollup").splitlines()[1:])
    return sum(int(row[1]) * 1024 for row in rows if row[0] in ("Pss_Anon:", "Pss_Shmem:"))


def read(pid: int, name: str) -> str:
    """A file about a process; empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""
