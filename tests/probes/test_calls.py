"""A second call, and more."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from torch import nn

from tests.probes.staging import asked, made, played, staged
from tracelab.probes.base import Given, Smaller
from tracelab.probes.calls import probes

X = torch.ones(3)


class Counts(nn.Module):
    """Every call adds one."""

    calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return x * self.calls


class Warms(nn.Module):
    """Only the fourth call is another."""

    calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return x * (2 if self.calls > 3 else 1)


class Keeps(nn.Module):
    """The first input is kept: equal calls do not show it."""

    first: Any = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.first is None:
            self.first = x.clone()
        return x + self.first


def phases() -> Any:
    gains = itertools.cycle([1.0, 2.0])
    return lambda x: x * next(gains)


def test_what_keeps_nothing_is_called_twice() -> None:
    (probe,) = made(probes, lambda x: x * 2, X)
    assert (probe.text, len(probe.calls), probe.aims) == ("a second call", 2, frozenset())


@pytest.mark.parametrize(
    ("make", "text"),
    [(Counts, "a second call"), (Warms, "five calls"), (Keeps, "calls with other inputs"), (phases, "a second call")],
)
def test_what_a_call_leaves_behind(make: Any, text: str) -> None:
    outcomes = played(probes, make(), X)
    assert outcomes[text] in ("diverges", "captured_raises")
    assert list(outcomes.values()).index(outcomes[text]) == list(outcomes).index(text)


def test_they_aim_at_what_is_written() -> None:
    subject, _ = staged(Counts(), X)
    aims = {probe.aims for probe in probes(subject)}
    assert aims == {asked(subject, "state-write", "state-read")}


def test_a_read_of_what_nobody_writes_is_no_aim() -> None:
    table = {"gain": 2.0}
    assert [probe.text for probe in made(probes, lambda x: x * table["gain"], X)] == ["a second call"]


def test_a_buffer_that_is_written_in_place_agrees() -> None:
    assert set(played(probes, nn.BatchNorm1d(3).train(), torch.randn(4, 3)).values()) == {"agrees"}


def test_a_slow_model_is_called_less() -> None:
    subject, _ = staged(Counts(), X)
    subject.example_seconds = 1.0
    assert [probe.text for probe in probes(subject)] == ["a second call", "calls with other inputs"]


def test_smaller_inputs_are_taken_where_nothing_is_kept() -> None:
    subject, _ = staged(lambda x: x * 2, X)
    subject.smallest["forward"] = Smaller(Given((X[:1],), {}, ("x",)), frozenset({5}))
    (probe,) = probes(subject)
    assert [call.args[0].shape[0] for call in probe.calls] == [1, 1]
    assert probe.excused == {5}
