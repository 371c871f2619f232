"""What a live tensor tells of itself, without its elements and without tracing the question."""

from __future__ import annotations

import contextlib
import ctypes
import functools
from collections.abc import Callable, Generator
from typing import Any

import torch

from tracelab.bindings import set_trace_state, trace_state, without_overrides
from tracelab.format import clip, tensor_text
from tracelab.nesting import MAPPING, SEQUENCE
from tracelab.schema import Tensor, TensorMeta

_STORED = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16",
    "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8",
    "uint64": "U64", "uint32": "U32", "uint16": "U16", "uint8": "U8", "bool": "BOOL",
}  # fmt: skip
"""safetensors' names of the dtypes that a document can keep."""
SPARSE = (torch.sparse_coo, torch.sparse_csr, torch.sparse_csc, torch.sparse_bsr, torch.sparse_bsc)
"""The layouts that keep elements in a tensor besides."""


@functools.cache
def dtype_name(dtype: torch.dtype) -> str:
    """`float32`."""
    return str(dtype).removeprefix("torch.")


def meta_of(tensor: torch.Tensor) -> TensorMeta:
    """Dtype, shape, strides, device and `requires_grad` of a tensor."""
    with without_overrides(), untraced():
        strided = tensor.layout == torch.strided
        return TensorMeta(
            dtype=dtype_name(tensor.dtype),
            shape=tuple(int(size) for size in tensor.shape),
            strides=tuple(tensor.stride()) if strided else None,
            device=str(tensor.device),
            requires_grad=tensor.requires_grad,
        )


@contextlib.contextmanager
def untraced() -> Generator[None]:
    """Read values without recording that we did."""
    state = trace_state()
    set_trace_state(None)
    try:
        yield
    finally:
        set_trace_state(state)


def describe(value: Any) -> str:
    """`f32[2, 10]`; containers nested, `[f32[2], f32[3]]`, and plain values as Python writes them."""
    if isinstance(value, torch.Tensor):
        return tensor_text(meta_of(value))
    if isinstance(value, MAPPING):
        return "{" + ", ".join(f"{key!r}: {describe(part)}" for key, part in value.items()) + "}"
    if isinstance(value, SEQUENCE):
        parts = ", ".join(describe(part) for part in value)
        return f"[{parts}]" if isinstance(value, list) else f"({parts})"
    return clip(repr(value))


def bytes_of(tensor: torch.Tensor) -> int:
    """How many bytes the elements of a tensor take; of a sparse one those that it has."""
    held = elements_of(tensor)
    return held.numel() * held.element_size()


def elements_of(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor that holds the elements: of a sparse one its values, else itself."""
    held: Any = tensor.detach()
    if tensor.layout not in SPARSE:
        return held
    return held._values() if tensor.layout == torch.sparse_coo else held.values()


def keeping_layout(tensor: torch.Tensor, change: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """What a change makes of a tensor; a sparse one is changed as a dense one is, and stays sparse.

    Raises:
        RuntimeError: torch cannot make such a layout of it again, as one of blocks.
    """
    dense = tensor.detach()
    if tensor.layout not in SPARSE:
        return change(dense)
    return change(dense.to_dense()).to_sparse(layout=tensor.layout)


def is_equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors agree in shape, dtype, device, layout and elements, NaN being equal to NaN."""
    if (one.shape, one.dtype, one.device, one.layout) != (other.shape, other.dtype, other.device, other.layout):
        return False
    if one.is_meta:
        return True
    if one.layout != torch.strided:
        one, other = one.to_dense(), other.to_dense()
    if one.is_floating_point() or one.is_complex():
        return bool(((one == other) | ((one != one) & (other != other))).all())
    return torch.equal(one, other)


def stored(tensor: torch.Tensor) -> Tensor | None:
    """The elements of a tensor as the document keeps them; None for kinds that it cannot keep."""
    dtype = _STORED.get(dtype_name(tensor.dtype))
    if dtype is None or tensor.layout != torch.strided or tensor.is_meta:
        return None
    flat = tensor.detach().cpu().contiguous()
    return Tensor(dtype=dtype, shape=tuple(tensor.shape), data=ctypes.string_at(flat.data_ptr(), flat.nbytes))
