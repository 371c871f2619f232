"""Plain observations, and what is claimed of them."""

from __future__ import annotations

from typing import Any

from tracelab.detectors import Facts, detect
from tracelab.schema import Finding, Graph, Observation, Origin, Run, SourceRange

VALUES = Origin(values=("x",))
SIZES = Origin(shapes=("x",))
RANDOM = Origin(random=True)
PARAMETERS = Origin(parameters=("fc.weight",))
NOTHING = Origin()
AGREES = Run(id=0, probe="the example inputs", outcome="agrees")
DIVERGES = Run(id=1, probe="the example inputs", outcome="diverges")
RAISES = Run(id=2, probe="the example inputs", outcome="captured_raises", error="RuntimeError: no")
OTHER = Run(id=3, probe="check_inputs[0]", outcome="diverges")


def at(lineno: int, col_offset: int = 0, filename: str = "/me/model.py") -> SourceRange:
    return SourceRange(filename=filename, lineno=lineno, end_lineno=lineno, col_offset=col_offset)


def seen(kind: str, asked: str = "", **facts: Any) -> Observation:
    """An observation on line 3."""
    return Observation(**{"id": 0, "kind": kind, "asked": asked, "source": at(3), **facts})


def converted(asked: str = "Tensor.__bool__", origin: Origin = VALUES, **facts: Any) -> Observation:
    """A value that Python took, on line 3."""
    return seen("conversion", asked, origin=origin, **{"value": "True", **facts})


def found(*observations: Observation, graphs: tuple[Graph, ...] = (), facts: Facts | None = None) -> list[Finding]:
    return list(detect(observations, graphs, facts or Facts()))


def claimed(*observations: Observation, runs: tuple[Run, ...] = (), **facts: Any) -> list[tuple[str, str, str]]:
    """Rule, level and verdict of each finding."""
    findings = found(*observations, facts=Facts(runs=runs, **facts))
    return [(finding.rule, finding.level, finding.verdict) for finding in findings]


def warning(rule: str) -> list[tuple[str, str, str]]:
    return [(rule, "warning", "unproven")]


def note(rule: str) -> list[tuple[str, str, str]]:
    return [(rule, "note", "unproven")]
