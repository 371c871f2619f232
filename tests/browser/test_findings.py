"""From a finding to what was frozen, in the drawing and in the source, and back."""

from __future__ import annotations

import re

import pytest

from tests.browser.captures import PROVEN, about, captured, columns
from tests.browser.conftest import Open
from tests.browser.seeing import Seen, box, in_base_36

AT_OPERATIONS = [
    ("norm_loop", 0),
    ("column_loop", 0),
    ("alternator", 1),
    ("swin", 0),
    ("mixtral", 0),
    ("mixtral", 3),
    ("partial", 1),
    ("10000", 5),
    ("100000", 5),
]
OF_LINES = [*AT_OPERATIONS, ("alternator", 0), ("resnet50", 0), ("swin", 40), ("mixtral", 30), ("partial", 0)]


def line_of(name: str, place: int) -> int:
    source = captured(name).findings[place].source
    assert source
    return source.lineno


def frozen_at(name: str, place: int) -> int:
    found = about(name).findings[place]
    return found.chain[-1] if found.chain else found.nodes[0]


def plain(sentence: str) -> str:
    return sentence.replace("`", "")


def choose(seen: Seen, name: str, place: int) -> None:
    """Finds a finding by what it says of itself, as one types it into the filter, and clicks it."""
    found = about(name).findings[place]
    alike = [one for one in about(name).findings if one.place == found.place and one.rule == found.rule]
    if len(about(name).findings) > 1:
        seen.at.get_by_role("searchbox", name="Filter findings by text").fill(f"{found.place} {found.rule}")
    seen.findings.nth(alike.index(found)).get_by_role("button").click()


@pytest.mark.parametrize(("name", "place"), AT_OPERATIONS)
def test_a_finding_selects_what_it_froze_and_brings_it_into_view(opened: Open, name: str, place: int) -> None:
    seen = opened(name)
    choose(seen, name, place)
    node = frozen_at(name, place)
    seen.wait_for_node(node)
    where = seen.where(node)
    assert where
    assert box(seen.canvas).holds(where)


@pytest.mark.parametrize(("name", "place"), OF_LINES)
def test_a_finding_shows_its_line(opened: Open, name: str, place: int) -> None:
    seen = opened(name)
    choose(seen, name, place)
    line = seen.source.locator(".code.current > .number").get_by_text(str(line_of(name, place)), exact=True)
    line.wait_for()
    assert box(seen.source).holds(box(line))


@pytest.mark.parametrize(("name", "place"), AT_OPERATIONS[:-2])
def test_the_operation_leads_back_to_its_finding(opened: Open, name: str, place: int) -> None:
    """A click on the drawing, where it says that the operation is."""
    marks = columns(name).column("mark")
    node = marks.index(place + 1)
    seen = opened(name, fragment=f"f=-&n={in_base_36(node)}")
    seen.wait_until_still()
    seen.button("Clear the selection").click()
    where = seen.where(node)
    assert where
    seen.mouse.click(*where.middle)
    seen.wait_for_node(node)
    seen.picked.locator("button.link:has(.look)").click()
    assert plain(about(name).findings[place].message) in seen.detail.inner_text()


@pytest.mark.parametrize("name", PROVEN)
def test_the_mark_at_a_line_leads_to_its_finding(opened: Open, name: str) -> None:
    seen = opened(name)
    number = seen.source.locator(".code.current > .number").inner_text()
    seen.detail.get_by_role("button", name="Close the finding").click()
    row = seen.source.locator(".code").filter(has=seen.at.locator(".number", has_text=re.compile(f"^{number}$")))
    row.locator(".annotation").first.click()
    assert plain(about(name).findings[0].message) in seen.detail.inner_text()


def test_a_click_on_a_line_selects_what_it_recorded(opened: Open) -> None:
    seen = opened("norm_loop")
    seen.at.get_by_role("button", name="Line 33, 3 recorded: select").click()
    seen.wait_until_said("linear")
    seen.picked.get_by_text("aten::linear").first.wait_for()


@pytest.mark.parametrize("name", PROVEN)
def test_a_finding_says_what_was_frozen_and_shows_its_proof(opened: Open, name: str) -> None:
    seen = opened(name)
    found = about(name).findings[0]
    assert found.witness is not None
    text = seen.detail.inner_text()
    assert found.word in text
    assert found.frozen in text
    seen.detail.get_by_role("button", name=f"Run {about(name).runs[found.witness].id}").first.click()
    assert seen.runs.get_by_role("group", name=f"Run {about(name).runs[found.witness].id}").is_visible()


def test_steps_of_why_it_is_frozen_lead_to_their_operations(opened: Open) -> None:
    seen = opened("norm_loop")
    found = about("norm_loop").findings[0]
    seen.detail.locator(".chain button").first.click()
    seen.wait_for_node(found.chain[0])


def test_counts_are_filters(opened: Open) -> None:
    seen = opened("mixtral")
    seen.at.get_by_role("group", name="Show findings that").get_by_role("button").first.click()
    seen.at.wait_for_function("() => location.hash.includes('l=error')")
    assert seen.findings.count() == 1


def test_a_filter_that_nothing_passes_can_be_left(opened: Open) -> None:
    seen = opened("mixtral")
    seen.at.get_by_role("searchbox", name="Filter findings by text").fill("no such words")
    seen.at.get_by_role("button", name="Show all 71").click()
    assert seen.findings.count() > 3
