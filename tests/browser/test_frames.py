"""In other people's pages: sandboxed frames, policies, and captures of several methods."""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.captures import about
from tests.browser.conftest import Open
from tests.browser.seeing import Seen, box

Contexts = Callable[..., BrowserContext]


@pytest.mark.parametrize("how", ["src", "srcdoc"])
@pytest.mark.parametrize("name", ["norm_loop", "mixtral"])
def test_it_works_in_a_sandboxed_frame(
    context: Contexts, report: Callable[[str], Path], tmp_path: Path, name: str, how: str
) -> None:
    inner = report(name).as_uri() if how == "src" else html.escape(report(name).read_text(encoding="utf-8"))
    outer = tmp_path / "outer.html"
    outer.write_text(f'<iframe sandbox="allow-scripts" {how}="{inner}" width="1300" height="800"></iframe>')
    page = context().new_page()
    page.goto(outer.as_uri())
    frame = page.frames[1]
    frame.wait_for_selector("#tracelab[data-state=ready]")
    seen = Seen(frame)
    assert seen.at.get_by_role("heading", level=1).inner_text() == about(name).verdict.replace("`", "")
    seen.findings.first.get_by_role("button").click()
    seen.keys.press("/")
    seen.keys.type("a")
    seen.found.get_by_role("option").first.wait_for()
    seen.keys.press("Enter")
    assert seen.said()


def test_copying_in_a_sandboxed_frame_says_how_it_went(
    context: Contexts, report: Callable[[str], Path], tmp_path: Path
) -> None:
    outer = tmp_path / "outer.html"
    outer.write_text(
        f'<iframe sandbox="allow-scripts" src="{report("norm_loop").as_uri()}" width="1300" height="800"></iframe>'
    )
    page = context().new_page()
    page.goto(outer.as_uri())
    frame = page.frames[1]
    frame.wait_for_selector("#tracelab[data-state=ready]")
    frame.get_by_role("button", name="Copy as text").click()
    assert frame.locator(".notice").inner_text() != ""


def test_a_strict_policy_is_obeyed_without_complaint(opened: Open) -> None:
    """Every violation is an error in the console, and none is allowed; here the policy is shown to be there."""
    seen = opened("norm_loop")
    policy = seen.at.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_nothing_is_kept_in_the_browser(opened: Open) -> None:
    seen = opened("norm_loop")
    seen.keys.press("n")
    kept = "() => [localStorage.length, sessionStorage.length, document.cookie, history.length]"
    assert seen.at.evaluate(kept) == [0, 0, "", 2]


def test_several_methods_have_a_graph_each(opened: Open) -> None:
    seen = opened("two_methods")
    methods = seen.at.get_by_role("combobox", name="Method")
    assert [text.strip() for text in methods.locator("option").all_inner_texts()] == ["forward", "encode"]
    methods.select_option(label="encode")
    seen.at.wait_for_function("() => location.hash.includes('g=1')")
    assert "Graph of encode" in (seen.canvas.get_attribute("aria-label") or "")
    seen.keys.press("Escape")
    seen.focus()
    seen.keys.press("/")
    seen.keys.type("tanh")
    seen.keys.press("Enter")
    seen.wait_until_said("tanh")
    seen.findings.first.get_by_role("button").click()
    seen.at.wait_for_function("() => location.hash.includes('g=0') || !location.hash.includes('g=')")
    assert "Graph of forward" in (seen.canvas.get_attribute("aria-label") or "")


def test_a_frame_that_is_small_shows_one_pane_at_a_time(opened: Open) -> None:
    seen = opened("norm_loop", width=360, height=420)
    for tab in ("Graph", "Source", "Runs", "Findings"):
        seen.at.get_by_role("navigation", name="Panes").get_by_role("button", name=tab).click()
        rooms = [name for name in ("findings", "graph", "source", "runs") if seen.room(name).is_visible()]
        assert rooms == [tab.lower()]
    assert box(seen.room("findings")).width == 360
