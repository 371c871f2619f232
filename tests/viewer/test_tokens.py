"""The colours of source: places that JavaScript reads as they were meant."""

from __future__ import annotations

import pytest

from tracelab.viewer.tokens import tokens

KINDS = ["", "keyword", "string", "number", "comment", "defined", "decorator", "builtin"]


def read(text: str) -> list[tuple[str, str]]:
    """What the numbers name, read as the viewer reads them: in UTF-16 units."""
    numbers, lines = tokens(text), [line.encode("utf-16-le", "surrogatepass") for line in text.split("\n")]
    line = at = 0
    found: list[tuple[str, str]] = []
    for skip, length, kind in zip(*[iter(numbers)] * 3):
        if skip == -1:
            line, at = line + length, 0
            continue
        at += skip
        found.append((lines[line][2 * at : 2 * (at + length)].decode("utf-16-le", "surrogatepass"), KINDS[kind]))
        at += length
    return found


def test_each_kind():
    text = "@cached\ndef f(x):  # why\n    return len('a', 2)\n"
    assert read(text) == [
        ("@", "decorator"),
        ("cached", "decorator"),
        ("def", "keyword"),
        ("f", "defined"),
        ("# why", "comment"),
        ("return", "keyword"),
        ("len", "builtin"),
        ("'a'", "string"),
        ("2", "number"),
    ]


def test_columns_count_as_javascript_does():
    assert read("x = '\U0001f600'; y = 'é' + 3") == [("'\U0001f600'", "string"), ("'é'", "string"), ("3", "number")]


def test_a_string_of_several_lines_is_a_token_in_each():
    assert read('x = """a\n\nb"""\n1') == [('"""a', "string"), ('b"""', "string"), ("1", "number")]


def test_an_attribute_is_no_builtin_and_an_operator_no_decorator():
    assert read("a.sum() @ b.max()") == []


def test_magics_leave_the_rest_as_it_is():
    assert read("%trace model(1)\n!pip list\nx = 2") == [("2", "number")]


@pytest.mark.parametrize(
    "broken", ["x = (1,\n", "'''", "def f(\n  1", "if 1:\n\t 2\n  3", "1 \x00 2", "?", "x = '", "\\"]
)
def test_what_is_no_python_does_not_raise(broken):
    assert all(kind for _, kind in read("y = 1\n" + broken))
    assert read("y = 1\n" + broken)[:1] == [("1", "number")]


def test_nothing_in_nothing():
    assert tokens("") == ()


def test_f_strings_are_strings():
    assert ("f'a", "string") in [(text[:3], kind) for text, kind in read("x = f'a{b}c'")]
