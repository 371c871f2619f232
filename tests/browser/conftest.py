"""A browser, reports of real captures in it, and an ear for every complaint."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.captures import captured
from tests.browser.seeing import Seen
from tests.browser.starting import CHROMIUM, chromium
from tracelab import schema
from tracelab.capture import Capture
from tracelab.renderers import bundle

HERE = Path(__file__).parent
Open = Callable[..., Seen]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM and bundle.script():
        return
    skip = pytest.mark.skip(reason="needs chromium and the built viewer (`make test` gets both)")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(skip)


# Not the session's: another folder's tests start a Playwright of their own, and a thread has room for one.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = chromium(playwright)
        yield started
        started.close()


@pytest.fixture(scope="package")
def report(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file of a named capture's report; each is written once."""
    folder = tmp_path_factory.mktemp("reports")
    return functools.cache(lambda name: captured(name).report(folder / f"{name}.html"))


@pytest.fixture
def told() -> list[str]:
    """What pages complained of, and what they asked the network for."""
    return []


@pytest.fixture(autouse=True)
def nobody_complains(told: list[str]) -> Iterator[None]:
    yield
    assert told == []


def listen(context: BrowserContext, told: list[str]) -> None:
    own = ("file:", "blob:", "data:", "about:")
    context.on("console", lambda message: told.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: told.append(str(error.error)))
    context.on("dialog", lambda dialog: told.append(f"dialog: {dialog.message}"))
    context.on("request", lambda asked: None if asked.url.startswith(own) else told.append(asked.url))


@pytest.fixture
def context(browser: Browser, told: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """Makes fresh windows; whatever happens in them is heard."""
    made: list[BrowserContext] = []

    def new(width: int = 1400, height: int = 900, **options: Any) -> BrowserContext:
        made.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        listen(made[-1], told)
        return made[-1]

    yield new
    for each in made:
        each.close()


@pytest.fixture
def opened(context: Callable[..., BrowserContext], report: Callable[[str], Path], tmp_path: Path) -> Open:
    """Opens the report of a capture, by its name or as it is, and waits until the viewer is there."""

    def open_report(what: str | schema.Capture, fragment: str = "", **options: Any) -> Seen:
        path = report(what) if isinstance(what, str) else Capture.of(what).report(tmp_path / "report.html")
        return seen(context(**options).new_page(), path, fragment)

    return open_report


def seen(page: Page, path: Path, fragment: str = "") -> Seen:
    page.set_default_timeout(10_000)
    page.goto(path.as_uri() + (f"#{fragment}" if fragment else ""))
    page.wait_for_selector("#tracelab[data-state=ready]")
    return Seen(page)
