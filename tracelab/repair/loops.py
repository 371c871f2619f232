"""A loop that data ends, whose state is tensors: one round becomes a function, and torch's `while_loop` repeats it.

For `torch.export`: `torch.jit.trace` would record the rounds of the example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import libcst as cst
import torch

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.counted import Indexing, Storing
from tracelab.repair.effects import only_computes, rebound
from tracelab.repair.flow import flow_of, inside, read_in, targets
from tracelab.repair.forms import call, method
from tracelab.repair.place import Place, is_number, last_value, place_of
from tracelab.repair.trees import (
    Tree,
    bare,
    expression,
    lines_of,
    operand,
    spaced,
    statements,
    text_of,
    tree_of,
    with_import,
)
from tracelab.repair.where import condition_of

_TITLE = "one round is a function of its own, and while_loop repeats it as long as the data say"
WHILE_LOOP = "torch.while_loop" if hasattr(torch, "while_loop") else "torch._higher_order_ops.while_loop"
"""As this torch calls it: at first it was not among the public names."""


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The loop of the finding's line."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    node = tree.statement(spot.lineno) if tree is not None else None
    if tree is None or spot.source is None or not isinstance(node, (cst.While, cst.For)) or node.orelse is not None:
        return
    text = _text(tree, node, spot.ran(), spot.finding.rule.startswith("shape"))
    if text is not None:
        text = text if "torch" in spot.names else with_import(text, "torch")
        yield Proposal(_TITLE, spot.plan.with_source(spot.source.changed(text)))


def _text(tree: Tree, node: cst.While | cst.For, ran: Mapping[str, Any], by_size: bool) -> str | None:
    place = place_of(tree, node, ran)
    if place is None:
        return None
    rounds = rounds_of(node, place, by_size)
    if rounds is None or not only_computes(rounds.nodes, place.lent()):
        return None
    made = written(rounds, place)
    if made is None:
        return None
    made[0] = made[0].with_changes(leading_lines=place.lines_above())
    return tree.with_(node, cst.FlattenSentinel(made))


@dataclass(frozen=True)
class Rounds:
    """A loop as torch has it: whether it goes on, one round, and what both start from."""

    condition: str
    nodes: list[Any]
    counter: str = ""
    """The name that counts the rounds of a `for`; empty for a `while`."""
    start: str = ""
    end: str = ""
    """Of a `for`: one more than the last."""

    @property
    def body(self) -> list[Any]:
        """One round as a function of tensors has it: nothing is written into, and the counter is none of Python's."""
        nodes = rebound(self.nodes)
        return [node.visit(Indexing(self.counter)) for node in nodes] if self.counter else nodes


def rounds_of(node: cst.While | cst.For, place: Place, by_size: bool) -> Rounds | None:
    """What a loop repeats, and how long; None where its head is no condition, and no range.

    Args:
        node: the loop.
        place: where it stands.
        by_size: whether what ends a range is a size, which stays one.
    """
    return _of_while(node) if isinstance(node, cst.While) else _of_for(node, place, by_size)


def _of_while(node: cst.While) -> Rounds | None:
    condition = condition_of(node.test)
    return None if condition is None else Rounds(condition, lines_of(node.body))


def _of_for(node: cst.For, place: Place, by_size: bool) -> Rounds | None:
    """`for i in range(n)`, whose variable nobody reads later."""
    counter, given = targets(node.target), call(node.iter, "range")
    if not isinstance(node.target, cst.Name) or not given or len(given) > 2 or counter[0] in place.after:
        return None
    if counter[0] in flow_of([node.body]).bound:
        return None
    name = place.fresh("rounds") if counter[0] == "_" else counter[0]
    start, end = (given[0] if len(given) == 2 else None), given[-1]
    last = text_of(operand(_kept(end, by_size)))
    begins = f"torch.as_tensor({text_of(bare(_kept(start, by_size)))})" if start is not None else "torch.tensor(0)"
    nodes = [line.visit(Storing(name, place.lent())) for line in lines_of(node.body)]
    return Rounds(f"{name} < {last}", nodes, name, begins, last)


def _kept(node: cst.BaseExpression, by_size: bool) -> cst.BaseExpression:
    """`n.item()` -> `n`, `int(n)` -> `n.long()`: it stays a tensor; a size stays a size."""
    inner = call(node, "int")
    if inner and len(inner) == 1:
        whole = _kept(inner[0], by_size)
        return whole if by_size else expression(f"{text_of(operand(whole))}.long()")
    found = method(node, "item")
    return found[0] if found and not found[1] else node


def written(rounds: Rounds, place: Place) -> list[Any] | None:
    """The statements that stand for a loop; None where a name that is carried is not bound before it."""
    flow, asked = flow_of(rounds.nodes), read_in(expression(rounds.condition))
    carried = [name for name in flow.bound if name in place.after or name in flow.free or name in asked]
    carried = [name for name in carried if name != rounds.counter]
    if not carried or not all(name in place.before for name in carried):
        return None
    names = [*([rounds.counter] if rounds.counter else []), *carried]
    goes_on, step = place.fresh("goes_on"), place.fresh("step")
    ends = [
        *([f"{rounds.counter} + 1"] if rounds.counter else []),
        *(handed_on(rounds.nodes, name) for name in carried),
    ]
    listed = ", ".join(names)
    first: Any = statements(f"def {goes_on}({listed}):\n    return {rounds.condition}")[0]
    second: Any = statements(f"def {step}({listed}):\n    pass")[0]
    second = second.with_changes(body=cst.IndentedBlock([*rounds.body, *statements(f"return {tupled(ends)}")]))
    given = [*([rounds.start] if rounds.counter else []), *(begin_of(name, place) for name in carried)]
    left = [*(["_"] if rounds.counter else []), *carried]
    line = f"{tupled(left)} = {WHILE_LOOP}({goes_on}, {step}, ({tupled(given)}))"
    return [first, *map(spaced, [second, *statements(line)])]


def tupled(parts: list[str]) -> str:
    """Parts of a tuple as text, without parentheses."""
    return ", ".join(parts) + ("," if len(parts) == 1 else "")


def begin_of(name: str, place: Place) -> str:
    """What is carried is a tensor from the start."""
    return f"torch.as_tensor({name})" if name in place.numbers or name in place.plain else name


def handed_on(nodes: list[Any], name: str) -> str:
    """What a round hands to the next: torch takes nothing back that it gave."""
    value = last_value(nodes, name)
    if value is not None and is_number(value):
        return f"torch.tensor({name})"
    swaps = any(isinstance(part, cst.Assign) and isinstance(part.value, cst.Tuple) for n in nodes for part in inside(n))
    return f"{name}.clone()" if isinstance(value, cst.Name) or (value is None and swaps) else name
