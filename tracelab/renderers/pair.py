"""Two captures side by side: one page with both viewers, and a table for a notebook that needs no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tracelab import schema
from tracelab.comparison import FATE_WORDS, OUTCOME_WORDS, Comparison, Fate, Place, Side, Which
from tracelab.format import place_text, plural
from tracelab.renderers import bundle, story, tally
from tracelab.renderers.discreet import discreet
from tracelab.renderers.markup import Child, Html, join, name, tag
from tracelab.renderers.page import look_word, pair_page
from tracelab.renderers.reading import short
from tracelab.renderers.safe import code, visible
from tracelab.viewer import packed

_LOOKS: dict[Fate, tally.Look] = {
    "wrong": "error",
    "open": "warning",
    "refused": "note",
    "holds": "holds",
    "": "note",
}
_LINE = 120
Word = Callable[[tally.Look, str], Html]
"""A word, with its look or without."""
_SIDES: tuple[Which, Which] = ("first", "second")


def report(of: Comparison, *, title: str | None = None, source: bool = True, values: bool = True) -> str:
    """The whole page, with or without the text of the source files, and values."""
    of = discreet(of, source=source, values=values)
    heading = visible(title or of.name or "A comparison", 160)
    above: list[Child] = [
        tag("h1", tag("bdi", heading)),
        tag("p", headline(of), class_="answer"),
        tag("p", _reading(of), class_="soft"),
        _places(of),
    ]
    below: list[Child] = [_witnesses(of), _moving(of)]
    script = bundle.script()
    sides = [_of(of, which) for which in _SIDES]
    data = [packed(s.capture, title=heading, source=source, values=values) if script else b"" for s in sides]
    shown = [(visible(s.backend, 40), _head(s), _still(s), packed_) for s, packed_ in zip(sides, data)]
    return pair_page(f"{heading}: {of.first.backend} and {of.second.backend}", above, shown, below, script or "")


def headline(of: Comparison) -> str:
    """`2 places freeze in jit alone, 1 in export alone, none in both.`."""
    both = sum(place.first_fate == place.second_fate == "wrong" for place in of.places)
    first, second = len(of.only("first")), len(of.only("second"))
    one, other = visible(of.first.backend, 40), visible(of.second.backend, 40)
    if not first + second + both:
        return f"No place is proven wrong in {one} or in {other}."
    verb = "freezes" if first == 1 else "freeze"
    alone = f"{plural(first, 'place')} {verb} in {one} alone, {second or 'none'} in {other} alone"
    return f"{alone}, {both or 'none'} in both."


def table(of: Comparison) -> str:
    """What a notebook shows: it needs no script and no style, so that every host keeps it."""
    return tag(
        "div",
        tag("p", tag("strong", tag("bdi", visible(of.name, 120))), f": {headline(of)}"),
        _plain(("Line", of.first.backend, of.second.backend), [_row(of, place, _bare) for place in of.places]),
        _plain(("Witness", "On its own side", "On the other"), list(_checked(of, _bare))),
        [tag("p", "To write:"), tag("pre", tag("code", "\n".join(code(of.to_write))))] if of.to_write else "",
        [tag("p", "What stays open:"), tag("ul", [tag("li", _open(text)) for text in of.left])] if of.left else "",
    )


def _of(of: Comparison, which: Which) -> Side:
    return of.first if which == "first" else of.second


def _reading(of: Comparison) -> str:
    refused = any("refused" in (place.first_fate, place.second_fate) for place in of.places)
    said = "Each line is told as both see it; choose one to see it in both viewers."
    return said + (
        " What is refused loudly is honest: it raises, where the other may answer wrongly." if refused else ""
    )


# -- lines -----------------------------------------------------------------------------------------------------


def _places(of: Comparison) -> Html:
    if not of.places:
        return tag("p", "Neither of the two froze anything that was seen.")
    head = tag("thead", tag("tr", [tag("th", text, scope="col") for text in ("Line", *_backends(of), "Rules")]))
    rows: list[Html] = []
    for place in of.places:
        cells = [*_row(of, place), [tag("div", name(visible(rule, 60))) for rule in place.rules]]
        told = [
            tag("td", cell, data_label=text) for cell, text in zip(cells, ("", *_backends(of), "rules"), strict=True)
        ]
        numbers = {f"data_{which}": _number(_of(of, which), ids) for which, ids in zip(_SIDES, _ids(place))}
        rows.append(tag("tr", told, class_="moved" if place.moved else "", **numbers))
    return tag("div", tag("table", head, tag("tbody", rows), class_="data places", id="places"), class_="rows")


def _ids(place: Place) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return place.first, place.second


def _number(side: Side, ids: Sequence[str]) -> str:
    """The place of the worst finding in its capture, which is in this order."""
    known = [finding.id for finding in side.capture.findings]
    return str(min((known.index(id_) for id_ in ids if id_ in known), default=""))


def _row(of: Comparison, place: Place, word: Word = look_word) -> list[Child]:
    fates: tuple[Fate, Fate] = (place.first_fate, place.second_fate)
    cells = [_fate(_of(of, which), fate, ids, word) for which, fate, ids in zip(_SIDES, fates, _ids(place))]
    return [[tag("strong", tag("bdi", _where(place))), _text(of, place)], *cells]


def _where(place: Place) -> str:
    return visible(short(place_text(place.source)), 160) if place.source else "no place in the source"


def _text(of: Comparison, place: Place) -> Html:
    """The line itself."""
    source = place.source
    if source is None:
        return Html()
    files = (file for which in _SIDES for file in _of(of, which).capture.sources if file.filename == source.filename)
    lines = next((file.text.splitlines() for file in files), list[str]())
    if not 0 < source.lineno <= len(lines) or not lines[source.lineno - 1].strip():
        return Html()
    return tag("div", name(visible(lines[source.lineno - 1].strip(), _LINE)))


def _fate(side: Side, fate: Fate, ids: Sequence[str], word: Word) -> Html:
    found = [finding for finding in side.findings if finding.id in ids]
    if not fate:
        return tag("span", FATE_WORDS[fate], class_="soft")
    values = dict.fromkeys(value for finding in found if (value := story.frozen_value(finding, 60)))
    frozen = tag("div", "frozen ", [name(value) for value in values], class_="soft") if values else ""
    return join([word(_LOOKS[fate], FATE_WORDS[fate]), frozen])


def _backends(of: Comparison) -> tuple[str, str]:
    return visible(of.first.backend, 40), visible(of.second.backend, 40)


# -- the two ---------------------------------------------------------------------------------------------------


def _head(side: Side) -> Html:
    refused = "" if side.program else tag("p", "It refuses: what is shown is its draft.", class_="soft")
    return join([tag("h2", visible(side.backend, 40)), refused])


def _still(side: Side) -> Html:
    """What stands where the viewer does not run."""
    items = [tag("li", _one(finding)) for finding in side.findings]
    listed = tag("ul", items) if items else tag("p", tally.silence(side.capture))
    return join([tag("p", f"{tally.headline(side.capture)}."), listed])


def _one(finding: schema.Finding) -> list[Child]:
    place = f" at {visible(short(place_text(finding.source)), 160)}: " if finding.source else ": "
    return [look_word(tally.look(finding), finding.verdict), place, tag("bdi", visible(finding.message, 400))]


# -- witnesses -------------------------------------------------------------------------------------------------


def _witnesses(of: Comparison) -> Html:
    rows = list(_checked(of))
    if not rows:
        return Html()
    said = "Each Run that proves something of one, played on the program of the other."
    columns = ("Witness", "On its own side", "On the other")
    return tag("section", tag("h2", "Witnesses"), tag("p", said, class_="soft"), _table(columns, rows))


def _checked(of: Comparison, word: Word = look_word) -> Iterator[list[Child]]:
    for check in of.checked:
        here, there = _backends(of) if check.whose == "first" else _backends(of)[::-1]
        error = tag("div", tag("bdi", visible(check.error, 200)), class_="soft") if check.error else ""
        yield [
            [tag("bdi", visible(check.probe, 160)), tag("div", tag("bdi", visible(check.finding, 120)), class_="soft")],
            _outcome(here, check.here, word),
            [_outcome(there, check.there, word), error],
        ]


def _outcome(backend: str, outcome: str, said: Word) -> Html:
    looks: dict[str, tally.Look] = {"agrees": "holds", "diverges": "error", "captured_raises": "error"}
    word = next(text for key, text in OUTCOME_WORDS.items() if key == outcome)
    return said(looks.get(outcome, "note"), f"{backend}: {word}")


# -- what to write ---------------------------------------------------------------------------------------------


def _moving(of: Comparison) -> Html:
    """For who must leave `torch.jit.trace`: what to write, which sizes are open, what stays to be done."""
    if not (of.to_write or of.dimensions or of.left):
        return Html()
    written = tag(
        "pre", tag("code", "\n".join(code(of.to_write))), class_="snippet", data_copy="the call", tabindex="0"
    )
    return tag(
        "section",
        tag("h2", "Leaving torch.jit.trace"),
        [tag("h3", "What to write"), written] if of.to_write else "",
        [tag("h3", "Sizes"), _sizes(of)] if of.dimensions else "",
        tag("h3", "What stays open"),
        tag("ul", [tag("li", _open(text)) for text in of.left]) if of.left else tag("p", "Nothing that was found."),
        id="moving",
    )


def _sizes(of: Comparison) -> Html:
    rows: list[list[Child]] = [
        [
            name(visible(f"{one.input}[{one.dim}]", 80)),
            str(one.size),
            "takes other sizes" if one.taken else "was not seen to take another size",
            [
                look_word("holds", "open") if one.open else look_word("note", "fixed"),
                ": " if one.open else " ",
                tag("bdi", visible(one.text.removeprefix("fixed "), 200)),
            ],
        ]
        for one in of.dimensions
    ]
    return _table(("Dimension", "Size", "Eager", "torch.export"), rows)


def _open(text: str) -> Html:
    parts = visible(text, 600).split("`")
    return tag("bdi", [tag("code", part) if at % 2 else part for at, part in enumerate(parts)])


def _table(columns: Sequence[str], rows: Sequence[Sequence[Child]]) -> Html:
    head = tag("thead", tag("tr", [tag("th", text, scope="col") for text in columns]))
    body = [tag("tr", [tag("td", cell, data_label=text) for text, cell in zip(columns, row)]) for row in rows]
    return tag("table", head, tag("tbody", body), class_="data")


def _bare(look: tally.Look, word: str) -> Html:
    """Without the page's style the shapes have no size."""
    return tag("strong" if look == "error" else "span", word)


def _plain(columns: Sequence[str], rows: Sequence[Sequence[Child]]) -> Html:
    if not rows:
        return Html()
    head = tag("tr", [tag("th", visible(text, 40), align="left") for text in columns])
    body = [tag("tr", [tag("td", cell, align="left", valign="top") for cell in row]) for row in rows]
    return tag("table", tag("thead", head), tag("tbody", body))
