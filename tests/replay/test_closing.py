"""What explains a Run, once all have been played."""

from __future__ import annotations

import functools

import torch

import tracelab


@functools.lru_cache(maxsize=4)
def looked_up(size: int) -> float:
    return 1.0 if size else 0.0


def normalises(x: torch.Tensor) -> torch.Tensor:
    scale = looked_up(x.shape[1])
    return x.unsqueeze(-1) / torch.tensor([x.shape[1], 1]) * scale


def test_a_constant_is_blamed_before_a_look_up_that_every_size_changes() -> None:
    wrong = [f for f in tracelab.trace(normalises, torch.ones(2, 4)).findings if f.verdict == "diverges"]
    assert [(f.rule, f.witness is not None and f.witness.first_divergence is not None) for f in wrong] == [
        ("constant-tensor", True)
    ]
