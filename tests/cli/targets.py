"""What the command is pointed at in tests."""

from __future__ import annotations

from typing import Any

import torch


class Clean(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x)

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return x


class Two(Clean):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.linear(x) + y


class Sized(Clean):
    def __init__(self, size: int) -> None:
        super().__init__()


class Perturbed(torch.nn.Module):
    """The trace differs from eager on the example itself: while tracing, a size is a tensor and no key of a dict."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * {3: 2.0}.get(x.shape[0], 5.0)


class Asking(torch.nn.Module):
    """Asks for a size."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + 1 if x.shape[0] > 2 else x - 1


def branch(x: torch.Tensor) -> torch.Tensor:
    print("forward says this")
    return x + 1 if x.sum() > 0 else x - 1


def breaks(x: torch.Tensor) -> torch.Tensor:
    return x.view(7)


def built() -> torch.nn.Module:
    return Clean()


def built_with_inputs() -> tuple[torch.nn.Module, torch.Tensor]:
    return Clean().eval(), torch.ones(2, 4)


def built_with_args_and_kwargs() -> tuple[torch.nn.Module, tuple[torch.Tensor], dict[str, torch.Tensor]]:
    return Two(), (torch.ones(2, 4),), {"y": torch.ones(4)}


def built_with_a_dict() -> tuple[torch.nn.Module, dict[str, torch.Tensor]]:
    return Clean(), {"x": torch.ones(2, 4)}


def built_wrongly() -> Any:
    return 3


def fails() -> Any:
    raise LookupError("no weights")


clean = Clean()
number = 3
