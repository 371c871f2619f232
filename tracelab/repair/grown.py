"""A loop over a size in which a list grows: its parts stand in one tensor, which `while_loop` fills round by round.

The first round is run before, as it tells how large a part is: an empty list could not be joined in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.effects import only_computes
from tracelab.repair.flow import flow_of
from tracelab.repair.lists import Lists, lists_of
from tracelab.repair.loops import WHILE_LOOP, Rounds, begin_of, handed_on, rounds_of, tupled
from tracelab.repair.place import Place, place_of
from tracelab.repair.trees import Tree, spaced, statements, text_of, tree_of, with_import

_TITLE = "one round is a function of its own, and while_loop fills a tensor with what the list held"


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The `for` of the finding's line, over a range whose end is a size."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    node = tree.statement(spot.lineno) if tree is not None else None
    if tree is None or spot.source is None or not isinstance(node, cst.For) or node.orelse is not None:
        return
    text = _text(tree, node, spot.ran()) if spot.finding.rule.startswith("shape") else None
    if text is not None:
        text = text if "torch" in spot.names else with_import(text, "torch")
        yield Proposal(_TITLE, spot.plan.with_source(spot.source.changed(text)))


def _text(tree: Tree, node: cst.For, ran: Mapping[str, Any]) -> str | None:
    block: Any = tree.parent(node)
    place = place_of(tree, node, ran)
    rounds = rounds_of(node, place, True) if place is not None else None
    if place is None or rounds is None or rounds.start != "torch.tensor(0)" or not isinstance(block, cst.IndentedBlock):
        return None
    body = list(block.body)
    here = body.index(node)
    lists = lists_of(place, rounds.nodes, body[here + 1 :])
    if lists is None or not lists.names or not only_computes(lists.others, place.lent()):
        return None
    made = _written(rounds, place, lists)
    if made is None:
        return None
    made[0] = made[0].with_changes(leading_lines=place.lines_above())
    rest = lists.joined(body[here + 1 :], _joined)
    return tree.with_(block, block.with_changes(body=[*body[:here], *made, *rest]))


def _written(rounds: Rounds, place: Place, lists: Lists) -> list[Any] | None:
    parts = {name: place.fresh(f"{name}_part") for name in lists.names}
    rounds = replace(rounds, nodes=[_set(node, lists, parts) for node in rounds.nodes])
    flow, at = flow_of(rounds.nodes), rounds.counter
    carried = [n for n in flow.bound if (n in place.after or n in flow.free) and n not in parts.values()]
    if not all(name in place.before for name in carried):
        return None
    step, goes_on, fills = (place.fresh(name) for name in ("step", "goes_on", "fills"))
    listed, every = ", ".join([at, *carried]), ", ".join([at, *carried, *parts])
    ends = [f"{at} + 1", *(handed_on(rounds.nodes, name) for name in carried), *parts.values()]
    one: Any = statements(f"def {step}({listed}):\n    pass")[0]
    one = one.with_changes(body=cst.IndentedBlock([*rounds.body, *statements(f"return {', '.join(ends)}")]))
    given = ", ".join([rounds.start, *(begin_of(name, place) for name in carried)])
    later = place.fresh("later")
    filled = [f"{name}.index_copy(0, {at}.view(1), {part}[None])" for name, part in parts.items()]
    lines = [
        f"{', '.join([at, *carried, *parts.values()])} = {step}({given})",
        *(f"{name} = {part}.expand({rounds.end}, *{part}.shape).clone()" for name, part in parts.items()),
        f"def {goes_on}({every}):\n    return {rounds.condition}",
        f"def {fills}({every}):\n    {', '.join([later, *carried, *parts.values()])} = {step}({listed})\n"
        f"    return {', '.join([later, *carried, *filled])}",
        f"{tupled(['_', *carried, *parts])} = {WHILE_LOOP}({goes_on}, {fills}, ({every}))",
    ]  # fmt: skip
    made = [statement for line in lines for statement in statements(line)]
    return [one, spaced(made[0]), *made[1:-3], *map(spaced, made[-3:])]


def _set(node: Any, lists: Lists, parts: Mapping[str, str]) -> Any:
    """`names.append(x)` -> `part = x`."""
    if node not in lists.grown:
        return node
    made: Any = statements(f"{parts[lists.grown[node]]} = {text_of(lists.value_of(node))}")[0]
    return made.with_changes(leading_lines=node.leading_lines)


def _joined(name: str, call: cst.Call, dim: str) -> str:
    """`torch.stack(parts, 1)` -> `parts.movedim(0, 1)`; what is joined by `torch.cat` is laid flat besides."""
    number = int(dim)
    if not text_of(call.func).endswith(("cat", "concat")):
        return name if number == 0 else f"{name}.movedim(0, {number})"
    first = number if number >= 0 else number - 1
    moved = name if first == 0 else f"{name}.movedim(0, {first})"
    return f"{moved}.flatten({first}, {first + 1})"
