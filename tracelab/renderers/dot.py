"""A graph as Graphviz draws it: modules are frames, frozen operations have their own shape, colour and word."""

# graphviz has no types of its own.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import difflib
from subprocess import CalledProcessError

import graphviz

from tracelab import schema
from tracelab.errors import MissingToolError, TracelabError, UsageError
from tracelab.format import plural
from tracelab.renderers.folding import MOST_BOXES, Box, Picture, picture
from tracelab.renderers.heat import Heat, heat
from tracelab.renderers.labels import Labels, NodeFindings, findings_by_node, quoted
from tracelab.renderers.safe import visible

HOW_TO_GET_DOT = (
    "Install Graphviz: apt-get install graphviz, brew install graphviz, or conda install graphviz. "
    "Without it, `dot(...)` gives the text that it draws."
)

_FONT = "Helvetica,Arial,sans-serif"
_BETWEEN = "#727885"
"""What stands on nobody knows which paper, a white one or a dark one, is read on both."""
_GRAPH = {
    "bgcolor": "transparent",
    "fontcolor": _BETWEEN,
    "fontname": _FONT,
    "fontsize": "11",
    "labelloc": "t",
    "mclimit": "0.5",
    "nodesep": "0.2",
    "nslimit": "2",
    "nslimit1": "2",
    "rankdir": "TB",
    "ranksep": "0.35",
    "splines": "polyline",
}
_NODE = {
    "color": "#6b7280",
    "fillcolor": "#f4f5f7",
    "fontcolor": "#16181d",
    "fontname": _FONT,
    "fontsize": "10",
    "height": "0.3",
    "margin": "0.1,0.05",
    "shape": "box",
    "style": "filled",
}
_EDGE = {"color": _BETWEEN, "arrowsize": "0.6"}
_FRAME = {"style": "rounded", "color": _BETWEEN, "fontcolor": _BETWEEN, "labelloc": "t", "labeljust": "l"}


def dot(
    capture: schema.Capture,
    *,
    method: str = "forward",
    module: str = "",
    depth: int | None = None,
    most: int = MOST_BOXES,
) -> str:
    """The DOT text of one method's graph.

    Args:
        capture: the document.
        method: which method to draw; the only one there is, where it is not called `forward`.
        module: fqn of the module to draw; empty for all of them.
        depth: how many levels of modules are opened; None opens as many as can be read.
        most: how many boxes can be read.

    Raises:
        UsageError: no such method or module.
    """
    graph = _graph(capture, method)
    _check_module(graph, module)
    findings, hot = findings_by_node(capture, graph), heat(capture, graph)
    drawn = picture(graph, module, depth, _marked(findings, hot), most)
    digraph = graphviz.Digraph("trace", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    digraph.attr(label=quoted([_caption(graph, drawn, hot)]), tooltip=quoted([visible(capture.name, 120)]))
    _draw(digraph, drawn, Labels(graph, findings, drawn.parameters, hot), module)
    return digraph.source


def svg(
    capture: schema.Capture,
    *,
    method: str = "forward",
    module: str = "",
    depth: int | None = None,
    most: int = MOST_BOXES,
) -> str:
    """The same graph, laid out by Graphviz's `dot`.

    Raises:
        MissingToolError: `dot` is not installed.
        UsageError: no such method or module.
    """
    source = dot(capture, method=method, module=module, depth=depth, most=most)
    try:
        return graphviz.Source(source).pipe(format="svg", encoding="utf-8", quiet=True)
    except graphviz.ExecutableNotFound as error:
        raise MissingToolError(
            "Graphviz's `dot`, which draws the graph, is not installed", cure=HOW_TO_GET_DOT
        ) from error
    except CalledProcessError as error:
        raise TracelabError(
            f"Graphviz's `dot` failed with exit code {error.returncode}", cure="Draw less: give `module` or `depth`."
        ) from error


def caption(
    capture: schema.Capture,
    *,
    method: str = "forward",
    module: str = "",
    depth: int | None = None,
    most: int = MOST_BOXES,
) -> str:
    """What the drawing of the same arguments says of itself: how much was recorded, drawn and folded."""
    graph = _graph(capture, method)
    hot = heat(capture, graph)
    drawn = picture(graph, module, depth, _marked(findings_by_node(capture, graph), hot), most)
    return _caption(graph, drawn, hot)


def _marked(findings: NodeFindings, hot: Heat) -> set[int]:
    """The nodes that are not folded away while there is room."""
    return set(findings) | ({hot.first} if hot.first is not None else set())


def _graph(capture: schema.Capture, method: str) -> schema.Graph:
    names = [graph.method for graph in capture.graphs]
    if method in names:
        return capture.graphs[names.index(method)]
    if method == "forward" and len(names) <= 1:
        return capture.graph
    raise UsageError(f"No method {visible(method, 60)!r} was captured", cure=f"Captured: {', '.join(names) or 'none'}.")


def _check_module(graph: schema.Graph, module: str) -> None:
    known = {node.module for node in graph.nodes} | {info.fqn for info in graph.modules}
    if module and not any(fqn == module or fqn.startswith(module + ".") for fqn in known):
        near = difflib.get_close_matches(module, known, 1)
        cure = f"Did you mean {near[0]!r}?" if near else f"Captured: {', '.join(sorted(filter(None, known))[:8])}."
        raise UsageError(f"No module {visible(module, 80)!r} recorded a node", cure=visible(cure, 300))


def _caption(graph: schema.Graph, drawn: Picture, hot: Heat) -> str:
    if not drawn.boxes:
        return "No operation was recorded."
    part = "" if graph.complete else "The graph ends where the capture stopped."
    number = f"{plural(len(graph.nodes), 'node')} recorded, {len(drawn.boxes)} boxes drawn."
    return " ".join(filter(None, [number, drawn.folded, part, hot.caption]))


def _draw(digraph: graphviz.Digraph, drawn: Picture, labels: Labels, module: str) -> None:
    frames = _Frame()
    for position, box in enumerate(drawn.boxes):
        frames.at(_path(box, module)).boxes.append((position, box))
    _fill(digraph, frames, labels, [module] if module else [])
    for start, end in drawn.edges:
        ghost = all(node.ghost for node in drawn.boxes[end].nodes)
        digraph.edge(f"n{start}", f"n{end}", **({"style": "dashed"} if ghost else {}))


class _Frame:
    """A module's frame: what stands in it, and the frames inside."""

    def __init__(self) -> None:
        self.boxes: list[tuple[int, Box]] = []
        self.inner: dict[str, _Frame] = {}

    def at(self, path: list[str]) -> _Frame:
        frame = self
        for part in path:
            frame = frame.inner.setdefault(part, _Frame())
        return frame


def _path(box: Box, module: str) -> list[str]:
    """The frames around a box; a box for a module stands in the frame of the module above."""
    rest = box.module[len(module) :].strip(".") if module else box.module
    parts = rest.split(".") if rest else []
    return parts[:-1] if box.kind == "module" else parts


def _fill(digraph: graphviz.Digraph, frame: _Frame, labels: Labels, path: list[str]) -> None:
    for kind, rank in (("input", "source"), ("output", "sink")):
        ends = [(position, box) for position, box in frame.boxes if box.kind == kind]
        if ends:
            row = graphviz.Digraph(graph_attr={"rank": rank})
            for position, box in ends:
                row.node(f"n{position}", **labels.attributes(box))
            digraph.subgraph(row)
    for position, box in frame.boxes:
        if box.kind not in ("input", "output"):
            digraph.node(f"n{position}", **labels.attributes(box))
    for name, inner in frame.inner.items():
        fqn = ".".join([*path, name])
        sub = graphviz.Digraph(name=f"cluster_{labels.frame_number(fqn)}", graph_attr=_FRAME)
        sub.attr(label=quoted([labels.module_title(fqn)]), tooltip=quoted([visible(fqn, 200)]))
        _fill(sub, inner, labels, [*path, name])
        digraph.subgraph(sub)
