"""Every report opens and says its verdict, however large, partial or empty the capture is."""

from __future__ import annotations

import pytest

from tests.browser.captures import ALL, about
from tests.browser.conftest import Open


@pytest.mark.parametrize("name", ALL)
def test_a_report_opens_and_says_its_verdict_and_its_counts(opened: Open, name: str) -> None:
    seen = opened(name)
    assert seen.at.get_by_role("heading", level=1).inner_text() == about(name).verdict.replace("`", "")
    assert not seen.at.locator("#static").is_visible()
    counts = seen.at.get_by_role("group", name="Show findings that").get_by_role("button")
    assert counts.all_inner_texts() == [text for _, text in about(name).tallies]


def test_a_clean_model_shows_its_own_file(opened: Open) -> None:
    """And not that of who called for the capture."""
    assert [file.title for file in about("clean").files] == ["small.py"]
    assert "class Clean(nn.Module):" in opened("clean").source.inner_text()


def test_lines_that_recorded_thousands_say_so_in_their_margin(opened: Open) -> None:
    seen = opened("10000")
    margins = seen.source.locator(".code > .ops")
    widths = margins.evaluate_all("all => all.map((one) => one.scrollWidth - one.clientWidth)")
    assert margins.first.inner_text() == "1K ops"
    assert max(widths) <= 0
