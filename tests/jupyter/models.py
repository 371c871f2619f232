"""What is traced in the tests of the magics."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

__all__ = ["Doubling", "Model", "branch", "countdown", "eats", "mixed"]


def branch(x: torch.Tensor, scale: float = 1) -> torch.Tensor:
    return x * scale if x.sum() > 0 else -x


def mixed(x: torch.Tensor, *rest: torch.Tensor, bias: torch.Tensor, sign: int = 1, **more: torch.Tensor) -> Any:
    return sign * sum([x, *rest, *more.values()]) + bias


def countdown(x: torch.Tensor, n: int = 2) -> torch.Tensor:
    """Calls itself."""
    return x if n == 0 else countdown(x + 1, n - 1)


def eats(x: torch.Tensor, parts: list[torch.Tensor]) -> torch.Tensor:
    """Changes what it is given."""
    x.add_(100)
    return x + parts.pop()


class Doubling:
    """An object that can be called."""

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return x * 2


class Model(nn.Module):
    """A layer, a branch, and a count of the calls."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.drop = nn.Dropout(0.0)
        self.calls = 0

    def forward(self, x: torch.Tensor, scale: float = 1, *, bias: torch.Tensor | None = None) -> torch.Tensor:
        self.calls += 1
        y = self.drop(self.fc(x)) * scale
        return y if bias is None else y + bias

    def encode(self, x: torch.Tensor, times: int = 1) -> torch.Tensor:
        return self.fc(x) * times
