"""What the running instruction of a frame steers."""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import executing
import pytest

from tracelab.syntax import Site, site_at, site_of

Ask = Callable[..., list[Site]]


class Asked:
    """A value that notes where it is asked for anything: true `turns` times, with two parts."""

    def __init__(self, turns: int) -> None:
        self.turns = turns
        self.sites: list[Site] = []

    def _note(self) -> None:
        self.sites.append(site_of(sys._getframe(2)))

    def __bool__(self) -> bool:
        self._note()
        self.turns -= 1
        return self.turns >= 0

    def __iter__(self) -> Iterator[int]:
        self._note()
        return iter((1, 2))

    def __index__(self) -> int:
        self._note()
        return 1

    def __format__(self, spec: str) -> str:
        self._note()
        return ""

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = None  # type: ignore[assignment]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Runs the body of a function `f(x, turns)` from a file of its own; the sites where `x` was asked."""

    def run(body: str, turns: int = 1, name: str = "model.py") -> list[Site]:
        path = tmp_path / name
        path.write_text("def f(x, xs=(1, 2)):\n" + textwrap.indent(body, "    ") + "\n", encoding="utf-8")
        scope: dict[str, Any] = {}
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), scope)
        asked = Asked(turns)
        scope["f"](asked)
        return asked.sites

    return run


def text_of(site: Site) -> str:
    """The very text that a site points at."""
    place = site.source
    lines = Path(place.filename).read_text(encoding="utf-8").splitlines()[place.lineno - 1 : place.end_lineno]
    lines[-1] = lines[-1][: place.end_col_offset]
    return "\n".join(lines)[place.col_offset :]


@pytest.mark.parametrize(
    ("body", "syntax", "text"),
    [
        ("if x:\n    pass", "if", "x"),
        ("if not x:\n    pass\nelse:\n    pass", "if", "not x"),
        ("if xs and (x == 1):\n    pass", "if", "x == 1"),
        ("if not xs:\n    pass\nelif x == 2:\n    pass", "elif", "x == 2"),
        ("while x:\n    break", "while", "x"),
        ("assert x, 'no'", "assert", "x"),
        ("y = 1 if x else 2", "ternary", "x"),
        ("y = [v for v in xs if x]", "comprehension-if", "x"),
        ("y = [v for v in x]", "comprehension", "x"),
        ("for v in x:\n    pass", "for", "x"),
        ("match bool(x):\n    case True:\n        pass", "match", "bool(x)"),
        ("for i in range(x):\n    pass", "for", "range(x)"),
        ("if bool(x):\n    pass", "if", "bool(x)"),
        ("y = max(bool(x), 1)", "call", "bool(x)"),
        ("y = max(map(bool, [x]))", "value", "max(map(bool, [x]))"),
        ("y = xs[x]", "index", "xs[x]"),
        ("y = xs[x.__index__()]", "index", "x.__index__()"),
        ("y = f'{x}'", "format", "f'{x}'"),
        ("y = f'{bool(x)}'", "format", "bool(x)"),
        ("y = bool(x)", "value", "bool(x)"),
    ],
)
def test_what_is_steered(ask: Ask, body: str, syntax: str, text: str) -> None:
    site = ask(body)[0]
    assert (site.syntax, text_of(site)) == (syntax, text)
    assert site.source.function in ("f", "<listcomp>")


@pytest.mark.parametrize(("body", "syntax"), [("y = x and 1", "and"), ("y = x or 1", "or"), ("y = not x", "not")])
def test_truth_that_becomes_a_value(ask: Ask, body: str, syntax: str) -> None:
    assert [site.syntax for site in ask(body)] == [syntax]


@pytest.mark.parametrize("case", ["case 1:", "case 1 | 2:", "case _ if x:"])
def test_a_case_that_is_tried(ask: Ask, case: str) -> None:
    sites = ask(f"match x:\n    {case}\n        pass")
    assert [site.syntax for site in sites] == ["match"]


def test_a_guard_of_a_lambda_is_found(ask: Ask) -> None:
    site = ask("g = lambda v: 1 if v else 2\ng(x)")[0]
    assert (site.syntax, text_of(site), site.source.function) == ("ternary", "v", "<lambda>")


def test_the_lines_of_both_arms(ask: Ask) -> None:
    site = ask("if x:\n    a = 1\n    b = 2\nelse:\n    c = 3")[0]
    assert (site.body, site.orelse) == ((3, 4), (6, 6))


def test_an_elif_is_the_other_arm_of_its_if(ask: Ask) -> None:
    first, second = ask("if x:\n    a = 1\nelif x:\n    b = 2", turns=0)
    assert (first.syntax, first.body, first.orelse) == ("if", (3, 3), (4, 5))
    assert (second.syntax, second.body, second.orelse) == ("elif", (5, 5), None)


def test_an_if_inside_an_else_is_no_elif(ask: Ask) -> None:
    assert [site.syntax for site in ask("if x:\n    a = 1\nelse:\n    if x:\n        b = 2", turns=0)] == ["if", "if"]


def test_the_lines_of_a_loop(ask: Ask) -> None:
    assert ask("for v in x:\n    a = v\n    b = v")[0].body == (3, 4)
    assert [site.body for site in ask("while x:\n    a = 1\n    b = 2", turns=2)] == [(3, 4)] * 3


def test_a_check_is_a_guard(ask: Ask) -> None:
    assert ask("assert x")[0].guard
    assert ask("if x:\n    raise ValueError(1)", turns=0)[0].guard
    assert not ask("if x:\n    a = 1", turns=0)[0].guard


def test_the_function_that_takes_a_value_is_named(ask: Ask) -> None:
    assert ask("y = max(x.__index__(), 1)")[0].called == "max"
    assert ask("for i in enumerate(range(x)):\n    pass")[0].called == "enumerate"
    assert ask("y = xs.index(x.__index__())")[0].called == "index"


@pytest.mark.parametrize(
    ("body", "unpacked"),
    [
        ("a, b = x", True),
        ("[a, b] = list(x)", True),
        ("a, *b = x", False),
        ("a, *b = list(x)", False),
        ("a = list(x)", False),
    ],
)
def test_parts_that_are_named_one_by_one_are_unpacked(ask: Ask, body: str, unpacked: bool) -> None:
    assert ask(body)[0].unpacked is unpacked


def test_a_condition_over_several_lines(ask: Ask) -> None:
    site = ask("if (\n    x\n    == 1\n):\n    pass")[0]
    assert (site.source.lineno, site.source.end_lineno, site.syntax) == (3, 4, "if")
    assert text_of(site) == "x\n        == 1"


def test_the_one_of_two_on_a_line_is_told_apart(ask: Ask) -> None:
    sites = ask("y = (1 if x else 2) + (3 if (x == 1) else 4)", turns=2)
    assert [text_of(site) for site in sites] == ["x", "x == 1"]


def test_columns_count_characters(ask: Ask) -> None:
    """Python counts bytes of UTF-8; an umlaut has two, an emoji four."""
    site = ask("y = ('äöü🦀', bool(x))")[0]
    assert site.source.col_offset == len("    y = ('äöü🦀', ")
    assert text_of(site) == "bool(x)"


def test_the_innermost_function_is_named(ask: Ask) -> None:
    site = ask("def inner(v):\n    if v:\n        pass\ninner(x)")[0]
    assert (site.syntax, site.source.function, site.source.lineno) == ("if", "inner", 3)


def test_code_without_a_file_has_a_line_and_no_more() -> None:
    scope: dict[str, Any] = {}
    exec("def f(x):\n    if x:\n        pass", scope)
    asked = Asked(1)
    scope["f"](asked)
    assert (asked.sites[0].source.lineno, asked.sites[0].source.function, asked.sites[0].syntax) == (2, "f", "")


def test_a_syntax_node_is_a_site_as_well(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("if self.deep:\n    pass\n", encoding="utf-8")
    tree: Any = executing.Source.for_filename(str(path)).tree
    node = next(node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    site = site_at(str(path), "forward", node)
    assert (site.syntax, text_of(site), site.body, site.source.function) == ("if", "self.deep", (2, 2), "forward")
