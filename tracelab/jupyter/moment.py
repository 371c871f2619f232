"""What torch and Python keep for each thread: taken where the user's cells run, and put into the thread of the jobs."""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Generator
from dataclasses import dataclass, field

import torch

_DEVICES = ("cpu", "cuda")


@dataclass(frozen=True)
class Modes:
    """Gradients and autocast, as they are where it is made."""

    grad: bool = field(default_factory=torch.is_grad_enabled)
    autocast: tuple[tuple[str, bool, torch.dtype], ...] = field(
        default_factory=lambda: tuple(
            (name, torch.is_autocast_enabled(name), torch.get_autocast_dtype(name)) for name in _DEVICES
        )
    )

    @contextlib.contextmanager
    def again(self) -> Generator[None]:
        """The same once more; afterwards all is as before."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(torch.set_grad_enabled(self.grad))
            for device, enabled, dtype in self.autocast:
                if enabled != torch.is_autocast_enabled(device) or dtype != torch.get_autocast_dtype(device):
                    # Cached weights of an earlier run would be constants of the program.
                    stack.enter_context(torch.autocast(device, dtype, enabled, cache_enabled=False))
            yield


@dataclass(frozen=True)
class Moment:
    """The state of the thread in which it is made."""

    modes: Modes = field(default_factory=Modes)
    inference: bool = field(default_factory=torch.is_inference_mode_enabled)
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
            stack.enter_context(self.modes.again())
            if self.device != torch.get_default_device():
                stack.enter_context(self.device)
            yield


_LAST: list[Moment] = []


def keep() -> None:
    """A cell has ended: what it left is what a job finds. A cell on a thread of its own leaves nothing."""
    if threading.current_thread() is threading.main_thread():
        _LAST[:] = [Moment()]


def last() -> Moment:
    """What the last cell left; where none has ended yet, what is here."""
    return _LAST[0] if _LAST else Moment()
