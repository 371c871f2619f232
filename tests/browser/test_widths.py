"""From 400 to 2,000 pixels: panes do not overlap, nothing stands out of its pane, the page does not scroll."""

from __future__ import annotations

import itertools

import pytest

from tests.browser.captures import ALL
from tests.browser.conftest import Open
from tests.browser.seeing import Box, Seen, box

PANES = ("findings", "graph", "source", "runs")


def wide_open(seen: Seen) -> list[str]:
    """Elements that are wider than the pane around them, where that does not scroll."""
    return seen.at.evaluate(TOO_WIDE)


TOO_WIDE = """() => {
    const root = document.querySelector("#tracelab").shadowRoot;
    const out = [];
    const scrolls = (element) => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
    for (const element of root.querySelectorAll(".bar *, .room *")) {
        const rect = element.getBoundingClientRect();
        if (rect.width === 0 || element.closest(".hidden")) continue;
        let around = element.parentElement;
        while (around && !scrolls(around) && !around.matches(".bar, .room")) around = around.parentElement;
        const edge = (around ?? element).getBoundingClientRect();
        const inside = around && getComputedStyle(around).overflowX !== "visible" && !around.matches(".room");
        if (!inside && (rect.right > edge.right + 1 || rect.left < edge.left - 1)) {
            out.push(`${element.tagName}.${element.className} ${rect.left}-${rect.right}, ${edge.left}-${edge.right}`);
        }
    }
    return out;
}"""
SCROLLED = """() => {
    const page = document.scrollingElement;
    return [page.scrollWidth > innerWidth, page.scrollHeight > innerHeight];
}"""


def at_width(seen: Seen, width: int) -> None:
    seen.page.set_viewport_size({"width": width, "height": 900})
    seen.at.wait_for_function("width => document.querySelector('#tracelab').clientWidth === width", arg=width)
    # Lists look at their new size in the next frame.
    seen.at.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("name", ["norm_loop", "mixtral", "partial", "nothing"])
def test_panes_fill_the_window_and_do_not_overlap(opened: Open, name: str) -> None:
    seen = opened(name)
    for width in (900, 1400, 2000):
        at_width(seen, width)
        boxes = [box(seen.at.locator(".bar")), *(box(seen.room(pane)) for pane in PANES)]
        assert all(Box(0, 0, width, 900).holds(one) for one in boxes)
        assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meets(pair[1])]
        assert sum(one.width * one.height for one in boxes) > 0.99 * width * 900


@pytest.mark.parametrize("name", ALL[:-3])
def test_nothing_is_wider_than_its_pane(opened: Open, name: str) -> None:
    seen = opened(name)
    for width in (320, 400, 899, 900, 1400, 2000):
        at_width(seen, width)
        assert (width, seen.at.evaluate(SCROLLED)) == (width, [False, False])
        assert (width, wide_open(seen)) == (width, [])


@pytest.mark.parametrize("name", ["column_loop", "mixtral", "partial", "clean", "empty"])
def test_at_400_pixels_each_pane_has_the_whole_width(opened: Open, name: str) -> None:
    seen = opened(name, width=400, height=800)
    for tab in ("Findings", "Graph", "Source", "Runs"):
        seen.at.get_by_role("navigation", name="Panes").get_by_role("button", name=tab).click()
        assert box(seen.room(tab.lower())).width == 400
        assert (tab, wide_open(seen)) == (tab, [])
        assert seen.at.evaluate(SCROLLED) == [False, False]


def test_at_400_pixels_a_finding_leads_to_the_graph_and_the_source(opened: Open) -> None:
    seen = opened("norm_loop", width=400, height=800)
    seen.detail.locator(".where button").click()
    assert seen.canvas.is_visible()
    where = seen.where(seen.wait_for_any_node())
    assert where
    assert box(seen.canvas).meets(where)
    seen.at.get_by_role("navigation", name="Panes").get_by_role("button", name="Source").click()
    assert seen.source.locator(".code.current").is_visible()


def test_the_line_between_two_panes_is_moved(opened: Open) -> None:
    seen = opened("norm_loop")
    before = box(seen.room("findings")).width
    line = box(seen.at.get_by_role("separator", name="Width of the findings"))
    seen.mouse.move(*line.middle)
    seen.mouse.down()
    seen.mouse.move(line.x + 80, line.y + 100)
    seen.mouse.up()
    assert abs(box(seen.room("findings")).width - before - 80) <= 2
    seen.at.get_by_role("separator", name="Width of the findings").press("ArrowLeft")
    assert box(seen.room("findings")).width < before + 70


def test_a_window_that_changes_its_size_keeps_the_drawing(opened: Open) -> None:
    seen = opened("norm_loop")
    for width in (500, 1800, 1000):
        seen.page.set_viewport_size({"width": width, "height": 700})
        seen.wait_until_still()
        if seen.canvas.is_visible():
            assert seen.colours(box(seen.canvas)) > 4
