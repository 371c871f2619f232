"""An `if`, both arms kept: each becomes a function of its own, and `torch.cond` runs the one that is asked for.

Unlike `torch.where` it computes one arm alone, and takes arms of several statements, with loops and layers. For
`torch.export`: `torch.jit.trace` runs the arm of the example and records that alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.effects import only_computes, rebound
from tracelab.repair.flow import flow_of, inside, read_in
from tracelab.repair.place import Place, is_number, last_value, place_of
from tracelab.repair.trees import Tree, lines_of, spaced, statements, text_of, tree_of, with_import
from tracelab.repair.where import condition_of, outermost

_TITLE = "each arm is a function of its own, and torch.cond runs one of them"

_OF_PYTHON = (
    "ambient-context", "dtype-dependent", "device-dependent", "layout-dependent", "input-structure", "outside-read",
    "training-mode",
)  # fmt: skip
"""Rules whose questions no tensor answers: torch.cond would decide them at capture, too."""


def costly(spot: Spot) -> Iterator[Proposal]:
    """The same for arms that call layers or functions of the user's, which are better not both computed."""
    yield from _proposals(spot, True)


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The `if` of the finding's line, with what its arms read handed in, then with that taken from around them."""
    yield from _proposals(spot, False)


def _proposals(spot: Spot, is_costly: bool) -> Iterator[Proposal]:
    tree = tree_of(spot.source.text) if spot.source is not None else None
    node = tree.statement(spot.lineno) if tree is not None else None
    is_asked = spot.finding.rule not in _OF_PYTHON
    if tree is None or spot.source is None or not isinstance(node, cst.If) or not is_asked:
        return
    node = outermost(tree, node)
    if _is_costly(node) != is_costly:
        return
    seen: set[str] = set()
    for hands_in in (True, False):
        text = _text(tree, node, spot.ran(), hands_in)
        if text is not None and text not in seen:
            seen.add(text)
            text = text if "torch" in spot.names else with_import(text, "torch")
            yield Proposal(_TITLE, spot.plan.with_source(spot.source.changed(text)))


def _is_costly(node: cst.If) -> bool:
    """Whether an arm has a loop, or calls what is no method of a tensor's and no function of torch's."""
    arms = [node.body, *([node.orelse] if node.orelse is not None else [])]
    parts = [part for arm in arms for part in inside(arm)]
    calls = [part.func for part in parts if isinstance(part, cst.Call)]
    return any(isinstance(part, (cst.For, cst.While)) for part in parts) or any(
        isinstance(func, cst.Name) or text_of(func).startswith("self.") for func in calls
    )


# -- the statement and what follows it ------------------------------------------------------------------------------


def _text(tree: Tree, node: cst.If, ran: Mapping[str, Any], hands_in: bool) -> str | None:
    parent = tree.parent(node)
    body: Sequence[Any] = getattr(parent, "body", ())
    place = place_of(tree, node, ran)
    if parent is None or place is None or node not in body:
        return None
    here = list(body).index(node)
    rest = list(body[here + 1 :])
    made = _Maker(place, hands_in).of_if(node, rest, None)
    if made is None:
        return None
    new, takes_rest = made
    first = new[0].with_changes(leading_lines=place.lines_above())
    kept = [first, *new[1:], *([] if takes_rest else rest)]
    return tree.with_(parent, parent.with_changes(body=[*body[:here], *kept]))


@dataclass
class _Way:
    """One way through: its statements, and what it returns in the end, where it does."""

    nodes: list[Any]
    returned: cst.BaseExpression | None = None


class _Maker:
    """Writes the functions and the call.

    Args:
        place: the outermost `if`.
        hands_in: whether the arms are handed what they read; else only the names that they bind anew.
    """

    def __init__(self, place: Place, hands_in: bool) -> None:
        self._place, self._hands_in = place, hands_in
        self._count = 0

    def of_if(self, node: cst.If, rest: list[Any], wanted: list[str] | None) -> tuple[list[Any], bool] | None:
        """The statements that stand for an `if`, and whether they stand for what follows it, too.

        Args:
            node: the `if`.
            rest: what follows it in its block.
            wanted: the names that have to be bound in the end; None for those that are read later.
        """
        wanted, labels = self._outputs(node) if wanted is None else wanted, self._labels()
        if isinstance(node.orelse, cst.If):
            inner = self.of_if(node.orelse, rest, wanted)
            if inner is None:
                return None
            node, rest = node.with_changes(orelse=cst.Else(cst.IndentedBlock(inner[0]))), [] if inner[1] else rest
        condition, ways = condition_of(node.test), _ways(node, rest)
        if condition is None or ways is None:
            return None
        one, other, takes_rest = ways
        lent = self._place.lent()
        if not all(only_computes(way.nodes, lent) for way in (one, other)):
            return None
        returns = one.returned is not None
        names = [] if returns else wanted
        if not returns and (not names or not self._are_bound(names, one, other)):
            return None
        operands = self._operands(one, other, names)
        arms = [self._arm(label, way, names, operands) for label, way in zip(labels, (one, other))]
        given = ", ".join(f"torch.as_tensor({name})" if name in self._place.numbers else name for name in operands)
        call = f"torch.cond({condition}, {labels[0]}, {labels[1]}, ({given}{',' if len(operands) == 1 else ''}))"
        line = f"return {call}" if returns else f"{', '.join(names)} = {call}"
        return [arms[0], *map(spaced, [arms[1], *statements(line)])], takes_rest

    def _labels(self) -> list[str]:
        self._count += 1
        number = str(self._count) if self._count > 1 else ""
        return [self._place.fresh(f"{label}{number}") for label in ("one", "other")]

    def _outputs(self, node: cst.If) -> list[str]:
        return [name for name in flow_of([node]).bound if name in self._place.after]

    def _are_bound(self, names: list[str], one: _Way, other: _Way) -> bool:
        sure = [flow_of(way.nodes).sure | self._place.before for way in (one, other)]
        return all(name in bound for name in names for bound in sure)

    def _operands(self, one: _Way, other: _Way, names: list[str]) -> list[str]:
        """What the arms are handed: what they bind anew or hand on, and then what else they read of the function's."""
        found: dict[str, None] = {}
        for way in (one, other):
            flow = flow_of(way.nodes)
            free = dict(flow.free)
            if way.returned is not None:
                free.update(dict.fromkeys(name for name in read_in(way.returned) if name not in flow.sure))
            free.update(dict.fromkeys(name for name in names if name not in flow.sure))
            needed = {*flow.bound, *names}
            found.update(dict.fromkeys(name for name in free if self._is_handed(name, name in needed)))
        return [name for name in found if name in self._place.before]

    def _given_to(self, way: _Way) -> set[str]:
        """The names that an arm finds, and does not bind anew."""
        return {name for name in self._place.before if name not in flow_of(way.nodes).bound}

    def _is_handed(self, name: str, is_needed: bool) -> bool:
        is_plain = name in self._place.plain or name in self._place.numbers
        return is_needed or (self._hands_in and not is_plain)

    def _arm(self, label: str, way: _Way, names: list[str], operands: list[str]) -> cst.FunctionDef:
        """`def one(x): ...`."""
        nodes = rebound(way.nodes)
        last: list[Any] = []
        if way.returned is not None:
            last = statements(f"return {_fresh_value(way.returned, self._given_to(way))}")
        else:
            last = statements(f"return {', '.join(_fresh_name(way.nodes, name) for name in names)}")
        made: Any = statements(f"def {label}({', '.join(operands)}):\n    pass")[0]
        return made.with_changes(body=cst.IndentedBlock([*nodes, *last]))


def _ways(node: cst.If, rest: list[Any]) -> tuple[_Way, _Way, bool] | None:
    """Both ways through, and whether they go on to the end of what follows."""
    one = lines_of(node.body)
    orelse: Any = node.orelse
    other = lines_of(orelse.body) if orelse is not None else []
    ends = _ends(one) or _ends(other)
    if ends:
        one, other = (way if _ends(way) else [*way, *rest] for way in (one, other))
    ways = [_way(way) for way in (one, other)]
    if (ways[0].returned is None) != (ways[1].returned is None) or not _alike(ways[0].returned, ways[1].returned):
        return None
    return ways[0], ways[1], ends


def _ends(nodes: Sequence[Any]) -> bool:
    return bool(nodes) and isinstance(nodes[-1], cst.SimpleStatementLine) and _is_return(nodes[-1])


def _is_return(node: cst.SimpleStatementLine) -> bool:
    return isinstance(node.body[-1], cst.Return) and node.body[-1].value is not None


def _way(nodes: list[Any]) -> _Way:
    if not _ends(nodes):
        return _Way(nodes)
    line = nodes[-1]
    before = [line.with_changes(body=line.body[:-1])] if len(line.body) > 1 else []
    return _Way([*nodes[:-1], *before], line.body[-1].value)


def _alike(one: Any, other: Any) -> bool:
    """Whether two expressions have as many parts, where one can read that."""
    both = isinstance(one, cst.Tuple) and isinstance(other, cst.Tuple)
    return not both or len(one.elements) == len(other.elements)


def _fresh_value(node: cst.BaseExpression, given: Collection[str]) -> str:
    """What an arm returns: torch.cond takes nothing back that was there before, and no number."""
    if isinstance(node, cst.Tuple):
        parts = [_fresh_value(element.value, given) for element in node.elements]
        return ", ".join(parts) + ("," if len(parts) == 1 else "")
    if isinstance(node, cst.Name) and node.value in given:
        return f"{node.value}.clone()"
    return f"torch.tensor({text_of(node)})" if is_number(node) else text_of(node)


def _fresh_name(nodes: Sequence[cst.CSTNode], name: str) -> str:
    """The same of a name that an arm binds, or hands on as it was."""
    value = last_value(nodes, name)
    if value is not None and is_number(value):
        return f"torch.tensor({name})"
    is_handed_on = name not in flow_of(nodes).bound or isinstance(value, cst.Name)
    return f"{name}.clone()" if is_handed_on else name
