"""Calls as they were made: the arguments before the call could change them, and the modes that it was made in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from tracelab.jupyter.moment import Modes
from tracelab.preserve import cloned

MOST = 20
"""So many calls are kept, with copies of their arguments; those that follow are only counted."""


@dataclass(frozen=True)
class Around:
    """The modes around a call."""

    training: tuple[tuple[torch.nn.Module, bool], ...]
    modes: Modes

    @classmethod
    def now(cls, func: Any) -> Around:
        """Those of this moment."""
        return cls(tuple((module, module.training) for module in modules_of(func)), Modes())

    @contextlib.contextmanager
    def again(self) -> Generator[None]:
        """The same modes once more; afterwards all is as before."""
        with training(dict(self.training)), self.modes.again():
            yield


@contextlib.contextmanager
def training(wanted: Mapping[torch.nn.Module, bool]) -> Generator[None]:
    """A block in which modules are in train or eval mode."""
    before = {module: module.training for module in wanted}
    try:
        for module, flag in wanted.items():
            module.training = flag
        yield
    finally:
        for module, flag in before.items():
            module.training = flag


def modules_of(func: Any) -> Iterator[torch.nn.Module]:
    """The module that is called, or whose method is, with all that it has inside."""
    while hasattr(func, "func") and not isinstance(func, torch.nn.Module):  # a functools.partial
        func = func.func
    owner: Any = getattr(func, "__self__", func)
    yield from owner.modules() if isinstance(owner, torch.nn.Module) else ()


@dataclass(frozen=True)
class Made:
    """One call."""

    func: Any
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    around: Around


@dataclass
class Recorder:
    """Keeps the calls that it is told of."""

    made: list[Made] = field(default_factory=list[Made])
    count: int = 0
    depth: int = 0
    keeps_last: bool = False
    """Whether of all calls only the last is kept."""

    def call(self, func: Any, real: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Make a call by `real`, and keep it as one of `func` unless it is made inside of another."""
        __tracebackhide__ = True
        if self.depth == 0:
            self._keep(func, args, kwargs)
        self.depth += 1
        try:
            return real(*args, **kwargs)
        finally:
            self.depth -= 1

    def _keep(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.count += 1
        if self.keeps_last:
            self.made.clear()
        if len(self.made) < MOST:
            args, kwargs = cloned((args, kwargs))
            self.made.append(Made(func, args, kwargs, Around.now(func)))

    def wrapped(self, func: Any) -> Any:
        """Something to call in place of a function, for one call."""
        if not callable(func) or isinstance(getattr(func, "__self__", None), torch.Tensor):
            return func

        def recorded(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            return self.call(func, func, args, kwargs)

        return recorded
