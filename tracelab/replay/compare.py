"""Two outputs, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.testing._comparison import default_tolerances

from tracelab.schema import OutputError
from tracelab.tensors import describe

Leaf = tuple[str, Any]


def compare(eager: Any, captured: Any, tolerance: float) -> tuple[OutputError, ...]:
    """How far each leaf of two outputs is apart.

    Args:
        eager: what the function gave.
        captured: what the program gave.
        tolerance: the relative error that is allowed; the absolute one is `torch.testing`'s for the dtype.
    """
    ours, theirs = list(leaves(eager)), list(leaves(captured))
    if len(ours) != len(theirs):
        counts = f"{len(ours)} outputs", f"{len(theirs)} outputs"
        return (OutputError(path="", eager=counts[0], captured=counts[1], agrees=False),)
    return tuple(_compare_leaf(path, one, other, tolerance) for (path, one), (_, other) in zip(ours, theirs))


def leaves(value: Any, path: str = "") -> Iterator[Leaf]:
    """The leaves of nested tuples, lists and dicts, each with the path that leads to it."""
    if isinstance(value, dict):
        for key, part in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from leaves(part, f"{path}[{key!r}]")
    elif isinstance(value, (tuple, list)):
        for index, part in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from leaves(part, f"{path}[{index}]")
    else:
        yield path, value


def _compare_leaf(path: str, eager: Any, captured: Any, tolerance: float) -> OutputError:
    texts = {"eager": describe(eager), "captured": describe(captured)}
    if not isinstance(eager, torch.Tensor) or not isinstance(captured, torch.Tensor):
        return OutputError(path=path, **texts, agrees=_same_plain(eager, captured))
    if eager.shape != captured.shape or eager.dtype != captured.dtype or eager.device != captured.device:
        return OutputError(path=path, **texts, agrees=False)
    if eager.is_meta or eager.layout != torch.strided or eager.numel() == 0:
        return OutputError(path=path, **texts)
    return _compare_elements(path, texts, eager.detach(), captured.detach(), tolerance)


def _compare_elements(
    path: str, texts: dict[str, str], eager: torch.Tensor, captured: torch.Tensor, tolerance: float
) -> OutputError:
    absolute = default_tolerances(eager)[1]
    if torch.equal(eager, captured):
        return OutputError(path=path, **texts, max_abs=0.0, max_rel=0.0)
    wide = torch.complex128 if eager.is_complex() else torch.float64
    one, other = eager.to(wide), captured.to(wide)
    both_nan = one.isnan() & other.isnan()
    error = (one - other).abs().masked_fill(both_nan | (one == other), 0.0).nan_to_num(nan=torch.inf, posinf=torch.inf)
    worst = int(error.flatten().argmax())
    allowed = absolute + tolerance * other.abs()
    agrees = bool(((error <= allowed) | both_nan | (one == other)).all())
    scale = other.abs().flatten()[worst].item()
    peak = error.flatten()[worst].item()
    index = tuple(int(part) for part in torch.unravel_index(torch.tensor(worst), eager.shape))
    return OutputError(
        path=path, **texts, max_abs=peak, max_rel=peak / scale if scale else None, index=index, agrees=agrees
    )


def _same_plain(eager: Any, captured: Any) -> bool:
    one, other = (
        value.item() if isinstance(value, torch.Tensor) and value.numel() == 1 else value for value in (eager, captured)
    )
    if isinstance(one, torch.Tensor) or isinstance(other, torch.Tensor):
        return False
    return bool(one == other) or (one != one and other != other)
