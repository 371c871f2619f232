"""One method's graph in columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracelab import schema
from tracelab.renderers.safe import visible
from tracelab.shown import Column, ShownGraph, ShownRegion
from tracelab.viewer.alike import alike
from tracelab.viewer.chains import Ways, ways
from tracelab.viewer.columns import Columns, Type
from tracelab.viewer.order import Row, row
from tracelab.viewer.places import Files, Ranges
from tracelab.viewer.scopes import Scope, Scopes, scopes
from tracelab.viewer.strings import Strings, form, label, spec

_OPS: dict[schema.Op, int] = {"placeholder": 0, "get_attr": 1, "call_function": 2, "output": 3}


@dataclass(frozen=True)
class Ordered:
    """A graph with all that is asked of it when findings and Runs are put in order."""

    graph: schema.Graph
    row: Row
    scopes: Scopes
    ranges: Ranges
    ways: Ways


def ordered(graph: schema.Graph, files: Files) -> Ordered:
    """Put a graph in order."""
    graph = _with_attributes(graph)
    found = row(graph)
    return Ordered(graph, found, scopes(graph, found), Ranges(files), ways(found))


def _with_attributes(graph: schema.Graph) -> schema.Graph:
    """The graph in which a parameter that some backend passes as an input is an attribute, as with every other."""
    lifted = {given.value: given.target for given in graph.signature.inputs if given.kind != "input"}
    if not any(node.op == "placeholder" and _lifted(node, lifted) for node in graph.nodes):
        return graph
    nodes = tuple(
        schema.Node(id=node.id, op="get_attr", target=_lifted(node, lifted), outputs=node.outputs)
        if node.op == "placeholder" and _lifted(node, lifted)
        else node
        for node in graph.nodes
    )
    return schema.Graph(
        method=graph.method,
        nodes=nodes,
        signature=graph.signature,
        modules=graph.modules,
        frames=graph.frames,
        complete=graph.complete,
    )


def _lifted(node: schema.Node, lifted: Mapping[int, str]) -> str:
    return next((lifted[value.id] for value in node.outputs if value.id in lifted), "")


def shown_graph(
    found: Ordered, strings: Strings, columns: Columns, marks: Mapping[int, int], regions: tuple[ShownRegion, ...]
) -> ShownGraph:
    """What is sent of a graph.

    Args:
        found: the graph, in order.
        strings: takes its texts.
        columns: takes its numbers.
        marks: node id -> 1 + the place of the worst finding that names it.
        regions: what its decisions control.
    """
    written = {
        **_nodes(found, strings, marks),
        **_edges(found.row),
    }
    written |= _scopes(found, strings, written)
    written |= _ranges(found.ranges)
    graph, count = found.graph, len(found.scopes.all)
    return ShownGraph(
        method=visible(graph.method, 200),
        complete=graph.complete,
        nodes=len(found.row.nodes),
        scopes=count,
        columns={name: _column(columns, name, numbers) for name, numbers in written.items()},
        regions=regions,
        inputs=tuple(label(node) for node in graph.nodes if node.op == "placeholder"),
        outputs=len(graph.signature.outputs),
    )


def _column(columns: Columns, name: str, numbers: list[int]) -> Column:
    kind: Type = "u8" if name in ("op", "ghost") else "u32"
    return columns.add(kind, numbers)


def _nodes(found: Ordered, strings: Strings, marks: Mapping[int, int]) -> dict[str, list[int]]:
    nodes, frames, makes = found.row.nodes, found.graph.frames, found.row.maker.__contains__
    return {
        "op": [_OPS[node.op] for node in nodes],
        "target": [strings.name(node.target) for node in nodes],
        "label": [strings.text(label(node)) for node in nodes],
        "form": [strings.text(form(node, makes)) for node in nodes],
        "name": [strings.name(node.outputs[0].name) if node.outputs else 0 for node in nodes],
        "spec": [strings.text(spec(node)) for node in nodes],
        "scope": found.scopes.of_node,
        "range": [found.ranges.place(_source(node, frames)) for node in nodes],
        "id": [node.id for node in nodes],
        "ghost": [int(node.ghost) for node in nodes],
        "mark": [marks.get(node.id, 0) for node in nodes],
    }


def _source(node: schema.Node, frames: tuple[schema.SourceRange, ...]) -> schema.SourceRange | None:
    """The user's line that recorded a node."""
    return node.source or (frames[node.stack[0]] if node.stack else None)


def _edges(row: Row) -> dict[str, list[int]]:
    start = [0]
    back: list[int] = []
    for number, makers in enumerate(row.takes):
        back += [number - maker for maker in makers]
        start.append(len(back))
    return {"start": start, "back": back}


def _scopes(found: Ordered, strings: Strings, nodes: Mapping[str, list[int]]) -> dict[str, list[int]]:
    infos = {info.fqn: info for info in found.graph.modules}
    types = [strings.name(_class(infos.get(scope.fqn), scope)) for scope in found.scopes.all]
    # What a module's parameters are called does not make it another one: attributes do not count.
    kinds = [
        () if op == _OPS["get_attr"] else (op, ghost, *texts)
        for op, ghost, *texts in zip(*(nodes[name] for name in ("op", "ghost", "form", "spec")))
    ]
    every = found.scopes.all
    return {
        "parent": [scope.parent for scope in every],
        "title": [strings.text(visible(scope.title, 60)) for scope in every],
        "fqn": [strings.name(scope.fqn) for scope in every],
        "type": types,
        "call": [scope.call for scope in every],
        "scope_range": [found.ranges.place(_definition(infos.get(scope.fqn), scope, found)) for scope in every],
        "same": alike(found.scopes, types, kinds, found.row.takes),
    }


def _class(info: schema.ModuleInfo | None, scope: Scope) -> str:
    return "" if info is None or scope.block else info.type.rpartition(".")[2]


def _definition(info: schema.ModuleInfo | None, scope: Scope, found: Ordered) -> schema.SourceRange | None:
    if scope.block:
        return _source(scope.block, found.graph.frames)
    return info.source if info else None


def _ranges(ranges: Ranges) -> dict[str, list[int]]:
    return dict(zip(("file", "first", "last"), ranges.columns))
