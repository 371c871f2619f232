"""Bounds for a run of the user's code: time, memory, and no word on the screen."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

REPEAT_SECONDS = 0.05
"""How soon the user's code is interrupted again, where it caught the first interruption."""
_MEGABYTE = 1 << 20


class OverrunError(BaseException):
    """Raised inside the user's code when its time is over; no `except Exception` there catches it."""


@dataclass(frozen=True)
class Limits:
    """What one side of a Run may take."""

    seconds: float = 10.0
    bytes: int = 2 << 30
    """Memory beyond what the process has now."""


@contextlib.contextmanager
def bounded(limits: Limits) -> Generator[None]:
    """Run a block in silence, within limits.

    Raises:
        OverrunError: the block took too long.
        RuntimeError: torch's own, where memory was refused.
    """
    with _silence(), _memory(limits.bytes), _deadline(limits.seconds):
        yield


@contextlib.contextmanager
def _silence() -> Generator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


@contextlib.contextmanager
def _deadline(seconds: float) -> Generator[None]:
    """A signal interrupts sleep and endless loops; outside the main thread an asynchronous exception ends loops."""
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        with _alarm(seconds):
            yield
    else:
        with _watcher(seconds):
            yield


@contextlib.contextmanager
def _alarm(seconds: float) -> Generator[None]:
    armed = True

    def interrupt(number: int, frame: FrameType | None) -> None:
        if armed:
            raise OverrunError(f"it took longer than {seconds:g} seconds")

    before, started = signal.signal(signal.SIGALRM, interrupt), time.monotonic()
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT_SECONDS)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before if before is not None else signal.SIG_DFL)
        if left:  # somebody else's alarm was set
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 0.001), interval)


@contextlib.contextmanager
def _watcher(seconds: float) -> Generator[None]:
    done, target = threading.Event(), ctypes.c_ulong(threading.get_ident())
    raise_in: Any = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            raise_in(target, ctypes.py_object(OverrunError))
            wait = 1.0

    watcher = threading.Thread(target=watch, name="tracelab-deadline", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        raise_in(target, None)


@contextlib.contextmanager
def _memory(allowance: int) -> Generator[None]:
    """Let the process grow so far and no further: torch raises where an allocation is refused."""
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = _size_of_process() + allowance
    if soft != resource.RLIM_INFINITY:
        bound = min(bound, soft)
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _size_of_process() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def spare_bytes() -> int:
    """A quarter of the memory that the machine has left, and at least half a gigabyte."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        found = next(line for line in lines if line.startswith("MemAvailable"))
        return max(int(found.split()[1]) * 1024 // 4, 512 * _MEGABYTE)
    except (OSError, StopIteration):
        return 4 << 30
