"""Two captures side by side, in a page of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from tests.browser.seeing import box
from tests.browser.starting import AXE
from tests.renderers.samples import HOSTILE
from tests.renderers.test_pair import compared

Pair = Callable[..., Page]
READY = "() => document.querySelectorAll('.side[data-state=ready]').length === 2"


@pytest.fixture
def opened(context: Callable[..., BrowserContext], tmp_path: Path) -> Pair:
    def open_pair(text: str = "net", **options: object) -> Page:
        page = context(**options).new_page()
        page.set_default_timeout(10_000)
        page.goto(compared(text).report(tmp_path / "pair.html").as_uri())
        page.wait_for_function(READY)
        return page

    return open_pair


def sides(page: Page) -> list[Locator]:
    return page.locator("#sides > section > .side").all()


def test_a_line_that_is_chosen_is_seen_in_both(opened: Pair) -> None:
    page = opened()
    page.locator("#places tbody tr").nth(0).get_by_role("button").click()
    first, second = sides(page)
    assert "diverges" in first.locator("article.detail h2").inner_text()
    assert "guarded" in second.locator("article.detail h2").inner_text()


def test_a_side_that_claims_nothing_of_it_shows_no_finding(opened: Pair) -> None:
    page = opened()
    page.locator("#places tbody tr").nth(1).get_by_role("button").click()
    first, second = sides(page)
    assert first.locator("article.detail").count() == 0
    assert "unproven" in second.locator("article.detail h2").inner_text()


def test_by_the_keyboard_too(opened: Pair) -> None:
    page = opened()
    page.locator("#places tbody").get_by_role("button").nth(1).press("Enter")
    assert page.locator("#places tr[aria-current=true]").count() == 1
    assert sides(page)[0].locator("article.detail").count() == 0


@pytest.mark.parametrize(("width", "are_beside"), [(1400, True), (900, True), (899, False), (400, False)])
def test_beside_where_there_is_room_and_below_where_there_is_none(opened: Pair, width: int, are_beside: bool) -> None:
    page = opened(width=width)
    first, second = map(box, sides(page))
    assert (first.y == second.y) == are_beside
    assert min(first.width, second.width) > (width / 2 - 60 if are_beside else width - 60)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_to_write_is_copied(opened: Pair) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the call").click()
    page.get_by_text("Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "program = torch.export.export(model, (x,))"


def test_without_scripts_both_are_read(context: Callable[..., BrowserContext], tmp_path: Path) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto(compared().report(tmp_path / "pair.html").as_uri())
    assert sides(page)[0].is_visible()
    assert "diverges" in sides(page)[0].inner_text()
    assert "torch.export.export(model, (x,))" in page.locator("#moving").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(opened: Pair, scheme: str) -> None:
    page = opened(color_scheme=scheme, bypass_csp=True)
    page.add_script_tag(path=AXE)
    # The panes of the two have the same names, each inside a region of its own name.
    found = page.evaluate(
        """axe.run(document, { rules: { "landmark-unique": { enabled: false } } })
            .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))"""
    )
    assert found == []


def test_anybody_s_text_is_inert(opened: Pair) -> None:
    page = opened(HOSTILE)
    page.locator("#places tbody tr").nth(0).click()
    assert page.evaluate("() => window.bad") is None
    assert page.locator("body").locator("img, script[src], iframe").count() == 0
