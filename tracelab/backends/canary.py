"""A child process that goes first where `torch.jit.trace` may crash.

It is forked, so it has the model and the inputs as they are. It sends home what was recorded before torch
builds the program, then lets torch build it: whether it comes back alive is the other half of the answer.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from tracelab.backends.base import Recording
from tracelab.backends.forked import can_fork, ended, forked
from tracelab.backends.raw import read_types
from tracelab.observers import Sighting

SECONDS = 120.0
"""How long the child may take."""


@dataclass
class Answer:
    """What the child found."""

    survived: bool
    death: str = ""
    recordings: list[Recording] = field(default_factory=list[Recording])
    sightings: list[Sighting] = field(default_factory=list[Sighting])


def send(trace: Callable[[Callable[[Recording], None]], Any]) -> Answer:
    """Run `trace(on_recording)` in a child; where none can be had, the function is only observed."""
    if not can_fork():
        return Answer(False, "tracing may crash the process here and was not tried")
    return _wait(*forked(lambda home: trace(lambda recording: _send(recording, home))))


def _send(recording: Recording, home: Connection) -> None:
    read_types(recording.recorded)
    home.send_bytes(msgspec.msgpack.encode(recording))


def _wait(child: int, home: Connection) -> Answer:
    answer, is_late = Answer(False), True
    try:
        while home.poll(SECONDS):
            answer.recordings.append(msgspec.msgpack.decode(home.recv_bytes(), type=Recording))
        answer.death = f"torch.jit.trace did not finish within {SECONDS:g} seconds"
    except EOFError:
        is_late = False
    finally:
        home.close()
        status = ended(child, by_force=is_late)
    answer.survived = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
    if not answer.survived and not answer.death:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        answer.death = f"torch.jit.trace dies with {signal.Signals(number).name if number else 'an error'} here"
    return answer
