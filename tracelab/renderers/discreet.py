"""A comparison without the source, or without the values, for a page that leaves the building."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from tracelab.comparison import Checked, Comparison, Place, Side
from tracelab.renderers.folders import shortest, without_folders
from tracelab.viewer.private import error_told, hidden, told


def discreet(of: Comparison, *, source: bool, values: bool) -> Comparison:
    """The comparison with what may be told."""
    names = {} if source else shortest(dict.fromkeys(_files(of)))
    known = [*_values(of.first), *_values(of.second)]

    def named(text: str) -> str:
        """Files without the folders that lead to them."""
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, names[name])
        return text

    def sentence(text: str) -> str:
        return told(named(text), known, source=source, values=values)

    def checked(one: Checked) -> Checked:
        error = error_told(one.error, source=source, values=values)
        return replace(one, probe=sentence(one.probe), error=error)

    def place(one: Place) -> Place:
        found = one.source
        return one if found is None else replace(one, source=replace(found, filename=named(found.filename)))

    return replace(
        of,
        first=_side(of.first, source=source, values=values),
        second=_side(of.second, source=source, values=values),
        places=tuple(map(place, of.places)),
        checked=tuple(map(checked, of.checked)),
        dimensions=tuple(replace(one, text=named(one.text)) for one in of.dimensions),
        left=tuple(map(sentence, of.left)),
    )


def _files(of: Comparison) -> Iterator[str]:
    places = (one.source for one in (*of.places, *of.first.findings, *of.second.findings))
    yield from (place.filename for place in places if place)


def _side(side: Side, *, source: bool, values: bool) -> Side:
    capture = hidden(side.capture if source else without_folders(side.capture), source=source, values=values)
    return replace(side, capture=capture, findings=capture.findings, stop=capture.stop)


def _values(side: Side) -> Iterator[str]:
    yield from (finding.frozen for finding in side.findings)
    yield from (seen.value for seen in side.capture.observations)
    yield from (finding.witness.probe for finding in side.findings if finding.witness)
