"""Sizes that an export fixed, left open: a change of the call, and of no file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tracelab.backends import dynamic, export
from tracelab.backends.base import Request
from tracelab.backends.wrapping import as_module
from tracelab.nesting import tensors_in
from tracelab.preserve import cloned
from tracelab.probes.base import Given
from tracelab.repair.base import Proposal, Spot

_TITLE = "the sizes that the function takes are left open"


def proposals(spot: Spot) -> Iterator[Proposal]:
    """`dynamic_shapes` that opens every size of which the function was seen to take another."""
    shapes = wanted(spot)
    if shapes is not None:
        yield Proposal(title(spot.opens_ones), spot.plan.with_sizes(shapes, spot.opens_ones))


def title(with_ones: bool) -> str:
    """What leaving sizes open does."""
    return f"{_TITLE}, and what is 1 is no exception" if with_ones else _TITLE


def _has_ones(request: Request, taken: Sequence[frozenset[int]]) -> bool:
    """Whether one of the sizes that are left open is 1 in the example."""
    method = export.methods_of(request)[0]
    shapes = [[*tensor.shape] for tensor in tensors_in((method.args, method.kwargs))]
    return any(shape[dim] == 1 for shape, dims in zip(shapes, taken) for dim in dims)


def wanted(spot: Spot) -> Any:
    """What is to be exported with; None where that is so already, or the finding is about something else."""
    is_open = spot.plan.dynamic_shapes is not None or spot.request.export.get("dynamic_shapes") == export.AUTO
    if is_open or not spot.is_about_sizes or not any(spot.taken):
        return None
    shapes = _opened(spot.request, spot.taken)
    return shapes if dynamic.written(shapes) != dynamic.written(spot.exported_with) else None


def widened(proposal: Proposal, request: Request, taken: Sequence[frozenset[int]]) -> Iterator[Proposal]:
    """A change with the sizes left open besides, where nothing else is asked for; what opens most first.

    Args:
        proposal: the change.
        request: what was captured.
        taken: as `taken` gives it.
    """
    is_asked = proposal.plan.dynamic_shapes is not None or request.export.get("dynamic_shapes") is not None
    if is_asked or not any(taken):
        return
    for with_ones in (True, False) if _has_ones(request, taken) else (False,):
        plan = proposal.plan.with_sizes(_opened(request, taken), with_ones)
        yield Proposal(f"{proposal.title}; {title(with_ones)}", plan)


def _opened(request: Request, taken: Sequence[frozenset[int]]) -> Any:
    method = export.methods_of(request)[0]
    args, kwargs = cloned((method.args, method.kwargs))
    return dynamic.marked(as_module(method.func), args, kwargs, taken)


def taken(request: Request, given: Sequence[Given]) -> tuple[frozenset[int], ...]:
    """For each tensor of the inputs, the dimensions of which other inputs have another size.

    Args:
        request: has the inputs that were captured.
        given: others that the function took.
    """
    method = export.methods_of(request)[0]
    example = list(tensors_in((method.args, method.kwargs)))
    found = [set[int]() for _ in example]
    for one in given:
        others = list(tensors_in((tuple(one.args), dict(one.kwargs))))
        if [x.dim() for x in others] == [x.dim() for x in example]:
            for dims, ours, theirs in zip(found, example, others):
                dims.update(dim for dim in range(ours.dim()) if ours.shape[dim] != theirs.shape[dim])
    return tuple(map(frozenset, found))
