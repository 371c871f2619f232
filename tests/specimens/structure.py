"""Arguments that are absent, optional or containers: what is there decides what is recorded."""

from __future__ import annotations

import torch
from torch import nn

from tests.specimens.base import Witness, frozen, other

STRUCTURE = "input-structure"


def _ones():
    return (torch.ones(3),)


def _two():
    return (torch.ones(3), torch.tensor([1.0, 0.0, 1.0]))


@frozen(STRUCTURE, _ones, other(_two, "captured_raises"))
def leaves_out_a_mask(x, mask=None):
    if mask is not None:  # frozen: leaves_out_a_mask
        x = x * mask
    return x + 1


@frozen(STRUCTURE, _two, other(_ones, "captured_raises"))
class TakesAMask(nn.Module):
    def forward(self, x, mask=None):
        if mask is None:  # frozen: TakesAMask
            mask = torch.ones_like(x)
        return x - mask


@frozen(STRUCTURE, lambda: ([torch.ones(3), torch.ones(3)],), other(lambda: ([torch.ones(3)] * 3,), "captured_raises"))
def sums_its_list(xs):
    total = torch.zeros(3)
    for x in xs:  # frozen: sums_its_list
        total = total + x.cumsum(0)
    return total


@frozen(STRUCTURE, lambda: ([torch.ones(3), torch.ones(3)],), other(lambda: ([torch.ones(3)] * 4,), "captured_raises"))
def asks_list_length(xs):
    return xs[0] / len(xs)  # frozen: asks_list_length


@frozen(
    STRUCTURE,
    lambda: ({"a": torch.ones(3), "b": torch.ones(3)},),
    other(lambda: ({"a": torch.ones(3), "b": torch.ones(3), "c": torch.ones(3)},)),
)
def sums_a_dict(features):
    return sum(v * len(k) for k, v in features.items())  # frozen: sums_a_dict


@frozen(
    STRUCTURE,
    lambda: ({"a": torch.ones(3)},),
    other(lambda: ({"a": torch.ones(3), "boost": torch.full((3,), 4.0)},)),
)
class AsksForAKey(nn.Module):
    def forward(self, features):
        x = features["a"]
        if "boost" in features:  # frozen: AsksForAKey
            x = x * features["boost"]
        return x


@frozen(STRUCTURE, _ones, other(lambda: ((torch.ones(3), torch.ones(3)),), "captured_raises"))
def asks_isinstance(x):
    if isinstance(x, tuple):  # frozen: asks_isinstance
        x = x[0] + x[1]
    return x * 2


@frozen(
    STRUCTURE,
    lambda: (),
    Witness(kwargs=lambda: {"x": torch.ones(3), "y": torch.ones(3)}, outcome="captured_raises"),
    kwargs=lambda: {"x": torch.ones(3)},
)
def takes_keywords(x, y=None):
    return x * 2 if y is None else x * y  # frozen: takes_keywords


@frozen(STRUCTURE, _ones, other(lambda: (torch.ones(3), 4.0), "captured_raises"))
def defaults_a_number(x, gain=2.0):  # frozen: defaults_a_number
    return x * gain  # frozen: defaults_a_number


@frozen(
    STRUCTURE,
    lambda: ((torch.ones(3), torch.zeros(3)),),
    other(lambda: ((torch.ones(3), torch.zeros(3), torch.ones(3)),), "captured_raises"),
)
def unpacks_a_pair(pair):
    first, *rest = pair  # frozen: unpacks_a_pair
    return first + len(rest)  # frozen: unpacks_a_pair


@frozen(STRUCTURE, _two, other(lambda: (torch.ones(3),), "captured_raises"))
def takes_any_number(*xs):
    return torch.stack(xs).sum(0)  # frozen: takes_any_number
