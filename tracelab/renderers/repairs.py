"""Offered repairs as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracelab import schema
from tracelab.format import joined, plural
from tracelab.renderers import safe
from tracelab.renderers.safe import visible


def proven(repair: schema.Repair) -> str:
    """By how much a repair is shown to work."""
    return f"proven on {plural(repair.proven, 'run')}"


def lines(repair: schema.Repair) -> Iterator[str]:
    """A repair in a few lines: what it does, what it mends, by what it is proven."""
    yield f"{visible(repair.title, 200)}"
    yield f"  mends {joined([visible(name, 40) for name in repair.findings], 6)}, {proven(repair)}"


def change(repair: schema.Repair) -> list[str]:
    """The change itself, to copy."""
    return [*safe.code(repair.diff), *safe.code(repair.code)]


def summary(repairs: Sequence[schema.Repair], left: Mapping[str, str], diff: str) -> str:
    """All that came of mending a Trace."""
    if not repairs:
        head = ["Nothing could be mended"] if left else ["There is nothing to mend"]
    else:
        head = [f"{plural(len({name for repair in repairs for name in repair.findings}), 'finding')} mended"]
    for repair in repairs:
        head += [f"  {line}" for line in lines(repair)]
        head += [f"    {line}" for line in safe.code(repair.code)]
    head += [f"  left: {visible(name, 40)}: {visible(why, 400)}" for name, why in left.items()]
    return "\n".join([*head, *(["", *safe.code(diff)] if diff else [])])
