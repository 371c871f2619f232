"""The page that leads to several reports."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from tracelab import schema
from tracelab.format import plural
from tracelab.renderers import proof, tally
from tracelab.renderers.markup import Html, tag
from tracelab.renderers.page import look_word, page
from tracelab.renderers.reading import place_of, short
from tracelab.renderers.safe import visible


def index(entries: Sequence[tuple[str, schema.Capture]], *, title: str = "TraceLab reports") -> str:
    """A page with a row for each report.

    Args:
        entries: each report's address, relative to this page, and its capture.
        title: the page's title.
    """
    heading = visible(title, 160)
    columns = tag("thead", tag("tr", [tag("th", text) for text in ("Model", "Findings", "In short")]))
    rows = tag("tbody", [_row(href, capture) for href, capture in entries])
    body = tag("table", columns, rows, class_="index") if entries else tag("p", "There is no report yet.")
    return page(heading, tag("h1", tag("bdi", heading)), tag("p", _answer(entries), class_="answer"), body)


def _answer(entries: Sequence[tuple[str, schema.Capture]]) -> str:
    """`6 reports; 4 programs are wrong.`."""
    wrong = sum(any(map(tally.is_wrong, capture.findings)) for _, capture in entries)
    told = f"; {plural(wrong, 'program')} {'is' if wrong == 1 else 'are'} wrong" if wrong else ""
    return f"{plural(len(entries), 'report')}{told}."


def _row(href: str, capture: schema.Capture) -> Html:
    inputs = tag("div", tag("bdi", tag("code", proof.inputs(capture.inputs))), class_="soft")
    model = tag("a", tag("bdi", visible(capture.name or href, 120)), href=_address(href))
    return tag("tr", tag("td", model, inputs), tag("td", _counts(capture)), tag("td", _short(capture)))


def _address(href: str) -> str:
    """An address within the folder: one with a scheme of its own (`javascript:`) would be somewhere else."""
    relative = href if ":" not in href.partition("/")[0] else f"./{href}"
    return quote(relative, safe="/.%#?=&+,;:@!()~", errors="replace")


def _counts(capture: schema.Capture) -> list[Html]:
    rows = [tag("div", look_word(look, text)) for look, text in tally.tallies(capture.findings)]
    return rows or [tag("div", "none", class_="soft")]


def _short(capture: schema.Capture) -> list[Html]:
    """The answer and the worst finding."""
    lines = [tag("p", f"{tally.headline(capture)}.")]
    if capture.findings:
        worst = min(capture.findings, key=lambda finding: tally.LOOKS.index(tally.look(finding)))
        text = f"{worst.rule} at {short(place_of(worst.source))}: {worst.message}"
        lines.append(tag("p", tag("bdi", visible(text, 240)), class_="soft"))
    return lines
