"""Effects on tensors that the program loses or repeats."""

from __future__ import annotations

import torch
from torch import nn

from tests.specimens.base import Witness, frozen, other

LOST = "lost-mutation"
SELF = f"{LOST}|constant-tensor"


def _ones():
    return (torch.ones(3),)


def _rising():
    return (torch.tensor([1.0, 2.0, 3.0]),)


RISING = other(_rising)


@frozen(SELF, _ones, Witness(effects=True))
def doubles_through_data(x):
    x.data.mul_(2)  # frozen: doubles_through_data
    return x + 1


@frozen(SELF, _ones, RISING)
def writes_through_an_alias(x):
    y = x * 1
    raw = y.data  # frozen: writes_through_an_alias
    raw.add_(10)  # frozen: writes_through_an_alias
    return y


@frozen(SELF, _ones, RISING)
def replaces_data(x):
    y = x.clone()
    y.data = y.data * 5 + 1  # frozen: replaces_data
    return y


@frozen(f"{SELF}|data-dependent-scalar", _ones, RISING)
def writes_through_numpy(x):
    y = x + 0
    y.numpy()[0] = 50  # frozen: writes_through_numpy
    return y


@frozen(f"{LOST}|shape-dependent-constant|unexplained-divergence", lambda: (torch.ones(4),), Witness())
def adds_to_a_size(x):
    size = x.shape[0]
    padded = size
    padded += 2  # frozen: adds_to_a_size
    return x * (padded - size)  # frozen: adds_to_a_size


@frozen(SELF, _ones, Witness(args=_rising, calls=2))
class NormalisesItsWeight(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))

    def forward(self, x):
        self.weight.data = self.weight.data * 0.5  # frozen: NormalisesItsWeight
        return x * self.weight


@frozen(SELF, _ones, Witness(calls=2))
class ScalesItsWeight(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))

    def forward(self, x):
        self.weight.data.mul_(0.5)  # frozen: ScalesItsWeight
        return x * self.weight


@frozen(f"{SELF}|untraceable", _ones, RISING)
def fills_its_storage(x):
    y = x * 1
    y.untyped_storage().fill_(0)  # frozen: fills_its_storage
    return y


@frozen(SELF, _ones, RISING)
def sets_another_tensor(x):
    y = torch.zeros(3)
    y.set_(x.data * 3)  # frozen: sets_another_tensor
    return y
