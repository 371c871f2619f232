"""Two captures side by side, as a page and as a table."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.renderers.samples import FILE, HOSTILE, SOURCE, capture, finding, place, proven
from tracelab.comparison import Checked, Dimension, Place, Side
from tracelab.pair import Comparison
from tracelab.renderers import pair
from tracelab.schema import SourceFile, Stop


def compared(text: str = "net", **changes) -> Comparison:
    """One line that is wrong in the first and refused in the second, one that only the second claims."""
    sources = (SourceFile(filename=FILE, text=SOURCE),)
    first = capture(proven(id="a", frozen=text), sources=sources)
    second = capture(finding(id="b", verdict="guarded", level="note"), finding(id="c", message=text, source=place(3)))
    known = {
        "name": text,
        "first": Side(backend="jit", findings=first.findings, capture=first),
        "second": Side(backend="export", findings=second.findings, capture=second),
        "places": (
            Place(
                source=place(), rules=(text,), first=("a",), second=("b",), first_fate="wrong", second_fate="refused"
            ),
            Place(source=place(3), rules=("r",), second=("c",), second_fate="open"),
        ),
        "checked": (
            Checked(whose="first", finding="a", probe=text, here="diverges", there="captured_refuses", error=text),
        ),
        "dimensions": (
            Dimension(input="x", dim=0, size=2, taken=True, open=True, text="s0, 2 and more"),
            Dimension(input="x", dim=1, size=4, taken=False, open=False, text="fixed at 4 by torch.export"),
        ),
        "to_write": "program = torch.export.export(model, (x,))",
        "left": (f"`{text}` stays",),
    }
    return Comparison(**{**known, **changes})


SECRET = "s3cret"


@pytest.mark.parametrize("hides", ["source", "values"])
def test_what_is_left_out_is_nowhere_in_the_page(hides: str) -> None:
    told = compared(
        places=(Place(source=place(), rules=("r",), first=("a",), first_fate="wrong"),),
        checked=(
            Checked(whose="first", finding="a", probe=f"x = '{SECRET}'", here="diverges", there="agrees", error=SECRET),
        ),
        left=(f"{FILE}: `{SECRET}()` was '{SECRET}'",),
    )
    assert SECRET in pair.report(told)
    page = pair.report(told, source=hides != "source", values=hides != "values")
    left = {"source": ["x = 's3cret'", "was 's3cret'"], "values": ["s3cret()"]}[hides]
    gone = {"source": ["s3cret()", str(Path(FILE).parent), SOURCE.splitlines()[0]], "values": ["'s3cret'"]}[hides]
    words = " ".join(Words(page).words)
    assert [one for one in left if one not in words] == []
    assert [one for one in gone if one in words] == []


class Words(HTMLParser):
    """What is read in a page, and what it is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_the_table_says_what_becomes_of_each_line():
    said = Words(compared()._repr_mimebundle_()["text/html"]).said
    assert "1 place freezes in jit alone, none in export alone, none in both." in said
    assert "frozen, proven" in said
    assert "refused, loudly" in said
    assert "jit: diverges" in said
    assert "export: a guard refuses it" in said


def test_the_table_needs_neither_script_nor_style():
    page = Words(compared()._repr_mimebundle_()["text/html"])
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "style", "svg", "img"})


def test_the_text_is_the_summary():
    found = compared()
    assert found._repr_mimebundle_()["text/plain"] == found.summary()


def test_each_line_leads_to_the_finding_of_either_side():
    rows = [attributes for tag, attributes in Words(pair.report(compared())).tags if tag == "tr"]
    assert {"data-first": "0", "data-second": "0", "class": "moved"} in rows
    assert {"data-second": "1"} in rows


def test_the_page_says_what_to_write_which_sizes_are_open_and_what_is_left():
    said = Words(pair.report(compared())).said
    assert "What to write program = torch.export.export(model, (x,))" in said
    assert "open : s0, 2 and more" in said
    assert "fixed at 4 by torch.export" in said
    assert "What stays open net stays" in said


def test_a_side_that_refuses_says_that_its_draft_is_shown():
    stopped = Side(backend="export", stop=Stop(stage="capture", error="no"), program=False, capture=capture())
    assert "It refuses" in Words(pair.report(compared(second=stopped))).said


def test_where_nothing_froze_it_is_said():
    found = Comparison(name="net", first=Side(backend="jit"), second=Side(backend="export"))
    said = Words(pair.report(found)).said
    assert "No place is proven wrong in jit or in export." in said
    assert "Leaving torch.jit.trace" not in said


@pytest.mark.parametrize("made", [pair.report, pair.table])
def test_nothing_of_anybody_s_text_is_markup(made):
    page = Words(made(compared(HOSTILE)))
    assert "img" not in {tag for tag, _ in page.tags}
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert not set("\x1b\u202e\u200b\x00") & set(page.said)


def test_a_page_is_written(tmp_path):
    path = compared().report(tmp_path / "pair.html", title="Two of them")
    assert "<title>Two of them: jit and export - TraceLab</title>" in path.read_text()
