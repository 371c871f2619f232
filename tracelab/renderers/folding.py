"""What of a graph is drawn: operations one by one, a module as one box, or a run of operations as one box."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from tracelab import schema

MOST_BOXES, EDGES_A_BOX, DEEPEST = 400, 3, 12
"""Graphviz lays this much out within seconds, and nobody reads more."""

Kind = Literal["op", "module", "run", "input", "output", "outside"]
_INNER = {"op", "module"}


@dataclass(frozen=True)
class Box:
    """One thing drawn."""

    key: tuple[str, int | str]
    kind: Kind
    module: str
    """The module in whose frame it stands; of a `module` box, the module itself."""
    nodes: list[schema.Node] = field(default_factory=lambda: list[schema.Node]())


@dataclass(frozen=True)
class Picture:
    """Boxes in the order of recording, and edges between their positions."""

    boxes: list[Box]
    edges: list[tuple[int, int]]
    parameters: dict[int, str]
    """Values that are not drawn but named where they are used."""
    folded: str = ""
    """How the picture was made smaller, one sentence; empty where everything is drawn."""


def picture(graph: schema.Graph, module: str, depth: int | None, marked: set[int], most: int = MOST_BOXES) -> Picture:
    """The graph, or a module of it, small enough to be laid out.

    Args:
        graph: the graph of one method.
        module: fqn of the module to draw; empty for all of them.
        depth: how many levels of modules are opened; None to choose.
        marked: ids of nodes that are not folded away while there is room.
        most: how many boxes there is room for.
    """
    wiring = _Wiring(graph)
    levels = max((len(_below(node.module, module)) for node in wiring.drawn), default=0)
    opened = min(levels if depth is None else max(depth, 0), DEEPEST)
    found = wiring.folded(module, opened)
    while depth is None and opened > 0 and not _fits(found, most):
        opened -= 1
        found = wiring.folded(module, opened)
    why = "To keep it readable, modules" if depth is None else "Modules"
    note = f"{why} below level {opened} are drawn as one box each." if opened < levels else ""
    return _shortened(replace(found, folded=note), marked, most)


def _fits(found: Picture, most: int) -> bool:
    return len(found.boxes) <= most and len(found.edges) <= EDGES_A_BOX * most


def _below(fqn: str, module: str) -> list[str]:
    rest = fqn[len(module) :].strip(".") if module else fqn
    return rest.split(".") if rest else []


class _Wiring:
    """Which node makes which value, and which nodes are drawn at all."""

    def __init__(self, graph: schema.Graph) -> None:
        kinds = {spec.value: spec for spec in graph.signature.inputs if spec.kind != "input"}
        self.parameters = {value: spec.target for value, spec in kinds.items()}
        self.drawn: list[schema.Node] = []
        self.maker: dict[int, schema.Node] = {}
        for node in graph.nodes:
            if node.op == "get_attr":
                self.parameters.update({value.id: node.target for value in node.outputs})
            elif node.op != "placeholder" or not any(value.id in kinds for value in node.outputs):
                self.drawn.append(node)
                self.maker.update({value.id: node for value in node.outputs})
        self.sources = {node.id: [m for v in used(node) if (m := self.maker.get(v))] for node in self.drawn}

    def folded(self, module: str, depth: int) -> Picture:
        """The picture in which `depth` levels below `module` are open."""
        boxes: dict[tuple[str, int | str], Box] = {}
        order: dict[tuple[str, int | str], int] = {}
        edges: dict[tuple[int, int], None] = {}

        def place(node: schema.Node) -> int:
            box = _box(node, module, depth)
            known = boxes.setdefault(box.key, box)
            order.setdefault(box.key, len(order))
            known.nodes.append(node)
            return order[box.key]

        places: dict[int, int] = {}
        for node in self.drawn:
            if not _inside(node.module, module):
                continue
            for source in self.sources[node.id]:
                if source.id not in places and not _inside(source.module, module):
                    places[source.id] = place(source)
            here = places[node.id] = place(node)
            edges.update({(places[s.id], here): None for s in self.sources[node.id] if places.get(s.id, here) != here})
        return Picture([*boxes.values()], [*edges], self.parameters)


def _inside(fqn: str, module: str) -> bool:
    return not module or fqn == module or fqn.startswith(module + ".")


def _box(node: schema.Node, module: str, depth: int) -> Box:
    if not _inside(node.module, module):
        return Box(("outside", node.module), "outside", module)
    if node.op in ("placeholder", "output"):
        return Box(("op", node.id), "input" if node.op == "placeholder" else "output", module)
    below = _below(node.module, module)
    if len(below) > depth:
        fqn = ".".join([*([module] if module else []), *below[: depth + 1]])
        return Box(("module", fqn), "module", fqn)
    return Box(("op", node.id), "op", node.module)


def used(node: schema.Node) -> Iterator[int]:
    """The ids of the values that a node, and all that is nested in it, takes."""
    waiting: list[schema.Arg | schema.Node] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, schema.Ref):
            yield part.value
        elif isinstance(part, schema.Items):
            waiting += reversed(part.items)
        elif isinstance(part, schema.Node):
            for block in part.blocks:
                waiting += [*block.outputs, *reversed(block.nodes)]
            waiting += reversed(part.args)


def _shortened(found: Picture, marked: set[int], most: int) -> Picture:
    """The picture with runs of operations drawn as one box each, where it is still too large."""
    if _fits(found, most):
        return found
    small = _merged(found, _runs_between(found.boxes, marked))
    pieces = most
    while not _fits(small, most) and pieces > 1:
        small = _merged(found, _runs_of(found.boxes, len(found.boxes) // pieces + 1))
        pieces //= 2
    return replace(small, folded=f"{found.folded} Operations that follow one another are drawn as one box.".strip())


def _runs_between(boxes: Sequence[Box], marked: set[int]) -> list[list[int]]:
    """Positions of boxes that become one: neighbours in one module, up to the next one that is marked."""
    runs: list[list[int]] = []
    joinable = False
    for position, box in enumerate(boxes):
        alone = box.kind not in _INNER or any(node.id in marked for node in box.nodes)
        if joinable and not alone and boxes[runs[-1][-1]].module == box.module:
            runs[-1].append(position)
        else:
            runs.append([position])
        joinable = not alone
    return runs


def _runs_of(boxes: Sequence[Box], longest: int) -> list[list[int]]:
    """The same with no regard to marks or modules: only inputs and outputs stay apart from the rest."""
    runs: list[list[int]] = []
    for position, box in enumerate(boxes):
        last = boxes[runs[-1][-1]].kind if runs else None
        if last and (last == box.kind or {last, box.kind} <= _INNER) and len(runs[-1]) < longest:
            runs[-1].append(position)
        else:
            runs.append([position])
    return runs


def _merged(found: Picture, runs: Iterable[list[int]]) -> Picture:
    boxes: list[Box] = []
    new: dict[int, int] = {}
    for run in runs:
        boxes.append(_one([found.boxes[position] for position in run]))
        new.update({position: len(boxes) - 1 for position in run})
    edges = {(new[a], new[b]): None for a, b in found.edges if new[a] != new[b]}
    return replace(found, boxes=boxes, edges=[*edges])


def _one(run: list[Box]) -> Box:
    if len(run) == 1:
        return run[0]
    modules = {box.module for box in run}
    nodes = [node for box in run for node in box.nodes]
    kind: Kind = run[0].kind if run[0].kind not in _INNER else "run"
    return Box(("run", nodes[0].id), kind, modules.pop() if len(modules) == 1 else "", nodes)
