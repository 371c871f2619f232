"""What torch and Python keep for each thread: taken where the user's cells run, and put into the thread of the jobs."""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Generator
from dataclasses import dataclass, field

import torch

_DEVICES = ("cpu", "cuda")


@dataclass(frozen=True)
class Moment:
    """The state of the thread in which it is made."""

    grad: bool = field(default_factory=torch.is_grad_enabled)
    inference: bool = field(default_factory=torch.is_inference_mode_enabled)
    autocast: tuple[tuple[str, bool, torch.dtype], ...] = field(
        default_factory=lambda: tuple(
            (name, torch.is_autocast_enabled(name), torch.get_autocast_dtype(name)) for name in _DEVICES
        )
    )
    device: torch.device = field(default_factory=torch.get_default_device)
    variables: contextvars.Context = field(default_factory=contextvars.copy_context)

    @contextlib.contextmanager
    def again(self) -> Generator[None]:
        """The same state in another thread; afterwards all is as before."""
        with contextlib.ExitStack() as stack:
            for variable, value in self.variables.items():
                stack.callback(variable.reset, variable.set(value))
            if self.inference:
                stack.enter_context(torch.inference_mode())
            stack.enter_context(torch.set_grad_enabled(self.grad))
            for device, enabled, dtype in self.autocast:
                if enabled != torch.is_autocast_enabled(device) or dtype != torch.get_autocast_dtype(device):
                    stack.enter_context(torch.autocast(device, dtype, enabled, cache_enabled=False))
            if self.device != torch.get_default_device():
                stack.enter_context(self.device)
            yield
