"""Eager against captured along the graph: what colours mean, the way through what differs, and only what differs."""

from __future__ import annotations

import pytest

from tests.browser.captures import about, columns
from tests.browser.conftest import Open
from tests.browser.seeing import box


def agreeing(name: str) -> list[int]:
    """The operations in which the Run in view shows no difference, one after the other."""
    run = about(name).runs[about(name).findings[0].witness or 0]
    first = run.first_divergence
    assert first is not None
    return [node for node, op in enumerate(columns(name).column("op")) if op == 2 and node < first]


@pytest.mark.parametrize("name", ["norm_loop", "swin"])
@pytest.mark.parametrize("width", [400, 1400])
def test_what_the_colours_mean_stands_beside_the_drawing_and_not_on_it(opened: Open, name: str, width: int) -> None:
    seen = opened(name, width=width)
    if width == 400:
        seen.button("Graph").click()
    assert not box(seen.compared).meets(box(seen.canvas))
    assert seen.compared.get_by_text("wholly").is_visible() == (width == 1400)


def test_buttons_step_through_what_differs_and_say_where_one_is(opened: Open) -> None:
    seen = opened("late")
    seen.button("Next difference in the graph").click()
    seen.compared.get_by_text("1 of 3").wait_for()
    first = seen.said()
    seen.button("Previous difference in the graph").click()
    seen.compared.get_by_text("3 of 3").wait_for()
    seen.button("Next difference in the graph").click()
    seen.wait_until_said(first)


def test_what_agrees_is_drawn_together_and_comes_apart_by_a_click(opened: Open) -> None:
    seen = opened("late")
    whole, together = seen.boxes(), agreeing("late")[:8]
    seen.button("Only what differs").click()
    assert len({seen.where(node) for node in together}) == 1
    assert seen.boxes() == whole - len(together) + 1
    where = seen.where(together[0])
    assert where
    seen.mouse.click(where.x + where.width / 2, where.y + where.height / 2)
    assert len({seen.where(node) for node in together}) == len(together)


def test_what_is_gone_to_comes_apart_from_what_it_is_drawn_with(opened: Open) -> None:
    seen = opened("late")
    first, second, third, *_ = agreeing("late")
    seen.keys.press("o")
    assert seen.where(first) == seen.where(second)
    seen.keys.press("/")
    seen.keys.type("tanh")
    seen.found.get_by_role("option").nth(1).click()
    seen.wait_for_node(second)
    assert len({seen.where(node) for node in (first, second, third)}) == 3


def test_another_run_shows_its_own_differences(opened: Open) -> None:
    seen = opened("late")
    whole = seen.boxes()
    seen.keys.press("o")
    assert seen.boxes() < whole
    seen.runs.get_by_text("the example inputs").click()
    seen.at.wait_for_function(
        "whole => document.querySelector('#tracelab').shadowRoot"
        ".querySelector('.drawing canvas').ariaLabel.includes(`drawn as ${whole} `)",
        arg=whole,
    )
