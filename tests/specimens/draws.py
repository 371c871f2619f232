"""Random draws that the graph does not repeat as eager does."""

from __future__ import annotations

import torch
from torch import nn

from tests.specimens.base import Witness, frozen

DRAW = "random-draw"


def _ones():
    return (torch.ones(3),)


@frozen(DRAW, _ones, Witness(seed=8))
def reseeds(x):
    torch.manual_seed(0)  # frozen: reseeds
    return x + torch.randn(3)


@frozen(DRAW, _ones, Witness(calls=2), volatile=True)
def seeds_a_fresh_generator(x):
    dice = torch.Generator().manual_seed(1)
    return x + torch.rand(3, generator=dice)  # frozen: seeds_a_fresh_generator


@frozen(f"{DRAW}|data-dependent-branch", _ones, Witness(seed=5))
def flips_a_coin(x):
    if torch.rand(()) < 0.5:  # frozen: flips_a_coin
        return x * 2
    return x * 3


@frozen(f"{DRAW}|data-dependent-scalar", _ones, Witness(seed=8))
def scales_by_a_draw(x):
    return x * torch.rand(1).item()  # frozen: scales_by_a_draw


@frozen(f"{DRAW}|data-dependent-scalar|constant-tensor", lambda: (torch.arange(12.0),), Witness(seed=8))
def permutes_by_list(x):
    order = torch.randperm(12).tolist()  # frozen: permutes_by_list
    return x[order]


@frozen(DRAW, _ones, Witness(calls=2))
def forks_the_generator(x):
    with torch.random.fork_rng(devices=()):  # frozen: forks_the_generator
        noise = torch.randn(3)  # frozen: forks_the_generator
    return x + noise


@frozen(DRAW, _ones, Witness(calls=2))
def rewinds_the_generator(x):
    state = torch.get_rng_state()  # frozen: rewinds_the_generator
    noise = torch.randn(3)
    torch.set_rng_state(state)  # frozen: rewinds_the_generator
    return x * noise


@frozen(f"{DRAW}|data-dependent-branch|data-dependent-scalar", _ones, Witness(seed=1), Witness(seed=2))
class DropsLayers(nn.Module):
    """Stochastic depth, decided by Python."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(3, 3) for _ in range(4))

    def forward(self, x):
        for layer in self.layers:
            if torch.rand(1).item() < 0.5:  # frozen: DropsLayers
                continue
            x = layer(x)
        return x


@frozen(f"{DRAW}|outside-read", _ones, Witness(seed=8))
def asks_the_seed(x):
    return x + torch.initial_seed() % 1000  # frozen: asks_the_seed


@frozen(DRAW, _ones, Witness(to_eager=lambda m: setattr(m, "dice", torch.Generator().manual_seed(9))), volatile=True)
class DrawsFromItsGenerator(nn.Module):
    """The program keeps the generator that was there: another one is not heard, and it cannot be saved."""

    def __init__(self):
        super().__init__()
        self.dice = torch.Generator().manual_seed(4)

    def forward(self, x):
        return x + torch.randn(3, generator=self.dice)  # frozen: DrawsFromItsGenerator
