"""A `try` whose outcome was decided while capturing, and functions that cannot be captured."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import torch
from torch import nn

from tests.specimens.base import frozen, other

SWALLOWED, UNTRACEABLE = "swallowed-error", "untraceable"
GAINS = {1: 2.0, 2: 4.0}


def _six():
    return (torch.arange(6.0),)


def _four():
    return (torch.arange(4.0),)


def _ones():
    return (torch.ones(3),)


@frozen(SWALLOWED, _six, other(_four, "captured_raises"))
def tries_a_view(x):
    try:  # frozen: tries_a_view
        y = x.view(2, 3)  # frozen: tries_a_view
    except RuntimeError:  # frozen: tries_a_view
        y = x.view(1, -1)
    return y.sum(0)


@frozen(SWALLOWED, _four, crashes=True)
def swallows_a_view(x):
    try:  # frozen: swallows_a_view
        y = x.view(2, 3)  # frozen: swallows_a_view
    except RuntimeError:  # frozen: swallows_a_view
        y = x.view(1, -1)
    return y.sum(0)


@frozen(SWALLOWED, lambda: (torch.ones(2, 3), torch.ones(2, 3)), crashes=True)
class SwallowsAMatmul(nn.Module):
    def forward(self, x, y):
        with contextlib.suppress(RuntimeError):  # frozen: SwallowsAMatmul
            return x @ y  # frozen: SwallowsAMatmul
        return x @ y.t()


@frozen(SWALLOWED, lambda: (-torch.eye(2),), crashes=True)
def swallows_a_cholesky(x):
    try:  # frozen: swallows_a_cholesky
        return torch.linalg.cholesky(x)  # frozen: swallows_a_cholesky
    except torch.linalg.LinAlgError:  # frozen: swallows_a_cholesky
        return torch.linalg.cholesky(x @ x.t() + torch.eye(2))


@frozen(f"{SWALLOWED}|data-dependent-scalar", lambda: (torch.tensor(7),), other(lambda: (torch.tensor(2),)))
def swallows_a_missing_key(x):
    try:  # frozen: swallows_a_missing_key
        gain = GAINS[int(x)]  # frozen: swallows_a_missing_key
    except KeyError:  # frozen: swallows_a_missing_key
        gain = 0.5
    return x * gain


@frozen(UNTRACEABLE, _ones, refuses=ValueError)
def raises_half_way(x):
    y = x * 2
    if y.ndim == 1:
        raise ValueError("no batch")  # frozen: raises_half_way
    return y


@frozen(UNTRACEABLE, _ones, refuses=RuntimeError)
class RaisesInTorch(nn.Module):
    def forward(self, x):
        return self.join(x.exp())

    def join(self, x):
        return x @ torch.ones(7)  # frozen: RaisesInTorch


@frozen(UNTRACEABLE, _ones, refuses=RuntimeError)
def returns_text(x):  # frozen: returns_text
    y = x + 1
    return y, "done"  # frozen: returns_text


@dataclass
class _Answer:
    value: torch.Tensor


@frozen(UNTRACEABLE, _ones, refuses=RuntimeError)
def returns_a_dataclass(x):  # frozen: returns_a_dataclass
    return _Answer(x + 1)  # frozen: returns_a_dataclass


@frozen(UNTRACEABLE, _ones, refuses=RuntimeError)
class ReturnsADict(nn.Module):
    """Allowed with `strict=False` alone."""

    def forward(self, x):  # frozen: ReturnsADict
        return {"double": x * 2}  # frozen: ReturnsADict


@frozen(UNTRACEABLE, lambda: (torch.ones(3), 2), refuses=RuntimeError)
def takes_a_number(x, times):  # frozen: takes_a_number
    return x * times


@frozen(UNTRACEABLE, lambda: (torch.ones(3), None), refuses=RuntimeError)
def is_given_none(x, mask):  # frozen: is_given_none
    return x if mask is None else x * mask
