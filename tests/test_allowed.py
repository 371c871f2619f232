"""What is let pass, and what is not."""

from __future__ import annotations

import pytest

from tests.renderers.samples import capture, finding, held, place, proven, stopped
from tracelab.allowed import entry_for, matches, sort_out
from tracelab.errors import UsageError
from tracelab.schema import SourceRange

FOUND = proven(module="encoder.layers.3.attention")
CELL = proven(source=SourceRange(filename="/tmp/ipykernel_7/1.py", lineno=4, end_lineno=4, cell="In [3]", function="f"))


@pytest.mark.parametrize(
    "entry",
    [
        "data-dependent-branch",
        "data-dependent-*",
        "*",
        "data-dependent-branch@net.py",
        "data-dependent-branch@models/net.py",
        "data-dependent-branch@/models/net.py:2",
        "data-dependent-branch@net.py:2",
        "data-dependent-branch@net.py:forward",
        "*@n*.py:forward",
        "*@encoder.layers.*",
    ],
)
def test_an_entry_names_a_finding(entry: str) -> None:
    assert matches(entry, FOUND)


@pytest.mark.parametrize(
    "entry",
    [
        "state-read",
        "data-dependent",
        "data-dependent-branch@",
        "data-dependent-branch@et.py",
        "data-dependent-branch@net.py:12",
        "data-dependent-branch@net.py:3",
        "data-dependent-branch@net.py:for",
        "data-dependent-branch@encoder",
        "data-dependent-branch@encoder.layers.30.*",
    ],
)
def test_an_entry_names_another(entry: str) -> None:
    assert not matches(entry, FOUND)


@pytest.mark.parametrize("where", ["In [3]", "In [3]:4", "In [3]:f"])
def test_a_cell_is_named_as_it_is_shown(where: str) -> None:
    assert matches(f"*@{where}", CELL)


@pytest.mark.parametrize("found", [FOUND, CELL, proven(source=None), proven(source=None, module="a.b")])
def test_the_entry_that_is_proposed_lets_the_finding_pass(found: object) -> None:
    document = capture(found)  # type: ignore[arg-type]
    assert sort_out(document, [entry_for(document.findings[0])]).failing == ()


def test_the_entry_that_is_proposed_outlives_lines_that_come_and_go() -> None:
    assert matches(entry_for(FOUND), proven(source=place(60)))


def test_only_what_diverges_or_raises_fails() -> None:
    document = capture(proven(), held(), finding(id="u"), finding(id="r", verdict="raises"))
    assert [found.id for found in sort_out(document, ()).failing] == ["a", "r"]


def test_an_entry_is_used_where_its_finding_holds() -> None:
    found = sort_out(capture(held()), ["data-dependent-branch", "state-read"])
    assert (found.allowed, found.unused) == ((), ("state-read",))


def test_one_entry_need_not_be_in_a_list() -> None:
    assert sort_out(capture(FOUND), "data-dependent-branch").allowed == (FOUND,)


def test_a_capture_that_stopped_fails_whatever_its_verdict() -> None:
    assert [found.rule for found in sort_out(stopped(), ()).failing] == ["untraceable"]


def test_a_rule_that_is_none_is_told() -> None:
    with pytest.raises(UsageError, match="Did you mean state-read"):
        sort_out(capture(), ["state-reed@net.py"])
    with pytest.raises(UsageError, match="lists the rules"):
        sort_out(capture(), ["@net.py"])
