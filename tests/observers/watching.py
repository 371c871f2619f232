"""A function traced under chosen observers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tracelab.backends.interpose import Interposer
from tracelab.observers import Recorder, Sighting, Sightings
from tracelab.observers.recorder import Call
from tracelab.preserve import quiet

Observer = Callable[[Recorder, Call], None]


def recorder_of(observers: tuple[Observer, ...], func: Any, *args: Any) -> Recorder:
    """The recorder that followed a function through `torch.jit.trace`."""
    interposer = Interposer(Recorder(Sightings(), observers))
    with quiet(), interposer.installed():
        torch.jit.trace(func, args, check_trace=False)
    return interposer.recorder


def watch(observers: tuple[Observer, ...], func: Any, *args: Any) -> list[Sighting]:
    """What observers saw; a fault of theirs is an error here."""
    recorder = recorder_of(observers, func, *args)
    assert recorder.sightings.faults == []
    return recorder.sightings.seen


def seen(observer: Observer, func: Any, *args: Any) -> list[tuple[str, str, str]]:
    """Kind, name and value of all that one observer saw."""
    return [(sighting.kind, sighting.asked, sighting.value) for sighting in watch((observer,), func, *args)]
