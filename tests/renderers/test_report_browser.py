"""The report with the built viewer in a real browser: from a file, in a frame, without script, and on paper."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.starting import CHROMIUM, chromium
from tests.renderers.pages import hostile
from tests.renderers.samples import RUNS, capture, chain, finding, proven
from tracelab.renderers import bundle
from tracelab.renderers.html import report

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or bundle.script() is None, reason="needs chromium and the built viewer (`make test` gets both)"
)
READY = "() => document.querySelector('#tracelab')?.shadowRoot?.textContent.includes('data-dependent-branch')"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = chromium(playwright)
        yield started
        started.close()


@pytest.fixture
def told() -> list[str]:
    """What a page complained of, and what it asked the network for."""
    return []


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, told: list[str]) -> Iterator[Open]:
    """Opens a page from a file."""
    made = []

    def heard(message: ConsoleMessage) -> None:
        told.append(f"{message.type}: {message.text}")

    def open_page(text: str, **options: object) -> Page:
        context = browser.new_context(**options)  # pyright: ignore[reportArgumentType]
        made.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith("file:") else told.append(asked.url))
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        page.goto((tmp_path / "page.html").as_uri())
        return page

    yield open_page
    for context in made:
        context.close()


def test_a_report_opens_from_a_file_without_a_word_of_complaint(opened: Open, told: list[str]) -> None:
    page = opened(report(capture(proven(), runs=RUNS)))
    page.wait_for_function(READY)
    assert not page.locator("#static").is_visible()
    assert told == []


@pytest.mark.parametrize("how", ["src", "srcdoc"])
def test_it_opens_in_a_sandboxed_frame(opened: Open, told: list[str], tmp_path: Path, how: str) -> None:
    text = report(capture(proven(), runs=RUNS))
    (tmp_path / "inner.html").write_text(text, encoding="utf-8")
    inner = "inner.html" if how == "src" else html.escape(text)
    page = opened(f'<iframe sandbox="allow-scripts" {how}="{inner}" width="900" height="600"></iframe>')
    page.frames[1].wait_for_function(READY)
    assert not page.frames[1].locator("#static").is_visible()
    assert told == []


def test_without_script_the_page_is_the_static_one(opened: Open) -> None:
    page = opened(report(capture(proven())), java_script_enabled=False)
    assert page.get_by_role("heading", name="Findings").is_visible()
    assert page.get_by_text("Shown by x negated").is_visible()


def test_a_viewer_that_cannot_be_unpacked_leaves_the_static_page(opened: Open) -> None:
    text = report(capture(finding()))
    page = opened(text.replace('id="tracelab-viewer">H4sI', 'id="tracelab-viewer">AAAA'))
    page.wait_for_function("() => !document.documentElement.classList.contains('loading')")
    assert page.get_by_role("heading", name="Findings").is_visible()


def test_a_script_that_the_report_did_not_bring_does_not_run(opened: Open, told: list[str]) -> None:
    text = report(capture(finding())).replace("<main>", "<main><script>window.bad = 1</script><p onclick='bad = 1'>")
    page = opened(text)
    page.wait_for_function(READY)
    assert page.evaluate("() => window.bad") is None
    assert any("Content Security Policy" in line for line in told)


def test_hostile_text_does_nothing(opened: Open, told: list[str]) -> None:
    page = opened(report(hostile(), title="</title><script>alert(1)</script>]]>"))
    page.wait_for_function("() => document.querySelector('#tracelab')?.shadowRoot?.textContent.includes('img src=x')")
    assert page.locator("img").count() == 0
    assert told == []


def test_on_paper_is_the_static_page_black_on_white_with_all_of_it_open(opened: Open) -> None:
    page = opened(report(capture(proven(), runs=RUNS)), color_scheme="dark")
    page.wait_for_function(READY)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.get_by_text("Where the numbers part").is_visible()
    assert page.get_by_role("cell", name="x of rank 1").is_visible()
    assert not page.locator("#tracelab").is_visible()
    colours = "() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    assert page.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_a_long_drawing_is_printed_on_several_sheets_and_no_sheet_is_empty(opened: Open) -> None:
    page = opened(report(chain(55)))
    page.emulate_media(media="print")
    assert not page.locator("#static .cut").is_visible()
    assert page.locator(".sheet").count() == len(page.locator(".sheet use").all()) > 1
    boxes = [sheet.bounding_box() for sheet in page.locator(".sheet").all()]
    assert all(box and 200 < box["height"] < 1000 for box in boxes)
