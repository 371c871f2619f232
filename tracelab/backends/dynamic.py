"""Which sizes an export leaves open: what is proposed, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch.export import Dim, ShapesCollection

from tracelab.nesting import tensors_in


def choices(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """Every size open that torch can leave open, then none."""
    shapes = ShapesCollection()
    for tensor in tensors_in((args, kwargs)):
        if tensor.dim():
            shapes[tensor] = {place: Dim.AUTO for place in range(tensor.dim())}  # pyright: ignore[reportUnknownMemberType]
    yield shapes.dynamic_shapes(module, args, kwargs or None)
    yield None
