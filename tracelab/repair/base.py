"""What a way of mending is given, and what it gives: proposals, which nobody believes before they are proven."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from tracelab.backends.base import Request
from tracelab.probes.base import Subject
from tracelab.repair.copies import Buffer
from tracelab.repair.sources import Source
from tracelab.schema import Finding


@dataclass(frozen=True)
class Plan:
    """All that is to be other than it is, together."""

    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    """Changed texts, by their file names."""
    scripted: tuple[str, ...] = ()
    """The fqns of modules that are compiled before the capture; the empty one is the whole."""
    buffers: tuple[Buffer, ...] = ()
    """Attributes that become buffers."""
    both_modes: bool = False
    """Whether the program holds a trace of either mode."""

    @property
    def is_whole(self) -> bool:
        """Whether all that was traced is compiled instead, so that nothing is left to trace."""
        return "" in self.scripted

    def with_source(self, source: Source) -> Plan:
        """The same with another text of one file."""
        return replace(self, sources={**self.sources, source.filename: source})

    def with_scripted(self, *fqns: str) -> Plan:
        """The same with more modules compiled."""
        return replace(self, scripted=tuple(dict.fromkeys((*self.scripted, *fqns))))

    def with_buffers(self, *buffers: Buffer) -> Plan:
        """The same with more attributes as buffers."""
        return replace(self, buffers=tuple(dict.fromkeys((*self.buffers, *buffers))))


@dataclass(frozen=True)
class Proposal:
    """A change that may mend a finding."""

    title: str
    """What it does, one sentence without a full stop."""
    plan: Plan
    """Of this change and of all that were taken before it."""


@dataclass(frozen=True)
class Spot:
    """A finding, and what there is to mend it with."""

    finding: Finding
    request: Request
    subject: Subject
    plan: Plan
    """What was taken so far."""
    source: Source | None
    """The text of the finding's file as it is by now; None where there is none."""
    lineno: int
    """The finding's line in it."""
    names: Mapping[str, Any]
    """The globals of the function that it stands in."""

    @property
    def module(self) -> torch.nn.Module | None:
        """The module that was traced."""
        return self.subject.module


Way = Callable[[Spot], Iterator[Proposal]]
"""Each file that mends has one: `proposals(spot)`, the least intrusive first."""
