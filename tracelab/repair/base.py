"""What a way of mending is given, and what it gives: proposals, which nobody believes before they are proven."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from tracelab.backends import dynamic
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
    dynamic_shapes: Any = None
    """What is exported with; None leaves it as it was."""
    with_ones: bool = False
    """Whether a size of 1 can be among those that are left open."""

    @property
    def is_whole(self) -> bool:
        """Whether all that was traced is compiled instead, so that nothing is left to trace."""
        return "" in self.scripted

    @property
    def is_beside_files(self) -> bool:
        """Whether more changes than source files."""
        return bool(self.scripted) or self.both_modes or self.dynamic_shapes is not None

    @property
    def key(self) -> object:
        """The same for plans that change the same."""
        texts = tuple(sorted((name, source.text) for name, source in self.sources.items()))
        return texts, self.scripted, self.buffers, self.both_modes, dynamic.written(self.dynamic_shapes), self.with_ones

    def with_source(self, source: Source) -> Plan:
        """The same with another text of one file."""
        return replace(self, sources={**self.sources, source.filename: source})

    def with_scripted(self, *fqns: str) -> Plan:
        """The same with more modules compiled."""
        return replace(self, scripted=tuple(dict.fromkeys((*self.scripted, *fqns))))

    def with_both_modes(self) -> Plan:
        """The same with a program that holds a trace of either mode."""
        return replace(self, both_modes=True)

    def with_sizes(self, dynamic_shapes: Any, with_ones: bool = False) -> Plan:
        """The same exported with other sizes open."""
        return replace(self, dynamic_shapes=dynamic_shapes, with_ones=with_ones)

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

    taken: tuple[frozenset[int], ...] = ()
    """For each tensor of the inputs, the dimensions of which the function was seen to take other sizes."""
    is_about_sizes: bool = False
    """Whether what refuses is a guard on sizes alone."""
    opens_ones: bool = False
    """Whether that is other sizes where the example has 1."""
    exported_with: Any = None
    """The `dynamic_shapes` of the program that is to be mended."""

    def ran(self) -> Mapping[str, Any]:
        """What the parameters were of the function that the finding stands in, without tensors."""
        place = self.finding.source
        of_file = [ran for ran in self.subject.ran if place is not None and ran.filename == place.filename]
        named = (ran.names for ran in of_file if place is not None and place.function == ran.name)
        return next(named, dict[str, Any]())

    @property
    def module(self) -> torch.nn.Module | None:
        """The module that was traced."""
        return self.subject.module


Way = Callable[[Spot], Iterator[Proposal]]
"""Each file that mends has one: `proposals(spot)`, the least intrusive first."""
