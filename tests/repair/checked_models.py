"""Checks of values, and attributes that are written, which `torch.export` refuses or freezes."""

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
