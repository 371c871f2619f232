"""Inputs as text and text as inputs: `f32[2, 10]`, `i64[2, 16]@0..1000`, `3`, `None`.

Only `build` loads torch.
"""

from __future__ import annotations

import ast
import difflib
import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tracelab.errors import InputError
from tracelab.format import LONG_DTYPES, SHORT_DTYPES, clip, shape_text, tensor_text
from tracelab.schema import TensorMeta

if TYPE_CHECKING:
    import torch

FILLS = ("randn", "rand", "zeros", "ones", "arange")
_INTEGERS = (0, 10)
"""What a tensor of integers is filled with where nothing is said: low enough for most embeddings."""

_TENSOR = re.compile(r"^(\w+)\s*\[([^\]]*)\]\s*(?:@\s*(.+))?$")
_RANGE = re.compile(r"^(-?[\d.]+?)\s*\.\.\s*(-?[\d.]+)$")
_HELP = "Give a dtype and sizes, as f32[1,3,224,224], i64[2,16]@0..1000 or f32[2]@zeros, or a value: 3, True, None."


@dataclass(frozen=True)
class TensorSpec:
    """A tensor to be made."""

    dtype: str
    """torch's name: `float32`."""
    shape: tuple[int, ...]
    fill: str = ""
    """One of FILLS; empty where the dtype or `bounds` decides."""
    bounds: tuple[float, float] | None = None
    """Elements are drawn from `low` up to, and without, `high`."""


@dataclass(frozen=True)
class ValueSpec:
    """A plain Python value."""

    value: object


Spec = TensorSpec | ValueSpec


def parse(text: str) -> Spec:
    """What a text describes.

    Args:
        text: a Python literal, or `f32[2, 10]`, where `@zeros`, `@ones`, `@rand`, `@randn`, `@arange` or a range
            as `@0..1000` may follow.

    Raises:
        InputError: the text describes nothing.
    """
    match = _TENSOR.match(text.strip())
    if match is None:
        return ValueSpec(_literal(text.strip()))
    dtype = _dtype(match[1], text)
    fill = (match[3] or "").strip()
    bounds = _bounds(fill, text) if ".." in fill else None
    if fill and bounds is None and fill not in FILLS:
        near = difflib.get_close_matches(fill, FILLS, 1, 0)[0]
        raise InputError(
            f"No way to fill a tensor is called {fill!r}", clip(text), f"Did you mean @{near}? Or a range: @0..10."
        )
    return TensorSpec(dtype, _shape(match[2], text), "" if bounds else fill, bounds)


def _dtype(name: str, text: str) -> str:
    long = LONG_DTYPES.get(name, name)
    if long in SHORT_DTYPES:
        return long
    near = difflib.get_close_matches(name, [*LONG_DTYPES, *SHORT_DTYPES], 1)
    cure = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(LONG_DTYPES)}."
    raise InputError(f"No dtype is called {clip(name)!r}", clip(text), cure)


def _shape(sizes: str, text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in sizes.split(",")] if sizes.strip() else []
    if not all(re.fullmatch(r"\d{1,18}", part, re.ASCII) for part in parts):
        raise InputError(
            f"[{clip(sizes)}] is no list of sizes",
            clip(text),
            "Sizes are whole numbers, as f32[2, 10]; f32[] has one element.",
        )
    return tuple(int(part) for part in parts)


def _bounds(fill: str, text: str) -> tuple[float, float]:
    match = _RANGE.match(fill)
    try:
        low, high = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
    except ValueError:
        low = high = 0.0
    if low >= high:
        raise InputError(
            f"{clip(fill)!r} is no range",
            clip(text),
            "A range has a lower end and a higher one, which is left out: @0..1000.",
        )
    return low, high


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise InputError(f"{clip(text)!r} describes no input", cure=_HELP) from error


def build(spec: Spec, seed: int = 0) -> Any:
    """The tensor or value that a spec describes, the same for the same seed. torch's own generators are not touched.

    Raises:
        InputError: torch cannot make such a tensor.
    """
    if isinstance(spec, ValueSpec):
        return spec.value
    import torch

    generator = torch.Generator().manual_seed(seed)
    try:
        return _maker(spec, getattr(torch, spec.dtype), generator)()
    except (RuntimeError, TypeError) as error:
        said = clip(str(error), 160)
        raise InputError(
            f"torch cannot make {_spell(spec)}: {said}", cure="Choose other sizes, dtype or values."
        ) from error


def _maker(spec: TensorSpec, dtype: torch.dtype, generator: torch.Generator) -> Callable[[], torch.Tensor]:
    import torch

    shape, whole = spec.shape, not (dtype.is_floating_point or dtype.is_complex)
    wide = (
        dtype
        if dtype.is_complex and dtype != torch.complex32
        else torch.complex64
        if dtype.is_complex
        else torch.float64
    )
    if spec.bounds and whole:
        low, high = (math.ceil(bound) for bound in spec.bounds)
        return lambda: torch.randint(low, high, shape, generator=generator).to(dtype)
    if spec.bounds:
        low, high = spec.bounds
        return lambda: (torch.rand(shape, generator=generator, dtype=wide) * (high - low) + low).to(dtype)
    fill = spec.fill or ("integers" if whole else "randn")
    top = 2 if dtype == torch.bool else _INTEGERS[1]
    makers: dict[str, Callable[[], torch.Tensor]] = {
        "zeros": lambda: torch.zeros(shape, dtype=dtype),
        "ones": lambda: torch.ones(shape, dtype=dtype),
        "arange": lambda: torch.arange(math.prod(shape)).to(dtype).reshape(shape),
        "rand": lambda: torch.rand(shape, generator=generator, dtype=wide).to(dtype),
        "randn": lambda: torch.randn(shape, generator=generator, dtype=wide).to(dtype),
        "integers": lambda: torch.randint(_INTEGERS[0], top, shape, generator=generator).to(dtype),
    }
    return makers[fill]


def _spell(spec: TensorSpec) -> str:
    return f"{SHORT_DTYPES[spec.dtype]}{shape_text(spec.shape)}"


def describe(value: object, depth: int = 4) -> str:
    """`f32[2, 10]`, `(f32[2], None)`, `{'mask': b8[2]}`, `3`; of any other object the name of its class."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return _tensor(cast("torch.Tensor", value))
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return clip(repr(value), 60)
    if isinstance(value, (Mapping, list, tuple)):
        return _container(cast("Mapping[object, object] | list[object] | tuple[object, ...]", value), depth)
    return type(value).__name__


def _tensor(value: torch.Tensor) -> str:
    meta = TensorMeta(dtype=str(value.dtype).removeprefix("torch."), shape=tuple(value.shape), device=str(value.device))
    return tensor_text(meta)


def _container(value: Mapping[object, object] | list[object] | tuple[object, ...], depth: int, most: int = 8) -> str:
    inner = "…" if depth <= 0 and value else None
    more = ", …" if len(value) > most else ""
    if isinstance(value, Mapping):
        pairs = (
            [f"{clip(repr(key), 40)}: {describe(part, depth - 1)}" for key, part in [*value.items()][:most]]
            if not inner
            else []
        )
        name = "" if type(value) is dict else type(value).__name__
        return f"{name}{{{inner or ', '.join(pairs) + more}}}"
    parts = inner or ", ".join(describe(part, depth - 1) for part in value[:most]) + more
    if isinstance(value, list):
        return f"[{parts}]"
    return f"({parts},)" if len(value) == 1 else f"({parts})"
