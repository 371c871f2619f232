"""Checks, lists of values, attributes that are written, and batches of one: `torch.export` refuses or freezes each."""

from __future__ import annotations

import torch
from torch import nn


def asserts(x):
    assert (x > 0).all(), "out of range"  # what the logarithm takes
    return x.log()


def raises(x):
    total = x.sum()
    if total < 0:
        raise ValueError(f"{total} is negative")
    return x * total


def compares(x, y):
    if torch.equal(x, y):
        return x * 2
    return x - y


class Keeps(nn.Module):
    """A module that keeps its last answer in a plain attribute."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.last = torch.zeros(2, 3)

    def forward(self, x):
        y = torch.tanh(self.fc(x) + self.last)
        self.last = y.detach()
        return y


def ranks(x):
    rows = sorted(range(3), key=lambda i: x[i], reverse=True)
    return torch.stack([x[i] for i in rows])


def distinct(x, ids):
    names = {int(i) for i in ids}
    return torch.stack([x[i] for i in sorted(names)]).sum(0)


def picks(x, ids):
    return torch.stack([x[i] for i in ids.tolist()]) * 2


def largest(x):
    return x / max(row.sum() for row in x)


class Halves(nn.Module):
    """A module that writes to `.data`."""

    w: torch.Tensor

    def __init__(self):
        super().__init__()
        self.register_buffer("w", torch.ones(3))

    def forward(self, x):
        self.w.data = self.w.data * 0.5
        return x * self.w


class Scaled(nn.Module):
    """A module that makes a number of a parameter."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        return x * float(self.scale.exp())


class Windows(nn.Module):
    """A module that counts the windows of a batch, which is 1 in the example."""

    def forward(self, x):
        parts = x.view(-1, 2, 2)
        rows = int(parts.shape[0] / (x.shape[1] / 4))
        return parts.view(rows, -1).cumsum(1)
