"""Two outputs, leaf by leaf."""

from __future__ import annotations

import math
from typing import Any

import torch
from msgspec.structs import replace
from torch.testing._comparison import default_tolerances

from tracelab.nesting import leaves
from tracelab.schema import OutputError
from tracelab.tensors import describe


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


def compare_gradients(outputs: tuple[OutputError, ...], eager: Any, captured: Any) -> tuple[OutputError, ...]:
    """The same, where a leaf also disagrees when only one side's carries gradients."""
    leaves_of = [list(leaves(eager)), list(leaves(captured))]
    pairs = zip(outputs, *leaves_of) if len(leaves_of[0]) == len(leaves_of[1]) else ()
    return tuple(_compare_gradient(leaf, one, other) for leaf, (_, one), (_, other) in pairs) or outputs


def _compare_gradient(leaf: OutputError, eager: Any, captured: Any) -> OutputError:
    wanted = [getattr(value, "requires_grad", False) for value in (eager, captured)]
    if wanted[0] == wanted[1]:
        return leaf
    said = ["with gradients" if want else "without gradients" for want in wanted]
    return replace(leaf, eager=f"{leaf.eager} {said[0]}", captured=f"{leaf.captured} {said[1]}", agrees=False)


def _compare_leaf(path: str, eager: Any, captured: Any, tolerance: float) -> OutputError:
    leaf = OutputError(path=path, eager=describe(eager), captured=describe(captured))
    if not isinstance(eager, torch.Tensor) or not isinstance(captured, torch.Tensor):
        return replace(leaf, agrees=_same_plain(eager, captured))
    if eager.shape != captured.shape or eager.dtype != captured.dtype or eager.device != captured.device:
        return replace(leaf, agrees=False)
    if eager.layout != captured.layout:
        return replace(leaf, agrees=False)
    if eager.is_meta or eager.numel() == 0:
        return leaf
    if eager.layout != torch.strided:
        eager, captured = eager.to_dense(), captured.to_dense()
    return _compare_elements(leaf, eager.detach(), captured.detach(), tolerance)


def _compare_elements(leaf: OutputError, eager: torch.Tensor, captured: torch.Tensor, tolerance: float) -> OutputError:
    if torch.equal(eager, captured):
        return replace(leaf, max_abs=0.0, max_rel=0.0)
    absolute = default_tolerances(eager)[1]
    if eager.dtype in (torch.float32, torch.float64) and (
        plain := _of_plain(leaf, eager, captured, absolute, tolerance)
    ):
        return plain
    wide = torch.complex128 if eager.is_complex() else torch.float64
    one, other = eager.to(wide), captured.to(wide)
    same = (one == other) | (one.isnan() & other.isnan())
    error = (one - other).abs().masked_fill(same, 0.0).nan_to_num(nan=torch.inf, posinf=torch.inf)
    allowed = (absolute + tolerance * other.abs()).nan_to_num(nan=0.0, posinf=0.0)  # nothing is close to infinity
    worst = int(error.flatten().argmax())
    peak, scale = error.flatten()[worst].item(), other.abs().flatten()[worst].item()
    return replace(
        leaf,
        max_abs=peak if peak < math.inf else None,
        max_rel=peak / scale if 0 < scale < math.inf and peak < math.inf else None,
        index=tuple(int(part) for part in torch.unravel_index(torch.tensor(worst), eager.shape)),
        agrees=bool(((error <= allowed) | same).all()),
    )


def _of_plain(
    leaf: OutputError, eager: torch.Tensor, captured: torch.Tensor, absolute: float, tolerance: float
) -> OutputError | None:
    """The quick way for numbers of which all are finite; None where some are not."""
    error, size = (eager - captured).abs_(), captured.abs()
    peak, place = error.flatten().max(0)
    if not (peak.isfinite() and size.max().isfinite()):
        return None
    worst = int(place)
    scale = size.flatten()[worst].item()
    return replace(
        leaf,
        max_abs=peak.item(),
        max_rel=peak.item() / scale if scale else None,
        index=tuple(int(part) for part in torch.unravel_index(torch.tensor(worst), eager.shape)),
        agrees=bool((error <= size.mul_(tolerance).add_(absolute)).all()),
    )


def _same_plain(eager: Any, captured: Any) -> bool:
    one, other = _plain(eager), _plain(captured)
    if isinstance(one, torch.Tensor) or isinstance(other, torch.Tensor):
        return False
    return bool(one == other) or (one != one and other != other)


def _plain(value: Any) -> Any:
    """A tensor of one element as a number: a program returns tensors where eager returns numbers."""
    return value.item() if isinstance(value, torch.Tensor) and value.numel() == 1 else value
