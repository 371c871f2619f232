"""Names, messages and source are anybody's text: nothing of it runs, asks the network, or breaks the layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.browser.conftest import Open
from tests.browser.seeing import Seen, box
from tests.browser.test_taking import saved
from tests.browser.test_widths import SCROLLED, at_width, wide_open
from tests.renderers.samples import FILE, finding, place, proven, witness
from tests.viewer.graphs import graph, node, start
from tracelab.schema import Capture, Input, NodeError, OutputError, SourceFile, Stop, Summary

ACTS = "window.bad = 1"
HOSTILE = {
    "a script's end": f"</script><img src=x onerror='{ACTS}'><script>{ACTS}</script>",
    "a comment": f"<!--<script>--><svg onload={ACTS}>]]><![CDATA[<script>{ACTS}</script>",
    "an address": f"javascript:{ACTS}",
    "quotes": f'"\'`><b onmouseover={ACTS} style=position:fixed;inset:0 x="${{{ACTS}}}{{{{{ACTS}}}}}',
    "100 KB": "W" * 100_000,
    "100 KB of words": "name " * 20_000,
    "another direction": "\u202e\u2067\u200f\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd\u202c",
    "what is not seen": "a\u200b\u200d\ufeff\u2060\x00\x1b[31m\x7f\x85\u2028\u2029b",
    "lone halves": "\ud800 \udfff x",
    "many marks": "Z" + "\u0351\u0325\u0308" * 300,
    "a wide sign": "\ufdfd" * 200,
    "keys of objects": "__proto__",
    "lines": "\n".join(["line"] * 500),
    "a place of a table": "$0 $1 $99999 %s {0} \\u0000",
    "an address of a picture": "url(https://example.invalid/x.png) @import 'https://example.invalid'; }}",
}


def hostile(text: str) -> Capture:
    """A capture in which every text is this one."""
    told: dict[str, Any] = {"message": text, "frozen": text, "reason": text, "module": text, "rule": text}
    summary = Summary(spec=text, min=text, max=text, mean=text, bars=(1, 2, 3))
    run = witness(
        id=1,
        probe=text,
        error=text,
        snippet=text,
        inputs=(Input(name=text, spec=text),),
        outputs=(OutputError(path=text, eager=text, captured=text, agrees=False),),
        first_divergence=1,
        along=(NodeError(node=1, eager=summary, captured=summary, agrees=False, max_abs=1.0),),
        blame=("a",),
    )
    inner = text.replace(".", "_")
    nodes = (start(), node(1, 0, target=text, module=inner, source=place()), node(2, 1, "1", module=inner))
    return Capture(
        name=text,
        torch=text,
        inputs=(Input(name=text, spec=text),),
        graphs=(graph(*nodes, method=text),),
        findings=(
            proven(nodes=(1,), witness=run, observations=(), method=text, **told),
            finding(id="b", observations=(), **told),
        ),
        runs=(run,),
        constraints=(text,),
        sources=(SourceFile(filename=FILE, text=f"{text}\n  x = '{text}'\n"),),
        stop=Stop(stage="eager", error=text, source=place()),
    )


def walk(seen: Seen) -> None:
    """Everything that shows a text is shown once."""
    for key in ("n", "ArrowDown", "ArrowDown", "Enter", "d"):
        seen.keys.press(key)
    seen.button("Modules").click()
    seen.button("Open all").click()
    seen.canvas.hover()
    seen.menu("About this capture")
    seen.keys.press("Escape")
    seen.focus()
    seen.keys.press("/")
    seen.keys.type("a")
    seen.keys.press("Escape")
    seen.at.get_by_role("button", name="Findings").first.click()


@pytest.mark.parametrize("what", HOSTILE)
def test_nothing_runs_and_nothing_is_asked_for(opened: Open, tmp_path: Path, what: str) -> None:
    """That nobody complains and nothing is fetched is asked of every test here."""
    seen = opened(hostile(HOSTILE[what]))
    walk(seen)
    assert seen.at.evaluate("() => window.bad") is None
    assert seen.at.locator("img, iframe, object, script[src]").count() == 0
    assert seen.at.locator("#tracelab").locator("b, a, image, script, style").count() == 0
    acts_on_nobody(saved(seen, "Save drawing as SVG", tmp_path))


def acts_on_nobody(path: Path) -> None:
    assert path.suffix == ".svg"
    assert len(path.name) < 100
    root = ElementTree.parse(path).getroot()
    assert {element.tag.split("}")[1] for element in root.iter()}.isdisjoint({"script", "foreignObject", "image", "a"})
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]


@pytest.mark.parametrize("what", HOSTILE)
def test_the_layout_stays_whole(opened: Open, what: str) -> None:
    seen = opened(hostile(HOSTILE[what]))
    for width in (1400, 400):
        at_width(seen, width)
        assert seen.at.evaluate(SCROLLED) == [False, False]
        assert (width, wide_open(seen)) == (width, [])
        assert box(seen.at.locator(".bar")).height < 300


@pytest.mark.parametrize("what", ["another direction", "what is not seen"])
def test_what_would_turn_the_line_is_spelled_out(opened: Open, what: str) -> None:
    text = opened(hostile(HOSTILE[what])).at.locator(".viewer").inner_text()
    assert not set(text) & set("\u202e\u2067\u200f\u202c\u200b\u200d\ufeff\u2060\x1b\x7f\u2028")
    assert "\\u202e" in text or "\\u200b" in text


def test_a_source_with_the_worst_lines_reads_as_it_was_written(opened: Open) -> None:
    lines = ["x = ']]>'", 'y = "</script><!--"', "z = 'javascript:alert(1)'", "w = `${window.bad = 1}`"]
    capture = hostile("plain")
    seen = opened(
        Capture(
            **{
                **{f: getattr(capture, f) for f in capture.__struct_fields__},
                "sources": (SourceFile(filename=FILE, text="\n".join(lines)),),
            }
        )
    )
    assert [line.inner_text() for line in seen.source.locator(".code > code").all()] == lines
