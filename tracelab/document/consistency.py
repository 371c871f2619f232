"""What a document promises beyond its types: that what it points at is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NoReturn

import msgspec

from tracelab import schema
from tracelab.document import elements
from tracelab.errors import DocumentError
from tracelab.format import clip

MOST_NESTED = 64
"""Blocks in blocks, lists in lists. No reader of ours may run out of stack, whoever calls it."""

_Nested = schema.Arg | schema.Block | schema.Node


def validate(capture: schema.Capture) -> None:
    """Check that a document agrees with itself.

    Raises:
        DocumentError: it does not; the message names the first thing that is wrong.
    """
    check(capture, capture.tensors.keys())
    for name, tensor in capture.tensors.items():
        if name == "__metadata__":
            _refuse("A tensor has the name that safetensors keeps for itself")
        if len(tensor.data) != elements.byte_count(tensor.dtype, tensor.shape):
            _refuse(f"Tensor {clip(name, 60)!r} has {len(tensor.data)} bytes, which is not what its shape takes")


def check(document: schema.Capture, tensors: Collection[str]) -> None:
    """`validate` for a document whose tensors have not been read yet.

    Args:
        document: the capture without its tensors.
        tensors: their names.
    """
    for problem in _problems(document, tensors):
        _refuse(problem)


def _refuse(problem: str) -> NoReturn:
    raise DocumentError(problem, cure="Write it again with Trace.save; if that fails as well, please report it.")


def _problems(capture: schema.Capture, tensors: Collection[str]) -> Iterator[str]:
    if capture.version != schema.VERSION:
        yield f"The document says version {capture.version}, and its manifest {schema.VERSION}"
    yield from _number_problems(capture)
    nodes: dict[str, set[int]] = {}
    for graph in capture.graphs:
        if graph.method in nodes:
            yield f"Two graphs are of {clip(graph.method, 60)!r}"
        nodes[graph.method] = seen = set[int]()
        yield from _graph_problems(graph, seen)
    yield from _finding_problems(capture, nodes)
    for kept in _inputs(capture):
        if kept.tensor is not None and kept.tensor not in tensors:
            yield f"Input {clip(kept.name, 60)!r} keeps its elements in {clip(kept.tensor, 60)!r}, which is not there"


def _number_problems(capture: schema.Capture) -> Iterator[str]:
    try:
        msgspec.msgpack.encode(msgspec.structs.replace(capture, tensors={}))  # the quickest walk over every integer
    except OverflowError:
        yield "An integer has more than 64 bits, which other readers would bend"
    except RecursionError:
        yield "The document is nested too deeply"


def _graph_problems(graph: schema.Graph, seen: set[int]) -> Iterator[str]:
    frames = len(graph.frames)
    for node in _nodes(graph):
        if node.id in seen:
            yield f"Two nodes of {clip(graph.method, 60)!r} have the id {node.id}"
        seen.add(node.id)
        if node.stack and not 0 <= min(node.stack) <= max(node.stack) < frames:
            yield f"Node {node.id} of {clip(graph.method, 60)!r} stands in a frame that is not there"


def _nodes(graph: schema.Graph) -> Iterator[schema.Node]:
    """Every node, those of nested blocks too, without recursion."""
    waiting: list[tuple[int, Iterable[_Nested]]] = [(0, graph.nodes), (0, graph.signature.outputs)]
    while waiting:
        depth, parts = waiting.pop()
        if depth > MOST_NESTED:
            raise DocumentError(f"{clip(graph.method, 60)!r} is nested more than {MOST_NESTED} deep")
        for part in parts:
            if isinstance(part, schema.Node):
                yield part
                waiting += [(depth + 1, inner) for inner in (part.args, part.blocks) if inner]
            elif isinstance(part, schema.Block):
                waiting += [(depth, inner) for inner in (part.nodes, part.outputs) if inner]
            elif isinstance(part, schema.Items):
                waiting.append((depth + 1, part.items))


def _finding_problems(capture: schema.Capture, nodes: dict[str, set[int]]) -> Iterator[str]:
    first: set[int] = next(iter(nodes.values()), set[int]())
    observations: set[int] = set()
    for observation in capture.observations:
        if observation.id in observations:
            yield f"Two observations have the id {observation.id}"
        observations.add(observation.id)
    ids: set[str] = set()
    for finding in capture.findings:
        name = f"Finding {clip(finding.id, 60)!r}"
        if finding.id in ids:
            yield f"{name} is there twice"
        ids.add(finding.id)
        # A capture of one function calls its only graph what it likes, as `Capture.graph` does.
        known = nodes.get(finding.method, first if finding.method == "forward" else set[int]())
        if not known.issuperset(finding.nodes):
            yield f"{name} names node {min(set(finding.nodes) - known)}, which is not there"
        if not observations.issuperset(finding.observations):
            yield f"{name} names observation {min(set(finding.observations) - observations)}, which is not there"
    for repair in capture.repairs:
        unknown = set(repair.findings) - ids
        if unknown:
            yield f"Repair {clip(repair.title, 60)!r} mends {clip(min(unknown), 60)!r}, which is not there"
    if lost := set(capture.left) - ids:
        yield f"It is said why {clip(min(lost), 60)!r} is not mended, which is not there"


def _inputs(capture: schema.Capture) -> Iterator[schema.Input]:
    yield from capture.inputs
    for run in capture.runs:
        yield from run.inputs
    for finding in capture.findings:
        yield from finding.witness.inputs if finding.witness else ()
