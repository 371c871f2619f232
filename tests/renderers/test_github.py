from __future__ import annotations

import re
from urllib.parse import unquote

from tests.renderers.pages import hostile
from tests.renderers.samples import capture, finding, held, place, proven, seen, stopped
from tracelab.renderers import github
from tracelab.schema import Capture, SourceRange


def lines(document: Capture, everything: bool = False) -> list[str]:
    return github.render(document, "/models", everything=everything).splitlines()


def test_a_finding_is_a_command_at_its_line() -> None:
    first, last = lines(capture(proven()))
    head, _, message = first.removeprefix("::").partition("::")
    assert head == "error file=net.py,line=2,endLine=2,col=8,endColumn=19,title=data-dependent-branch diverges"
    assert unquote(message).splitlines()[:2] == ["`if` was decided once", "frozen: True"]
    assert last == "The one frozen behaviour makes the program wrong"


def test_columns_are_told_on_one_line_only() -> None:
    assert "file=net.py,line=2,endLine=4,title=" in lines(capture(finding(source=place(2, 7, 18, last=4))))[0]
    assert "file=net.py,line=2,endLine=2,title=" in lines(capture(finding(source=place(2, 7, None))))[0]


def test_what_holds_is_a_notice_that_is_asked_for() -> None:
    document = capture(finding(), held(), finding(id="n", level="note"))
    assert [line.split()[0] for line in lines(document)[:-1]] == ["::warning"]
    assert [line.split()[0] for line in lines(document, True)[:-1]] == ["::warning", "::notice", "::notice"]


def test_what_is_allowed_is_a_notice() -> None:
    document = capture(proven())
    assert github.render(document, allow=["*"]) == "The one frozen behaviour makes the program wrong"
    assert github.render(document, allow=["*"], everything=True).startswith("::notice ")


def test_what_would_end_a_command_is_spelled() -> None:
    claim = finding(rule="a,b:c", message="100%\r\n::error::", source=None)
    title, message = re.fullmatch(r"::warning title=(.*?)::(.*)", lines(capture(claim))[0]).groups()  # type: ignore[union-attr]
    assert title == "a%2Cb%3Ac unproven"
    assert message.startswith(r"100%25\r\n::error::%0A")


def test_a_file_s_name_is_a_property() -> None:
    source = SourceRange(filename="/models/a,b:c%.py", lineno=1, end_lineno=1)
    assert "file=a%2Cb%3Ac%25.py," in lines(capture(finding(source=source)))[0]


def test_a_file_elsewhere_has_its_whole_name_and_a_cell_is_told() -> None:
    elsewhere = SourceRange(filename="/else/net.py", lineno=1, end_lineno=1)
    cell = SourceRange(filename="/tmp/1.py", lineno=4, end_lineno=4, cell="In [3]")
    assert "file=/else/net.py," in lines(capture(finding(source=elsewhere)))[0]
    assert lines(capture(finding(source=cell)))[0].startswith(
        "::warning title=data-dependent-branch unproven::In [3]:4: `if`"
    )


def test_a_finding_in_a_library_stands_at_the_line_that_led_there() -> None:
    library = SourceRange(filename="/venv/site-packages/nets/layers.py", lineno=9, end_lineno=9)
    document = capture(finding(source=library), observations=(seen(stack=(library, place(4, 0, None), place(7))),))
    assert lines(document)[0].startswith(
        "::warning file=net.py,line=4,endLine=4,title=data-dependent-branch unproven::nets/layers.py:9: `if`"
    )


def test_why_a_capture_stopped_comes_first() -> None:
    assert lines(stopped())[0].startswith("::error file=net.py,line=3,")
    assert "ValueError: no" in lines(stopped())[0]


def test_nobody_s_text_is_a_command_of_its_own() -> None:
    told = lines(hostile(), True)
    assert len(told) == 3
    assert all(line.isprintable() for line in told)
