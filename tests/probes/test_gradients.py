"""Inputs that require gradients."""

from __future__ import annotations

import torch
from torch import nn

from tests.probes.staging import made, only, played
from tracelab.probes.gradients import probes


def asks(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if x.requires_grad else x


def test_flipped_both_ways() -> None:
    assert played(probes, asks, torch.ones(3))["x with requires_grad"] == "diverges"
    assert played(probes, asks, torch.ones(3, requires_grad=True))["x without requires_grad"] == "diverges"


def test_gradients_that_are_cut() -> None:
    """The same numbers, and nothing to learn from."""
    outcomes = played(probes, lambda x: x * 2 if x.requires_grad else x.detach() * 2, torch.ones(3))
    assert outcomes == {
        "x with requires_grad": "agrees",
        "x with requires_grad, of the outputs too": "diverges",
    }


def test_the_outputs_gradients_are_not_compared_where_the_function_sets_a_mode() -> None:
    def target(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return x * 2 if x.requires_grad else x * 2.0

    assert not any(probe.gradients for probe in made(probes, target, torch.ones(3)))


def test_an_input_that_was_computed() -> None:
    outcomes = played(probes, lambda x: x if x.is_leaf else x * 2, torch.ones(3))
    assert outcomes["x with a grad_fn"] == "diverges"


def test_only_what_is_asked_and_can() -> None:
    def target(x: torch.Tensor, y: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        return x + ids if y.requires_grad or ids.requires_grad else x + y

    probe = made(probes, target, torch.ones(3), torch.ones(3), torch.arange(3))[0]
    assert [x.requires_grad for x in only(probe).args] == [False, True, False]


def test_nothing_where_nobody_asks() -> None:
    assert made(probes, lambda x: x.detach() * 2, torch.ones(3)) == []


def test_nothing_where_weights_require_it_anyway() -> None:
    class AsksLater(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.linear(x)
            return y * 2 if y.requires_grad else y

    assert made(probes, AsksLater(), torch.ones(3)) == []
