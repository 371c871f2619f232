"""Grad mode, autocast, default dtype, backend flags, and whether somebody is tracing."""

from __future__ import annotations

import contextlib

import torch
from torch import nn

from tests.specimens.base import Witness, frozen

AMBIENT = "ambient-context"


def _ones():
    return (torch.ones(3),)


def _leaf():
    return (torch.ones(3, requires_grad=True),)


@contextlib.contextmanager
def _double_by_default():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@contextlib.contextmanager
def _deterministic():
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


@contextlib.contextmanager
def _one_thread_more():
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    yield
    torch.set_num_threads(before)


NO_GRAD = Witness(around=torch.no_grad)
AUTOCAST = Witness(around=lambda: torch.autocast("cpu", dtype=torch.bfloat16))
GRADS = Witness(grad=True)


@frozen(AMBIENT, _ones, NO_GRAD)
def asks_grad_enabled(x):
    if torch.is_grad_enabled():  # frozen: asks_grad_enabled
        return x * 2
    return x


@frozen(AMBIENT, _ones, Witness(around=torch.inference_mode))
def asks_inference_mode(x):
    return x + 1 if torch.is_inference_mode_enabled() else x  # frozen: asks_inference_mode


@frozen(AMBIENT, _leaf, GRADS)
class StopsGradients(nn.Module):
    """A frozen backbone: the block leaves no mark in the trace."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Linear(3, 3)

    def forward(self, x):
        with torch.no_grad():  # frozen: StopsGradients
            features = self.backbone(x)  # frozen: StopsGradients
        return features


@frozen(AMBIENT, _leaf, GRADS)
def switches_grad_off(x):
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)  # frozen: switches_grad_off
    y = x * 3
    torch.set_grad_enabled(before)  # frozen: switches_grad_off
    return y


@frozen(AMBIENT, _leaf, GRADS, factory=True)
def decorated_without_grad():
    @torch.no_grad()
    def target(x):  # frozen: decorated_without_grad
        return x * 0.5  # frozen: decorated_without_grad

    def both(x):
        return x + 1, target(x)  # frozen: decorated_without_grad

    return both


@frozen(AMBIENT, _leaf, Witness(around=torch.no_grad, grad=True))
def switches_grad_on(x):
    with torch.enable_grad():  # frozen: switches_grad_on
        return x * 3  # frozen: switches_grad_on


@frozen(AMBIENT, _ones, AUTOCAST)
def asks_autocast(x):
    if torch.is_autocast_enabled("cpu"):  # frozen: asks_autocast
        return x.bfloat16() * 2
    return x


@frozen(AMBIENT, _ones, AUTOCAST)
def asks_autocast_dtype(x):
    if not torch.is_autocast_enabled("cpu"):  # frozen: asks_autocast_dtype
        return x
    return x.to(torch.get_autocast_dtype("cpu"))


@frozen(AMBIENT, _ones, Witness(around=_double_by_default))
def asks_default_dtype(x):
    if torch.get_default_dtype() == torch.float64:  # frozen: asks_default_dtype
        return x * 64
    return x * 32


@frozen(AMBIENT, _ones, Witness())
def asks_is_tracing(x):
    if torch.jit.is_tracing():  # frozen: asks_is_tracing
        return x + 1
    return x - 1


@frozen(AMBIENT, _ones, Witness())
def asks_tracing_state(x):
    state = torch._C._get_tracing_state()  # frozen: asks_tracing_state
    return x * 2 if state is None else x * 3


@frozen(AMBIENT, _ones, Witness(around=_deterministic))
def asks_deterministic(x):
    return x + 1 if torch.are_deterministic_algorithms_enabled() else x  # frozen: asks_deterministic


@frozen(AMBIENT, _ones, Witness(around=lambda: torch.backends.mkldnn.flags(enabled=False)))
def asks_a_backend(x):
    if torch.backends.mkldnn.enabled:  # frozen: asks_a_backend
        return x * 2
    return x * 3


@frozen(AMBIENT, _ones, Witness(around=_one_thread_more))
def counts_threads(x):
    return x / torch.get_num_threads()  # frozen: counts_threads


@frozen(f"{AMBIENT}|dtype-dependent|input-structure", _ones, Witness(args=_leaf))
def asks_requires_grad(x):
    if x.requires_grad:  # frozen: asks_requires_grad
        return x * 2
    return x
