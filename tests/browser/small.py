"""Small models to capture. They stand apart from who captures them, as a user's do."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Clean(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class LateBranch(nn.Module):
    """Agrees for ten operations, then does not."""

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(10):
            x = torch.tanh(x)
        x = x + 1 if x.sum() > 0 else x - 1
        return torch.relu(x) * 2


class RaisesHalfWay(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        if x.sum() > 0:
            x = self.first(x)
        return self.second(torch.relu(x))


class TwoMethods(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x) * int(x.sum())

    def encode(self, x: Tensor) -> Tensor:
        return torch.tanh(self.inner(x))


def unchanged(x: Tensor) -> Tensor:
    return x
