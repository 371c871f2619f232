from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.renderers.pages import Page, hostile, sha256
from tests.renderers.samples import (
    FILE,
    GRAPH,
    HOSTILE,
    RUNS,
    capture,
    chain,
    finding,
    held,
    place,
    proven,
    stopped,
    witness,
)
from tracelab.renderers import bundle
from tracelab.renderers.html import index, report
from tracelab.renderers.markup import Html, tag
from tracelab.renderers.svg import clean
from tracelab.schema import Capture, Finding, Graph, Input, NodeError, SourceFile


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that has no viewer; tests/renderers/test_report.py has the other."""
    monkeypatch.setattr(bundle, "script", lambda: None)


def test_a_report_is_whole_and_needs_nothing_from_outside() -> None:
    text = report(capture(finding()))
    page = Page(text)
    assert page.open == []
    assert not page.names() & {"script", "link", "img", "iframe", "object", "base", "form"}
    assert not re.search(r"https?:|url\(|@import", text)
    assert [ref for ref in page.values("href") if ref and not ref.startswith("#")] == []


def test_the_policy_allows_this_style_and_nothing_that_acts() -> None:
    text = report(capture())
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = str(Page(text).values("content")[0])
    assert policy.startswith("default-src 'none'; ")
    assert f"style-src '{sha256(style[0])}'" in policy
    assert "script-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "made", [lambda: report(hostile()), lambda: index([(HOSTILE, hostile()), ("javascript:alert(1)", hostile())])]
)
def test_hostile_text_stays_text(made: Callable[[], str]) -> None:
    text = made()
    page = Page(text)
    assert page.open == []
    assert not page.names() & {"script", "img"}
    assert not [key for _, words in page.elements for key in words if key.startswith("on")]
    assert not {char for char in text if not char.isprintable()} - {"\n"}
    assert not [ref for ref in page.values("href") if ref and ref.startswith("javascript:")]
    assert "<img src=x onerror=alert(1)>\\x1b[31m" in page.words


def test_names_of_a_hundred_kilobytes_stay_small() -> None:
    long = "n" * 100_000
    run = witness(probe=long, error=long, inputs=(Input(name=long, spec=long),), snippet=long)
    claim = proven(message=long, frozen=long, module=long, source=place(1, 50_000, 50_005), witness=run)
    sources = (SourceFile(filename=FILE, text=long),)
    assert len(report(capture(claim, name=long, sources=sources))) < 60_000


def test_a_finding_has_word_shape_colour_line_value_and_reason() -> None:
    text = report(capture(finding(level="error", verdict="diverges")))
    words = Page(text).words
    assert '<article class="error" id="finding-0">' in text
    assert '<span class="look error"><svg' in text
    assert "<mark>x.sum() &gt; 0</mark>" in text
    assert "frozen: True" in words
    assert "the values of x; parameter linear.weight" in words
    assert "the capture ran once" in words
    assert words.count("not run") == 3


def test_a_witness_shows_what_was_changed_and_how_far_each_output_is_apart() -> None:
    text = report(capture(proven()))
    words = Page(text).words
    assert "Shown by x negated: eager and captured differ." in words
    assert "Inputs x: f32[2, 10]" in words
    assert re.findall(r"<td data-label=\"Largest difference\">(.*?)</td>", text) == [
        "0.25 (3.14 relative) at [0, 3]",
        "not comparable",
    ]


def test_a_witness_shows_where_the_numbers_part() -> None:
    words = Page(report(capture(proven()))).words
    assert "First differs: aten::linear in linear." in words
    assert "f32[2, 10], -4 to 8, mean 0.4, 3 NaN" in words


def test_the_snippet_can_be_copied_as_it_stands() -> None:
    text = report(capture(proven()))
    code = re.findall(r'<pre class="snippet" tabindex="0"><code>(.*?)</code>', text, re.DOTALL)
    assert code == ["import torch\n\nx = -torch.ones(2, 10)\nif True:\n    print(model(x))"]


def test_a_witness_that_raises_shows_the_error() -> None:
    run = witness(outcome="captured_raises", error="RuntimeError: sizes\n  must match", outputs=(), along=())
    words = Page(report(capture(proven(verdict="raises", witness=run)))).words
    assert "Shown by x negated: the captured program raises where eager works." in words
    assert "RuntimeError: sizes must match" in words


def test_what_eager_refuses_and_captured_takes_is_a_witness_too() -> None:
    run = witness(outcome="eager_raises", error="AssertionError", outputs=(), along=())
    words = Page(report(capture(proven(witness=run)))).words
    assert "eager raises where the captured program goes on" in words


def test_what_is_not_mended_says_why() -> None:
    page = Page(report(capture(finding(), left={"a": "no way to mend it is <b>known</b>"})))
    assert "Not mended: no way to mend it is <b>known</b>" in page.words


def test_a_bare_witness_is_shown() -> None:
    run = witness(outputs=(), along=(), first_divergence=None, inputs=(), snippet="")
    page = Page(report(capture(proven(witness=run))))
    assert "Shown by x negated: eager and captured differ." in page.words
    assert "First differs" not in page.words
    assert "without TraceLab" not in page.words


def test_what_holds_says_what_was_tried() -> None:
    words = Page(report(capture(proven(), held(), runs=RUNS))).words
    assert "2 probes tried" in words
    assert "x zeros: eager and captured agree" in words
    assert "which data-dependent-branch at net.py:2 explains" in words


def test_ids_that_name_nothing_are_passed_over() -> None:
    run = witness(blame=("gone",), first_divergence=99, along=(NodeError(node=98, agrees=False),))
    words = Page(report(capture(proven(witness=run), held(tried=(99,)), runs=(run,)))).words
    assert "probes tried" not in words


def test_every_run_leads_to_what_explains_it() -> None:
    page = Page(report(capture(proven(), runs=RUNS)))
    assert "4 runs" in page.words
    assert "#finding-0" in page.values("href")
    assert "x of rank 1" in page.words


def test_the_kinds_are_counted_at_the_top_and_lead_to_their_groups() -> None:
    page = Page(report(capture(proven(), finding(), held())))
    assert page.words.index("1 diverges") < page.words.index("models.Net, eval mode")
    targets = [ref for ref in page.values("href") if ref and ref.endswith("-findings")]
    assert targets == ["#error-findings", "#warning-findings", "#holds-findings"]
    assert {ref.removeprefix("#") for ref in targets} <= set(page.values("id"))


def test_the_worst_come_first_and_what_is_harmless_is_folded() -> None:
    text = report(capture(held(), finding(level="note"), finding(), proven(witness=None)))
    assert re.findall(r"article class=\"(\w+)\"", text) == ["error", "warning", "holds", "note"]
    assert text.index('<section id="warning-findings">') < text.index('<details id="holds-findings">')
    assert "<details" not in text[text.index("<main>") : text.index('<details id="holds-findings">')]


def test_a_finding_leads_to_its_line_in_the_listing() -> None:
    page = Page(report(capture(finding())))
    assert page.values("href") == ["#warning-findings", "#file-0-line-2"]
    assert "file-0-line-2" in page.values("id")


def test_only_the_lines_around_a_frozen_one_of_a_long_file() -> None:
    sources = (SourceFile(filename=FILE, text="\n".join(f"line{n}" for n in range(1, 9000))),)
    words = Page(report(capture(finding(source=place(4000, 0, 3)), sources=sources))).words
    assert "line3985" in words
    assert "line3984" not in words


@pytest.mark.parametrize(
    "sources", [(), (SourceFile(filename=FILE, text=""),), (SourceFile(filename="other", text="x"),)]
)
def test_missing_source_leaves_the_place(sources: tuple[SourceFile, ...]) -> None:
    page = Page(report(capture(finding(), sources=sources)))
    assert "/models/net.py:2:8" in page.words
    assert page.values("href") == ["#warning-findings"]


def test_the_drawing_stands_in_the_page_with_its_tooltips() -> None:
    text = report(capture(finding(nodes=(3,))))
    assert '<g class="node op warning">' in text
    assert "<title>aten::linear in linear\nlinear.weight" in text


def test_without_dot_the_page_has_the_text_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    words = Page(report(capture())).words
    assert "apt-get install graphviz" in words
    assert "digraph trace {" in words


def test_a_large_graph_leaves_a_page_that_can_be_sent() -> None:
    assert len(report(chain(5000, lambda n: f"l{n // 2}"))) < 2_000_000


def test_every_method_is_drawn() -> None:
    graphs = (GRAPH, Graph(method="encode", nodes=GRAPH.nodes))
    assert Page(report(capture(graphs=graphs))).words.count("boxes drawn. Frozen") == 2


def test_a_partial_capture_says_so_at_the_top() -> None:
    text = report(stopped())
    assert '<p class="stop" role="alert">The capture stopped while the function ran eagerly' in text


def test_a_clean_and_an_empty_capture_say_so() -> None:
    assert "No rule fired" in report(capture())
    assert "No operation was recorded, so there was nothing to look at" in report(Capture())


def test_the_title_can_be_chosen() -> None:
    assert "<title>Mine - TraceLab</title>" in report(capture(), title="Mine")


def test_the_index_has_a_row_for_each_report() -> None:
    page = Page(index([("a.html", capture(finding())), ("b.html", capture())], title="Mine"))
    assert page.values("href") == ["a.html", "b.html"]
    assert "1 unproven" in page.words
    assert "data-dependent-branch at /models/net.py:2:8: `if` was decided once" in page.words
    assert "No frozen behaviour was seen." in page.words


def test_the_index_tells_of_the_worst_finding() -> None:
    words = Page(index([("a.html", capture(held(), proven(message="wrong here")))])).words
    assert "wrong here" in words


@pytest.mark.parametrize(
    ("found", "told"),
    [((), "2 reports."), ((proven(),), "2 reports; 1 program is wrong."), ((held(),), "2 reports.")],
)
def test_the_index_says_how_many_programs_are_wrong(found: tuple[Finding, ...], told: str) -> None:
    assert told in Page(index([("a.html", capture(*found)), ("b.html", capture())])).words


def test_an_index_of_nothing_says_so() -> None:
    assert "There is no report yet." in index([])


def test_strings_are_escaped_unless_they_are_markup() -> None:
    assert tag("p", "<b>", Html("<i>"), ["&"], class_='"') == '<p class="&quot;">&lt;b&gt;<i>&amp;</p>'


def test_a_drawing_keeps_no_link_script_or_handler() -> None:
    link = '<a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="x" xlink:title="t"><text onclick="x">w</text></a>'
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script><g class="node">{link}</g><foreignObject/></svg>'
    )
    assert clean(drawing) == '<svg><g class="node"><title>t</title><text>w</text></g></svg>'


def contrast(first: str, second: str) -> float:
    """WCAG's contrast of two colours."""
    dark, light = sorted(_luminance(colour) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    return sum(weight * _linear(int(colour[at : at + 2], 16)) for weight, at in ((0.2126, 0), (0.7152, 2), (0.0722, 4)))


def _linear(byte: int) -> float:
    part = byte / 255
    return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("front", ["ink", "soft", "link", "error", "warning", "holds", "note", "heat"])
def test_text_can_be_read(scheme: int, front: str) -> None:
    block = re.findall(r":root \{(.*?)\}", report(Capture()), re.DOTALL)[scheme]
    colours = {key: (code * 2 if len(code) == 3 else code) for key, code in re.findall(r"--([\w-]+): #(\w+)", block)}
    assert contrast(colours[front], colours["paper"]) >= 4.5
    assert contrast(colours[front], colours["panel"]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    "back", ["error-paper", "warning-paper", "holds-paper", "note-paper", "heat1", "heat2", "heat3", "box", "module"]
)
def test_marked_text_can_be_read(scheme: int, back: str) -> None:
    block = re.findall(r":root \{(.*?)\}", report(Capture()), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): #(\w+)", block))
    assert contrast(colours["ink"], colours[back]) >= 4.5
