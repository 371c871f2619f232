"""One dimension more or less."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from tests.probes.staging import asked, made, only, played, staged
from tracelab.probes.base import Given
from tracelab.probes.rank import changed, probes

X = torch.ones(2, 3)


def asks_dim(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if x.dim() == 2 else x * 3


def test_where_the_rank_is_asked() -> None:
    assert played(probes, asks_dim, X) == {
        "x with one dimension more": "diverges",
        "x with one dimension less": "diverges",
        "x with one dimension more at the end": "diverges",
    }


def test_they_aim_at_the_question() -> None:
    subject, _ = staged(asks_dim, X)
    assert {probe.aims for probe in probes(subject)} == {asked(subject, "rank")}


def test_only_the_input_whose_rank_is_asked() -> None:
    def target(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y if y.ndim == 2 else x

    assert {tuple(x.shape for x in only(probe).args) for probe in made(probes, target, X, X.clone())} == {
        ((2, 3), (1, 2, 3)),
        ((2, 3), (3,)),
        ((2, 3), (2, 3, 1)),
    }


def guards(x: torch.Tensor) -> torch.Tensor:
    assert x.dim() == 2
    return x * 2


@pytest.mark.parametrize("target", [guards, lambda x: x * 2, lambda x: F.layer_norm(x, (3,)), F.log_softmax])
def test_nobody_else_is_tried(target: object) -> None:
    """A check refuses other ranks, and torch's own code asks for its own sake."""
    assert made(probes, target, X) == []


def test_what_has_no_dimension_loses_none() -> None:
    probe = made(probes, asks_dim, torch.tensor(2.0))[1]
    assert only(probe).args[0].shape == ()


def test_gradients_stay() -> None:
    given = changed(Given((X.clone().requires_grad_(),), {}, ("x",)), "x", lambda x: x.unsqueeze(0))
    assert given is not None
    assert (given.args[0].shape, given.args[0].requires_grad) == ((1, 2, 3), True)
    assert changed(Given((X,), {}, ("x",)), "y", lambda x: x) is None
