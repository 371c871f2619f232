"""Offered repairs as text, and what every renderer says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tracelab import schema
from tracelab.format import joined, plural
from tracelab.renderers import safe
from tracelab.renderers.safe import visible
from tracelab.shown import LineKind, ShownLine

_HUNK = re.compile(r"@@ -\d+(?:,(\d{1,9}))? \+\d+(?:,(\d{1,9}))? @@")
_SIGNS: dict[str, LineKind] = {"+": "added", "-": "removed"}


_MENDABLE = ("diverges", "raises", "refused", "guarded")


def can_be_mended(finding: schema.Finding) -> bool:
    """Whether there is something to mend: it is wrong, or values and sizes that the function takes are refused.

    How many inputs there are, and what they are called, is what a program is for, and a guard of that stays.
    """
    is_structure = finding.verdict == "guarded" and finding.rule == "input-structure"
    return finding.verdict in _MENDABLE and not is_structure


def proven(repair: schema.Repair) -> str:
    """By how much a repair is shown to work."""
    return f"proven on {plural(repair.proven, 'run')}"


def lines(repair: schema.Repair) -> Iterator[str]:
    """A repair in a few lines: what it does, what it mends, by what it is proven."""
    yield f"{visible(repair.title, 200)}"
    yield f"  mends {joined([visible(name, 120) for name in repair.findings], 6)}, {proven(repair)}"


def change(repair: schema.Repair) -> list[str]:
    """The change itself, to copy."""
    return [*safe.code(repair.diff), *safe.code(repair.code)]


def not_mended(left: Mapping[str, str]) -> Iterator[str]:
    """A line for each finding that was to be mended, and is not: why."""
    yield from (f"left: {visible(name, 120)}: {visible(why, 400)}" for name, why in left.items())


def summary(repairs: Sequence[schema.Repair], left: Mapping[str, str], diff: str) -> str:
    """All that came of mending a Trace."""
    if not repairs:
        head = ["Nothing could be mended"] if left else ["There is nothing to mend"]
    else:
        head = [f"{plural(len({name for repair in repairs for name in repair.findings}), 'finding')} mended"]
    for repair in repairs:
        head += [f"  {line}" for line in lines(repair)]
        head += [f"    {line}" for line in safe.code(repair.code)]
    head += [f"  {line}" for line in not_mended(left)]
    return "\n".join([*head, *(["", *safe.code(diff)] if diff else [])])


def heading(repair: schema.Repair) -> str:
    """What it does, as a sentence begins."""
    return visible(repair.title[:1].upper() + repair.title[1:], 400)


def lines_of(diff: str) -> tuple[ShownLine, ...]:
    """The lines of what `diff -u` writes. A line of the change may look like a head: its hunk says how far it goes."""
    found: list[ShownLine] = []
    before = after = 0
    for line in plain(diff).removesuffix("\n").split("\n") if diff else ():
        hunk = _HUNK.match(line)
        if hunk or (before <= 0 and after <= 0):
            before, after = (int(size or 1) for size in hunk.groups()) if hunk else (0, 0)
            found.append(ShownLine(kind="hunk" if hunk else "head", text=line))
            continue
        kind = "head" if line.startswith("\\") else _SIGNS.get(line[:1], "same")
        before -= kind in ("removed", "same")
        after -= kind in ("added", "same")
        found.append(ShownLine(kind=kind, text=line if kind == "head" else line[1:]))
    return tuple(found)


def plain(text: str) -> str:
    """As files are sent: lone surrogates cannot be, and a line ends with its one sign."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
