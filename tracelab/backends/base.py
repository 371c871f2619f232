"""What a backend is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from tracelab.backends.exported import Exported
from tracelab.backends.match import Matching
from tracelab.backends.raw import RawGraph
from tracelab.backends.replica import Replica
from tracelab.observers import Sightings
from tracelab.observers.ran import Ran
from tracelab.preserve import Preserved
from tracelab.schema import Stage


@dataclass
class Request:
    """A wish to trace, with every argument of `torch.jit.trace` or `torch.jit.trace_module`."""

    func: Any
    options: dict[str, Any]
    """What is passed on, but for the checker's arguments."""
    many: bool
    """Whether `trace_module` is meant."""
    check_trace: bool = True
    check_inputs: Any = None
    check_tolerance: float = 1e-5
    export: dict[str, Any] = field(default_factory=dict[str, Any])
    """What only `torch.export` takes, `dynamic_shapes` and `strict`; `ones`, whether a size of 1 can be left open; and
    `draft`, whether a refusal is followed by a `draft_export`, which takes long."""


@dataclass
class Method:
    """One method to run: the callable, and its example inputs."""

    name: str
    func: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


@dataclass
class Recording:
    """What was recorded of one method."""

    method: str
    recorded: RawGraph
    finished: RawGraph | None = None
    matching: Matching | None = None
    """Of the two, where they are no recording and the program made of it."""


@dataclass
class Stopped:
    """An error that ended the work early, and whether eager had raised it too."""

    stage: Stage
    error: BaseException | str
    frame: Any = None


@dataclass
class Captured:
    """A backend's answer."""

    backend: str
    methods: list[Method] = field(default_factory=list[Method])
    """What is called as the eager side of a Run."""
    program: Any = None
    exported: Exported | None = None
    """What is run in place of the program, where the backend is `torch.export`."""
    dynamic_shapes: Any = None
    """What was exported with."""
    recordings: list[Recording] = field(default_factory=list[Recording])
    sightings: Sightings = field(default_factory=Sightings)
    ran: list[Ran] = field(default_factory=list[Ran])
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    """What eager gave for each method."""
    replicas: dict[str, Replica] = field(default_factory=dict[str, Replica])
    """The recorded graphs that can be run, by method."""
    seconds: float = 0.0
    """How long it all took."""
    eager_seconds: float = 0.0
    """How long the observed eager run took."""
    changes_state: bool = False
    """Whether eager leaves something behind that the next call finds."""
    stopped: Stopped | None = None

    @property
    def runnable(self) -> Any:
        """What is called as the captured side of a Run; None where there is nothing to call."""
        return self.program if self.exported is None else self.exported


class Backend(Protocol):
    """A way to turn a callable and inputs into a program and its graphs."""

    @property
    def name(self) -> str:
        """As users choose it."""
        ...

    def capture(self, request: Request, preserved: Preserved) -> Captured:
        """Run and record; `preserved` puts everything back between the runs."""
        ...
