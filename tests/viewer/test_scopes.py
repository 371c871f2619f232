"""Which call of which module recorded a node, and what it stands in."""

from __future__ import annotations

import pytest

from tests.viewer.graphs import branching, capture, node, recorded, start
from tests.viewer.unpacked import Unpacked


def places(*calls: str, lists: tuple[str, ...] = ()) -> list[str]:
    """Where each node after the input stands."""
    return Unpacked(recorded(*calls, lists=lists)).places()[1:]


def scopes(*calls: str, lists: tuple[str, ...] = ()) -> list[str]:
    """Every scope but the whole, in order, with the number of its call."""
    got = Unpacked(recorded(*calls, lists=lists))
    return [f"{'/'.join(got.path(at))}#{call}" for at, call in enumerate(got.column("call"))][1:]


def test_a_scope_stands_in_the_one_around_it():
    assert places("", "a.b", "a", "") == ["", "a/b", "a", ""]
    assert scopes("", "a.b", "a", "") == ["a#0", "a/b#0"]


def test_each_call_is_a_scope():
    assert scopes("a#0", "a#1") == ["a#0", "a#1"]


def test_a_list_of_modules_is_none():
    assert places("layers.0", "layers.1", lists=("layers",)) == ["layers.0", "layers.1"]


def test_a_shared_module_stands_where_it_was_called():
    assert places("a", "shared", "a", "b", "shared#1", "b") == ["a", "a/shared", "a", "b", "b/shared", "b"]


def test_what_records_nothing_itself_is_entered_again_when_all_its_parts_are():
    assert scopes("s.0", "s.1", "s.0#1", "s.1#1") == ["s#0", "s/0#0", "s/1#0", "s#1", "s/0#1", "s/1#1"]


def test_it_is_not_when_one_part_is_called_twice():
    assert scopes("s.first", "s.drop", "s.drop#1") == ["s#0", "s/first#0", "s/drop#0", "s/drop#1"]


def test_a_call_that_records_itself_later_is_one():
    assert scopes("a.l", "a.l#1", "a", "a.l#2") == ["a#0", "a/l#0", "a/l#1", "a/l#2"]


def test_each_later_call_that_records_itself_has_its_parts():
    assert places("a.l", "a", "a.l#1", "a#1") == ["a/l", "a", "a/l", "a"]
    assert scopes("a.l", "a", "a.l#1", "a#1") == ["a#0", "a/l#0", "a#1", "a/l#1"]


@pytest.mark.parametrize(
    "calls",
    [
        ("a", "b", "a", "b", "a"),
        ("a.b", "c", "a.b", "a", "c#1", "a.b#1"),
        ("a.b.c", "a", "a.b", "", "a.b.c", "a#1", "a.b.c#1"),
    ],
)
def test_a_scope_has_no_gap(calls: tuple[str, ...]):
    """So closed boxes never feed one another in a circle, whatever a document says."""
    got = Unpacked(recorded(*calls))
    parent, within = got.column("parent"), []
    for scope in got.column("scope"):
        held = {scope}
        while scope:
            held.add(scope := parent[scope])
        within.append(held)
    for scope in range(1, len(parent)):
        inside = "".join("x" if scope in held else " " for held in within)
        assert " " not in inside.strip(), (got.path(scope), inside)


def test_a_parameter_stands_where_it_is_used_first():
    weight = node(1, op="get_attr", target="a.weight", module="a")
    got = Unpacked(capture(start(), weight, node(2, 0), node(3, 2, 1, module="b"), node(4, 3, 1, module="a")))
    assert got.places() == ["", "b", "", "b", "a"]


def test_arms_are_scopes_and_stand_before_what_they_belong_to():
    got = Unpacked(branching())
    assert got.texts("label") == ["x: f32[2, 3]", "gt", "mul", "add", "add", "prim::If", "add"]
    assert got.places() == ["", "", "if", "else", "else", "", ""]
    assert got.takes() == [[], [0], [0], [0], [3], [1, 2, 4], [5]]


def test_calls_of_the_same_code_are_alike():
    got = Unpacked(recorded("l.0.p", "l.0", "l.1.p", "l.1", "l.2", "l.2", lists=("l",)))
    same = dict(zip(map("/".join, map(got.path, range(6))), got.column("same")))
    assert same["l.0"] == same["l.1"] != 0
    assert same["l.0/p"] == same["l.1/p"]
    assert same["l.2"] not in (same["l.0"], same["l.0/p"])


def test_another_literal_makes_another():
    got = Unpacked(
        capture(start(), node(1, 0, "1", module="a"), node(2, 1, "2", module="b"), node(3, 2, "1", module="c"))
    )
    _, a, b, c = got.column("same")
    assert a == c != b


def test_another_wiring_makes_another():
    twice = [node(1, 0, module="a"), node(2, 1, 1, module="a"), node(3, 2, module="b"), node(4, 3, 2, module="b")]
    _, a, b = Unpacked(capture(start(), *twice)).column("same")
    assert a != b
