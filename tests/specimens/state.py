"""What forward remembers from call to call, and what it reads from outside its arguments."""

from __future__ import annotations

import functools
import itertools

import torch
from torch import nn

from tests.specimens.base import Witness, frozen

WRITE, READ = "state-write", "state-read"
EITHER = f"{WRITE}|{READ}"
CALLS = 0
STRENGTH = 2.0
MEMORY: dict[str, torch.Tensor] = {}
SEEN: list[int] = []
TWICE = Witness(calls=2)


def _ones():
    return (torch.ones(3),)


def _forget():
    global CALLS, STRENGTH
    CALLS, STRENGTH = 0, 2.0
    MEMORY.clear()
    SEEN.clear()


def _strengthen(_):
    global STRENGTH
    STRENGTH = 6.0


@frozen(WRITE, _ones, TWICE)
class CountsCalls(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = 0

    def forward(self, x):
        self.step += 1  # frozen: CountsCalls
        return x / self.step


@frozen(WRITE, _ones, TWICE)
class AppendsToHistory(nn.Module):
    def __init__(self):
        super().__init__()
        self.history = []

    def forward(self, x):
        self.history.append(x.mean())  # frozen: AppendsToHistory
        return x * len(self.history)


@frozen(WRITE, _ones, TWICE)
class WritesToDict(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = {"calls": 0}

    def forward(self, x):
        self.seen["calls"] = self.seen["calls"] + 1  # frozen: WritesToDict
        return x + self.seen["calls"]


class _Meter:
    def __init__(self):
        self.count = 0


@frozen(WRITE, _ones, TWICE)
class WritesNestedObject(nn.Module):
    def __init__(self):
        super().__init__()
        self.meter = _Meter()

    def forward(self, x):
        self.meter.count += 2  # frozen: WritesNestedObject
        return x * self.meter.count


@frozen(WRITE, _ones, TWICE)
class WritesToChild(nn.Module):
    def __init__(self):
        super().__init__()
        self.child = nn.Identity()
        self.child.level = 1.0

    def forward(self, x):
        self.child.level *= 3  # frozen: WritesToChild
        return self.child(x) * self.child.level


@frozen(WRITE, _ones, TWICE, reset=_forget)
def writes_a_global(x):
    global CALLS
    CALLS += 1  # frozen: writes_a_global
    return x + CALLS


@frozen(WRITE, _ones, TWICE, reset=_forget)
def appends_to_a_global(x):
    SEEN.append(1)  # frozen: appends_to_a_global
    return x * sum(SEEN)


@frozen(WRITE, _ones, TWICE, reset=_forget)
def remembers_the_last(x):
    last = MEMORY.get("last", torch.zeros(3))
    MEMORY["last"] = x + last  # frozen: remembers_the_last
    return x + last * 0.5


@frozen(WRITE, _ones, TWICE, factory=True)
def writes_a_closure():
    count = 0

    def counted(x):
        nonlocal count
        count += 1  # frozen: writes_a_closure
        return x * count

    return counted


@frozen(WRITE, _ones, TWICE, factory=True)
def writes_the_class():
    class Counter(nn.Module):
        total = 0

        def forward(self, x):
            type(self).total += 1  # frozen: writes_the_class
            return x - type(self).total

    return Counter()


@frozen(WRITE, _ones, TWICE)
class ReassignsBuffer(nn.Module):
    """A running mean that replaces its buffer instead of writing into it."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))

    def forward(self, x):
        self.mean = self.mean * 0.5 + x * 0.5  # frozen: ReassignsBuffer
        return x - self.mean


@frozen(EITHER, _ones, TWICE)
class RemembersTheFirst(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = None

    def forward(self, x):
        if self.first is None:  # frozen: RemembersTheFirst
            self.first = x.exp()  # frozen: RemembersTheFirst
            return x * 0
        return x + self.first


@frozen(EITHER, _ones, Witness(to_eager=lambda f: f.gains.update(three=9.0) or f.gain.cache_clear()), factory=True)
def caches_an_answer():
    """The cache was empty for the tracer, and is what a later call reads."""
    gains = {"three": 3.0}

    @functools.lru_cache
    def gain(name):
        return gains[name]

    def scaled(x):
        return x * gain("three")  # frozen: caches_an_answer

    scaled.gains, scaled.gain = gains, gain
    return scaled


@frozen(EITHER, _ones, TWICE)
class TakesNextPhase(nn.Module):
    def __init__(self):
        super().__init__()
        self.phases = itertools.cycle([1.0, 10.0, 100.0])

    def forward(self, x):
        return x * next(self.phases)  # frozen: TakesNextPhase


@frozen(EITHER, _ones, TWICE, factory=True, volatile=True)
def takes_next_of_generator():
    gains = (float(k) for k in range(1, 100))

    def scaled(x):
        return x * next(gains)  # frozen: takes_next_of_generator

    return scaled


@frozen(WRITE, _ones, TWICE, factory=True)
def counts_in_a_hook():
    calls = []

    def hook(module, args, output):
        calls.append(1)  # frozen: counts_in_a_hook
        return output * len(calls)

    model = nn.Sequential(nn.Identity())
    model[0].register_forward_hook(hook)
    return model


@frozen(WRITE, _ones, TWICE, factory=True)
def counts_on_the_function():
    def counted(x):
        counted.calls += 1  # frozen: counts_on_the_function
        return x * counted.calls

    counted.calls = 0
    return counted


@frozen(WRITE, _ones, TWICE)
class WarmsUp(nn.Module):
    """A loss weight that grows with the calls."""

    def __init__(self):
        super().__init__()
        self.warm = 0.0

    def forward(self, x):
        self.warm = min(1.0, self.warm + 0.25)  # frozen: WarmsUp
        return x * self.warm


@frozen(WRITE, _ones, TWICE)
class PopsAQueue(nn.Module):
    def __init__(self):
        super().__init__()
        self.queue = [3.0, 2.0, 1.0, 0.5]

    def forward(self, x):
        return x * self.queue.pop()  # frozen: PopsAQueue


@frozen(READ, _ones, Witness(to_eager=_strengthen), reset=_forget)
def reads_a_global(x):
    return x * STRENGTH  # frozen: reads_a_global


@frozen(READ, _ones, Witness(to_eager=lambda m: setattr(m, "gain", 5.0)))
class ReadsAnAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = 2.0

    def forward(self, x):
        return x * self.gain  # frozen: ReadsAnAttribute


@frozen(
    "training-mode",
    _ones,
    Witness(before=lambda m: m.train()),
)
class AsksTraining(nn.Module):
    def forward(self, x):
        if self.training:  # frozen: AsksTraining
            return x * 2
        return x


@frozen(
    "training-mode",
    lambda: (torch.ones(40),),
    Witness(before=lambda m: m.train()),
    awaits="somebody who wants it told: a program that was traced in eval mode is as it should be",
)
class DropsOut(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(x)  # frozen: DropsOut


@frozen(
    "training-mode",
    lambda: (torch.arange(12.0).reshape(4, 3),),
    Witness(before=lambda m: m.eval()),
    train=True,
)
class NormalisesBatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)

    def forward(self, x):
        return self.norm(x)  # frozen: NormalisesBatch


@frozen(
    "training-mode",
    lambda: (torch.arange(12.0).reshape(4, 3),),
    Witness(before=lambda m: m.norm.eval()),
    train=True,
)
class TrainsItsBatchNorm(nn.Module):
    """Traced while training; whoever puts the one layer into eval mode later is not heard."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)
        self.norm = nn.BatchNorm1d(3)

    def forward(self, x):
        return self.norm(self.linear(x))  # frozen: TrainsItsBatchNorm


@frozen("training-mode", _ones, Witness(before=lambda m: m.eval()), train=True)
class DropsOutWhileTraining(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.4)

    def forward(self, x):
        return self.drop(x)  # frozen: DropsOutWhileTraining
