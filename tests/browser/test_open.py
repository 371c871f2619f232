"""Every report opens and says its verdict, however large, partial or empty the capture is."""

from __future__ import annotations

import pytest

from tests.browser.captures import ALL, about
from tests.browser.conftest import Open


@pytest.mark.parametrize("name", ALL)
def test_a_report_opens_and_says_its_verdict(opened: Open, name: str) -> None:
    seen = opened(name)
    assert seen.at.get_by_role("heading", level=1).inner_text() == about(name).verdict.replace("`", "")
    assert seen.findings.count() == 0 or about(name).findings
    assert not seen.at.locator("#static").is_visible()


@pytest.mark.parametrize("name", ALL)
def test_the_counts_of_the_verdict_are_there(opened: Open, name: str) -> None:
    seen = opened(name)
    counts = seen.at.get_by_role("group", name="Show findings that").get_by_role("button")
    assert counts.all_inner_texts() == [text for _, text in about(name).tallies]
