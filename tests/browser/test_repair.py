"""The Repair tab of a finding, in a report."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import Open
from tests.browser.seeing import Seen, box
from tests.browser.starting import AXE
from tests.browser.test_hostile import HOSTILE
from tests.browser.test_widths import SCROLLED, at_width
from tests.renderers.samples import FILE, SOURCE, capture, finding, place
from tracelab.schema import Repair, SourceFile

DIFF = """\
--- a/net.py
+++ b/net.py
@@ -1,3 +1,3 @@
 def forward(self, x):
-    if x.sum() > 0:  # the one arm that ran
+    x = torch.where(x.sum() > 0, self.linear(x), -x)  # both arms, which is a long line that has to be scrolled to
     return x
"""
CODE = "model.part = torch.jit.script(model.part)"


def mended(diff: str = DIFF, code: str = CODE, title: str = "both arms are computed") -> Any:
    """Of two findings one is mended."""
    repair = Repair(findings=("a",), title=title, diff=diff, code=code, proven=14)
    found = (finding(verdict="diverges", level="error"), finding(id="b", source=place(5)))
    return capture(*found, repairs=(repair,), sources=(SourceFile(filename=FILE, text=SOURCE),))


def repair_tab(seen: Seen) -> Locator:
    return seen.detail.get_by_role("group", name="What is told of the finding").get_by_role("button", name="Repair")


@pytest.fixture
def shown(opened: Open) -> Seen:
    seen = opened(mended())
    repair_tab(seen).click()
    return seen


def test_what_it_does_and_by_what_it_is_proven(shown: Seen) -> None:
    text = shown.detail.inner_text()
    assert "Both arms are computed" in text
    assert "proven on 14 runs" in text
    changed = shown.detail.locator(".change.added, .change.removed")
    assert [line.inner_text().split()[:2] for line in changed.all()] == [["-", "if"], ["+", "x"]]


def test_a_finding_without_a_repair_has_no_such_tab(shown: Seen) -> None:
    shown.findings.nth(1).get_by_role("button").click()
    assert repair_tab(shown).count() == 0
    assert "the capture ran once" in shown.detail.inner_text()


def test_where_nothing_mends_it_the_tab_says_why(opened: Open) -> None:
    left = {"a": "it reads `time.time()`; hand it in as an input"}
    seen = opened(capture(finding(verdict="diverges", level="error"), left=left))
    repair_tab(seen).click()
    assert "Not mended" in seen.detail.inner_text()
    assert "hand it in as an input" in seen.detail.inner_text()


def test_a_report_has_no_live_buttons(shown: Seen) -> None:
    assert shown.detail.locator("button", has_text="Apply").count() == 0
    assert shown.detail.locator("button", has_text="Look for").count() == 0


@pytest.mark.parametrize(("what", "text"), [("Copy the diff", DIFF), ("Copy the code", CODE)])
def test_it_is_copied_as_it_is(opened: Open, what: str, text: str) -> None:
    seen = opened(mended(), permissions=["clipboard-read", "clipboard-write"])
    repair_tab(seen).click()
    seen.button(what).click()
    seen.at.get_by_text(f"Copied {what.removeprefix('Copy ')}").wait_for()
    assert seen.at.evaluate("navigator.clipboard.readText()") == text


@pytest.mark.parametrize("width", [1400, 400])
def test_a_long_line_scrolls_in_its_own_box(shown: Seen, width: int) -> None:
    at_width(shown, width)
    diff = shown.detail.get_by_role("group", name="the diff")
    assert diff.evaluate("box => box.scrollWidth > box.clientWidth")
    assert shown.at.evaluate(SCROLLED) == [False, False]
    assert box(shown.detail).holds(box(diff))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(opened: Open, scheme: str) -> None:
    seen = opened(mended(), color_scheme=scheme, bypass_csp=True)
    repair_tab(seen).click()
    seen.page.add_script_tag(path=AXE)
    found = seen.at.evaluate(
        "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))"
    )
    assert found == []


def test_shown_large_it_has_more_room_and_esc_closes_it(shown: Seen) -> None:
    small = box(shown.detail.get_by_role("group", name="the diff"))
    shown.detail.get_by_role("button", name="Show large").click()
    sheet = shown.at.get_by_role("dialog", name="Repair")
    assert box(sheet.get_by_role("group", name="the diff")).width > 2 * small.width
    shown.keys.press("Escape")
    sheet.wait_for(state="detached")


def test_a_report_without_source_has_no_diff(context: Any, tmp_path: Any) -> None:
    from tests.browser.conftest import seen as seen_in
    from tracelab.capture import Capture

    path = Capture.of(mended()).report(tmp_path / "private.html", source=False)
    shown = seen_in(context().new_page(), path)
    repair_tab(shown).click()
    assert "proven on 14 runs" in shown.detail.inner_text()
    assert shown.detail.locator(".change.added").count() == 0
    assert "torch.where" not in path.read_text()


@pytest.mark.parametrize("what", HOSTILE)
def test_anybody_s_text_is_inert(opened: Open, what: str) -> None:
    text = HOSTILE[what]
    seen = opened(mended(diff=f"@@ -1 +1 @@\n-{text}\n+{text}\n", code=text, title=text))
    repair_tab(seen).click()
    seen.detail.get_by_role("button", name="Show large").click()
    assert seen.at.evaluate("() => window.bad") is None
    assert seen.at.locator("#tracelab").locator("img, b, a, image, script, style").count() == 0
    assert not set(seen.detail.inner_text()) & set("\u202e\u2067\u200f\u200b\u200d\ufeff\x1b\x7f\u2028")
