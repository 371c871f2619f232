"""A `for` that data leave from inside, over what Python counts: every round is run, and a flag says which one counted.

So it is with the layers of a model, and with lists that grow: what the names held in the round that left, and how long
a list was by then, is kept beside the loop. For `torch.export`, where no `while_loop` takes what a round does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.effects import only_computes
from tracelab.repair.exits import Exit, Leaving, chosen_at_the_end, leaving_at, parts_of_value
from tracelab.repair.flow import flow_of
from tracelab.repair.lists import Lists, lists_of
from tracelab.repair.place import Place, place_of
from tracelab.repair.trees import Tree, bare, statements, text_of, tree_of, with_import

_TITLE = "every round of the loop is run, and a flag says which of them counted"


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The `for` that is left on the finding's line, or begins there."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    loop = leaving_at(tree, spot.lineno) if tree is not None else None
    if tree is None or spot.source is None or loop is None or not isinstance(loop.node, cst.For):
        return
    text = _text(tree, loop, spot.ran())
    if text is not None:
        text = text if "torch" in spot.names else with_import(text, "torch")
        yield Proposal(_TITLE, spot.plan.with_source(spot.source.changed(text)))


def _text(tree: Tree, loop: Leaving, ran: Mapping[str, Any]) -> str | None:
    place = place_of(tree, loop.node, ran)
    lists = lists_of(place, loop.steps, loop.rest) if place is not None else None
    if place is None or lists is None or not only_computes(lists.others, place.lent()):
        return None
    made = _Maker(loop, place, lists).make()
    return None if made is None else loop.replaced(tree, *made)


class _Maker:
    """Writes the loop with its flag.

    Args:
        loop: the loop.
        place: where it stands.
        lists: the lists that grow in it.
    """

    def __init__(self, loop: Leaving, place: Place, lists: Lists) -> None:
        self._loop, self._place = loop, place
        self._flag = place.fresh("running")
        self._lists = lists
        self._lengths = {name: place.fresh(f"{name}_length") for name in lists.names}
        read = [name for name in flow_of([loop.node]).bound if name in place.after]
        count = len(parts_of_value(loop.exits[0].returned)) if loop.exits[0].returned is not None else 0
        self._kept = [f"{name}_kept" for name in read] if not loop.returns else [f"found_{n + 1}" for n in range(count)]
        self._kept = ["found"] if loop.returns and count == 1 else self._kept
        self._kept = [place.fresh(name) for name in self._kept]
        self._read = read

    def make(self) -> tuple[list[Any], list[Any]] | None:
        """What stands in place of the loop, and what follows."""
        loop, body = self._loop, list[Any]()
        for part in loop.round:
            lines = self._left(part) if isinstance(part, Exit) else [part, *self._counted(part)]
            if lines is None:
                return None
            body += lines
        starts = [f"{self._flag} = torch.tensor(True)", *(f"{name} = None" for name in self._kept)]
        starts += [f"{name} = torch.tensor(0)" for name in self._lengths.values()]
        before = statements("\n".join(starts))
        before[0] = before[0].with_changes(leading_lines=loop.node.leading_lines)
        changed = loop.node.with_changes(body=loop.node.body.with_changes(body=body), leading_lines=[])
        rest = self._rest()
        return None if rest is None else ([*before, changed, *self._after()], rest)

    def _counted(self, part: Any) -> list[Any]:
        name = self._lists.grown.get(part)
        if name is None:
            return []
        length = self._lengths[name]
        return statements(f"{length} = {length} + {self._flag}")

    def _left(self, one: Exit) -> list[Any] | None:
        """What stands for an `if` that leaves: what counts is kept, for as long as the loop runs."""
        if one.nodes:
            return None
        values = parts_of_value(one.returned) if one.returned is not None else list(map(cst.Name, self._read))
        if len(values) != len(self._kept):
            return None
        lines = [self._if_running(name, text_of(bare(value)), name) for name, value in zip(self._kept, values)]
        lines.append(f"{self._flag} = torch.logical_and({self._flag}, torch.logical_not({one.condition}))")
        return statements("\n".join(lines))

    def _if_running(self, name: str, value: str, kept: str) -> str:
        """Before the first round nothing is kept."""
        return f"{name} = {value} if {kept} is None else torch.where({self._flag}, {value}, {kept})"

    def _after(self) -> list[Any]:
        if self._loop.returns:
            return []
        pairs = zip(self._read, self._kept)
        return [line for name, kept in pairs for line in statements(self._if_running(name, name, kept))]

    def _rest(self) -> list[Any] | None:
        if self._loop.returns:
            return chosen_at_the_end(self._loop.rest, self._flag, self._kept)
        return self._lists.joined(self._loop.rest, self._cut)

    def _cut(self, name: str, call: cst.Call, dim: str) -> str:
        """`torch.stack(names, 1)` -> as much of it as there was when the loop was left."""
        length = f"{self._lengths[name]}.item()"
        is_cat = text_of(call.func).endswith(("cat", "concat"))
        length = f"{length} * {name}[0].shape[{dim}]" if is_cat else length
        return f"{text_of(call)}.narrow({dim}, 0, {length})"
