"""A child process that goes first where `torch.jit.trace` may crash.

It is forked, so it has the model and the inputs as they are. It sends home what was recorded before torch
builds the program, then lets torch build it: whether it comes back alive is the other half of the answer.
"""

from __future__ import annotations

import faulthandler
import io
import os
import signal
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

import msgspec
import torch

from tracelab.backends.base import Recording
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
    if not hasattr(os, "fork") or (torch.cuda.is_available() and torch.cuda.is_initialized()):
        return Answer(False, "tracing may crash the process here and was not tried")
    ours, theirs = Pipe(duplex=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork and threads: the child uses one and leaves
        child = os.fork()
    if child == 0:
        ours.close()
        _live(trace, theirs)
    theirs.close()
    return _wait(child, ours)


def _live(trace: Callable[[Callable[[Recording], None]], Any], home: Connection) -> None:
    """The child: never returns."""
    code = 1
    try:
        faulthandler.disable()
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.stdout = sys.stderr = io.TextIOWrapper(io.FileIO(1, "w"))  # a notebook's do not write to these
        torch.set_num_threads(1)
        trace(lambda recording: _send(recording, home))
        code = 0
    except Exception:  # noqa: BLE001  the parent traces again and sees it there
        code = 0
    finally:
        os._exit(code)


def _send(recording: Recording, home: Connection) -> None:
    read_types(recording.recorded)
    home.send_bytes(msgspec.msgpack.encode(recording))


def _wait(child: int, home: Connection) -> Answer:
    answer = Answer(False)
    try:
        while home.poll(SECONDS):
            answer.recordings.append(msgspec.msgpack.decode(home.recv_bytes(), type=Recording))
        os.kill(child, signal.SIGKILL)
        answer.death = f"torch.jit.trace did not finish within {SECONDS:g} seconds"
    except EOFError:
        pass
    finally:
        home.close()
    _, status = os.waitpid(child, 0)
    answer.survived = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
    if not answer.survived and not answer.death:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        answer.death = f"torch.jit.trace dies with {signal.Signals(number).name if number else 'an error'} here"
    return answer
