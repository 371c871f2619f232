"""The one spelling of shapes, dtypes, places and values: `f32[2, 10]`, `model.py:12`."""

from __future__ import annotations

from collections.abc import Sequence

from tracelab.schema import SourceRange, TensorMeta

SHORT_DTYPES = {
    "float64": "f64",
    "float32": "f32",
    "float16": "f16",
    "bfloat16": "bf16",
    "complex128": "c128",
    "complex64": "c64",
    "complex32": "c32",
    "int64": "i64",
    "int32": "i32",
    "int16": "i16",
    "int8": "i8",
    "uint64": "u64",
    "uint32": "u32",
    "uint16": "u16",
    "uint8": "u8",
    "bool": "b8",
}
"""torch's dtype names and how torch.fx and torch.export print them."""

LONG_DTYPES = {short: long for long, short in SHORT_DTYPES.items()}


def dtype_text(dtype: str | None) -> str:
    """`float32` -> `f32`; an unknown dtype is spelled `?`, an unlisted one keeps torch's name."""
    return "?" if dtype is None else SHORT_DTYPES.get(dtype, dtype)


def shape_text(shape: Sequence[int | str | None] | None) -> str:
    """`(2, None, "s0")` -> `[2, ?, s0]`; an unknown rank is spelled `[...]`."""
    if shape is None:
        return "[...]"
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"


def tensor_text(meta: TensorMeta) -> str:
    """`f32[2, 10]`, with the device where it is not the CPU."""
    device = f" on {meta.device}" if meta.device not in (None, "cpu") else ""
    return f"{dtype_text(meta.dtype)}{shape_text(meta.shape)}{device}"


def place_text(source: SourceRange | None) -> str:
    """`model.py:12`, or the notebook cell's label and line: `In [3]:12`."""
    if source is None:
        return "(no source)"
    return f"{source.cell or source.filename}:{source.lineno}"


def clip(text: str, limit: int = 80) -> str:
    """One line of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def plural(count: int, noun: str) -> str:
    """`1 finding`, `3 findings`, `2 branches`."""
    ending = "" if count == 1 else "es" if noun.endswith(("ch", "s", "x")) else "s"
    return f"{count} {noun}{ending}"


def joined(words: Sequence[str], limit: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`."""
    if len(words) > limit:
        return f"{', '.join(words[:limit])} and {len(words) - limit} more"
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1] if words else ""]))
