"""Loops of every kind that `torch.export` refuses, or fixes to the rounds of the example."""

from __future__ import annotations

import torch
from torch import nn


def solves(x):
    z = torch.zeros_like(x)
    for _ in range(40):
        new = torch.cos(z + x)
        gap = (new - z).abs().max()
        z = new
        if gap < 1e-2:
            break
        z = z * 0.9
    return z


def endless(x):
    rounds = 0
    while True:
        x = x / 2
        rounds = rounds + 1
        if x.abs().max() < 1:
            break
    return x, rounds + 0 * x.sum()


def returns_from_inside(x):
    total = x * 0
    count = 0
    while count < 9:
        total = total + x
        count += 1
        if total.sum() > 20:
            return total + 100, total
    total = total * 2
    return total, -total


def leaves_by_two_ways(x):
    z = x
    while z.sum() < 1000:
        if z.min() < -5:
            z = z * 0
            break
        z = z * 2 + 3
        if (z > 50).any():
            break
        z = z - 1
    return z


class Exits(nn.Module):
    """A model that stops at the first layer that is sure."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(3, 3) for _ in range(4))

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x)) + x
            if x.max() > 9:
                break
        return x * 2


class Answers(Exits):
    """The same that returns from inside."""

    def forward(self, x):
        for number, layer in enumerate(self.layers):
            x = torch.relu(layer(x)) + x
            if x.max().item() > 9:
                return x, x * number
        y = x - 1
        return y, x


def writes(h):
    words, states = [], []
    x = h
    for _ in range(5):
        h = torch.tanh(x) / 2
        states.append(h)
        if (h.abs().sum() < 1).item():
            break
        x = h * 1.5
        words.append(x.argmax(-1))
    return torch.stack(states, 1), torch.cat(states, dim=-1)


class Recurs(nn.Module):
    """A recurrent layer in a loop over time."""

    def __init__(self):
        super().__init__()
        self.cell = nn.GRUCell(3, 3)

    def forward(self, x):
        h = x.new_zeros(x.shape[0], 3)
        out = []
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
            out.append(h)
        return torch.stack(out, dim=1), h


def windows(x):
    parts = []
    for i in range(x.shape[-1] - 1):
        both = x[..., i : i + 2]
        parts.append(both.sum(-1, keepdim=True))
    return torch.cat(parts, -1)


def reads_rounds(x, lengths):
    h = x[:, 0] * lengths.unsqueeze(-1)
    for t in range(int(lengths.max())):
        alive = (t < lengths).unsqueeze(-1)
        h = torch.where(alive, h * 0.5 + x[:, t], h)
    return h


def goes_on(x):
    total = x[0] * 0
    for row in x:
        if row.sum() < 7:
            continue
        total = total + row
    return total


def stores(x):
    out = torch.zeros(x.shape[0], 3)
    for i in range(x.shape[0]):
        out[i] = x[i] * 2
    return out
