"""Values that somebody changes after they were made, and configuration, which nobody does."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.probes.staging import made, played, staged
from tracelab.probes.state import probes

X = torch.ones(3)
DIAL = {"gain": 2.0}
LIMITS = {"low": -1.0, "high": 1.0}
FILLED = {"low": -1.0, "high": 1.0}
small = {"low": -1.0, "high": 1.0}
STRENGTH = 2.0
SIZE = 3
twice = 1.0
twice = 2.0
once = 1.0


def strengthen() -> None:
    global STRENGTH
    STRENGTH = 6.0


def fill() -> None:
    FILLED["high"] = 2.0


def reads_dial(x: torch.Tensor) -> torch.Tensor:
    return x * DIAL["gain"]


def reads_limits(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(LIMITS["low"], LIMITS["high"])


def reads_filled(x: torch.Tensor) -> torch.Tensor:
    return x * FILLED["high"]


def reads_small(x: torch.Tensor) -> torch.Tensor:
    return x * small["high"]


def reads_rebound(x: torch.Tensor) -> torch.Tensor:
    return x * STRENGTH


def reads_constant(x: torch.Tensor) -> torch.Tensor:
    return x * SIZE


def reads_twice(x: torch.Tensor) -> torch.Tensor:
    return x * twice


def reads_once(x: torch.Tensor) -> torch.Tensor:
    return x * once


CHANGED: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "DIAL['gain'] = 5.0 in place of 2.0": reads_dial,
    "FILLED['high'] = 3.0 in place of 1.0": reads_filled,
    "small['high'] = 3.0 in place of 1.0": reads_small,
    "STRENGTH = 5.0 in place of 2.0": reads_rebound,
    "twice = 5.0 in place of 2.0": reads_twice,
}


@pytest.mark.parametrize("text", CHANGED)
def test_a_global_that_somebody_changes(text: str) -> None:
    assert played(probes, CHANGED[text], X) == {text: "diverges"}


@pytest.mark.parametrize("text", CHANGED)
def test_it_is_put_back_and_the_statement_says_the_same(text: str) -> None:
    (probe,) = made(probes, CHANGED[text], X)
    before = copy.deepcopy((DIAL, FILLED, small, STRENGTH, twice))
    with probe.around():
        changed = CHANGED[text](X)
    assert (DIAL, FILLED, small, STRENGTH, twice) == before
    with probe.around():  # it puts back what the statement sets
        CHANGED[text](X)
        exec("\n".join((*probe.imports, *probe.code)), {})
        assert torch.equal(CHANGED[text](X), changed)
    assert not torch.equal(CHANGED[text](X), changed)


@pytest.mark.parametrize("reads", [reads_limits, reads_constant, reads_once])
def test_a_constant_is_left_alone(reads: Callable[[torch.Tensor], torch.Tensor]) -> None:
    assert made(probes, reads, X) == []


class Base(nn.Module):
    limit = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.gain, self.bias, self.flag, self.name = 2.0, 3, True, "a"
        self.dial, self.depths = [1.0], [1, 2]
        self._prepare()

    def _prepare(self) -> None:
        self.width = 4.0

    def set_gain(self, gain: float) -> None:
        self.gain = gain

    def close(self) -> None:
        self.flag = False

    def rename(self) -> None:
        self.name = "b"

    def lift(self) -> None:
        Base.limit = 2.0


def model(body: Callable[[Any, torch.Tensor], torch.Tensor]) -> Base:
    """A module with this forward."""
    return type("Model", (Base,), {"forward": body, "__module__": __name__})()


def gain(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * m.gain


def flag(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x if m.flag else -x


def limit(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * m.limit


def dial(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * m.dial[0]


def bias(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * m.bias


def width(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * m.width


def name(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x if m.name == "a" else -x


def depths(m: Any, x: torch.Tensor) -> torch.Tensor:
    for k in range(2):
        x = x * m.depths[k]
    return x


def second_depth(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * m.depths[1]


def training(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x if m.training else -x


ATTRIBUTES: dict[str, Callable[[Any, torch.Tensor], torch.Tensor]] = {
    "m.gain = 5.0 in place of 2.0": gain,
    "m.flag = False in place of True": flag,
    "m.limit = 3.0 in place of 1.0": limit,
    "m.dial[0] = 3.0 in place of 1.0": dial,
}


@pytest.mark.parametrize("text", ATTRIBUTES)
def test_an_attribute_that_a_method_sets(text: str) -> None:
    target = model(ATTRIBUTES[text])
    before = dict(vars(target)), Base.limit, target.dial[0]
    assert played(probes, target, X) == {text: "diverges"}
    assert (dict(vars(target)), Base.limit, target.dial[0]) == before


@pytest.mark.parametrize("body", [bias, width, name, depths, second_depth, training])
def test_configuration_is_left_alone(body: Callable[[Any, torch.Tensor], torch.Tensor]) -> None:
    subject, _ = staged(model(body), X)
    assert [observation for observation, _ in subject.seen("state-read") if observation.asked.startswith("m.")]
    assert list(probes(subject)) == []


def test_what_forward_sets_itself_is_for_other_probes() -> None:
    class Sets(Base):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.gain = 2.0
            self.bias += 1
            return x * self.bias

    assert made(probes, Sets(), X) == []


class TunerConfig:
    def __init__(self) -> None:
        self.gain = 2.0

    def update(self, gain: float) -> None:
        self.gain = gain


def test_a_config_is_left_alone() -> None:
    class Tuned(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.config = TunerConfig()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.config.gain

    assert made(probes, Tuned(), X) == []


def test_an_attribute_is_named_from_the_model() -> None:
    class Holds(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.part = model(gain)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.part(x)

    (probe,) = made(probes, Holds(), X)
    assert probe.code == ("model.part.gain = 5.0",)


class Scales(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([0.25, 0.75]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * float(self.scale.sum())


def test_a_parameter_that_became_a_number() -> None:
    target = Scales()
    before, version = target.scale.detach().clone(), target.scale._version
    assert played(probes, target, X) == {"scale changed": "diverges"}
    assert torch.equal(target.scale, before)
    assert target.scale._version == version


def test_a_number_of_an_input_too_is_for_other_probes() -> None:
    class Mixes(Scales):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * float((self.scale.sum() + x.sum()).detach())

    assert made(probes, Mixes(), X) == []


def test_two_places_have_a_probe_each() -> None:
    def reads_both(x: torch.Tensor) -> torch.Tensor:
        return x * DIAL["gain"] + STRENGTH

    subject, _ = staged(reads_both, X)
    told = {probe.text.split()[0]: [subject.observations[i].asked for i in probe.aims] for probe in probes(subject)}
    assert told == {"DIAL['gain']": ["DIAL['gain']"], "STRENGTH": ["STRENGTH"]}
