"""A loop that data leave from inside becomes `while_loop`: a flag that is carried along says whether it still runs.

What stands below the `if` that leaves it counts only while the flag is true. For `torch.export`, as `loops.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.effects import only_computes
from tracelab.repair.exits import Exit, Leaving, chosen_at_the_end, leaving_at, parts_of_value
from tracelab.repair.flow import flow_of, read_in
from tracelab.repair.loops import Rounds, rounds_of, written
from tracelab.repair.place import place_of
from tracelab.repair.trees import Tree, bare, spaced, statements, text_of, tree_of, with_import
from tracelab.repair.where import assignment_of

_TITLE = "a flag says whether the loop still runs, and while_loop repeats one round as long as it does"


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The loop that is left on the finding's line, or begins there."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    loop = leaving_at(tree, spot.lineno) if tree is not None else None
    if tree is None or spot.source is None or loop is None:
        return
    text = _text(tree, loop, spot.ran(), spot.finding.rule.startswith("shape"))
    if text is not None:
        text = text if "torch" in spot.names else with_import(text, "torch")
        yield Proposal(_TITLE, spot.plan.with_source(spot.source.changed(text)))


def _text(tree: Tree, loop: Leaving, ran: Mapping[str, Any], by_size: bool) -> str | None:
    place = place_of(tree, loop.node, ran)
    rounds = rounds_of(loop.node, place, by_size) if place is not None else None
    if place is None or rounds is None or not only_computes(loop.steps, place.lent()):
        return None
    flag = place.fresh("running")
    nodes = _masked(loop.round, _Names(flag, place.fresh("leaves")), place.before)
    returned = _returned(loop)
    if nodes is None or returned is None:
        return None
    more = {flag} if loop.returns else set[str]()
    place = replace(
        place,
        before=place.before | {flag},
        after=place.after | more | {name for value in returned for name in read_in(value)},
    )
    is_endless = isinstance(loop.node, cst.While) and text_of(loop.node.test) in ("True", "1")
    condition = f"{flag}.clone()" if is_endless else f"torch.logical_and({flag}, {rounds.condition})"
    made = written(Rounds(condition, nodes, rounds.counter, rounds.start), place)
    if made is None:
        return None
    new = [*statements(f"{flag} = torch.tensor(True)"), spaced(made[0]), *made[1:]]
    new[0] = new[0].with_changes(leading_lines=loop.node.leading_lines)
    rest: list[Any] | None = loop.rest
    if loop.returns:
        found = [place.fresh("found" if len(returned) == 1 else f"found_{n}") for n in range(1, len(returned) + 1)]
        new += statements(f"{', '.join(found)} = {', '.join(map(text_of, returned))}")
        rest = chosen_at_the_end(rest, flag, found)
    return None if rest is None else loop.replaced(tree, new, rest)


def _returned(loop: Leaving) -> list[cst.BaseExpression] | None:
    """The parts of what is returned, which is read once the loop is over: so every exit has to return the same."""
    values = [one.returned for one in loop.exits if one.returned is not None]
    if len({text_of(value) for value in values}) > 1:
        return None
    return parts_of_value(values[0]) if values else []


@dataclass(frozen=True)
class _Names:
    """The names that say how a loop stands."""

    flag: str
    """True while it runs."""
    leaves: str
    """True where it is left just now."""


def _masked(parts: list[Any], names: _Names, before: Iterable[str]) -> list[Any] | None:
    """One round in which nothing is bound anew once it is left; None where that cannot be written.

    Args:
        parts: of the round.
        names: what the flag is called.
        before: names that are bound before.
    """
    made, known, is_left = list[Any](), set(before), False
    for part in parts:
        if isinstance(part, Exit):
            lines = _left(part, names, is_left, known)
            is_left = True
        else:
            lines = _bound([part], names.flag, known) if is_left else [part]
        if lines is None:
            return None
        made += lines
        known |= set(flow_of(lines).bound)
    return made


def _left(one: Exit, names: _Names, is_left: bool, known: set[str]) -> list[Any] | None:
    """What stands for an `if` that leaves."""
    asked = names.leaves if one.nodes else one.condition
    stays = f"torch.logical_not({asked})"
    stays = f"torch.logical_and({names.flag}, {stays})" if is_left else stays
    bound = _bound(one.nodes, names.leaves, known)
    if bound is None:
        return None
    leaves = f"torch.logical_and({names.flag}, {one.condition})" if is_left else one.condition
    before = statements(f"{names.leaves} = {leaves}") if one.nodes else []
    return [*before, *bound, *statements(f"{names.flag} = {stays}")]


def _bound(nodes: list[Any], condition: str, known: set[str]) -> list[Any] | None:
    """Assignments that count where a condition is true; names of one round alone are bound in any case."""
    made = list[Any]()
    for node in nodes:
        found = [assignment_of(part) for part in node.body] if isinstance(node, cst.SimpleStatementLine) else [None]
        for pair in found:
            if pair is None:
                return None
            name, value = pair[0], text_of(bare(pair[1]))
            made += statements(f"{name} = torch.where({condition}, {value}, {name})" if name in known
                               else f"{name} = {value}")  # fmt: skip
    return made
