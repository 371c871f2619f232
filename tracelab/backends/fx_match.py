"""Which recorded operation became which node of an exported graph.

Both are made of the same code: they are paired along module, line and operator. What an exported graph does not have,
as the sizes that only Python asked for, finds no partner.
"""

from __future__ import annotations

import functools

from tracelab.backends.alignment import steps
from tracelab.backends.match import Matching
from tracelab.backends.raw import RawGraph, RawNode
from tracelab.source import stack_places

_CARRIERS = {
    f"aten::{name}"
    for name in ("size", "Int", "ScalarImplicit", "FloatImplicit", "IntImplicit", "sym_size", "lift_fresh_copy",
                 "lift_fresh", "sym_numel", "sym_stride", "_assert_scalar", "_assert_tensor_metadata",
                 "_local_scalar_dense", "sym_constrain_range_for_size", "sym_constrain_range")
}  # fmt: skip
"""What only one of the two has: it moves sizes and constants about."""
_SAME = {
    **{f"aten::conv{kind}{d}d": "aten::_convolution" for kind in ("", "_transpose") for d in (1, 2, 3)},
    "aten::convolution": "aten::_convolution",
    "aten::multiply": "aten::mul",
    "aten::true_divide": "aten::div",
    "aten::divide": "aten::div",
    "aten::subtract": "aten::sub",
    "aten::item": "aten::_local_scalar_dense",
}
"""Operators that a recording and an export call by other names."""

Key = tuple[str, str, tuple[tuple[str, int], ...]]


def key_of(node: RawNode) -> Key:
    """What is the same of a recorded operation and of an exported one."""
    return _SAME.get(node.kind, node.kind), node.scope, lines_of(node.stack)


@functools.lru_cache(maxsize=65536)
def lines_of(stack: str) -> tuple[tuple[str, int], ...]:
    """The user's lines in a stack; what stands below them is another in each trace."""
    return tuple((place.filename, place.lineno) for place in stack_places(stack))


def operations(graph: RawGraph) -> list[int]:
    """The places of the nodes that compute: of carriers each has its own."""
    return [place for place, node in enumerate(graph.nodes) if node.kind.startswith("aten::") and _computes(node)]


def _computes(node: RawNode) -> bool:
    return node.kind not in _CARRIERS


def pairs(recorded: RawGraph, exported: RawGraph) -> list[tuple[int, int]]:
    """The places of the operations that are the same."""
    ours, theirs = operations(recorded), operations(exported)
    one, other = [key_of(recorded.nodes[place]) for place in ours], [key_of(exported.nodes[place]) for place in theirs]
    return [(ours[i], theirs[j]) for i, j in steps(one, other) if i is not None and j is not None]


def match(recorded: RawGraph, exported: RawGraph) -> Matching:
    """Pair the nodes of a recorded graph with those of an exported one."""
    matching = Matching()
    by_fqn = {fqn: number for number, fqn in exported.attributes.items()}
    for one, other in zip(recorded.inputs, exported.inputs):
        matching.values[one.number] = other.number
    for number, fqn in recorded.attributes.items():
        if fqn in by_fqn:
            matching.values[number] = by_fqn[fqn]
    for i, j in pairs(recorded, exported):
        matching.nodes[i] = j
        for one, other in zip(recorded.nodes[i].outputs, exported.nodes[j].outputs):
            matching.values[one.number] = other.number
    return matching
