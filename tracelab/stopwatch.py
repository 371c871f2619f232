"""How long work takes, whatever else the machine does meanwhile: what is tried in a time must not depend on that."""

from __future__ import annotations

# Bound here: a probe may put another clock in their place.
from time import perf_counter, thread_time

_PATIENCE = 2.0
"""What waits longer than this many times its own work (asleep, or for a disk or a child) counts by the clock."""


class Stopwatch:
    """Runs from when it is made, in the thread that made it.

    Args:
        by_clock: whether all time counts, also that in which others had the processor.
    """

    def __init__(self, by_clock: bool = False) -> None:
        self._by_clock = by_clock
        self._began, self._worked = perf_counter(), thread_time()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        passed = perf_counter() - self._began
        return passed if self._by_clock else max(thread_time() - self._worked, passed / _PATIENCE)


class Deadline:
    """A moment after which no more is tried.

    Args:
        seconds: how far it is away.
        by_clock: as of the Stopwatch.
    """

    def __init__(self, seconds: float, by_clock: bool = False) -> None:
        self._seconds, self._watch = seconds, Stopwatch(by_clock)

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return self._watch.seconds > self._seconds

    @property
    def part(self) -> float:
        """The part of the time that is over."""
        return self._watch.seconds / self._seconds if self._seconds else 1.0
