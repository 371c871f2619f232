"""`torch.jit.script` on the smallest thing around a finding that compiles: a function, a module, the whole."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType
from typing import Any

import libcst as cst
import torch

from tracelab.probes.state import spelled
from tracelab.repair.base import Proposal, Spot
from tracelab.repair.copies import parts_of
from tracelab.repair.functions import methods_of
from tracelab.repair.sources import read
from tracelab.repair.trees import tree_of, with_import
from tracelab.schema import SourceRange


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The functions that lead to the finding, innermost first, then the module, and what it stands in."""
    for frame in _frames(spot):
        yield from _function(spot, frame)
    yield from _modules(spot)


def _frames(spot: Spot) -> list[SourceRange]:
    first = spot.subject.observations[spot.finding.observations[0]] if spot.finding.observations else None
    frames = [*(first.stack if first is not None else ())] or [f for f in (spot.finding.source,) if f is not None]
    return frames[:8]


def _function(spot: Spot, frame: SourceRange) -> Iterator[Proposal]:
    source = spot.plan.sources.get(frame.filename) or read(frame.filename)
    tree = tree_of(source.text) if source is not None else None
    node = tree.function(source.now(frame.lineno)) if tree is not None and source is not None else None
    if tree is None or source is None or node is None or tree.is_method(node) or node.decorators:
        return
    decorator = cst.Decorator(cst.parse_expression("torch.jit.script"))
    text = tree.with_(node, node.with_changes(decorators=[decorator], leading_lines=node.leading_lines))
    text = text if spot.names.get("torch") is torch else with_import(text, "torch")
    title = f"{node.name.value} is compiled by torch.jit.script, which keeps its branches, loops and sizes"
    yield Proposal(title, spot.plan.with_source(source.changed(text)))


def _modules(spot: Spot) -> Iterator[Proposal]:
    if spot.module is None or spot.request.many:
        return
    seen: set[tuple[str, ...]] = set()
    group = _holders(spot.module, spot)
    while group and group not in seen:
        seen.add(group)
        if "" in group:
            break
        yield Proposal(_title(group), spot.plan.with_scripted(*group))
        group = tuple(dict.fromkeys(fqn.rpartition(".")[0] for fqn in group))
    yield Proposal("the whole module is compiled by torch.jit.script", spot.plan.with_scripted(""))


def _holders(root: torch.nn.Module, spot: Spot) -> tuple[str, ...]:
    """The modules whose class has the line, and the one whose operations it steers."""
    place = spot.finding.source
    found = [fqn for fqn, part in parts_of(root) if place is not None and _has_line(type(part), place)]
    return tuple(found) or (spot.finding.module,)


def _has_line(kind: type[Any], place: SourceRange) -> bool:
    bases = [base for base in kind.__mro__ if issubclass(base, torch.nn.Module) and base is not torch.nn.Module]
    codes = [function.__code__ for base in bases for _, function in methods_of(base)]
    return any(code.co_filename == place.filename and _spans(code, place.lineno) for code in codes)


def _spans(code: CodeType, lineno: int) -> bool:
    lines = [line for _, _, line in code.co_lines() if line is not None]
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return bool(lines) and min(lines) <= lineno <= max([*lines, *(0 for _ in inner)])


def _title(group: tuple[str, ...]) -> str:
    names = ", ".join(spelled("model", fqn) for fqn in group[:3]) + (f" and {len(group) - 3} more" if group[3:] else "")
    return f"{names} {'is' if len(group) == 1 else 'are'} compiled by torch.jit.script before the capture"
