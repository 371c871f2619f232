"""A graph as it was read from torch: plain data, by torch's own numbers, that can leave the process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tracelab.schema import Arg, InputKind, TensorMeta
from tracelab.tensors import dtype_name


@dataclass
class RawValue:
    """A value, by torch's own number."""

    number: int
    name: str
    torch_type: Any = None
    """torch's type object: reading it is slow, and most recorded values are never shown."""
    type: str = ""
    tensor: TensorMeta | None = None

    def read(self) -> RawValue:
        """The same, with `type` and `tensor` read from torch's type."""
        kind, self.torch_type = self.torch_type, None
        if kind is not None:
            self.type = "Tensor" if kind.kind() == "TensorType" else str(kind)
            self.tensor = tensor_meta(kind) if self.type == "Tensor" else None
        return self


@dataclass
class RawBlock:
    """A nested block."""

    inputs: list[RawValue]
    nodes: list[RawNode]
    outputs: list[Arg]


@dataclass
class RawNode:
    """A node whose `Ref`s hold torch's own numbers."""

    kind: str
    args: tuple[Arg, ...]
    outputs: list[RawValue]
    stack: str
    scope: str
    call: int
    blocks: list[RawBlock] = field(default_factory=list[RawBlock])


@dataclass
class RawGraph:
    """A graph, flat but for the blocks of control flow."""

    inputs: list[RawValue] = field(default_factory=list[RawValue])
    nodes: list[RawNode] = field(default_factory=list[RawNode])
    outputs: list[Arg] = field(default_factory=list[Arg])
    attributes: dict[int, str] = field(default_factory=dict[int, str])
    """The fqns of the values that stand for parameters, buffers and kept tensors."""
    metas: dict[int, RawValue] = field(default_factory=dict[int, RawValue])
    """The values of `attributes`."""
    aliases: dict[int, int] = field(default_factory=dict[int, int])
    """Sizes that went from number to tensor and back: such a value's number -> the size's."""
    kinds: dict[str, InputKind] = field(default_factory=dict[str, InputKind])
    """What each of `attributes` is, where the backend says so: by fqn."""
    calls: dict[str, int] = field(default_factory=dict[str, int])
    complete: bool = True


def read_types(graph: RawGraph) -> None:
    """Read the types of all values, for a graph that leaves the process."""
    for value in (*graph.inputs, *graph.metas.values()):
        value.read()
    _read_nodes(graph.nodes)


def _read_nodes(nodes: list[RawNode]) -> None:
    for node in nodes:
        for value in node.outputs:
            value.read()
        for block in node.blocks:
            for value in block.inputs:
                value.read()
            _read_nodes(block.nodes)


def tensor_meta(kind: Any) -> TensorMeta:
    """What a TensorType tells."""
    shape, strides, device, dtype = kind.sizes(), kind.strides(), kind.device(), kind.dtype()
    return TensorMeta(
        dtype=None if dtype is None else dtype_name(dtype),
        shape=None if shape is None else tuple(shape),
        strides=None if strides is None else tuple(strides),
        device=None if device is None else str(device),
        requires_grad=kind.requires_grad(),
    )
