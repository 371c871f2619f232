"""Everything by keyboard alone, from a report that was just opened."""

from __future__ import annotations

import pytest

from tests.browser.captures import REAL, about, columns
from tests.browser.conftest import Open
from tests.browser.seeing import Seen, box, in_base_36


def test_a_report_has_the_keyboard_when_it_opens(opened: Open) -> None:
    seen = opened("norm_loop")
    seen.keys.press("/")
    assert seen.search.evaluate("field => field.getRootNode().activeElement === field")


def test_keys_are_listed_and_the_list_closes(opened: Open) -> None:
    seen = opened("norm_loop")
    seen.keys.press("?")
    sheet = seen.at.get_by_role("dialog", name="Keys")
    sheet.get_by_text("next, previous finding").wait_for()
    seen.keys.press("Escape")
    sheet.wait_for(state="detached")


def test_every_key_of_the_list_is_tested_here(opened: Open) -> None:
    seen = opened("norm_loop")
    seen.keys.press("?")
    listed = seen.at.get_by_role("dialog", name="Keys").locator("kbd").all_inner_texts()
    assert listed == ["↑", "↓", "←", "→", "Enter", "Esc", "/", "n", "p", "d", "D", "o", "+", "\N{MINUS SIGN}", "0", "?"]


@pytest.mark.parametrize(("key", "factor"), [("+", 1.25), ("=", 1.25), ("-", 0.8)])
def test_plus_and_minus_zoom_and_the_middle_stays(opened: Open, key: str, factor: float) -> None:
    seen = opened("norm_loop")
    before, canvas = seen.where(0), box(seen.canvas)
    seen.keys.press(key)
    after = seen.where(0)
    assert before
    assert after
    assert after.width == pytest.approx(before.width * factor, rel=0.01)
    middle = canvas.x + canvas.width / 2
    assert after.x - middle == pytest.approx((before.x - middle) * factor, abs=1)


def test_0_shows_the_whole_graph(opened: Open) -> None:
    seen = opened("column_loop")
    for _ in range(6):
        seen.keys.press("+")
    last = len(columns("column_loop").column("op")) - 1
    canvas, lost = box(seen.canvas), seen.where(last)
    assert lost
    assert not canvas.holds(lost)
    seen.keys.press("0")
    assert all(where and canvas.holds(where) for where in (seen.where(0), seen.where(last)))


def test_left_and_right_walk_along_the_row(opened: Open) -> None:
    """The three first slices stand beside each other."""
    of = [node for node, label in enumerate(columns("column_loop").texts("label")) if label == "slice"]
    seen = opened("column_loop", fragment=f"f=-&n={in_base_36(of[0])}")
    beside = sorted((where.x, node) for node in of if (where := seen.where(node)) and where.y == seen_y(seen, of[0]))
    order = [node for _, node in beside]
    start = order.index(of[0])
    for node in order[start + 1 :]:
        seen.keys.press("ArrowRight")
        seen.wait_for_node(node)
    for node in order[-2::-1]:
        seen.keys.press("ArrowLeft")
        seen.wait_for_node(node)


def seen_y(seen: Seen, node: int) -> float:
    where = seen.where(node)
    assert where
    return where.y


@pytest.mark.parametrize("name", ["swin", "mixtral", "10000"])
def test_n_and_p_walk_through_the_findings_and_round(opened: Open, name: str) -> None:
    seen = opened(name)
    ways = [seen.keys.press(key) or seen.wait_for_another_finding() for key in "nnppp"]
    assert ways[0] == ways[2]
    assert ways[3] == about(name).findings[0].id
    assert len(set(ways)) == 4


def test_what_n_chooses_is_in_view(opened: Open) -> None:
    seen = opened("mixtral")
    for _ in range(20):
        seen.keys.press("n")
    current = seen.at.locator(".finding [aria-current=true]").bounding_box()
    around = seen.at.locator(".virtual.findings").bounding_box()
    assert current
    assert around
    assert around["y"] <= current["y"]
    assert current["y"] + current["height"] <= around["y"] + around["height"] + 1


def test_arrows_walk_down_from_the_input_to_the_output_and_back(opened: Open) -> None:
    seen = opened("clean", fragment="f=-&o=*")
    start = ""
    steps: list[str] = []
    for _ in range(8):
        seen.keys.press("ArrowDown")
        steps.append(seen.said())
    assert steps[0].startswith("x")
    assert any("linear" in step for step in steps)
    assert steps[-1].startswith("output")
    for _ in range(12):
        seen.keys.press("ArrowUp")
        start = seen.said()
        if start == steps[0]:
            break
    assert start == steps[0]


def test_enter_opens_and_closes_the_module_that_is_selected(opened: Open) -> None:
    linear = columns("norm_loop").texts("fqn").index("linear")
    seen = opened("norm_loop", fragment=f"f=-&o=-&s={in_base_36(linear)}")
    seen.wait_until_said("Module linear, closed")
    seen.keys.press("Enter")
    seen.wait_until_said("Module linear, open")
    seen.keys.press("Enter")
    seen.wait_until_said("Module linear, closed")


def test_escape_closes_what_is_on_top_then_the_selection_then_the_finding(opened: Open) -> None:
    seen = opened("norm_loop")
    seen.keys.press("/")
    seen.search.wait_for()
    seen.keys.press("Escape")
    assert seen.search.count() == 0
    assert seen.picked.count() == 1
    seen.keys.press("Escape")
    assert seen.picked.count() == 0
    assert seen.detail.count() == 1
    seen.keys.press("Escape")
    assert seen.detail.count() == 0


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("resnet50", "batch_norm", "batch_norm"),
        ("swin", "layernorm_before", "Module layernorm_before"),
        ("100000", "mlp", "mlp"),
    ],
)
def test_search_finds_goes_there_and_gives_the_keyboard_back(opened: Open, name: str, words: str, said: str) -> None:
    seen = opened(name)
    seen.keys.press("/")
    seen.keys.type(words)
    seen.found.get_by_role("option").first.wait_for()
    seen.keys.press("Enter")
    seen.wait_until_said(said)
    assert seen.search.count() == 0
    seen.keys.press("Escape")
    assert seen.said() == ""


def test_search_says_when_there_is_nothing(opened: Open) -> None:
    seen = opened("clean")
    seen.keys.press("/")
    seen.keys.type("no such thing")
    assert seen.at.get_by_text("Nothing is called that.").is_visible()


def test_arrows_choose_among_what_was_found(opened: Open) -> None:
    seen = opened("resnet50")
    seen.keys.press("/")
    seen.keys.type("relu")
    second = seen.found.get_by_role("option").nth(1)
    second.wait_for()
    seen.keys.press("ArrowDown")
    assert second.get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("name", ["two_methods", "column_loop", "mixtral"])
def test_d_walks_through_the_nodes_that_differ(opened: Open, name: str) -> None:
    seen = opened(name)
    run = about(name).runs[about(name).findings[0].witness or 0]
    seen.keys.press("Escape")
    differing = {*(along.node for along in run.along), run.first_divergence}
    nodes = sorted(node for node in differing if node is not None)
    for node in nodes[:3]:
        seen.keys.press("d")
        seen.wait_for_node(node)
    for node in [*nodes[:3][-2::-1], nodes[-1]]:
        seen.keys.press("D")
        seen.wait_for_node(node)


def test_o_shows_only_what_differs_and_all_again(opened: Open) -> None:
    seen = opened("late")
    whole = seen.boxes()
    seen.keys.press("o")
    assert seen.boxes() < whole
    seen.keys.press("o")
    assert seen.boxes() == whole


@pytest.mark.parametrize("name", REAL)
def test_letters_that_are_typed_into_a_field_do_nothing_else(opened: Open, name: str) -> None:
    seen = opened(name)
    before = seen.said()
    seen.keys.press("/")
    seen.keys.type("np?d0+-/")
    assert seen.search.input_value() == "np?d0+-/"
    assert seen.said() == before
    assert seen.at.get_by_role("dialog").count() == 0


def test_the_tree_is_walked_with_the_arrows(opened: Open) -> None:
    seen = opened("mixtral", fragment="f=-&o=-")
    seen.button("Modules").press("Enter")
    seen.tree.focus()
    seen.keys.press("Home")
    first = seen.said()
    seen.keys.press("ArrowDown")
    assert seen.said() != first
    seen.keys.press("End")
    seen.wait_until_said("output")


def test_every_control_is_reached_with_tab_and_left_again(opened: Open) -> None:
    """No trap: Tab leads through all four panes and round."""
    seen = opened("norm_loop")
    passed: set[str] = set()
    for _ in range(80):
        seen.keys.press("Tab")
        passed.add(seen.at.evaluate(_ROOM))
    assert {"Findings", "Graph", "Source", "Runs", ""} <= passed


_ROOM = """() => {
    const root = document.querySelector("#tracelab").shadowRoot;
    return root.activeElement?.closest(".room")?.ariaLabel ?? "";
}"""
