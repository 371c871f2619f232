from __future__ import annotations

from tests.renderers.pages import hostile
from tests.renderers.samples import capture, finding, place, proven, stopped
from tracelab.allowed import sort_out
from tracelab.renderers import failure
from tracelab.schema import Capture, SourceFile


def said(document: Capture, *allow: str) -> str:
    return failure.render(document, sort_out(document, allow))


def test_a_finding_has_its_line_what_was_frozen_and_its_witness() -> None:
    document = capture(proven())
    assert said(document).splitlines() == [
        "1 finding in models.Net:",
        "  data-dependent-branch diverges at /models/net.py:2: `if` was decided once",
        "      if x.sum() > 0:",
        "         ^^^^^^^^^^^ frozen: True",
        "    witness: x negated (x: f32[2, 10]): eager and captured differ by 0.25 (3.14 relative) at output [0]",
    ]


def test_without_the_text_the_frozen_value_is_told() -> None:
    document = capture(proven(), sources=())
    assert "    frozen: True" in said(document).splitlines()


def test_wide_characters_take_two_columns() -> None:
    text = SourceFile(filename="/models/net.py", text="\n    日本 = f(x)\n")
    document = capture(proven(source=place(2, 9, 13)), sources=(text,))
    assert said(document).splitlines()[2:4] == ["      日本 = f(x)", "             ^^^^ frozen: True"]


def test_the_first_line_of_several_is_shown() -> None:
    document = capture(finding(verdict="raises", source=place(2, 4, 20, last=5), frozen=""))
    assert said(document).splitlines()[2:] == [
        "      if x.sum() > 0:",
        "      ^^^^^^^^^^^^^^^",
    ]


def test_of_many_the_later_ones_take_a_line_each() -> None:
    document = capture(*(proven(id=str(number)) for number in range(8)), proven(rule="state-read"))
    lines = said(document, "state-read").splitlines()
    assert lines[0] == "8 findings in models.Net, and 1 allowed:"
    assert len(lines) == 1 + 5 * 4 + 3


def test_a_capture_that_stopped_says_why() -> None:
    assert "untraceable raises at /models/net.py:2: forward raised" in said(stopped())


def test_a_capture_that_stopped_without_a_finding_fails_too() -> None:
    document = capture(stop=stopped().stop)
    assert "The capture stopped while the function ran eagerly" in said(document)
    assert failure.cure(sort_out(document, ())) == ""


def test_nobody_s_text_acts_on_the_screen() -> None:
    assert all(line.isprintable() for line in said(hostile()).split("\n"))
