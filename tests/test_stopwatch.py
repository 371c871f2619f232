"""What counts as time."""

from __future__ import annotations

import time

from tracelab.stopwatch import Deadline, Stopwatch


def test_work_counts() -> None:
    watch, until = Stopwatch(), time.thread_time() + 0.02
    while time.thread_time() < until:
        pass
    assert watch.seconds >= 0.02


def test_what_waits_counts_less() -> None:
    watch, clock = Stopwatch(), Stopwatch(by_clock=True)
    time.sleep(0.1)
    assert 0.05 <= watch.seconds < clock.seconds
    assert clock.seconds >= 0.1


def test_a_deadline_passes() -> None:
    assert Deadline(-1).is_over
    assert not Deadline(60, by_clock=True).is_over
