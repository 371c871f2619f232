"""A tensor's value becomes a Python value: branches, loops and numbers."""

from __future__ import annotations

import math
import operator

import numpy as np
import torch
from torch import nn

from tests.specimens.base import Witness, frozen, other

BRANCH = "data-dependent-branch"
LOOP = "data-dependent-loop"
SCALAR = "data-dependent-scalar"
GAINS = [0.5, 2.0, 3.0]
NAMED = {0: 0.25, 1: 4.0, 2: 8.0}


def _ones():
    return (torch.ones(3),)


def _minus():
    return (-torch.ones(3),)


def _rising():
    return (torch.tensor([1.0, 2.0, 3.0]),)


def _falling():
    return (torch.tensor([3.0, 2.0, 1.0]),)


@frozen(BRANCH, _ones, other(_minus))
def asks_if(x):
    y = x * 2
    if y.mean() > 0:  # frozen: asks_if
        y = y + 1
    return y


@frozen(BRANCH, lambda: (torch.full((3,), 6.0),), other(_ones))
def asks_elif(x):
    if x.max() > 10:
        return x / 10
    elif x.max() > 5:  # frozen: asks_elif
        return x / 5
    return x


@frozen(BRANCH, _ones, other(_minus))
def asks_nested_if(x, bias=None):
    total = x.sum()
    if bias is None:
        if total > 0:  # frozen: asks_nested_if
            return x.exp()
    return x.cos()


@frozen(f"{BRANCH}|{LOOP}", lambda: (torch.full((3,), 4.0),), other(lambda: (torch.full((3,), 40.0),)))
def asks_while(x):
    while x.norm() > 1:  # frozen: asks_while
        x = x / 2
    return x


@frozen(f"{BRANCH}|{LOOP}", lambda: (torch.full((3,), 4.0),), other(lambda: (torch.full((3,), 40.0),)))
def breaks_out(x):
    for _ in range(10):
        x = x / 2
        if torch.all(x < 1):  # frozen: breaks_out
            break
    return x


@frozen(BRANCH, _ones, other(_minus, "eager_raises"))
def asserts_positive(x):
    assert (x > 0).all(), "positive numbers only"  # frozen: asserts_positive
    return x.log()


@frozen(BRANCH, _ones, other(_minus, "eager_raises"))
def raises_when_negative(x):
    if (x < 0).any():  # frozen: raises_when_negative
        raise ValueError("negative")
    return x.sqrt()


@frozen(BRANCH, _ones, other(lambda: (torch.tensor([1.0, float("inf"), 1.0]),), "eager_raises"))
def refuses_infinity(x):
    if torch.isinf(x).any():  # frozen: refuses_infinity
        raise FloatingPointError("infinite")
    return x / 2


@frozen(BRANCH, _rising, other(lambda: (torch.tensor([1.0, 2.0, -3.0]),)))
def asks_ternary(x):
    sign = 1.0 if x[-1] >= 0 else -1.0  # frozen: asks_ternary
    return x * sign


@frozen(BRANCH, _minus, other(_ones))
def asks_and_or(x):
    sign = (x.sum() < 0 and -1) or 1  # frozen: asks_and_or
    return x * sign


@frozen(BRANCH, _ones, other(lambda: (torch.zeros(3),)))
def asks_not(x):
    if not x.any():  # frozen: asks_not
        return x + 5
    return x - 5


@frozen(BRANCH, lambda: (torch.full((3,), 0.5),), other(lambda: (torch.full((3,), 1.5),)))
def asks_chained(x):
    if 0 < x.mean() < 1:  # frozen: asks_chained
        return x.square()
    return x.sqrt()


@frozen(BRANCH, lambda: (torch.full((3,), 1.5),), other(lambda: (torch.full((3,), 3.0),)))
def filters_comprehension(x):
    return sum(x * k for k in (1.0, 2.0, 4.0) if x.max() > k)  # frozen: filters_comprehension


@frozen(f"{BRANCH}|{SCALAR}", _rising, other(_falling))
def sorts_scalars(x):
    low, _, high = sorted([x[0], x[1] - 0.5, x[2]])  # frozen: sorts_scalars
    return high * 10 - low


@frozen(f"{BRANCH}|{SCALAR}", lambda: (torch.ones(2), torch.zeros(2)), other(lambda: (torch.zeros(2), torch.ones(2))))
def picks_larger(x, y):
    peak = max(x.sum(), y.sum())  # frozen: picks_larger
    return (x - y) * peak + x * 3


@frozen(f"{BRANCH}|{SCALAR}", _ones, other(lambda: (torch.tensor([1.0, -1.0, 1.0]),)))
def asks_all_builtin(x):
    if all(v > 0 for v in x.unbind()):  # frozen: asks_all_builtin
        return x + 1
    return x - 1


@frozen(f"{BRANCH}|{SCALAR}", _rising, other(_falling))
def matches_index(x):
    match x.argmax().item():  # frozen: matches_index
        case 0:
            return x * 3
        case 1:
            return x * 5
        case _:
            return x * 7


@frozen(f"{BRANCH}|{SCALAR}", _rising, other(lambda: (torch.tensor([1.0, 2.0, 1.0]),)))
def asks_torch_equal(x):
    if torch.equal(x, x.flip(0)):  # frozen: asks_torch_equal
        return x * 0
    return x


@frozen(f"{BRANCH}|{SCALAR}", _ones, other(_rising))
def asks_allclose(x):
    close = torch.allclose(x, x.mean().expand(3))  # frozen: asks_allclose
    return x if close else x - x.mean()


@frozen(f"{BRANCH}|{SCALAR}", _ones, other(_minus))
def asks_is_nonzero(x):
    if torch.is_nonzero((x > 0).sum()):  # frozen: asks_is_nonzero
        return x + 2
    return x - 2


@frozen(f"{BRANCH}|{SCALAR}", _rising, other(lambda: (torch.tensor([0.0, 2.0, 3.0]),)))
def asks_contains(x):
    if 0 in x:  # frozen: asks_contains
        return x + 100
    return x


@frozen(BRANCH, _ones, other(lambda: (torch.tensor([1.0, float("nan"), 1.0]),)))
def repairs_nan(x):
    if torch.isnan(x).any():  # frozen: repairs_nan
        x = torch.nan_to_num(x)
    return x * 2


@frozen(f"{BRANCH}|{SCALAR}", _ones, other(_minus))
def compares_an_item(x):
    level = x.sum().item()  # frozen: compares_an_item
    if level > 0:  # frozen: compares_an_item
        return x + 1
    return x - 1


@frozen(LOOP, lambda: (torch.tensor([2.0, 1.0]),), other(lambda: (torch.tensor([4.0, 1.0]),)))
class RepeatsByValue(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Linear(2, 2)

    def forward(self, x):
        for _ in range(int(x[0])):  # frozen: RepeatsByValue
            x = self.mix(x).tanh()
        return x


@frozen(LOOP, lambda: (torch.tensor(2), torch.ones(3)), other(lambda: (torch.tensor(4), torch.ones(3))))
def ranges_over_tensor(n, x):
    for i in range(n):  # frozen: ranges_over_tensor
        x = x * 2 + i
    return x


@frozen(f"{LOOP}|{SCALAR}", lambda: (torch.tensor([1, 2]),), other(lambda: (torch.tensor([2, 2]),)))
def loops_over_list(steps):
    total = torch.zeros(2)
    for step in steps.tolist():  # frozen: loops_over_list
        total = total + step
    return total


@frozen(SCALAR, _rising, other(_falling))
def multiplies_by_item(x):
    return x * x[0].item()  # frozen: multiplies_by_item


@frozen(SCALAR, _rising, other(_falling))
class NormalisesByItem(nn.Module):
    def forward(self, x):
        return self.scaled(x, x[-1])

    def scaled(self, x, peak):
        return x / peak.item()  # frozen: NormalisesByItem


@frozen(SCALAR, _rising, other(_falling))
def rolls_by_int(x):
    return x.roll(int(x[0]))  # frozen: rolls_by_int


@frozen(SCALAR, _rising, other(_falling))
def clamps_at_float(x):
    ceiling = float(x[1] + x[0]) / 2  # frozen: clamps_at_float
    return x.clamp(max=ceiling)


@frozen(SCALAR, _rising, other(_falling))
def turns_by_complex(x):
    return x * complex(x[0])  # frozen: turns_by_complex


@frozen(f"{SCALAR}|constant-tensor", _rising, other(_falling))
def sums_a_list(x):
    return x + sum(x.tolist()[:2])  # frozen: sums_a_list


@frozen(f"{SCALAR}|constant-tensor", _rising, other(_falling))
def asks_numpy(x):
    return x - float(np.median(x.numpy()[:2]))  # frozen: asks_numpy


@frozen(f"{SCALAR}|constant-tensor", _rising, other(_falling))
def asks_asarray(x):
    spread = np.asarray(x)[0]  # frozen: asks_asarray
    return x * float(spread)


@frozen(SCALAR, lambda: (torch.tensor([1.0, 5.0]),), other(lambda: (torch.tensor([2.0, 5.0]),)))
def looks_up_formatted(x):
    gain = {"1": 10.0, "2": 20.0}[f"{x[0]:.0f}"]  # frozen: looks_up_formatted
    return x * gain


@frozen(SCALAR, lambda: (torch.tensor(7),), other(lambda: (torch.tensor(1234),)))
def measures_its_text(x):
    return x * len(str(x))  # frozen: measures_its_text


@frozen(SCALAR, _rising, other(_falling))
def indexes_a_list(x):
    return x * GAINS[x.argmax()]  # frozen: indexes_a_list


@frozen(SCALAR, _rising, other(_falling))
def keys_a_dict(x):
    return x * NAMED[x.argmax().item()]  # frozen: keys_a_dict


@frozen(SCALAR, lambda: (torch.tensor([1, 1, 2]),), other(lambda: (torch.tensor([1, 2, 3]),)))
def counts_a_set(x):
    return x / len(set(x.tolist()))  # frozen: counts_a_set


@frozen(SCALAR, _rising, other(_falling))
def slices_to_int(x):
    return x[: int(x[0])]  # frozen: slices_to_int


@frozen(SCALAR, _rising, other(_falling))
def repeats_by_index(x):
    return x.repeat(operator.index(x.argmax() + 1))  # frozen: repeats_by_index


@frozen(SCALAR, _rising, other(_falling))
def asks_math(x):
    return x * math.exp(x[0])  # frozen: asks_math


@frozen(SCALAR, _rising, other(_falling))
def rounds_an_item(x):
    shift = round(x[0].item() * 1.5)  # frozen: rounds_an_item
    return x + shift


@frozen(SCALAR, lambda: (torch.tensor([2, 3]),), other(lambda: (torch.tensor([4, 3]),)))
class CropsToLongest(nn.Module):
    """The longest length of a batch cuts a table of positions."""

    def __init__(self):
        super().__init__()
        self.places = nn.Embedding(8, 2)

    def forward(self, lengths):
        longest = int(lengths.max())  # frozen: CropsToLongest
        return self.places.weight[:longest]


@frozen(f"{SCALAR}|{BRANCH}", lambda: (torch.tensor([True, False]),), other(lambda: (torch.tensor([False, False]),)))
def adds_a_bool(mask):
    return torch.arange(2.0) + int(bool(mask[0]))  # frozen: adds_a_bool


@frozen(
    BRANCH,
    lambda: (torch.tensor([0.2, 0.9]),),
    other(lambda: (torch.tensor([0.9, 0.2]),)),
    finds=((BRANCH, "routes_first"), (BRANCH, "routes_second")),
)
class RoutesToExperts(nn.Module):
    def __init__(self):
        super().__init__()
        self.experts = nn.ModuleList(nn.Linear(2, 2) for _ in range(2))

    def forward(self, weights):
        out = torch.zeros(2)
        if weights[0] > 0.5:  # frozen: routes_first
            out = out + self.experts[0](weights)
        if weights[1] > 0.5:  # frozen: routes_second
            out = out + self.experts[1](weights)
        return out


@frozen(SCALAR, _rising, Witness(args=_falling, calls=2))
class ScalesInAHelper(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 3), ScalesByPeak())

    def forward(self, x):
        return self.body(x)


class ScalesByPeak(nn.Module):
    def forward(self, x):
        peak = x.abs().max().item()  # frozen: ScalesInAHelper
        return x / peak
