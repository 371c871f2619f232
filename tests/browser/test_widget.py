"""The widget's module in a plain page, with a stand-in for anywidget's model: the host file alone, and no kernel."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.captures import about, captured, columns
from tracelab.jupyter import widget
from tracelab.viewer import packed

pytestmark = pytest.mark.skipif(widget.script() is None, reason="`make viewer` was not run")

START = """
async ([code, packed, state, views]) => {
  const module = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  const bytes = Uint8Array.from("odd" + atob(packed), (char) => char.charCodeAt(0));  // a view lies at any offset
  const heard = {};
  const values = { document: new DataView(bytes.buffer, 3), finding: null, run: null, selection: null, ...state };
  window.saved = 0;
  window.model = {
    get: (name) => values[name],
    set: (name, value) => {
      if (values[name] === value) return;
      values[name] = value;
      for (const each of [...(heard[`change:${name}`] ?? [])]) each();
    },
    save_changes: () => { window.saved++; },
    on: (event, each) => { (heard[event] ??= []).push(each); },
    off: (event, each) => { heard[event] = heard[event].filter((one) => one !== each); },
    heard: () => Object.values(heard).flat().length,
  };
  window.ends = views.map((id) => module.default.render({ model: window.model, el: document.getElementById(id) }));
}
"""
STATE = "() => Object.fromEntries(['finding', 'run', 'selection'].map((name) => [name, window.model.get(name)]))"


class Shown:
    """A page with views of one widget."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def view(self, name: str = "a") -> Any:
        return self.page.locator(f"#{name}")

    def state(self) -> dict[str, Any]:
        return self.page.evaluate(STATE)

    def set(self, name: str, value: Any) -> None:
        """As a message from the kernel does."""
        self.page.evaluate("([name, value]) => window.model.set(name, value)", [name, value])


@pytest.fixture
def show(context: Callable[..., BrowserContext]) -> Callable[..., Shown]:
    def shown(
        what: str = "clean", views: str = "a", data: bytes | None = None, prepare: str = "", **state: Any
    ) -> Shown:
        page = context(color_scheme="light").new_page()
        page.set_default_timeout(10_000)
        page.set_content("".join(f'<div id="{name}"></div>' for name in views))
        if prepare:
            page.evaluate(prepare)
        given = packed(captured(what)) if data is None else data
        page.evaluate(START, [widget.script(), base64.b64encode(given).decode(), {"height": 560, **state}, [*views]])
        for name in views:
            page.wait_for_selector(f"#{name} > div:not([data-state=loading])", state="attached")
        return Shown(page)

    return shown


def ids(name: str) -> list[str]:
    return [finding.id for finding in captured(name).findings]


def current(shown: Shown, view: str = "a") -> Any:
    """The finding in view, in the list."""
    return shown.view(view).get_by_role("list", name="Findings").locator("button[aria-current=true]")


def test_the_viewer_says_the_answer(show: Callable[..., Shown]) -> None:
    expect(show("alternator").view().locator(".viewer")).to_contain_text(about("alternator").verdict)


def test_what_the_viewer_begins_with_crosses_nothing_that_python_asks(show: Callable[..., Shown]) -> None:
    shown = show("alternator")
    expect(current(shown)).to_contain_text(about("alternator").findings[0].rule)
    assert shown.page.evaluate("window.saved") == 0
    shown.set("finding", ids("alternator")[1])
    shown.set("selection", {"node": 0})
    shown.page.wait_for_timeout(400)
    assert shown.state()["finding"] == ids("alternator")[1]
    assert shown.state()["selection"] == {"node": 0}


def test_a_finding_set_before_is_the_one_that_is_shown(show: Callable[..., Shown]) -> None:
    shown = show("alternator", finding=ids("alternator")[1])
    expect(current(shown)).to_contain_text(about("alternator").findings[1].message.split("`")[0])
    assert shown.state()["finding"] == ids("alternator")[1]


def test_a_click_on_a_finding_is_heard_by_the_model(show: Callable[..., Shown]) -> None:
    shown = show("alternator")
    shown.view().get_by_role("list", name="Findings").get_by_role("button").nth(1).click()
    shown.page.wait_for_function("id => window.model.get('finding') === id", arg=ids("alternator")[1])


def test_a_finding_that_python_sets_takes_its_operation_along(show: Callable[..., Shown]) -> None:
    shown = show("alternator")
    shown.set("finding", ids("alternator")[1])
    ours = about("alternator").findings[1]
    node = (ours.chain or ours.nodes)[-1 if ours.chain else 0]
    wanted = columns("alternator").column("id")[node]
    shown.page.wait_for_function("id => window.model.get('selection')?.node === id", arg=wanted)


def test_two_views_stay_in_step(show: Callable[..., Shown]) -> None:
    shown = show("alternator", views="ab")
    for view, other, place in (("a", "b", 1), ("b", "a", 0)):
        shown.view(view).get_by_role("list", name="Findings").get_by_role("button").nth(place).click()
        text = current(shown, view).text_content() or ""
        expect(current(shown, other)).to_have_text(text)


def test_two_views_settle(show: Callable[..., Shown]) -> None:
    shown = show("alternator", views="ab")
    shown.set("finding", ids("alternator")[1])
    shown.page.wait_for_timeout(500)
    saved = shown.page.evaluate("window.saved")
    shown.page.wait_for_timeout(300)
    assert shown.page.evaluate("window.saved") == saved <= 4


@pytest.mark.parametrize(
    "selection",
    [{"module": "inner", "call": 0, "method": "encode"}, {"module": "inner", "call": 0, "method": "forward"}],
)
def test_a_module_is_selected_by_its_name(show: Callable[..., Shown], selection: dict[str, Any]) -> None:
    shown = show("two_methods")
    shown.set("selection", selection)
    picked = shown.view().get_by_role("region", name="What is selected")
    expect(picked).to_contain_text("inner")
    assert shown.state()["selection"] == selection


def test_a_selection_is_taken_away(show: Callable[..., Shown]) -> None:
    shown = show("two_methods")
    clear = shown.view().get_by_role("button", name="Clear the selection")
    shown.set("selection", {"node": 0})
    expect(clear).to_be_visible()
    shown.set("selection", None)
    expect(clear).to_be_hidden()
    assert shown.state()["selection"] is None


@pytest.mark.parametrize(("name", "value"), [("finding", "gone"), ("run", 10_000), ("selection", {"node": 10_000})])
def test_what_is_not_there_is_taken_back(show: Callable[..., Shown], name: str, value: Any) -> None:
    worst = captured("alternator").findings[0]
    assert worst.witness
    shown = show("alternator", finding=ids("alternator")[1], run=worst.witness.id)
    shown.page.wait_for_function("() => window.saved > 0")
    before = shown.state()
    shown.set(name, value)
    shown.page.wait_for_function(
        "([name, was]) => JSON.stringify(window.model.get(name)) === was",
        arg=[name, json.dumps(before[name], separators=(",", ":"))],
    )


def test_the_height_is_in_css_pixels(show: Callable[..., Shown]) -> None:
    shown = show("clean")
    height = "() => document.querySelector('#a > div').getBoundingClientRect().height"
    assert shown.page.evaluate(height) == 560
    shown.set("height", 700)
    assert shown.page.evaluate(height) == 700


def test_the_theme_follows_jupyterlab_unless_python_says_otherwise(show: Callable[..., Shown]) -> None:
    shown = show("clean", theme="auto")
    viewer = shown.view().locator(".viewer")
    expect(viewer).to_have_class(re.compile("light"))
    shown.page.emulate_media(color_scheme="dark")
    expect(viewer).to_have_class(re.compile("dark"))
    shown.page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    expect(viewer).to_have_class(re.compile("light"))
    shown.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    expect(viewer).to_have_class(re.compile("dark"))
    shown.set("theme", "light")
    expect(viewer).to_have_class(re.compile("light"))


def test_another_document_takes_the_place_of_the_first(show: Callable[..., Shown]) -> None:
    shown = show("clean")
    other = base64.b64encode(packed(captured("alternator"))).decode()
    shown.page.evaluate(
        "text => model.set('document', new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer))",
        other,
    )
    expect(shown.view().locator(".viewer")).to_contain_text(about("alternator").verdict)


@pytest.mark.parametrize("data", [b"", b"no gzip", b"\x1f\x8b\x08"])
def test_a_damaged_document_is_said_and_no_empty_box(show: Callable[..., Shown], data: bytes) -> None:
    expect(show(data=data).view().get_by_role("alert")).to_contain_text("cannot be shown")


def test_without_a_document_the_element_says_so(show: Callable[..., Shown]) -> None:
    expect(show(document=None).view().get_by_role("alert")).to_contain_text("the kernel has sent no document")


def test_what_is_taken_from_the_page_leaves_nothing_behind(show: Callable[..., Shown]) -> None:
    shown = show("clean", views="ab")
    shown.page.evaluate("window.ends[0]()")
    assert shown.page.evaluate("document.getElementById('a').childElementCount") == 0
    expect(shown.view("b").locator(".viewer")).to_be_visible()
    shown.page.evaluate("window.ends[1]()")
    assert shown.page.evaluate("window.model.heard()") == 0


HEARING = """() => {
    document.body.dataset.tracelabGoTo = "";
    document.addEventListener("tracelab-go-to", ({ detail }) => (window.asked = detail));
}"""


@pytest.mark.parametrize("where", ["article.detail", ".source-room"])
def test_a_page_that_has_the_code_is_asked_for_the_line_by_the_keyboard(show: Callable[..., Shown], where: str) -> None:
    shown = show("norm_loop", prepare=HEARING)
    expect(shown.view().get_by_role("button", name="Go to line")).to_have_count(2)
    shown.view().locator(where).get_by_role("button", name="Go to line").focus()
    shown.page.keyboard.press("Enter")
    source = captured("norm_loop").findings[0].source
    asked = shown.page.evaluate("window.asked")
    assert source
    assert (asked["filename"], asked["lineno"]) == (source.filename, source.lineno)
    assert asked["text"].splitlines()[source.lineno - 1].strip()


def test_a_page_without_the_code_is_not_asked(show: Callable[..., Shown]) -> None:
    shown = show("norm_loop")
    expect(shown.view().locator("article.detail")).to_be_visible()
    expect(shown.view().get_by_role("button", name="Go to line")).to_have_count(0)
