"""Which sizes an export leaves open: what is proposed, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracelab.bindings import dimension, shapes_collection
from tracelab.nesting import MAPPING, SEQUENCE, tensors_in


def choices(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """Every size open that torch can leave open, then none."""
    shapes = shapes_collection()
    for tensor in tensors_in((args, kwargs)):
        if tensor.dim():
            shapes[tensor] = dict.fromkeys(range(tensor.dim()), dimension().AUTO)
    yield shapes.dynamic_shapes(module, args, kwargs or None)
    yield None


def written(shapes: Any) -> str:
    """`dynamic_shapes` as Python: `{'x': {0: torch.export.Dim.AUTO}}`."""
    if isinstance(shapes, MAPPING):
        return "{" + ", ".join(f"{key!r}: {written(part)}" for key, part in shapes.items()) + "}"
    if isinstance(shapes, SEQUENCE):
        inner = ", ".join(written(part) for part in shapes)
        return f"[{inner}]" if isinstance(shapes, list) else f"({inner}{',' if len(shapes) == 1 else ''})"
    return _dimension(shapes)


def _dimension(shape: Any) -> str:
    kind = getattr(getattr(shape, "type", None), "name", "")
    if kind:
        bounds = [f"{end}={value}" for end in ("min", "max") if (value := getattr(shape, end, None)) is not None]
        return f"torch.export.Dim.{kind}" + (f"({', '.join(bounds)})" if bounds else "")
    if isinstance(shape, dimension()):
        return f"torch.export.{shape!r}"
    return repr(shape)
