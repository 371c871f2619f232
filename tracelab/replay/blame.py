"""Which findings explain a Run that disagrees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracelab.detectors.base import ASKED
from tracelab.replay.stage import Result
from tracelab.replay.trial import Trial
from tracelab.source import stack_places

BY_INPUTS = ("example", "check_inputs", "given", "values", "shapes", "rank", "search", "calls", ASKED)
"""The axes on which nothing but the inputs is changed."""
_OF_INPUTS = (
    "conversion",
    "constant-tensor",
    "list-length",
    "size-read",
    "rank",
    "try",
    "layout",
    "state-write",
    "cache",
)
"""The kinds of observations that depend on inputs, or on what a call leaves behind."""


def suspects(result: Result, changed: frozenset[int], trials: Sequence[Trial]) -> list[list[Trial]]:
    """The findings that may explain a Run, those of one topic together: one group, where the Run isolates it.

    Args:
        result: the Run.
        changed: the observations whose answer was another one, or whose circumstance was changed.
        trials: all findings.
    """
    involved = [trial for trial in trials if trial.ids & changed]
    if result.captured.lines:
        raising = at_place(result.captured.lines, [trial for trial in trials if may_explain(trial, result)])
        named = [trial for trial in raising if trial in involved] or (raising if not involved else [])
        if named:
            return [[min(named, key=lambda trial: trial.position)]]
    for level in ("error", "warning", "note"):
        chosen = [trial for trial in involved if trial.finding.level == level]
        if chosen:
            return _by_topic(chosen)
    return []


def may_explain(trial: Trial, result: Result) -> bool:
    """Whether a finding that stands where a Run parts can be why: it has to depend on what was changed."""
    if result.probe.axis not in BY_INPUTS:
        return bool(trial.ids & result.probe.aims)
    return any(observation.kind in _OF_INPUTS for observation in trial.seen)


def _by_topic(trials: list[Trial]) -> list[list[Trial]]:
    groups: dict[object, list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.topic, []).append(trial)
    return list(groups.values())


def place_of(trial: Trial) -> tuple[str, int, int]:
    """The file, the line and the column."""
    source = trial.finding.source
    return (source.filename, source.lineno, source.col_offset) if source is not None else ("", 0, 0)


def raised_at(error: BaseException) -> list[tuple[str, int]]:
    """The user's lines that TorchScript's interpreter names, the failing operation's first."""
    text = "\n".join(line.strip() for line in str(error).splitlines())
    return [(place.filename, place.lineno) for place in stack_places(text)]


def standing_at(place: tuple[str, int], trials: Iterable[Trial]) -> list[Trial]:
    """The findings whose own line is a place, the worst first."""
    found = [t for t in trials if t.finding.source is not None and place_of(t)[:2] == place]
    return sorted(found, key=lambda trial: not trial.is_rival)


def at_place(places: Sequence[tuple[str, int]], trials: Iterable[Trial]) -> list[Trial]:
    """The findings whose own line, or a line that they control, is the first of some places that has any."""
    pending = list(trials)
    for depth, (filename, lineno) in enumerate(places):
        own = [t for t in standing_at((filename, lineno), pending) if t.is_rival or not depth]
        if own:
            return own
        controlling = [trial for trial in pending if trial.is_rival and trial.covers(filename, lineno)]
        if controlling:
            return controlling
    return []
