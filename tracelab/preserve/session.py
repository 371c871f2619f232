"""What belongs to the process: random states, grad mode, autocast, default dtype, warnings, trace functions."""

from __future__ import annotations

import contextlib
import random
import sys
import warnings
from collections.abc import Callable, Generator, Iterator
from types import FrameType, ModuleType
from typing import Any, cast

import torch

from tracelab.source import frame_above

Step = Callable[[], object]
Listener = Callable[[warnings.WarningMessage, FrameType], None]

_REPLACED = ("__init__", "__setstate__", "___needs_generation_tag_patch")
"""Members of `torch.nn.Module` that torch's compiler puts its own in the place of."""


class Session:
    """Notes the state of the process when it is made and puts it back when `restore` is called."""

    def __init__(self) -> None:
        self._steps = [*random_states(), *_torch_modes(), *_hooks()]
        self._registries, self._module_class = _warning_registries(), _module_class()

    def restore(self) -> None:
        """Put random states, modes and hooks back, as before each run."""
        for step in self._steps:
            step()

    def close(self) -> None:
        """Put back the rest too: what modules remember of the warnings they have shown."""
        self.restore()
        _restore_registries(self._registries)
        self._module_class()


def _module_class() -> Step:
    """What puts back the members of `torch.nn.Module` that torch replaces when it first compiles a `torch.cond`.

    Without its mark it replaces them again at the next time.
    """
    kind: Any = torch.nn.Module
    before: dict[str, Any] = {name: kind.__dict__.get(name) for name in _REPLACED}

    def put_back() -> None:
        for name, held in before.items():
            if held is not None or name in kind.__dict__:
                setattr(kind, name, held) if held is not None else delattr(kind, name)

    return put_back


def _step(setter: Callable[[Any], object], value: object) -> Step:
    return lambda: setter(value)


def random_states() -> list[Step]:
    """What puts the global generators back to where they are now."""
    steps = [_step(random.setstate, random.getstate()), _step(torch.set_rng_state, torch.get_rng_state())]
    if "numpy" in sys.modules:
        numpy_random: Any = sys.modules["numpy"].random
        steps.append(_step(numpy_random.set_state, numpy_random.get_state()))
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        steps.append(_step(torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
    return steps


def _torch_modes() -> list[Step]:
    steps = [
        _step(torch.set_grad_enabled, torch.is_grad_enabled()),
        _step(torch.set_default_dtype, torch.get_default_dtype()),
        _step(torch.set_autocast_cache_enabled, torch.is_autocast_cache_enabled()),
        _step(torch.set_deterministic_debug_mode, torch.get_deterministic_debug_mode()),
    ]
    for device in ("cpu", "cuda"):
        enabled, dtype = torch.is_autocast_enabled(device), torch.get_autocast_dtype(device)
        steps.append(lambda device=device, enabled=enabled: torch.set_autocast_enabled(device, enabled))
        steps.append(lambda device=device, dtype=dtype: torch.set_autocast_dtype(device, dtype))
    return steps


def _hooks() -> list[Step]:
    trace, profile = sys.gettrace(), sys.getprofile()
    return [lambda: put_back_hooks(trace, profile)]


def put_back_hooks(trace: Any, profile: Any) -> None:
    """Put back what `sys.gettrace` and `sys.getprofile` gave: a function, or a cProfile, which starts itself again."""
    _put_back_hook(sys.gettrace(), trace, sys.settrace)
    _put_back_hook(sys.getprofile(), profile, sys.setprofile)


def can_put_back(hook: Any) -> bool:
    """Whether a hook can be taken out and put back: a profiler written in C may show an object that cannot start it."""
    return hook is None or callable(hook) or hasattr(hook, "enable")


def _put_back_hook(now: Any, then: Any, install: Callable[[Any], None]) -> None:
    if now is then or not can_put_back(then):
        return
    if then is None or callable(then):
        install(then)
    else:
        then.enable()


def _warning_registries() -> dict[str, dict[Any, Any]]:
    """A copy of every module's memory of the warnings that it has shown."""
    found: dict[str, dict[Any, Any]] = {}
    for name, scope in _scopes():
        registry = scope.get("__warningregistry__")
        if registry is not None:
            found[name] = dict(registry)
    return found


def _scopes() -> Iterator[tuple[str, dict[str, Any]]]:
    """The names of every module; looking must not wake up those that import late."""
    for name, module in cast("list[tuple[str, object]]", list(sys.modules.items())):  # which anyone may fill
        if isinstance(module, ModuleType):
            yield name, vars(module)


def _restore_registries(before: dict[str, dict[Any, Any]]) -> None:
    for name, scope in _scopes():
        now, then = scope.get("__warningregistry__"), before.get(name)
        if now is not None and then is None:
            del scope["__warningregistry__"]
        elif now is not None and then is not None and now != then:
            now.clear()
            now.update(then)


def _warner(frame: FrameType) -> FrameType:
    """The frame that warned, above those of Python's own `warnings`."""
    while frame.f_code.co_filename == warnings.__file__ and frame.f_back is not None:
        frame = frame.f_back
    return frame


@contextlib.contextmanager
def quiet(listener: Listener | None = None) -> Generator[list[warnings.WarningMessage]]:
    """Keep warnings off the user's screen.

    Args:
        listener: is told of each warning as it comes, with the frame that warned.

    Yields:
        The warnings, as they come.
    """
    caught: list[warnings.WarningMessage] = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")

        def note(message: Any, category: Any, filename: Any, lineno: Any, file: Any = None, line: Any = None) -> None:
            caught.append(warnings.WarningMessage(message, category, filename, lineno, file, line))
            if listener is not None:
                listener(caught[-1], _warner(frame_above(1)))

        warnings.showwarning = note
        yield caught
