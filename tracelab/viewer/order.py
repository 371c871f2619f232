"""The nodes of a graph in one row. Those of nested blocks stand before the node that holds them, which takes what
the blocks give back: so what a node takes always stands before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tracelab import schema


@dataclass(frozen=True)
class Arm:
    """A nested block is entered."""

    owner: schema.Node
    place: int
    """Which of the owner's blocks it is."""

    @property
    def title(self) -> str:
        """`if`, `else`, `loop`."""
        names = {"prim::If": ("if", "else"), "prim::Loop": ("loop",)}.get(self.owner.target, ())
        return names[self.place] if self.place < len(names) else f"block {self.place}"


Step = schema.Node | Arm | None
"""A node, the start of a block, or its end."""


@dataclass
class Row:
    """The nodes by number, and which values each takes."""

    steps: list[Step]
    nodes: list[schema.Node] = field(default_factory=list[schema.Node])
    number: dict[int, int] = field(default_factory=dict[int, int])
    """A node's id -> its number."""
    maker: dict[int, int] = field(default_factory=dict[int, int])
    """A value's id -> the number of the node that makes it."""
    takes: list[list[int]] = field(default_factory=list[list[int]])
    """The numbers of the nodes that make its arguments, in their order, with repeats."""


def row(graph: schema.Graph) -> Row:
    """Put a graph in order.

    A value that no node before makes has no number: the tracer knows some that it never recorded.
    """
    found = Row(list(_steps(graph.nodes)))
    for step in found.steps:
        if isinstance(step, Arm):
            _enter(found, step)
        elif step is not None:
            found.takes.append([found.maker[value] for value in taken(step) if value in found.maker])
            found.number[step.id] = number = len(found.nodes)
            found.nodes.append(step)
            found.maker.update({value.id: number for value in step.outputs})
    return found


def _steps(nodes: Iterable[schema.Node]) -> Iterator[Step]:
    for node in nodes:
        for place, block in enumerate(node.blocks):
            yield Arm(node, place)
            yield from _steps(block.nodes)
            yield None
        yield node


def _enter(found: Row, arm: Arm) -> None:
    """What a block is given is made where its owner's arguments are: a loop gets its counter, then what it carries."""
    block, given = arm.owner.blocks[arm.place], list(arm.owner.args)
    if arm.owner.target == "prim::Loop":
        given = [*given[:1], *given[2:]]
    for value, arg in zip(block.inputs, given):
        made = next((found.maker[ref] for ref in refs((arg,)) if ref in found.maker), None)
        if made is not None:
            found.maker[value.id] = made


def taken(node: schema.Node) -> Iterator[int]:
    """The ids of the values that a node takes, and of those that its blocks give back."""
    yield from refs(node.args)
    for block in node.blocks:
        yield from refs(block.outputs)


def refs(args: tuple[schema.Arg, ...]) -> Iterator[int]:
    """The ids of the values among arguments, those in lists too."""
    for arg in args:
        if isinstance(arg, schema.Ref):
            yield arg.value
        elif isinstance(arg, schema.Items):
            yield from refs(arg.items)
