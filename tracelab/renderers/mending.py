"""Repairs in a page: what each does, by what it is proven, the diff, the code to write; and why the rest is left."""

from __future__ import annotations

from collections.abc import Sequence

from tracelab import schema
from tracelab.renderers import evidence, safe, tally
from tracelab.renderers.markup import Html, tag
from tracelab.renderers.page import look_word
from tracelab.renderers.reading import Reader
from tracelab.renderers.repairs import heading, lines_of, proven
from tracelab.shown import ShownLine

MOST_LINES = 400
_SIGNS = {"added": "+", "removed": "-", "same": " "}


def repairs(reader: Reader) -> Html:
    """All of them; nothing where none was asked for."""
    offered, left = reader.capture.repairs, reader.capture.left
    if not offered and not left:
        return Html()
    missed = [_left(reader, found, left[found.id]) for found in reader.capture.findings if found.id in left]
    return tag("section", tag("h2", "Repairs"), [_repair(reader, one) for one in offered], missed)


def _left(reader: Reader, finding: schema.Finding, why: str) -> Html:
    told = tag("p", "Not mended: ", tag("bdi", safe.visible(why, 600)))
    return tag("article", evidence.link(reader, finding), told, class_=tally.look(finding))


def _repair(reader: Reader, repair: schema.Repair) -> Html:
    mended = [evidence.link(reader, found) for name in repair.findings if (found := reader.finding(name))]
    code = safe.code(repair.code)
    return tag(
        "article",
        tag("h4", tag("bdi", heading(repair))),
        tag("p", look_word("holds", proven(repair))),
        tag("div", tag("p", "Mends", class_="soft"), mended) if mended else "",
        _diff(lines_of(repair.diff)) if repair.diff else "",
        [
            tag("p", "In place of the call to the tracer, write:", class_="soft"),
            tag("pre", tag("code", "\n".join(code)), class_="snippet", tabindex="0"),
        ]
        if code
        else "",
        class_="holds",
    )


def _diff(lines: Sequence[ShownLine]) -> Html:
    shown = [
        tag("span", _SIGNS.get(line.kind, ""), safe.visible(line.text, 2000), class_=f"line change {line.kind}")
        for line in lines[:MOST_LINES]
    ]
    more = [tag("span", f"{len(lines) - MOST_LINES} more lines", class_="line soft")] if len(lines) > MOST_LINES else []
    return tag("pre", shown, more, tabindex="0")
