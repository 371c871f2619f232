"""Modules and folds open and close: on the drawing, through the tree, and all at once."""

from __future__ import annotations

import itertools

import pytest

from tests.browser.captures import captured, columns
from tests.browser.conftest import Open
from tests.browser.seeing import Seen, box, in_base_36

NESTED = ("resnet50", "swin", "mixtral", "10000", "100000")
SIGN = 8
"""Pixels from the left border of a box to its triangle."""


def scope(name: str, fqn: str) -> int:
    return columns(name).texts("fqn").index(fqn)


def inside(name: str, of: int) -> int:
    """An operation that a module itself recorded."""
    read = columns(name)
    return next(n for n, at in enumerate(read.column("scope")) if at == of and read.column("op")[n] == 2)


def only(name: str, of: int) -> str:
    """A link to a module, with nothing open."""
    return f"f=-&o=-&s={in_base_36(of)}"


def press_sign(seen: Seen, of: int) -> None:
    where = seen.where_scope(of)
    assert where
    seen.mouse.click(where.x + SIGN, where.y + min(12, where.height / 2))


MODULES = {"norm_loop": "linear", "resnet50": "model.classifier.1", "mixtral": "model.lm_head"}


@pytest.mark.parametrize(("name", "fqn"), MODULES.items())
def test_its_sign_on_the_drawing_opens_and_closes_a_module(opened: Open, name: str, fqn: str) -> None:
    of = scope(name, fqn)
    seen = opened(name, fragment=only(name, of))
    closed = seen.where_scope(of)
    assert closed
    assert seen.where(inside(name, of)) == closed
    press_sign(seen, of)
    seen.wait_until_said(", open,")
    held, holder = seen.where(inside(name, of)), seen.where_scope(of)
    assert held
    assert holder
    assert holder.holds(held)
    assert held.height < holder.height
    press_sign(seen, of)
    seen.wait_until_said(", closed,")
    assert seen.where(inside(name, of)) == seen.where_scope(of)


@pytest.mark.parametrize("name", ["resnet50", "swin", "mixtral"])
def test_the_tree_opens_and_closes_what_the_drawing_does(opened: Open, name: str) -> None:
    seen = opened(name, fragment="f=-&o=-")
    seen.button("Modules").click()
    first = seen.tree.get_by_role("treeitem", expanded=False).first
    before = seen.tree.get_by_role("treeitem").count()
    first.locator(".twist").click()
    assert seen.tree.get_by_role("treeitem").count() > before
    assert seen.tree.get_by_role("treeitem", expanded=True).count() == 1
    seen.at.wait_for_function("() => /(^|[#&])o=[^-]/.test(location.hash)")
    seen.tree.get_by_role("treeitem", expanded=True).locator(".twist").click()
    assert seen.tree.get_by_role("treeitem").count() == before


def test_a_row_of_the_tree_selects_its_node_and_brings_it_into_view(opened: Open) -> None:
    seen = opened("norm_loop")
    seen.button("Modules").click()
    seen.tree.get_by_role("treeitem", name="norm").first.click()
    seen.wait_until_said("norm")
    seen.wait_until_still()
    node = seen.wait_for_any_node()
    where = seen.where(node)
    assert where
    assert box(seen.canvas).holds(where)


@pytest.mark.parametrize("name", NESTED)
def test_everything_opens_and_closes(opened: Open, name: str) -> None:
    seen = opened(name)
    amount = "() => document.querySelector('#tracelab').shadowRoot.querySelector('canvas').ariaLabel"
    seen.button("Close all").click()
    few = _boxes(seen.at.evaluate(amount))
    seen.button("Open all").click()
    many = _boxes(seen.at.evaluate(amount))
    assert few < 40 < many
    assert many >= len([n for n in captured(name).graph.nodes if n.op != "get_attr"])
    seen.at.wait_for_function("() => location.hash.includes('o=*') || location.hash.includes('o=%2A')")


def _boxes(said: str) -> int:
    return int(said.split("drawn as ")[1].split()[0].replace(",", ""))


def folds(name: str) -> list[int]:
    """The first modules in a row, of at least three, that hold the same."""
    parent, same = columns(name).column("parent"), columns(name).column("same")
    for around in range(len(parent)):
        held = [n for n in range(1, len(parent)) if parent[n] == around]
        for number, run in itertools.groupby(held, key=same.__getitem__):
            alike = list(run)
            if number and len(alike) >= 3:
                return alike
    raise AssertionError(f"{name} has none")


@pytest.mark.parametrize("name", ["resnet50"])
def test_modules_that_hold_the_same_are_folded_to_one(opened: Open, name: str) -> None:
    first, second, *_ = folds(name)
    seen = opened(name, fragment=only(name, second))
    assert seen.where_scope(first) != seen.where_scope(second)
    seen.button("Modules").click()
    seen.tree.locator(f"#tree-fold-{first} .twist").click()
    assert seen.where_scope(first) == seen.where_scope(second)


def test_opening_a_module_leaves_it_under_the_pointer(opened: Open) -> None:
    of = scope("norm_loop", "linear")
    seen = opened("norm_loop", fragment=only("norm_loop", of))
    before = seen.where_scope(of)
    press_sign(seen, of)
    after = seen.where_scope(of)
    assert before
    assert after
    assert abs(before.middle[0] - after.middle[0]) < 40
    assert abs(before.y - after.y) < 40


def test_the_drawing_is_drawn_where_it_says(opened: Open) -> None:
    """Inside the box of an operation there are words; beside the drawing there is paper."""
    seen = opened("norm_loop")
    where, canvas = seen.where(3), box(seen.canvas)
    assert where
    assert seen.colours(where) > 4
    assert seen.colours(where._replace(x=canvas.x + canvas.width - 20, y=canvas.y + 2, width=18, height=18)) == 1
