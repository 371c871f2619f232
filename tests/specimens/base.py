"""What a specimen is: a function or module with one frozen behaviour, or with none, and the proof of either."""

from __future__ import annotations

import contextlib
import functools
import inspect
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch

_MARK = re.compile(r"# frozen: (\w+)")

Args = tuple[Any, ...]


@dataclass(frozen=True)
class Witness:
    """A circumstance under which eager and captured are run side by side.

    Both have the same past: eager has been called once with the example, as the tracer did.
    """

    args: Callable[[], Args] | None = None
    """Other inputs; the example's where it is None."""
    kwargs: Callable[[], dict[str, Any]] | None = None
    around: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext
    """A changed environment, clock, file, default or mode of torch."""
    before: Callable[[Any], object] | None = None
    """Done to eager and to the program: `lambda m: m.train()`."""
    to_eager: Callable[[Any], object] | None = None
    """Done to eager alone, where the program has no such handle: another global, another attribute."""
    calls: int = 1
    seed: int = 7
    grad: bool = False
    """Whether `requires_grad` of the outputs counts."""
    effects: bool = False
    """Whether what became of the inputs counts."""
    outcome: Literal["diverges", "captured_raises", "eager_raises", "agrees"] = "diverges"


@dataclass(frozen=True)
class Specimen:
    """One behaviour.

    `finds` holds (rule, marker): the finding stands on a line with the comment `# frozen: marker`. Of rules with a bar
    between them each is right.
    """

    name: str
    target: Callable[..., Any]
    example: Callable[[], Args]
    filename: str
    finds: tuple[tuple[str, str], ...] = ()
    witnesses: tuple[Witness, ...] = ()
    kwargs: Callable[[], dict[str, Any]] = dict
    factory: bool = False
    """Whether `target` is called to get what is traced. A module class always is."""
    train: bool = False
    refuses: type[BaseException] | None = None
    """What plain `torch.jit.trace` raises for it."""
    crashes: bool = False
    """Whether plain `torch.jit.trace` kills the process."""
    volatile: bool = False
    """Whether two captures differ, or two calls of one: a clock, a generator, memory that was never written."""
    silent: bool = False
    """Whether not even a warning is right."""
    awaits: str = ""
    """What must exist before it can be found, where one capture cannot know."""
    reset: Callable[[], object] = field(default=lambda: None)
    """Brings globals back to where they were before the first call."""

    def make(self) -> Any:
        """A fresh function or module, with a past that is reset."""
        self.reset()
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(0)
            made = self.target() if self.factory or inspect.isclass(self.target) else self.target
        return made.train(self.train) if isinstance(made, torch.nn.Module) else made

    def lines(self, marker: str) -> list[int]:
        """The lines with a marker, 1-based."""
        return _marked(self.filename).get(marker, [])


@functools.cache
def _marked(filename: str) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(Path(filename).read_text().splitlines(), 1):
        for name in _MARK.findall(line):
            lines.setdefault(name, []).append(number)
    return lines


def frozen(rule: str, example: Callable[[], Args], *witnesses: Witness, **options: Any) -> Callable[[Any], Specimen]:
    """A specimen of a rule, found on the line marked with its own name."""

    def specimen(target: Any) -> Specimen:
        name = target.__name__
        finds = options.pop("finds", ((rule, name),))
        return Specimen(name, target, example, inspect.getfile(target), finds, witnesses, **options)

    return specimen


def clean(
    example: Callable[[], Args], *agrees: Callable[[], Args] | Witness, **options: Any
) -> Callable[[Any], Specimen]:
    """A specimen of which nothing harmful may be said; eager and captured agree on each of the other inputs."""

    def specimen(target: Any) -> Specimen:
        witnesses = [w if isinstance(w, Witness) else Witness(args=w) for w in agrees]
        agreeing = tuple(Witness(**{**vars(w), "outcome": "agrees"}) for w in witnesses)
        return Specimen(target.__name__, target, example, inspect.getfile(target), (), agreeing, **options)

    return specimen


def other(args: Callable[[], Args], outcome: Any = "diverges", **options: Any) -> Witness:
    """A witness of other inputs."""
    return Witness(args=args, outcome=outcome, **options)
