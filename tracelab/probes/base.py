"""What a Probe is: one changed circumstance, under which eager and captured are run side by side."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import torch

from tracelab.backends.base import Method
from tracelab.nesting import tensors_in
from tracelab.observers import Sighting
from tracelab.observers.ran import Ran
from tracelab.schema import Observation


@dataclass(frozen=True)
class Given:
    """The arguments of one call."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    names: tuple[str, ...] = ()
    """The names of `args`, as the function has them."""

    @property
    def elements(self) -> int:
        """How many elements its tensors have."""
        return sum(x.numel() for x in tensors_in((self.args, dict(self.kwargs))))

    def named(self) -> Iterator[tuple[str, Any, bool]]:
        """The arguments: name, value, and whether it was given by keyword."""
        for index, value in enumerate(self.args):
            yield (self.names[index] if index < len(self.names) else f"arg{index}"), value, False
        for name, value in self.kwargs.items():
            yield name, value, True


@dataclass(frozen=True)
class Probe:
    """One changed circumstance. What is not said is as it was while capturing."""

    axis: str
    """The name of its file: `values`, `shapes`, `mode`, ..."""
    text: str
    """What is changed, one phrase: `x negated`, `os.environ['GAIN'] = '3'`, `a second call`."""
    calls: tuple[Given, ...]
    """The arguments of each call in turn; what a call leaves behind is there for the next."""
    method: str = "forward"
    seed: int | None = None
    """What all generators are seeded with before the first call; None leaves them as they were."""
    modes: Mapping[str, bool] | None = None
    """fqn of a module -> whether it trains; the empty fqn is the root alone."""
    around: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext
    """Entered before the calls of either side, left after them: it puts everything back that it changes."""
    within: str = ""
    """The same as a Python expression for a `with` statement, as a reader would write it: `torch.no_grad()`."""
    code: tuple[str, ...] = ()
    """The same as Python statements, where no `with` says it: `os.environ["GAIN"] = "3"`."""
    imports: tuple[str, ...] = ()
    """What `within` and `code` need, beside torch: `import os`."""
    to: torch.dtype | torch.device | None = None
    """What copies of the module and of the program are converted to."""
    aims: frozenset[int] = frozenset()
    """The ids of the Observations whose answer this changes, where that is known beforehand."""
    gradients: bool = False
    """Whether `requires_grad` of the outputs counts too."""
    keeping: str = ""
    """The one name whose changes a call leaves to the next; all of them where it is empty."""
    excused: frozenset[int] = frozenset()
    """The ids of the Observations that were seen to change, and to do no harm, on the inputs that it starts from."""

    @property
    def by_inputs(self) -> bool:
        """Whether one call with other arguments is all that is changed."""
        return (
            len(self.calls) == 1
            and self.seed is None
            and self.modes is None
            and self.around is contextlib.nullcontext
            and self.to is None
            and not self.gradients
        )


@dataclass(frozen=True)
class Smaller:
    """Inputs that cost less than the example's."""

    given: Given
    changed: frozenset[int]
    """The ids of the Observations whose answer is another one there."""


SLOW_SECONDS = 0.05
"""A model that takes longer is tried on smaller inputs, where it takes them."""


@dataclass
class Subject:
    """What the makers of probes know of what was captured."""

    func: Any
    module: torch.nn.Module | None
    methods: list[Method]
    observations: tuple[Observation, ...]
    sightings: list[Sighting]
    """The live side of each Observation, by its id."""
    ran: list[Ran]
    """The user's functions that ran."""
    example_seconds: float = 0.0
    """How long eager took on the example inputs."""
    constraints: dict[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    """By method: what eager was seen to ask of the sizes of its inputs, in words."""
    exporting: str = ""
    """The function of torch that made the program, where it is not `torch.jit.trace`: `torch.export.export`."""
    exporting_options: str = ""
    """What it was given besides the inputs, as Python: `, dynamic_shapes={...}`."""
    smallest: dict[str, Smaller] = field(default_factory=dict[str, "Smaller"])
    """By method: smaller inputs on which both sides were seen to agree."""

    def example(self, method: str = "forward") -> Given:
        """The inputs that were traced."""
        found = next(m for m in self.methods if m.name == method)
        return given_by(found)

    @property
    def is_slow(self) -> bool:
        """Whether it is worth while to look for smaller inputs."""
        return self.example_seconds > SLOW_SECONDS

    def seen(self, *kinds: str) -> Iterator[tuple[Observation, Sighting]]:
        """The observations of some kinds, each with its live side."""
        for observation in self.observations:
            if observation.kind in kinds:
                yield observation, self.sightings[observation.id]


def given_by(method: Method) -> Given:
    """The example inputs of a method."""
    return Given(method.args, method.kwargs, parameter_names(getattr(method.func, "forward", method.func)))


def parameter_names(function: Any) -> tuple[str, ...]:
    """The names of a function's parameters; none where it does not tell."""
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()


Axis = Callable[[Subject], Iterator[Probe]]
"""Each file of this room has one: `probes(subject)`. A generator is sent back whether eager took its Probe."""
