"""Small models that are exported in tests; their lines are what the tests ask for."""

from __future__ import annotations

import os
from typing import Any

import torch
from torch import nn


class Counting(nn.Module):
    """Freezes what torch.export does not guard: a counter, the grad mode, the environment, the dtype."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.calls = nn.Linear(3, 3), 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        h = self.fc(x)
        if torch.is_grad_enabled():
            h = h.sin()
        if os.environ.get("TRACELAB_TEST_GAIN") == "2":
            h = h * 2
        return h + self.calls


class Sized(nn.Module):
    """Asks for sizes, which torch.export guards."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[0] > 2:
            x = x + 1
        return x.relu()


class Deciding(nn.Module):
    """Asks for values, which torch.export refuses."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.sum() > 0:
            return x + 1
        return x - 1


class Moding(nn.Module):
    """Draws in training mode."""

    def __init__(self) -> None:
        super().__init__()
        self.bn = nn.BatchNorm1d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.bn(x)


def optional(x: torch.Tensor, scale: int = 2, *, mask: torch.Tensor | None = None) -> dict[str, Any]:
    """Takes what torch.jit.trace does not: numbers, and arguments by place and by name together."""
    y = x * scale
    return {"y": y if mask is None else y * mask, "size": x.shape[0]}


def line_of(kind: type[nn.Module] | Any, text: str) -> int:
    """The line of this file on which a class, or a function, says something."""
    import inspect

    lines, first = inspect.getsourcelines(kind)
    return first + next(place for place, line in enumerate(lines) if text in line)
