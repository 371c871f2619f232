"""A property that Python reads from a tensor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from tests.observers.watching import seen, watch
from tracelab.observers import queries

X = torch.ones(2, 3)

READS: dict[str, tuple[Callable[[torch.Tensor], object], str, str, str]] = {
    "dtype": (lambda x: x.dtype, "dtype", "Tensor.dtype", "torch.float32"),
    "is_floating_point": (lambda x: x.is_floating_point(), "dtype", "Tensor.is_floating_point", "True"),
    "is_complex": (lambda x: torch.is_complex(x), "dtype", "torch.is_complex", "False"),
    "type": (lambda x: x.type(), "dtype", "Tensor.type", "'torch.FloatTensor'"),
    "result_type": (lambda x: torch.result_type(x, 1), "dtype", "torch.result_type", "torch.float32"),
    "device": (lambda x: x.device, "device", "Tensor.device", "cpu"),
    "is_cuda": (lambda x: x.is_cuda, "device", "Tensor.is_cuda", "False"),
    "is_contiguous": (lambda x: x.is_contiguous(), "layout", "Tensor.is_contiguous", "True"),
    "stride": (lambda x: x.stride(), "layout", "Tensor.stride", "(3, 1)"),
    "dim": (lambda x: x.dim(), "rank", "Tensor.dim", "2"),
    "ndim": (lambda x: x.ndim, "rank", "Tensor.ndim", "2"),
    "requires_grad": (lambda x: x.requires_grad, "gradient", "Tensor.requires_grad", "False"),
    "grad": (lambda x: x.grad, "gradient", "Tensor.grad", "None"),
    "grad_fn": (lambda x: (x * torch.ones(1, requires_grad=True)).grad_fn, "gradient", "Tensor.grad_fn", "set"),
}


@pytest.mark.parametrize("name", READS)
def test_a_read_is_seen(name: str) -> None:
    read, kind, asked, value = READS[name]

    def program(x: torch.Tensor) -> torch.Tensor:
        read(x)
        return x + 1

    assert seen(queries.observe, program, X) == [(kind, asked, value)]


@pytest.mark.parametrize(
    "program", [lambda x: x.type(torch.float64), lambda x: x.view(x.size(0), -1), lambda x: x.to(torch.int64)]
)
def test_what_is_no_read(program: Callable[[torch.Tensor], torch.Tensor]) -> None:
    assert seen(queries.observe, program, X) == []


def test_a_parameter_is_named_and_is_no_input() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.to(self.fc.weight.dtype)

    sightings = watch((queries.observe,), Model(), X)
    assert [(s.asked, s.parameters, s.traced_sources) for s in sightings] == [("Tensor.dtype", ("fc.weight",), ())]


def test_a_truth_is_kept() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        return x.clone() if x.is_contiguous() else x.dim() * x

    assert [s.truth for s in watch((queries.observe,), program, X)] == [True]
    assert [s.truth for s in watch((queries.observe,), program, X.t())] == [False, None]
