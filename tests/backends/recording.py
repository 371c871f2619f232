"""What a function or module recorded, and what the program made of it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch

from tracelab.backends.base import Recording
from tracelab.backends.interpose import Interposer, finished_graph
from tracelab.backends.raw import RawGraph, RawNode
from tracelab.observers import Recorder, Sightings
from tracelab.preserve import quiet
from tracelab.source import BOTTOM


def record(func: Any, *args: Any) -> Recording:
    """The recording of a traced function or module, with the program's graph."""
    interposer = Interposer(Recorder(Sightings(), ()))
    with quiet(), interposer.installed():
        program = torch.jit.trace(func, args, check_trace=False)
    assert interposer.recorder.sightings.faults == []
    recording = interposer.recordings[-1]
    recording.finished = finished_graph(program, recording.method)
    return recording


def record_only(func: Any, *args: Any) -> Recording:
    """The recording as it is before torch builds the program."""
    recording = record(func, *args)
    recording.finished = None
    return recording


def finished(func: Any, *args: Any) -> RawGraph:
    """The program's graph."""
    graph = record(func, *args).finished
    assert graph is not None
    return graph


def kinds(nodes: Iterable[RawNode]) -> list[str]:
    """The operators."""
    return [node.kind for node in nodes]


def own(nodes: Iterable[RawNode]) -> list[RawNode]:
    """What the function recorded; torch looks at each parameter of a module beforehand."""
    return [node for node in nodes if BOTTOM in node.stack]


def deep(nodes: Iterable[RawNode]) -> Iterator[RawNode]:
    """All nodes, those of blocks too."""
    for node in nodes:
        yield node
        for block in node.blocks:
            yield from deep(block.nodes)
