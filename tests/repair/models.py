"""What is mended in the tests: each has one thing that a trace freezes."""

from __future__ import annotations

import functools
import math

import torch
from torch import nn

CALLS = {"number": 0}


def divides(x):
    return x.sum(0) / len(x)  # the number of rows is frozen


def scales(x, gain=2.0):
    if x.sum() > 0:
        x = x * gain
    return x + 1


def root(x):
    return x / math.sqrt(x.shape[-1])


def helper(x, times: int):
    for row in range(times):
        x = x + row
    return x


def calls_helper(x):
    return helper(x * 1, x.shape[0])


def loops(x):
    times = 0
    while x.abs().sum() > 1 and times < 20:
        x = x / 2
        times += 1
    return x


def decorated(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args) * 1

    return wrapper


@decorated
def behind_a_decorator(x):
    return x.sum(0) / len(x)


def counted(x):
    CALLS["number"] += 1
    return x.sum(0) / len(x)


def outside(x):
    return x.sum() + hash(str(x.tolist())) % 7


def enclosing(shift):
    def inner(x):
        return x.sum(0) / len(x) + shift

    return inner


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        return self.fc(x)


class Child(Base):
    """Calls its parent, and has a private name."""

    def __init__(self):
        super().__init__()
        self.__bias = 1.0

    def forward(self, x):
        if x.sum() > 0:
            x = x * 2
        return super().forward(x) + self.__bias


class Bystander:
    """Has an attribute of the same name, and nothing to do with it."""

    def __init__(self):
        self.calls = 0


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return x * self.calls


class Nested(nn.Module):
    """The part that branches can be compiled; the whole cannot."""

    def __init__(self):
        super().__init__()
        self.part = Exits()

    def forward(self, x, **options):
        return self.part(x) + 1


class Exits(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        for step in range(5):
            x = self.fc(x)
            if x.sum() > step:
                break
        return x


class Drops(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.hidden = [1]

    def forward(self, x, **options):
        return self.norm(x) * self.hidden[0]


class DropsOut(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(16, 16)

    def forward(self, x):
        return nn.functional.dropout(self.fc(x), 0.5, self.training)


class Branches(nn.Module):
    """Cannot be compiled, and asks for the mode in its own code."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.names = {"a": object()}

    def forward(self, x):
        y = self.fc(x) * len([*self.names])
        if self.training:
            y = y + 1
        return y


class Decays(nn.Module):
    """`.data` of a buffer is a constant that shares the buffer's memory, until torch folds it."""

    def __init__(self):
        super().__init__()
        self.w: torch.Tensor
        self.register_buffer("w", torch.ones(2))

    def forward(self, x):
        self.w.data = self.w.data * 0.5
        return x * self.w


def two_things(x):
    y = x.sum(0) / len(x)
    if x.sum() > 0:
        y = y * 2
    return y


def may_never_end(x):
    while x.sum() < 8:
        x = x * 2
    return x


class Asks(nn.Module):
    """torch.export refuses both questions, and tells of one at a time."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        if x.sum() > 0:
            x = self.fc(x)
        y = x * 2
        if y.max() > 1:
            y = y - y.max()
        return y


def asks_for_rows(x):
    if x.shape[0] > 3:
        x = x + 1
    return x.relu()


def shares(x):
    return x / torch.tensor([x.shape[0]])


def asks_elsewhere(x):
    size = float(x.abs().max())
    if size > 3:
        x = x / size
    return x


def repeats(x):
    y = torch.ones_like(x)
    for _ in range(int(x.abs().max())):
        y = 0.5 * (y + 1)
    return y


def likes(x):
    return x + torch.ones(x.shape, dtype=x.dtype)


def keeps_a_list(x):
    seen = []
    while x.abs().sum() > 1 and len(seen) < 20:
        x = x / 2
        seen.append(x)
    return seen[-1] if seen else x
