"""What is no disagreement."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tests.probes.staging import staged
from tracelab.probes.base import Given, Probe
from tracelab.replay import compare, noise
from tracelab.replay.stage import Result, Stage, example_probe

X = torch.tensor([1.0, 2.0, 3.0])
BIG = torch.linspace(-1, 1, 64)


def run(func: Any, *args: Any, **changes: Any) -> tuple[Stage, Result]:
    """Both sides of a function on its example, or on what is changed of it."""
    subject, stage = staged(func, *args)
    probe = example_probe(subject.methods[0])
    return stage, stage.run(Probe(**{**vars(probe), **changes}))


def draws_seeded(x: torch.Tensor) -> torch.Tensor:
    return x + torch.rand(3)


def draws_python(x: torch.Tensor) -> torch.Tensor:
    return x + random.random()


def asks_the_time(x: torch.Tensor) -> torch.Tensor:
    return x * (time.perf_counter_ns() % 100003)


def asks_the_system(x: torch.Tensor) -> torch.Tensor:
    return x + random.SystemRandom().random()


def draws_by_address(x: torch.Tensor) -> torch.Tensor:
    return x + hash(object()) % 1000003


@pytest.mark.parametrize("func", [asks_the_time, asks_the_system])
def test_eager_that_does_not_agree_with_itself(func: Any) -> None:
    stage, result = run(func, X)
    assert result.outcome == "diverges"
    assert noise.is_random(stage, result)


@pytest.mark.parametrize("func", [draws_seeded, draws_python])
def test_draws_from_generators_that_are_put_back_are_no_noise(func: Any) -> None:
    stage, result = run(func, X)
    assert not noise.is_random(stage, result)


@pytest.mark.parametrize("func", [asks_the_time, asks_the_system, draws_seeded, torch.rand_like, draws_by_address])
def test_randomness_is_never_called_unexplained(func: Any) -> None:
    findings = tracelab.trace(func, X).findings
    assert [f.message for f in findings if f.rule == "unexplained-divergence"] == []


@pytest.mark.parametrize("seed", [1, 2])
def test_draws_agree_under_any_seed(seed: int) -> None:
    assert run(draws_seeded, X, seed=seed)[1].outcome == "agrees"
    assert run(nn.Dropout(0.5), X, seed=seed)[1].outcome == "agrees"


def test_an_error_that_is_another_each_time_is_random() -> None:
    def flips(x: torch.Tensor) -> torch.Tensor:
        if random.SystemRandom().random() < 0.5 and not torch.jit.is_tracing():
            raise ValueError(str(random.SystemRandom().random()))
        return x + 1

    subject, stage = staged(lambda x: x + 1, X)
    stage.func = flips
    results = [stage.run(example_probe(subject.methods[0])) for _ in range(20)]
    agreed = [result for result in results if result.eager.error is None]
    assert agreed
    assert any(noise.is_random(stage, result) for result in agreed for _ in range(20))


def cancels(x: torch.Tensor) -> torch.Tensor:
    """A sum in which large numbers cancel: its rounding is as large as its value."""
    return (x * 1e6).sum() - (x.flip(0) * 1e6).sum() + (0.05 if torch.jit.is_tracing() else 0.0)


def test_rounding_that_the_inputs_blow_up() -> None:
    stage, result = run(cancels, BIG + 1e3)
    assert result.outcome == "diverges"
    assert noise.is_rounding(stage, result)


def test_a_real_difference_is_no_rounding() -> None:
    def wrong(x: torch.Tensor) -> torch.Tensor:
        return x + (0.05 if torch.jit.is_tracing() else 0.0)

    stage, result = run(wrong, BIG)
    assert result.outcome == "diverges"
    assert not noise.is_rounding(stage, result)
    assert noise.is_clear(result.outputs)


def test_a_stack_of_layers_on_large_inputs_is_not_blamed() -> None:
    model = nn.Sequential(*(nn.Linear(64, 64) for _ in range(6))).eval()
    assert tracelab.trace(model, BIG * 1e4).findings == ()


@pytest.mark.parametrize(
    ("eager", "captured", "clear"),
    [
        (torch.ones(3), torch.ones(3) * 1.1, True),
        (torch.ones(3), torch.ones(3) * 1.0001, False),
        (torch.ones(3) * 1e-6, torch.ones(3) * 2e-6, False),
        (torch.ones(3), torch.ones(4), True),
        (torch.ones(3), torch.full((3,), torch.nan), True),
        (1.0, 2.0, True),
        (torch.ones(3), torch.ones(3), False),
    ],
)
def test_what_no_tolerance_would_overlook(eager: Any, captured: Any, clear: bool) -> None:
    assert noise.is_clear(compare(eager, captured, 1e-5)) is clear


def test_dropout_that_is_switched_on_only_draws() -> None:
    stage, result = run(nn.Dropout(0.5).eval(), torch.ones(64), axis="mode", modes={"": True})
    assert result.outcome == "diverges"
    assert noise.is_training(stage, result)


def test_batch_norm_that_is_switched_on_does_more_than_draw() -> None:
    stage, result = run(nn.BatchNorm1d(2).eval(), torch.ones(4, 2), axis="mode", modes={"": True})
    assert result.outcome == "diverges"
    assert not noise.is_training(stage, result)


def test_gradients_count_where_they_are_asked_for() -> None:
    def cuts(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return x * 2

    leaf = X.clone().requires_grad_()
    assert run(cuts, leaf)[1].outcome == "agrees"
    assert run(cuts, leaf, gradients=True)[1].outcome == "diverges"
    assert run(lambda x: x * 2, leaf, gradients=True, calls=(Given((leaf,)),))[1].outcome == "agrees"
