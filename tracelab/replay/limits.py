"""Bounds for a run of the user's code: time, memory, nothing on the screen, nobody asked at the keyboard."""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

REPEAT_SECONDS = 0.05
"""How soon the user's code is interrupted again, where it caught the first interruption."""
_REPEAT_IN_THREAD_SECONDS = 1.0
_IMPORT_SECONDS = 60.0
"""So much longer may an import take: one that is cut off leaves a package that is broken for the whole process."""
_IMPORTING = "<frozen importlib._bootstrap>"
_MEGABYTE = 1 << 20
_OUT_OF_MEMORY = ("allocate memory", "out of memory", "bad_alloc", "bad allocation")
_GROUP = Path("/sys/fs/cgroup")
Undo = list[Callable[[], object]]
"""What puts back; it is noted before anything is changed, and may be called twice."""
_OURS = str(Path(__file__).parents[1])
_raise_in: Any = ctypes.pythonapi.PyThreadState_SetAsyncExc


class OverrunError(BaseException):
    """Raised inside the user's code when its time is over; no `except Exception` there catches it."""


class InsistentError(OverrunError):
    """Raised in a thread from outside it: where the user's code catches it, the next line raises too."""

    def __init__(self) -> None:
        super().__init__()
        _insist(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]


@dataclass(frozen=True)
class Limits:
    """What one side of a Run may take."""

    seconds: float = 10.0
    bytes: int = 2 << 30
    """Memory beyond what the process has now."""


def give_back() -> None:
    """Let the system have the memory that is free: of large tensors glibc keeps what the last run needed."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)


class bounded:  # noqa: N801  used as a function is
    """Run a block in silence, within limits.

    It has to be the innermost of several contexts: what others put back must not be interrupted.

    Raises:
        OverrunError: the block took too long.
        RuntimeError: torch's own, where memory was refused.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._undo: Undo = []

    def __enter__(self) -> None:
        try:
            _silence(self._undo)
            _bound_memory(self._undo, self._limits.bytes)
            _deadline(self._undo, self._limits.seconds)
        except BaseException:  # an interruption: whoever keeps its traceback keeps `__del__` from coming
            completed(self._end)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        completed(self._end)

    def __del__(self) -> None:
        self._end()  # where an interruption came before `__exit__` had begun

    def _end(self) -> None:
        while self._undo:
            self._undo[-1]()
            self._undo.pop()


def completed(action: Callable[[], object]) -> None:
    """Do something that can be done twice, and that an interruption must not leave half done."""
    try:
        action()
    except (KeyboardInterrupt, OverrunError):
        action()
        raise


# -- screen and keyboard -------------------------------------------------------------------------------------------


class _Void(io.RawIOBase):
    """A file that takes everything and keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        return memoryview(data).nbytes


def _silence(undo: Undo) -> None:
    """Let what is printed and logged go nowhere, and whoever asks at the keyboard find its end."""
    before = sys.stdin, sys.stdout, sys.stderr
    handlers = [(handler, handler.stream) for handler in _handlers() if handler.stream in before]

    def end() -> None:
        sys.stdin, sys.stdout, sys.stderr = before
        for handler, stream in handlers:
            handler.stream = stream

    undo.append(end)
    nowhere = io.TextIOWrapper(io.BufferedWriter(_Void()), encoding="utf-8", errors="replace")
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), nowhere, nowhere
    for handler, _ in handlers:
        handler.stream = nowhere


def _handlers() -> Iterator[logging.StreamHandler[TextIO]]:
    """Those of all loggers that write to a stream."""
    references: list[Any] = vars(logging)["_handlerList"]
    for handler in (reference() for reference in references):
        if type(handler) is logging.StreamHandler:
            yield handler


# -- time ----------------------------------------------------------------------------------------------------------


def _deadline(undo: Undo, seconds: float) -> None:
    """A signal interrupts sleep and endless loops; outside the main thread an asynchronous exception ends loops."""
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        _alarm(undo, seconds)
    else:
        _watcher(undo, seconds)


def _alarm(undo: Undo, seconds: float) -> None:
    times, tracing = 0, sys.gettrace()

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal times
        if frame is not None and _is_spared(frame, time.monotonic() - started - seconds):
            return
        times += 1
        if times > 1 and frame is not None:
            _insist(frame)
        raise OverrunError(f"it took longer than {seconds:g} seconds")

    def end() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before if before is not None else signal.SIG_DFL)
        if times > 1:
            sys.settrace(tracing)
        if left:  # somebody else's alarm was set
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - started), 0.001), interval)

    before, started = signal.getsignal(signal.SIGALRM), time.monotonic()
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    undo.append(end)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT_SECONDS)


def _is_spared(frame: FrameType, late: float) -> bool:
    """Whether a thread does what must not be interrupted: sets limits, puts things back, or imports.

    Args:
        frame: the innermost of the thread.
        late: for how many seconds its time has been over.
    """
    spared = {__file__, _IMPORTING} if late < _IMPORT_SECONDS else {__file__}
    above: FrameType | None = frame
    while above is not None:
        if above.f_code.co_filename in spared:
            return True
        above = above.f_back
    return False


def _insist(frame: FrameType) -> None:
    """Let the next line of each frame raise too, so that a loop around `except:` ends; two such loops do not."""

    def refuse(frame: FrameType, event: str, arg: object) -> Any:
        if event == "line":
            raise OverrunError("it took too long")
        return None if frame.f_code.co_filename.startswith((_OURS, contextlib.__file__)) else refuse

    above: FrameType | None = frame
    while above is not None and not above.f_code.co_filename.startswith(_OURS):
        above.f_trace = refuse
        above = above.f_back
    sys.settrace(refuse)


def _take_pending() -> None:
    """Let an asynchronous exception that is on its way come, and end, here.

    To cancel it, as `PyThreadState_SetAsyncExc` can, leaves CPython 3.11 waiting for it: the next function that is
    called under a profile hook then never begins.
    """
    try:
        for _ in range(100):
            pass
    except OverrunError:
        pass


def _watcher(undo: Undo, seconds: float) -> None:
    """Another thread raises in this one; what waits inside C, as `time.sleep` does, ends first."""
    done, here, tracing, started = threading.Event(), threading.get_ident(), sys.gettrace(), time.monotonic()

    def watch() -> None:
        wait, error = seconds, OverrunError
        while not done.wait(wait):
            frame = sys._current_frames().get(here)  # pyright: ignore[reportPrivateUsage]
            if frame is not None and _is_spared(frame, time.monotonic() - started - seconds):
                wait = REPEAT_SECONDS
                continue
            if frame is not None:
                _raise_in(ctypes.c_ulong(here), ctypes.py_object(error))
            wait, error = _REPEAT_IN_THREAD_SECONDS, InsistentError

    watcher = threading.Thread(target=watch, name="tracelab-deadline", daemon=True)

    def end() -> None:
        done.set()
        if watcher.ident is not None:
            watcher.join()
        _take_pending()
        if sys.gettrace() is not tracing:
            sys.settrace(tracing)

    undo.append(end)
    watcher.start()


# -- memory --------------------------------------------------------------------------------------------------------


def _bound_memory(undo: Undo, allowance: int) -> None:
    """Let the process grow so far and no further: torch raises where an allocation is refused."""
    if not sys.platform.startswith("linux"):
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bound = _size_of_process() + allowance
    if soft != resource.RLIM_INFINITY:
        bound = min(bound, soft)
    undo.append(lambda: resource.setrlimit(resource.RLIMIT_AS, (soft, hard)))
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))


def _size_of_process() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory was refused: Python's, torch's for any device, or C++'s."""
    said = str(error)
    return isinstance(error, MemoryError) or any(text in said for text in _OUT_OF_MEMORY)


def spare_bytes() -> int:
    """A quarter of the memory that the machine, or the container, has left, and at least half a gigabyte."""
    left = [found for found in (_left_in_machine(), _left_in_group()) if found is not None]
    return max(min(left) // 4, 512 * _MEGABYTE) if left else 4 << 30


def _left_in_machine() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) * 1024
    except (OSError, StopIteration):
        return None


def _left_in_group() -> int | None:
    """What a container may still take, which may give up files that it holds; None where nobody limits it."""
    try:
        limit, used = (int((_GROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        held = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
        return max(limit - used + int(held.get("inactive_file", 0)), 0)
    except (OSError, ValueError):  # there is none, or it says "max"
        return None
