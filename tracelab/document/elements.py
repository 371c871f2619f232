"""Tensors in the safetensors format: eight bytes of length, a JSON header, then the elements.

The format is written and read here, because the package's own writer takes pointers since 0.8, and its reader needs
the whole file in memory before it looks at it. `tests/test_document.py` holds the two against each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import IO

import msgspec

from tracelab.errors import DocumentError
from tracelab.format import clip
from tracelab.schema import Tensor

ITEM_BYTES = {
    "BOOL": 1,
    "U8": 1,
    "I8": 1,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "U16": 2,
    "I16": 2,
    "F16": 2,
    "BF16": 2,
    "U32": 4,
    "I32": 4,
    "F32": 4,
    "U64": 8,
    "I64": 8,
    "F64": 8,
    "C64": 8,
}
"""safetensors' dtypes and the bytes of one element. The format has no others of whole bytes that torch has too."""

MOST_HEADER_BYTES = 1 << 20
"""A header of some ten thousand tensors."""

_MOST_DIMENSIONS = 64


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a header says of one tensor."""

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


def byte_count(dtype: str, shape: Sequence[int]) -> int:
    """How many bytes the elements of a tensor take.

    Raises:
        DocumentError: safetensors has no such dtype, or no tensor has such a shape.
    """
    if dtype not in ITEM_BYTES:
        raise DocumentError(f"A tensor has dtype {clip(dtype, 20)!r}, which safetensors has not")
    if len(shape) > _MOST_DIMENSIONS or not all(0 <= size < 2**63 for size in shape):
        raise DocumentError(f"A tensor has an impossible shape: {clip(str(shape[:_MOST_DIMENSIONS]))}")
    return ITEM_BYTES[dtype] * math.prod(shape)


def packed(tensors: Mapping[str, Tensor]) -> list[bytes]:
    """The pieces of the file: the header, then the elements of each tensor, widest dtype first and then by name."""
    ordered = sorted(tensors.items(), key=lambda item: (-ITEM_BYTES[item[1].dtype], item[0]))
    entries: dict[str, Entry] = {}
    end = 0
    for name, tensor in ordered:
        begin, end = end, end + len(tensor.data)
        entries[name] = Entry(tensor.dtype, tensor.shape, (begin, end))
    header = msgspec.json.encode(entries)
    header += b" " * (-len(header) % 8)  # so that the elements begin aligned
    return [len(header).to_bytes(8, "little") + header, *(tensor.data for _, tensor in ordered)]


def layout(file: IO[bytes], begin: int, end: int) -> dict[str, Entry]:
    """What the header says of the tensors that stand in a part of a file, in their order; no element is read.

    Raises:
        DocumentError: the header makes no sense, or claims other bytes than there are.
    """
    file.seek(begin)
    length = int.from_bytes(file.read(8), "little")
    room = end - begin - 8 - length
    if room < 0 or length > MOST_HEADER_BYTES:
        raise DocumentError(f"The tensors' header claims {length} bytes")
    entries = sorted(_decoded(file.read(length)).items(), key=lambda item: item[1].data_offsets)
    offset = 0
    for name, entry in entries:
        first, last = entry.data_offsets
        if first != offset or last - first != byte_count(entry.dtype, entry.shape):
            raise DocumentError(f"Tensor {clip(name, 60)!r} claims bytes that are not its own")
        offset = last
    if offset != room:
        raise DocumentError(f"The tensors claim {offset} bytes, and there are {room}")
    return dict(entries)


def _decoded(header: bytes) -> dict[str, Entry]:
    try:
        return msgspec.json.decode(header, type=dict[str, Entry])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise DocumentError(f"The tensors' header cannot be read: {clip(str(error))}") from error


def unpacked(file: IO[bytes], end: int, entries: Mapping[str, Entry]) -> dict[str, Tensor]:
    """The tensors that stand in a part of a file, each copied once."""
    sizes = {name: entry.data_offsets[1] - entry.data_offsets[0] for name, entry in entries.items()}
    file.seek(end - sum(sizes.values()))
    return {name: Tensor(dtype=e.dtype, shape=e.shape, data=file.read(sizes[name])) for name, e in entries.items()}
