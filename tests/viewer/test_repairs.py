"""Repairs as the viewer is sent them."""

from __future__ import annotations

import pytest

from tests.renderers.samples import capture, finding
from tests.viewer.unpacked import Unpacked
from tracelab.renderers.repairs import lines_of
from tracelab.schema import Repair

DIFF = """\
--- a/net.py
+++ b/net.py
@@ -1,3 +1,2 @@ class Net
 def forward(self, x):
-    return x / len(x)
+    return x / x.shape[0]
-- x
@@ -9 +9 @@
-"one"
+'two'
\\ No newline at end of file
"""


def sent(**parts):
    return Unpacked(
        capture(finding(), finding(id="b"), repairs=(Repair(findings=("b",), title="sizes stay", **parts),))
    )


def test_a_finding_knows_what_mends_it_and_a_repair_what_it_mends():
    about = sent(proven=14).about
    assert [found["repairs"] for found in about["findings"]] == [[], [0]]
    (repair,) = about["repairs"]
    assert (repair["title"], repair["proven"], repair["findings"]) == ("Sizes stay", "proven on 14 runs", [1])


def test_a_finding_knows_why_it_is_not_mended():
    found = Unpacked(capture(finding(), finding(id="b"), left={"b": "no way is known"})).about["findings"]
    assert [each["left"] for each in found] == ["", "no way is known"]


def test_lines_have_kinds_and_lose_their_signs():
    lines = [(line.kind, line.text) for line in lines_of(DIFF)]
    assert lines[2:6] == [
        ("hunk", "@@ -1,3 +1,2 @@ class Net"),
        ("same", "def forward(self, x):"),
        ("removed", "    return x / len(x)"),
        ("added", "    return x / x.shape[0]"),
    ]
    assert lines[-1] == ("head", "\\ No newline at end of file")
    assert [kind for kind, _ in lines[:2]] == ["head", "head"]


def test_a_change_that_looks_like_a_head_is_none():
    """`- x` taken away reads `-- x`; `-- y` taken away reads `--- y`."""
    lines = lines_of("@@ -1,2 +1,1 @@\n--- y\n same\n--- a/other.py\n")
    assert [line.kind for line in lines] == ["hunk", "removed", "same", "head"]


@pytest.mark.parametrize(
    "diff", ["", "\n", "no diff", "@@ -1,99999999999999 +1 @@\n+x", "@@ -0,0 +1,0 @@", "\ud800\x00"]
)
def test_what_is_no_diff_is_shown_as_it_is(diff: str):
    assert sent(diff=diff).about["repairs"][0]["code"] == ""


def test_each_side_has_its_own_tokens():
    (repair,) = sent(diff=DIFF).about["repairs"]
    kinds = {(line, text): kind for line, text, kind in words(repair)}
    assert kinds[4, "len"] == 7  # a builtin
    assert kinds[3, "forward"] == 5  # what is defined
    assert kinds[8, '"one"'] == kinds[9, "'two'"] == 2  # strings


def test_an_unfinished_string_colours_no_other_side():
    (repair,) = sent(diff='@@ -1,2 +1,2 @@\n-x = """\n+x = 1\n return x\n').about["repairs"]
    assert (2, "1", 3) in words(repair)
    assert (3, "return", 1) in words(repair)


def words(repair):
    """Line, text and kind of each token, read as the page does."""
    numbers, line, column = iter(repair["tokens"]), 0, 0
    for skip, length, kind in zip(numbers, numbers, numbers):
        if skip == -1:
            line, column = line + length, 0
            continue
        start = column + skip
        column = start + length
        yield line, repair["lines"][line]["text"][start:column], kind


def test_without_source_there_is_no_diff():
    document = capture(finding(), repairs=(Repair(findings=("a",), title="`x + 1` stays", diff=DIFF, code="c"),))
    (repair,) = Unpacked(document, source=False).about["repairs"]
    assert (repair["diff"], repair["lines"], repair["title"], repair["code"]) == ("", [], "`…` stays", "c")
