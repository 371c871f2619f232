"""What a user lets pass: `RULE`, or `RULE@WHERE`, in which `*` stands for anything.

WHERE is a file (`net.py`, `models/net.py`), a line of it (`net.py:12`), a function in it (`net.py:forward`), a cell of
a notebook (`In [3]`), or a module by its fqn (`encoder.layers.*`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tracelab import schema
from tracelab.detectors import RULES
from tracelab.errors import UsageError
from tracelab.format import clip
from tracelab.source import slashed


@dataclass(frozen=True)
class Sorted:
    """The findings that fail a check, and what was let pass."""

    failing: tuple[schema.Finding, ...]
    allowed: tuple[schema.Finding, ...]
    """Those that would fail it, were they not let pass."""
    unused: tuple[str, ...]
    """Entries that match no finding at all."""
    failed: bool
    """Whether the check fails."""


def sort_out(capture: schema.Capture, allow: Iterable[str]) -> Sorted:
    """Part the findings that diverge or raise, and that of a capture that stopped, by what is let pass.

    Raises:
        UsageError: an entry names no rule.
    """
    entries = [allow] if isinstance(allow, str) else list(dict.fromkeys(allow))
    for entry in entries:
        _check(entry, capture)
    serious = [finding for finding in capture.findings if _fails(finding, capture)]
    allowed = [finding for finding in serious if any(matches(entry, finding) for entry in entries)]
    unused = [entry for entry in entries if not any(matches(entry, finding) for finding in capture.findings)]
    failing = [finding for finding in serious if finding not in allowed]
    is_told = any(finding.rule == "untraceable" for finding in serious)
    failed = bool(failing) or (capture.stop is not None and not is_told)
    return Sorted(tuple(failing), tuple(allowed), tuple(unused), failed)


def _fails(finding: schema.Finding, capture: schema.Capture) -> bool:
    stopped = capture.stop is not None and finding.rule == "untraceable"
    return finding.verdict in ("diverges", "raises") or stopped


def unused_text(entry: str) -> str:
    """What is told of an entry that matches nothing."""
    return f"allow {clip(entry)!r} matches no finding: take it out"


def matches(entry: str, finding: schema.Finding) -> bool:
    """Whether an entry lets a finding pass."""
    rule, at, where = entry.partition("@")
    if not fnmatchcase(finding.rule, rule):
        return False
    return not at or any(_is(place, where) for place in _places(finding))


def _is(place: str, where: str) -> bool:
    """A file may be named by as many of its last folders as one likes."""
    return (
        place == where or fnmatchcase(place, where) or place.endswith("/" + where) or fnmatchcase(place, "*/" + where)
    )


def _places(finding: schema.Finding) -> list[str]:
    """All the ways in which a place is named."""
    source, places = finding.source, [finding.module] if finding.module else []
    if source is not None:
        file = source.cell or slashed(source.filename)
        places += [file, f"{file}:{source.lineno}", f"{file}:{source.function}"]
    return places


def entry_for(finding: schema.Finding) -> str:
    """The entry that lets a finding pass, and holds when lines above it come and go."""
    source = finding.source
    if source is None:
        return f"{finding.rule}@{finding.module}" if finding.module else finding.rule
    file = source.cell or re.split(r"[/\\]", source.filename)[-1]
    return f"{finding.rule}@{file}:{source.function or source.lineno}"


def _check(entry: str, capture: schema.Capture) -> None:
    rule = entry.partition("@")[0]
    known: Sequence[str] = [*RULES, *(finding.rule for finding in capture.findings)]
    if not any(fnmatchcase(name, rule) for name in known):
        near = difflib.get_close_matches(rule, known, 1)
        cure = f"Did you mean {near[0]}?" if near else "Write RULE or RULE@WHERE; `tracelab explain` lists the rules."
        raise UsageError(f"There is no rule {clip(rule, 60)!r} to allow", cure=cure)
