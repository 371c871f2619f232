from __future__ import annotations

import pytest

from tests.cli.running import run
from tracelab.detectors import RULES


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_explained(rule: str) -> None:
    result = run("explain", rule)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{rule}: {RULES[rule].summary}")
    for heading in ("What it finds", "Why it matters", "Example", "Instead", "Limits"):
        assert f"\n\n{heading}\n" in result.stdout


def test_without_a_rule_all_are_listed() -> None:
    assert [line.split()[0] for line in run("explain").stdout.splitlines()] == list(RULES)


def test_an_unknown_rule_suggests_the_nearest() -> None:
    result = run("explain", "data-dependant-branch")
    assert result.exit_code == 2
    assert "Did you mean data-dependent-branch?" in result.stderr


def test_a_rule_like_no_other_says_where_they_are_listed() -> None:
    assert "`tracelab explain` lists them." in run("explain", "qqq").stderr
