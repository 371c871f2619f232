"""Constants of torch's graph as arguments of the document, dtypes by their names."""

from __future__ import annotations

import functools
import re
from typing import Any

import torch

from tracelab.bindings import C
from tracelab.format import clip, tensor_text
from tracelab.nesting import SEQUENCE
from tracelab.schema import Arg, Items, Scalar
from tracelab.tensors import dtype_name, meta_of

_KINDS: dict[Any, Any] = {bool: "bool", int: "int", float: "float", complex: "complex", str: "str", type(None): "none"}
_DTYPES = (
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool, torch.bfloat16,
    torch.float16, torch.float32, torch.float64, torch.complex32, torch.complex64, torch.complex128,
)  # fmt: skip
_LAYOUTS = {"0": "strided", "1": "sparse_coo"}
_LIST = re.compile(r"\[[^\]]*\]")


def constant_arg(value: Any) -> Arg:
    """A Python constant as an argument."""
    kind = _KINDS.get(type(value), "")
    if kind:
        return Scalar(kind=kind, text=value if kind == "str" else repr(value))
    if isinstance(value, torch.Tensor):
        return Scalar(kind="tensor", text=tensor_text(meta_of(value)))
    if isinstance(value, SEQUENCE):
        return Items(items=tuple(constant_arg(part) for part in value))
    return Scalar(kind="object", text=clip(str(value), 200))


def with_dtypes(args: list[Arg], schema: str) -> list[Arg]:
    """The arguments of an operator with the names of dtypes and layouts, which TorchScript writes as bare numbers."""
    positions = _dtype_positions(schema)
    for position in positions:
        arg = args[position] if position < len(args) else None
        if isinstance(arg, Scalar) and arg.kind == "int":
            names = _LAYOUTS if position - 1 in positions else _dtype_numbers()
            args[position] = Scalar(kind="object", text=names.get(arg.text, arg.text))
    return args


@functools.cache
def _dtype_positions(schema: str) -> tuple[int, ...]:
    """Which arguments of an operator are dtypes or, next to one, layouts."""
    if "(" not in schema:
        return ()
    arguments = schema[schema.index("(") + 1 : schema.rindex(" -> ")].replace("*, ", "")
    arguments = _LIST.sub("", arguments)  # their defaults have commas of their own
    names = [part.partition("=")[0].rpartition(" ")[2] for part in arguments.rstrip(")").split(", ")]
    return tuple(index for index, name in enumerate(names) if name in ("dtype", "layout"))


@functools.cache
def _dtype_numbers() -> dict[str, str]:
    """How TorchScript numbers the dtypes, asked of TorchScript itself."""
    graph = C.Graph()  # it owns what is inserted
    return {str(graph.insertConstant(dtype).toIValue()): dtype_name(dtype) for dtype in _DTYPES}
