"""Other draws."""

from __future__ import annotations

import random

import numpy as np
import torch
from torch import nn

from tests.probes.staging import asked, made, played, staged
from tracelab.probes.seeds import probes

X = torch.ones(3)
SEEDED = {f"seed {seed}" for seed in (1, 2, 3, 4)}


def diverging(func: object) -> set[str]:
    return {text for text, outcome in played(probes, func, X).items() if outcome == "diverges"}


def test_python_s_draws() -> None:
    assert diverging(lambda x: x * random.random()) >= SEEDED


def test_numpy_s_draws() -> None:
    assert diverging(lambda x: x * float(np.random.rand())) >= SEEDED


def test_a_draw_that_became_a_number() -> None:
    assert diverging(lambda x: x * torch.rand(1).item()) == SEEDED | {"a second call draws anew"}


def test_a_reseeded_generator() -> None:
    def target(x: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(0)
        return x + torch.randn(3)

    assert diverging(target) >= SEEDED


def test_an_own_generator_of_numpy_s() -> None:
    dice = np.random.default_rng(0)
    assert diverging(lambda x: x * float(dice.random())) == {"a second call draws anew"}


class Holds(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.dice = torch.Generator().manual_seed(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.randn(3, generator=self.dice)


def test_a_generator_in_the_place_of_the_module_s() -> None:
    model = nn.Sequential(Holds())
    before = model[0].dice
    assert diverging(model) == {"another generator as 0.dice"}
    assert model[0].dice is before


def test_how_a_reader_replaces_it() -> None:
    code = next(probe.code for probe in made(probes, Holds(), X) if probe.code)
    assert code == ('model.dice = torch.Generator("cpu").manual_seed(20011)',)


def test_aims_are_the_draws() -> None:
    def target(x: torch.Tensor) -> torch.Tensor:
        return x * random.random() if x.sum() > 0 else x

    subject, _ = staged(target, X)
    assert {probe.aims for probe in probes(subject)} == {asked(subject, "outside-read")}


def test_a_second_call_finds_what_the_first_left() -> None:
    class Counts(nn.Module):
        calls = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            return x * random.random() + self.calls

    subject, _ = staged(Counts(), X)
    aims = {probe.text: probe.aims for probe in probes(subject)}
    assert aims["a second call draws anew"] > aims["seed 1"]


def test_nothing_where_the_graph_draws() -> None:
    assert made(probes, lambda x: x + torch.randn(3), X) == []
