"""What each recorded value is computed from: the inputs' elements, only their sizes, parameters, a random draw."""

from __future__ import annotations

from collections.abc import Iterator

from tracelab.backends.raw import RawGraph, RawNode, RawValue
from tracelab.backends.replica import argument_name as as_spelled
from tracelab.schema import Arg, Items, Origin, Ref


def _aten(*names: str) -> frozenset[str]:
    return frozenset(f"aten::{name}" for name in names)


SIZES = _aten("size", "numel", "dim", "len", "sym_size", "_shape_as_tensor", "stride") | {"prim::shape"}
LIKE = _aten("zeros_like", "ones_like", "empty_like", "full_like", "new_zeros", "new_ones", "new_empty", "new_full")
"""Operators that take of a tensor only its size."""
DYNAMIC = _aten("nonzero", "masked_select", "unique_consecutive", "_unique2", "_unique", "unique_dim")
"""Operators whose result has a size that depends on elements."""
SHAPED_BY_FIRST = _aten(
    "index_add", "index_copy", "index_fill", "index_put", "scatter", "scatter_add", "masked_fill",
)  # fmt: skip
"""Operators whose result has the size of their first argument, as has every one in place."""
RANDOM = _aten(
    "rand", "randn", "randint", "randperm", "normal", "bernoulli", "bernoulli_", "multinomial", "poisson", "binomial",
    "rand_like", "randn_like", "randint_like", "normal_", "uniform_", "random_", "exponential_", "geometric_",
    "cauchy_", "log_normal_", "rrelu",
)  # fmt: skip

_RANDOM, _DYNAMIC, _PARAMETER = 1, 2, 4
_FIRST = 3
"""The first bit of the first input."""


class Origins:
    """Answers for one recorded graph.

    Each value has two bits for every input, one for its elements and one for its sizes, and three bits of its own.
    """

    def __init__(self, graph: RawGraph) -> None:
        self._graph = graph
        self._names = [argument_name(value) for value in graph.inputs]
        self._masks: dict[int, int] = {v.number: 1 << (_FIRST + 2 * i) for i, v in enumerate(graph.inputs)}
        self._masks.update(dict.fromkeys(graph.attributes, _PARAMETER))
        self._elements = sum(1 << (_FIRST + 2 * i) for i in range(len(self._names)))
        self._values = {value.number: value for value in graph.inputs}
        self.producers: dict[int, int] = {}
        """The index of the node that made each value."""
        for index, node in enumerate(graph.nodes):
            mask = self._mask_of(node)
            for value in node.outputs:
                self._masks[value.number] = mask
                self._values[value.number] = value
                self.producers[value.number] = index

    def of(self, numbers: tuple[int, ...], of_shape: bool = False) -> Origin:
        """What some values together are computed from."""
        mask = 0
        for number in numbers:
            mask |= self._masks.get(number, 0)
        if of_shape:
            mask = self._as_sizes(mask)
        bits = [(name, mask >> (_FIRST + 2 * index) & 3) for index, name in enumerate(self._names)]
        return Origin(
            values=tuple(name for name, bit in bits if bit & 1),
            shapes=tuple(name for name, bit in bits if bit & 2 and not bit & 1),
            parameters=tuple(self._parameters(numbers)) if mask & _PARAMETER else (),
            random=bool(mask & _RANDOM),
        )

    def _mask_of(self, node: RawNode) -> int:
        mask = 0
        for number in refs_in(node.args):
            mask |= self._masks.get(number, 0)
        if node.kind in SIZES or node.kind in LIKE:
            mask = self._as_sizes(mask)
        elif node.kind in DYNAMIC or self._selects(node):
            mask |= _DYNAMIC
        elif node.kind in RANDOM:
            mask |= _RANDOM
        if mask & _DYNAMIC and (node.kind.endswith("_") or node.kind in SHAPED_BY_FIRST):
            first = [self._masks.get(number, 0) for number in refs_in(node.args[:1])]
            mask = mask & ~_DYNAMIC | (first[0] & _DYNAMIC if first else 0)
        return mask

    def _selects(self, node: RawNode) -> bool:
        """Whether a node takes the elements that a mask, or a condition alone, tells it to."""
        if node.kind == "aten::where":
            return len(node.args) == 1
        if node.kind != "aten::index":
            return False
        values = [self._values[number].read() for number in refs_in(node.args[1:]) if number in self._values]
        return any(value.tensor is not None and value.tensor.dtype in ("bool", "uint8") for value in values)

    def _as_sizes(self, mask: int) -> int:
        """Elements count as sizes, unless a size may depend on elements; of parameters the size is fixed."""
        elements = mask & self._elements
        kept = elements if mask & _DYNAMIC else 0
        sizes = (elements ^ kept) << 1
        return (mask & ~(self._elements | _PARAMETER)) | sizes | kept

    def _parameters(self, numbers: tuple[int, ...], limit: int = 64) -> Iterator[str]:
        """The nearest parameters, in the order of a walk back from the values."""
        pending, seen = list(numbers), set[int]()
        while pending and len(seen) < limit:
            number = pending.pop(0)
            if number in seen:
                continue
            seen.add(number)
            if number in self._graph.attributes:
                yield self._graph.attributes[number]
            elif number in self.producers:
                pending.extend(refs_in(self._graph.nodes[self.producers[number]].args))


def argument_name(value: RawValue) -> str:
    """The name of an input as its function spells it."""
    return as_spelled(value.name)


def refs_in(args: tuple[Arg, ...]) -> Iterator[int]:
    """The numbers of the values in nested arguments."""
    for arg in args:
        if isinstance(arg, Ref):
            yield arg.value
        elif isinstance(arg, Items):
            yield from refs_in(arg.items)
