"""What a box of the drawn graph says. All of it is anybody's text, and none of it may act in DOT or in the SVG."""

# graphviz has no types of its own.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import graphviz

from tracelab import schema
from tracelab.format import joined, plural, tensor_text
from tracelab.renderers.folding import Box, used
from tracelab.renderers.heat import Heat, degree, outer_nodes
from tracelab.renderers.heat import text as apart
from tracelab.renderers.reading import place_of
from tracelab.renderers.safe import visible
from tracelab.renderers.tally import LOOKS, look

_LOOKS: dict[str, dict[str, str]] = {
    "error": {"shape": "octagon", "fillcolor": "#fde2e1", "color": "#b42318", "penwidth": "2"},
    "warning": {"shape": "hexagon", "fillcolor": "#fdeccb", "color": "#9a5b00", "penwidth": "2"},
    "holds": {"shape": "note", "fillcolor": "#dcf3e4", "color": "#1a7340"},
    "note": {"shape": "note", "fillcolor": "#dcebfb", "color": "#1f5fa8"},
    "heat1": {"fillcolor": "#f3e8fb"},
    "heat2": {"fillcolor": "#e2c6f5"},
    "heat3": {"fillcolor": "#cf9eee"},
    "first": {"penwidth": "3", "color": "#7a2fb5"},
    "input": {"shape": "invhouse", "fillcolor": "#e3e8ef"},
    "output": {"shape": "house", "fillcolor": "#e3e8ef"},
    "module": {"style": "filled,bold", "fillcolor": "#e9ebf0"},
    "run": {"style": "filled,dotted"},
    "outside": {"style": "filled,dotted", "shape": "cds"},
    "ghost": {"style": "filled,dashed", "fillcolor": "#ffffff"},
    "op": {},
}

NodeFindings = dict[int, list[schema.Finding]]
_NOUNS = {"input": "input", "output": "output"}


def quoted(lines: list[str]) -> str:
    """Lines as a DOT label: backslashes, entities and angle brackets stand for themselves."""
    return graphviz.nohtml("\\n".join(line.replace("&", "&amp;").replace("\\", "\\\\") for line in lines))


class Labels:
    """Words, shapes and colours for the boxes of one graph."""

    def __init__(self, graph: schema.Graph, findings: NodeFindings, parameters: dict[int, str], heat: Heat) -> None:
        self._types = {info.fqn: info.type for info in graph.modules}
        self._findings, self._parameters, self._heat = findings, parameters, heat
        self._frames: dict[str, int] = {}

    def attributes(self, box: Box) -> dict[str, str]:
        """What Graphviz is told of a box."""
        found = list(
            {finding.id: finding for node in box.nodes for finding in self._findings.get(node.id, [])}.values()
        )
        ghost = box.kind == "op" and box.nodes[0].ghost
        kinds = [box.kind, *(["ghost"] if ghost else []), *self._hot(box)]
        kinds += [name for name in LOOKS if any(look(f) == name for f in found)][:1]
        words = [f"{kinds[-1]}: {_frozen(found)}"] if found else []
        words += ["ran, but is not in the program"] if ghost else []
        words += self._apart(box)
        looks = {key: value for kind in kinds for key, value in _LOOKS[kind].items()}
        return looks | {
            "label": quoted(self._lines(box) + words),
            "tooltip": quoted([*self._details(box), *[visible(f"{f.rule}: {f.message}", 200) for f in found[:4]]]),
            "class": " ".join(kinds),
        }

    def _hot(self, box: Box) -> list[str]:
        error = self._heat.worst(box.nodes)
        return ([f"heat{degree(error)}"] if error else []) + (["first"] if self._is_first(box) else [])

    def _apart(self, box: Box) -> list[str]:
        error = self._heat.worst(box.nodes)
        return (["first differs here"] if self._is_first(box) else []) + ([apart(error)] if error else [])

    def _is_first(self, box: Box) -> bool:
        return any(node.id == self._heat.first for node in box.nodes)

    def module_title(self, fqn: str) -> str:
        """`layer.0: BasicBlock`."""
        kind = self._types.get(fqn, "").rpartition(".")[2]
        return visible(fqn.rpartition(".")[2], 60) + (f": {visible(kind, 60)}" if kind else "")

    def frame_number(self, fqn: str) -> int:
        """A number of its own for each module, in the order of asking."""
        return self._frames.setdefault(fqn, len(self._frames))

    def _lines(self, box: Box) -> list[str]:
        if box.kind == "module":
            return [self.module_title(box.module), plural(len(box.nodes), "operation")]
        if box.kind == "outside":
            return [f"from {visible(str(box.key[1]) or 'the root module', 80)}"]
        if len(box.nodes) > 1:
            return [plural(len(box.nodes), _NOUNS.get(box.kind, "operation")), _targets(box)]
        node = box.nodes[0]
        nested = sum(len(block.nodes) for block in node.blocks)
        lines = [_short(node), *([_tensors(node)] if node.outputs else [])]
        lines += [f"{plural(len(node.blocks), 'block')}, {plural(nested, 'operation')}"] if node.blocks else []
        return lines + ([f"with {names}"] if (names := joined(self._named(node, 30), 3)) else [])

    def _details(self, box: Box) -> list[str]:
        node = box.nodes[0]
        if box.kind not in ("op", "input", "output"):
            return [visible(box.module or "the root module", 200)]
        place = [place_of(node.source)] if node.source else []
        return [visible(f"{node.target} in {node.module or 'the root module'}", 200), *place, *self._named(node, 120)]

    def _named(self, node: schema.Node, limit: int) -> list[str]:
        names = [self._parameters[value] for value in dict.fromkeys(used(node)) if value in self._parameters]
        return [visible(name if limit > 60 else name.rpartition(".")[2], limit) for name in names[:8]]


def findings_by_node(capture: schema.Capture, graph: schema.Graph) -> NodeFindings:
    """The findings at each node that is drawn; one at a nested node counts for the node around it."""
    outer = outer_nodes(graph)
    found: NodeFindings = {}
    for finding in capture.findings:
        for node in dict.fromkeys(outer[inner] for inner in finding.nodes if inner in outer):
            if finding.method == graph.method:
                found.setdefault(node, []).append(finding)
    return found


def _frozen(found: list[schema.Finding]) -> str:
    if len(found) == 1 and found[0].frozen:
        return f"frozen {visible(found[0].frozen, 30)}"
    return f"{len(found)} frozen" if len(found) > 1 else "frozen"


def _short(node: schema.Node) -> str:
    return visible(node.target.removeprefix("aten::") or node.op, 48)


def _targets(box: Box) -> str:
    return f"{_short(box.nodes[0])} … {_short(box.nodes[-1])}"


def _tensors(node: schema.Node) -> str:
    known = [visible(tensor_text(value.tensor) if value.tensor else value.type, 48) for value in node.outputs]
    return joined([text for text in known if text], 2)
