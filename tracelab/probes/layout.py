"""The same values laid out otherwise in memory, where the function asks how they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from tracelab.nesting import tensors_in
from tracelab.probes.arguments import Place, asked_of_inputs, changed, named, placed, reached
from tracelab.probes.base import Given, Probe, Subject

Tensor = torch.Tensor


def probes(subject: Subject) -> Iterator[Probe]:
    """Each argument that is asked: sparse, turned, with gaps, of other sizes, without strides."""
    for method, asked in asked_of_inputs(subject, "layout"):
        given = subject.example(method)
        questions = {observation.id: observation.asked.rpartition(".")[2] for observation in asked}
        for place, ids in reached(given, asked).items():
            for text, way in _ways({questions[number] for number in ids}, _first(given, place)):
                other = changed(given, {place: way})
                text_of_all = f"{named(given, [place])} {text}"
                yield Probe("layout", text_of_all, (other,), method=method, aims=frozenset(ids))


def _first(given: Given, place: Place) -> Tensor:
    return next(x for found, _, value in placed(given) if found == place for x in tensors_in(value))


def _ways(questions: set[str], x: Tensor) -> Iterator[tuple[str, Callable[[Tensor], Tensor]]]:
    """What to try for some questions about a tensor."""
    if x.layout != torch.strided:
        yield "dense", lambda x: _as_leaf(x.to_dense(), x)
        return
    if questions & {"is_sparse", "layout"}:
        yield "sparse", lambda x: _as_leaf(x.detach().to_sparse(), x)
    strides = questions & {"is_contiguous", "stride", "is_non_overlapping_and_dense"}
    if not strides or x.numel() < 2:
        return
    if not x.is_contiguous():
        yield "contiguous", lambda x: _as_leaf(x.detach().contiguous(), x)
    else:
        yield "not contiguous", _turned
    if x.dim() == 4:
        yield "channels last", _channels_last
    if "is_non_overlapping_and_dense" in questions:
        yield "with gaps in its storage", _spaced
    if "stride" in questions:
        yield "with a longer last dimension", _longer
        yield "its first item expanded", _expanded


def _as_leaf(changed: Tensor, x: Tensor) -> Tensor:
    return changed.detach().requires_grad_(x.requires_grad)


def _turned(x: Tensor) -> Tensor:
    """The dimensions in reverse order in memory; with gaps where only one has a size."""
    if sum(size > 1 for size in x.shape) < 2:
        return _spaced(x)
    order = tuple(reversed(range(x.dim())))
    return _as_leaf(x.detach().permute(order).contiguous().permute(order), x)


def _spaced(x: Tensor) -> Tensor:
    return _as_leaf(torch.stack([x.detach(), x.detach()], -1)[..., 0], x)


def _channels_last(x: Tensor) -> Tensor:
    if x.dim() != 4:
        return x
    turned = x.detach().permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
    return _as_leaf(turned, x)


def _longer(x: Tensor) -> Tensor:
    return _as_leaf(torch.cat([x.detach(), x.detach()[..., -1:]], -1), x) if x.dim() else x


def _expanded(x: Tensor) -> Tensor:
    return _as_leaf(x.detach()[:1].expand(x.shape), x) if x.dim() else x
