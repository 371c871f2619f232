"""Which sizes an export leaves open: what is proposed, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tracelab.backends.fx_graph import plain_size, size_text
from tracelab.bindings import dimension, shapes_collection
from tracelab.nesting import MAPPING, SEQUENCE, tensors_in

_LONG = 12
"""torch writes no limit as a number of so many digits."""


def choices(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """Every size open that torch can leave open, then none."""
    yield marked(module, args, kwargs, [range(tensor.dim()) for tensor in tensors_in((args, kwargs))])
    yield None


def marked(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any], dims: Iterable[Iterable[int]]) -> Any:
    """The `dynamic_shapes` that leave some sizes open, if torch can.

    Args:
        module: what is exported.
        args: its arguments.
        kwargs: those by keyword.
        dims: for each tensor among them the dimensions.
    """
    shapes = shapes_collection()
    for tensor, some in zip(tensors_in((args, kwargs)), dims):
        wanted = dict.fromkeys(some, dimension().AUTO)
        if wanted:
            shapes[tensor] = wanted
    return shapes.dynamic_shapes(module, args, kwargs or None)


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


def sizes(program: Any) -> dict[tuple[str, int], str]:
    """The sizes that an exported program leaves open: by input and dimension, the name and the range."""
    if program is None:
        return {}
    taken = set(program.graph_signature.user_inputs)
    found: dict[tuple[str, int], str] = {}
    for node in program.graph.find_nodes(op="placeholder"):
        value = node.meta.get("val")
        for dim, size in enumerate(getattr(value, "shape", ()) if node.name in taken else ()):
            if isinstance(plain_size(size), str):
                found[str(node.name), dim] = _open_text(size_text(size), getattr(size, "node", None), program)
    return found


def _open_text(name: str, node: Any, program: Any) -> str:
    """`s0, 2 and more`."""
    bounds = program.range_constraints.get(getattr(node, "expr", None))
    if bounds is None:
        return name
    lower, upper = str(bounds.lower), str(bounds.upper)
    return f"{name}, {lower} and more" if "oo" in upper or len(upper) > _LONG else f"{name}, {lower} to {upper}"
