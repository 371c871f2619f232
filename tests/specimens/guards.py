"""Questions whose answer cannot make a sound call wrong: a note may be said of them, never an error.

Guards on values are no such: the program loses them, and goes on where eager refuses; `values.py` has some.
"""

from __future__ import annotations

import torch
from torch import nn

from tests.specimens.base import clean


def _ones():
    return (torch.ones(3),)


def _grid(rows=2):
    return lambda: (torch.ones(rows, 3),)


@clean(_grid(), _grid(5))
def refuses_a_wrong_width(x):
    if x.shape[-1] != 3:
        raise ValueError(f"three columns, not {x.shape[-1]}")
    return x * 2


@clean(_grid(), _grid(5))
def asserts_its_rank(x):
    assert x.dim() == 2, "a batch of rows"
    return x.sum(1)


@clean(_grid(), _grid(5))
class ChecksItsWidth(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 2)

    def forward(self, x):
        assert x.shape[1] == self.linear.in_features
        return self.linear(x)


@clean(_ones, lambda: (torch.zeros(3),))
def prints_what_it_sees(x):
    print("mean", x.mean().item())
    return x + 1


@clean(_ones, lambda: (torch.zeros(3),))
def refuses_integers(x):
    if not torch.is_floating_point(x):
        raise TypeError("floating point only")
    return x.exp()


@clean(_ones, lambda: (torch.zeros(3),))
class KeepsWhatItSaw(nn.Module):
    """A probe for a debugger, written and never read."""

    def __init__(self):
        super().__init__()
        self.seen = None

    def forward(self, x):
        self.seen = x.detach()
        return x * 2


@clean(_grid(), _grid(4))
def asks_both_ways_alike(x):
    if x.shape[0] > 3:
        return x + x
    return x * 2


@clean(_ones, lambda: (torch.zeros(3),))
def takes_an_item_for_nothing(x):
    peak = x.max().item()
    del peak
    return x * 2
