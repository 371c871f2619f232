"""A recorded graph run piece by piece: all its values are seen, and few are held at a time."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from tracelab.backends.replica import Replica, Row, kept
from tracelab.bindings import C, function_of_graph, interpreted
from tracelab.preserve import cloned


@dataclass(frozen=True)
class _Piece:
    rows: list[Row]
    needs: list[str]
    """What was computed before, or was given."""
    passes: list[str]
    """What is computed here and needed later."""
    asked: dict[int, str]
    """The tracer's number of a value that is looked at -> its name in the graph."""


class Pieces:
    """The way through a replica.

    Args:
        replica: the graph.
        groups: the tracer's numbers of the values to look at, in the order of the graph; a group's are held together.
        until: the place of the last node to run, if not all.
        ends: the place of the last node of each piece, where that is not the last one that makes a value of its group.
    """

    def __init__(
        self, replica: Replica, groups: Sequence[Sequence[int]], until: int | None = None,
        ends: Sequence[int] | None = None,
    ) -> None:  # fmt: skip
        self._replica = replica
        rows = replica.rows()
        self._rows = rows if until is None else rows[: until + 1]
        self._place = {name: place for place, row in enumerate(self._rows) for name in row.makes}
        self._given = replica.input_names()
        there = {*self._place, *self._given}
        self._groups = [
            {n: name for n in group if (name := replica.name_of(n)) is not None and name in there} for group in groups
        ]
        last = [max((self._place.get(name, -1) for name in group.values()), default=-1) for group in self._groups]
        self._ends = list(ends if ends is not None else accumulate(last, max))

    def run(self, given: Sequence[Any]) -> Iterator[dict[int, Any]]:
        """The values of one group after the other; what comes after the last one is not run.

        Args:
            given: the arguments in the order of the example, then the parameters and buffers.

        Raises:
            RuntimeError: an operation refuses its inputs.
        """
        values = dict(zip(self._given, given))
        last_use = self._last_uses()
        for number, piece in enumerate(self._pieces(last_use)):
            taken = [values[name] for name in piece.needs]
            for name in [name for name in values if last_use.get(name, -1) <= number]:
                del values[name]
            with interpreted():
                found = _function(self._replica, piece)(*taken)
            values.update(zip(piece.passes, found))
            yield dict(zip(piece.asked, found[len(piece.passes) :]))

    def _piece_of(self, place: int) -> int:
        return bisect.bisect_left(self._ends, place)

    def _last_uses(self) -> dict[str, int]:
        """The number of the last piece that needs a value."""
        found: dict[str, int] = {}
        for place, row in enumerate(self._rows):
            piece = self._piece_of(place)
            if piece < len(self._ends):
                found.update(dict.fromkeys(row.takes, piece))
        for number, group in enumerate(self._groups):
            found.update({name: max(number, found.get(name, 0)) for name in group.values()})
        return found

    def _pieces(self, last_use: Mapping[str, int]) -> Iterator[_Piece]:
        start = 0
        # Each piece makes its own.
        constants = {name for row in self._rows if row.kind == "prim::Constant" for name in row.makes}
        for number, (end, asked) in enumerate(zip(self._ends, self._groups)):
            rows = self._rows[start : end + 1]
            made = {name for row in rows for name in row.makes}
            wanted = dict.fromkeys([*(name for row in rows for name in row.takes), *asked.values()])
            own = [self._rows[self._place[name]] for name in wanted if name in constants and name not in made]
            needs = [name for name in wanted if name not in made and name not in constants]
            passes = [name for name in made if last_use.get(name, -1) > number and name not in constants]
            yield _Piece([*own, *rows], needs, passes, asked)
            start = max(start, end + 1)


_STEPS = 24
"""A graph is cut into so many pieces to find the one that raises."""


def first_failure(replica: Replica, given: Sequence[Any], said: str = "", likely: int | None = None) -> int | None:
    """The place of the node at which a graph refuses what it is given; None where it takes it.

    Args:
        replica: the graph.
        given: the arguments in the order of the example.
        said: the error, which tells the stack of the node: then only those of that line are asked.
        likely: a place that is asked first, as another input failed there.
    """
    last = len(replica.stacks()) - 1
    places = _of_stack(replica.stacks(), said) or list(range(last + 1))
    if likely in places and likely > 0:
        failing = _failing(replica, cloned(given), [likely - 1, likely])
        if failing == 1:
            return likely
        places = [place for place in places if (place < likely if failing == 0 else place > likely)]
    while len(places) > 1:
        step = -(-len(places) // _STEPS)
        ends = [*places[step - 1 :: step], *([] if len(places) % step == 0 else [places[-1]])]
        failing = _failing(replica, cloned(given), ends)
        if failing is None:
            return None
        places = places[failing * step : (failing + 1) * step]
    return places[0] if places else None


def _failing(replica: Replica, given: Sequence[Any], ends: Sequence[int]) -> int | None:
    """The number of the piece that raises."""
    done = 0
    try:
        for _ in Pieces(replica, [()] * len(ends), ends=ends).run([*given, *replica.parameters()]):
            done += 1
    except RuntimeError:
        return done
    return None


def _of_stack(stacks: Sequence[str], said: str) -> list[int]:
    """The places of the nodes that were recorded where an error says: of all stacks in it the longest."""
    there = {stack for stack in set(stacks) if stack and stack in said}
    longest = max(there, key=len, default=None)
    return [place for place, stack in enumerate(stacks) if stack == longest] if longest else []


def _function(replica: Replica, piece: _Piece) -> Any:
    graph, values = C.Graph(), dict[str, Any]()
    for name in piece.needs:
        values[name] = graph.addInput()
        values[name].setType(replica.value(name).type())
    answers = {number: kept(graph, values[name]) for number, name in piece.asked.items() if name in values}
    numbers = {name: number for number, name in piece.asked.items()}

    def found(value: Any) -> Any:
        return values[value.debugName()]

    for row in piece.rows:
        copy = graph.createClone(row.node, found)
        graph.appendNode(copy)
        for index, name in enumerate(row.makes):
            values[name] = copy.outputsAt(index)
            if name in numbers:
                answers[numbers[name]] = kept(graph, values[name]) if replica.writes else values[name]
    outputs = [*(values[name] for name in piece.passes), *(answers[number] for number in piece.asked)]
    result = graph.create("prim::TupleConstruct", outputs, 1)
    graph.appendNode(result)
    result.output().setType(C.TupleType([value.type() for value in outputs]))
    graph.registerOutput(result.output())
    if piece.asked:
        C._jit_pass_dce(graph)
    return function_of_graph("piece", graph)
