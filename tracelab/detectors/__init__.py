"""One rule a file: recorded facts in, claims out. Nothing here runs the user's code or knows torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from msgspec import structs

from tracelab.detectors import (
    ambient_context,
    constant_tensor,
    data_dependent_branch,
    data_dependent_loop,
    data_dependent_scalar,
    device_dependent,
    dtype_dependent,
    input_structure,
    layout_dependent,
    lost_mutation,
    outside_read,
    random_draw,
    shape_dependent_branch,
    shape_dependent_constant,
    shape_dependent_loop,
    size_guard,
    state_read,
    state_write,
    swallowed_error,
    training_mode,
    unexplained_divergence,
    untraceable,
)
from tracelab.detectors.base import Claim, Facts, RuleHelp, help_of, place_of
from tracelab.schema import Finding, Graph, Observation

DETECTORS: tuple[ModuleType, ...] = (
    unexplained_divergence,
    untraceable,
    swallowed_error,
    data_dependent_branch,
    data_dependent_loop,
    data_dependent_scalar,
    random_draw,
    state_write,
    state_read,
    outside_read,
    shape_dependent_branch,
    shape_dependent_loop,
    shape_dependent_constant,
    constant_tensor,
    lost_mutation,
    training_mode,
    ambient_context,
    input_structure,
    dtype_dependent,
    device_dependent,
    layout_dependent,
    size_guard,
)
"""All rules, in the order in which findings of one level are shown."""

RULES: dict[str, RuleHelp] = {module.RULE: help_of(module) for module in DETECTORS}
"""The documentation of each rule."""

_LEVELS = ("error", "warning", "note")
_VERDICTS = ("diverges", "raises", "refused", "unproven", "guarded", "holds")
_ORDER = {module.RULE: index for index, module in enumerate(DETECTORS)}


def detect(observations: Sequence[Observation], graphs: Sequence[Graph], facts: Facts) -> tuple[Finding, ...]:
    """The findings that follow from what was seen, worst first, one for each rule and place."""
    seen = {
        place_of(o.source) for o in observations if o.kind not in ("tracer-warning", "guard", "unbacked", "refusal")
    }
    facts = replace(facts, lines=frozenset(seen))
    groups: dict[tuple[object, ...], list[tuple[Observation, Claim]]] = {}
    for observation in observations:
        for module in DETECTORS:
            claim: Claim | None = module.claim(observation, facts)
            if claim is not None:
                place = observation.source
                key = (module.RULE, observation.method, place and (place.filename, place.lineno, place.col_offset))
                groups.setdefault(key, []).append((observation, claim))
    modules = {(graph.method, node.id): node.module for graph in graphs for node in graph.nodes}
    findings = [_finding(str(key[0]), group, modules) for key, group in groups.items()]
    return _numbered(sorted_findings(findings))


def _finding(rule: str, group: list[tuple[Observation, Claim]], modules: dict[tuple[str, int], str]) -> Finding:
    worst, claim = min(group, key=lambda pair: _LEVELS.index(pair[1].level))
    nodes = sorted({node for observation, _ in group for node in (*observation.nodes, *observation.ghosts)})
    values = list(dict.fromkeys(observation.value for observation, _ in group if observation.value))
    inside = next((modules[worst.method, node] for node in nodes if (worst.method, node) in modules), "")
    return Finding(
        id="",
        rule=rule,
        verdict=claim.verdict,
        level=claim.level,
        message=claim.message,
        reason=claim.reason,
        source=worst.source,
        nodes=tuple(nodes),
        method=worst.method,
        frozen=", ".join(values[:4]) + (", …" if len(values) > 4 else ""),
        observations=tuple(observation.id for observation, _ in group),
        count=len(group),
        module=inside,
        witness=claim.witness,
    )


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Worst first."""
    return tuple(sorted(findings, key=_severity))


def _severity(finding: Finding) -> tuple[object, ...]:
    place = finding.source
    where = (place.filename, place.lineno, place.col_offset) if place else ("", 0, 0)
    return (_LEVELS.index(finding.level), _VERDICTS.index(finding.verdict), _ORDER[finding.rule], where)


def _numbered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give each finding an id that a later capture of the same code gives again."""
    seen: dict[str, int] = {}
    numbered: list[Finding] = []
    for finding in findings:
        place = finding.source
        name = f"{finding.rule}:{Path(place.filename).name}:{place.lineno}" if place else finding.rule
        seen[name] = seen.get(name, 0) + 1
        numbered.append(structs.replace(finding, id=name if seen[name] == 1 else f"{name}:{seen[name]}"))
    return tuple(numbered)


__all__ = ["DETECTORS", "RULES", "Facts", "RuleHelp", "detect", "sorted_findings"]
