"""A function of the user's that ran, and what its names meant when it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from tracelab.nesting import MAPPING, SEQUENCE
from tracelab.observers.accesses import Reading, read_function
from tracelab.observers.sighting import StandIn
from tracelab.source import line_range
from tracelab.syntax import Site

MISSING: Any = object()
STAND_IN = StandIn()
OPAQUE = object()
"""Stands for an object that is not kept."""


@dataclass
class Ran:
    """A user's function that ran: where it stands, what its names meant when it was first entered, which lines ran."""

    filename: str
    firstlineno: int
    name: str
    names: dict[str, Any]
    """Its locals on entry: parameters and closure variables, without the tensors of this call."""
    scope: dict[str, Any]
    """Its globals."""
    lasting: set[str] = field(default_factory=set[str])
    """Those of its locals that outlive the call, as `self`."""
    lines: set[int] = field(default_factory=set[int])
    top: bool = False
    """Whether it is the traced function itself."""
    given: set[str] | None = None
    """The parameters that the traced function was given; None where that is not known."""

    @property
    def site(self) -> Site:
        """The line of its `def`."""
        return Site(line_range(self.filename, self.reading.lineno or self.firstlineno, self.name))

    @property
    def return_site(self) -> Site:
        """The last `return` that ran, or its `def`."""
        ran = [line for line in self.reading.returns if line in self.lines]
        return Site(line_range(self.filename, max(ran), self.name)) if ran else self.site

    @property
    def reading(self) -> Reading:
        """What its source says."""
        return read_function(self.filename, self.firstlineno, self.name)


def without_tensors(value: Any) -> Any:
    """A value of which only plain parts, lengths and keys are kept."""
    if isinstance(value, torch.Tensor):
        return STAND_IN
    if isinstance(value, MAPPING):
        return {key: without_tensors(part) for key, part in value.items()}
    if isinstance(value, SEQUENCE):
        parts = [without_tensors(part) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    return value if isinstance(value, (bool, int, float, str, bytes, type(None))) else OPAQUE
