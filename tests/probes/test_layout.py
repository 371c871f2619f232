"""Other layouts."""

from __future__ import annotations

import pytest
import torch

from tests.probes.staging import made, only, played
from tracelab.probes.layout import probes


def asks(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if x.is_contiguous() else x * 3


def strides(x: torch.Tensor) -> torch.Tensor:
    return x * sum(x.stride())


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 3), (2, 1, 3), (2, 3, 4)])
def test_not_contiguous(shape: tuple[int, ...]) -> None:
    x = torch.arange(1.0, 1 + torch.Size(shape).numel()).reshape(shape)
    (probe,) = made(probes, asks, x)
    other = only(probe).args[0]
    assert not other.is_contiguous()
    assert torch.equal(other, x)
    assert played(probes, asks, x) == {"x not contiguous": "diverges"}


def test_contiguous_where_the_example_is_not() -> None:
    assert played(probes, asks, torch.ones(3, 2).t()) == {"x contiguous": "diverges"}


def test_one_element_is_always_contiguous() -> None:
    assert made(probes, asks, torch.ones(1, 1)) == []


def test_channels_last() -> None:
    def target(x: torch.Tensor) -> torch.Tensor:
        return x * 2 if x.is_contiguous(memory_format=torch.channels_last) else x * 3

    assert played(probes, target, torch.ones(1, 2, 3, 3))["x channels last"] == "diverges"


def test_strides_by_size() -> None:
    outcomes = played(probes, strides, torch.ones(2, 3))
    assert outcomes["x with a longer last dimension"] == "diverges"
    assert outcomes["x its first item expanded"] == "diverges"


def test_written_to_in_place() -> None:
    """Eager refuses to write to memory that several elements share."""

    def target(x: torch.Tensor) -> torch.Tensor:
        return x.add_(1) * x.stride(0)

    assert played(probes, target, torch.ones(2, 3))["x its first item expanded"] == "eager_raises"


def test_sparse() -> None:
    (probe,) = made(probes, lambda x: x.to_dense() * 3 if x.is_sparse else x * 2, torch.ones(3))
    assert only(probe).args[0].is_sparse


def test_only_what_is_asked_changes() -> None:
    def target(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y if y.is_contiguous() else x - y

    (probe,) = made(probes, target, torch.ones(2, 3), torch.ones(2, 3))
    assert [x.is_contiguous() for x in only(probe).args] == [True, False]


def test_gradients_are_kept() -> None:
    assert all(only(p).args[0].requires_grad for p in made(probes, strides, torch.ones(2, 3, requires_grad=True)))


def test_nothing_where_nobody_asks() -> None:
    assert made(probes, lambda x: x.reshape(-1), torch.ones(2, 3)) == []
