"""What one side of a Run may take, and that nothing of the bounds stays."""

from __future__ import annotations

import contextlib
import importlib
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tracelab.replay import limits
from tracelab.replay.limits import Limits, OverrunError, bounded, completed, is_out_of_memory, spare_bytes

resource = pytest.importorskip("resource")
SHORT = Limits(0.1)


def bounds() -> list[Any]:
    """All that `bounded` changes."""
    return [
        sys.stdin, sys.stdout, sys.stderr, sys.gettrace(), signal.getsignal(signal.SIGALRM),
        resource.getrlimit(resource.RLIMIT_AS), threading.active_count(),
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    before, (left, interval), begun = bounds(), signal.getitimer(signal.ITIMER_REAL), time.monotonic()
    yield
    assert bounds() == before
    after = signal.getitimer(signal.ITIMER_REAL)
    assert after == (pytest.approx(max(left - (time.monotonic() - begun), 0), abs=0.1), interval)


@pytest.fixture
def rung() -> Iterator[list[int]]:
    """What an alarm of the user's own is told; pytest's is put back."""
    told: list[int] = []
    timer, begun = signal.setitimer(signal.ITIMER_REAL, 0), time.monotonic()
    before = signal.signal(signal.SIGALRM, lambda number, _: told.append(number))
    yield told
    signal.signal(signal.SIGALRM, before)
    signal.setitimer(signal.ITIMER_REAL, timer[0] and timer[0] - (time.monotonic() - begun), timer[1])


def seconds_of(act: Callable[[], object], allowed: Limits = SHORT) -> float:
    """How long something runs until it is over."""
    begun = time.monotonic()
    with pytest.raises(OverrunError), bounded(allowed):
        act()
    return time.monotonic() - begun


def in_thread(act: Callable[[], object]) -> Any:
    """What a call gives in a thread that is not the main one."""
    given: list[Any] = []
    thread = threading.Thread(target=lambda: given.append(act()))
    thread.start()
    thread.join()
    return given[0]


def spin() -> None:
    while True:
        pass


def swallow() -> None:
    while True:
        try:
            sum(range(1000))
        except:  # noqa: E722
            continue


def test_sleep_is_interrupted() -> None:
    assert seconds_of(lambda: time.sleep(30)) < 5


def test_a_lock_that_nobody_opens_is_interrupted() -> None:
    lock = threading.Lock()
    lock.acquire()
    assert seconds_of(lock.acquire) < 5


@pytest.mark.parametrize("loop", [spin, swallow])
def test_a_loop_is_interrupted(loop: Callable[[], None]) -> None:
    assert seconds_of(loop) < 10


@pytest.mark.parametrize("loop", [spin, swallow])
def test_a_loop_in_another_thread_is_interrupted(loop: Callable[[], None]) -> None:
    assert in_thread(lambda: seconds_of(loop)) < 20


def slow_import(folder: Path, name: str) -> Callable[[], None]:
    """Imports a module that takes longer than is allowed, and goes on forever then."""
    (folder / f"{name}.py").write_text("import time\nend = time.monotonic() + 0.5\nwhile time.monotonic() < end: pass")

    def act() -> None:
        importlib.import_module(name)
        spin()

    return act


@pytest.mark.parametrize("where", ["main", "another"])
def test_an_import_is_not_cut_off_and_what_comes_then_is(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that is imported half way stays broken for the whole process."""
    monkeypatch.syspath_prepend(tmp_path)
    name = f"slow_in_{where}"
    act = slow_import(tmp_path, name)
    took = seconds_of(act) if where == "main" else in_thread(lambda: seconds_of(act))
    assert 0.5 <= took < 10
    assert sys.modules.pop(name).end <= time.monotonic()


def test_an_import_without_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(limits, "_IMPORT_SECONDS", 0.2)
    (tmp_path / "never_ends.py").write_text("while True: pass")
    assert seconds_of(lambda: importlib.import_module("never_ends")) < 10
    assert "never_ends" not in sys.modules


def test_clean_up_is_not_interrupted_the_first_time() -> None:
    """Only who goes on after that is pressed: locks are opened and files are closed."""
    done: list[int] = []

    def cleans_up() -> None:
        try:
            time.sleep(30)
        finally:
            done.extend(range(100))

    seconds_of(cleans_up)
    assert len(done) == 100


def test_an_interruption_at_any_moment_leaves_nothing() -> None:
    """The fixture says whether anything stayed, whenever the time was over."""
    for step in range(300):
        with contextlib.suppress(OverrunError), bounded(Limits(0.0005 + step * 1e-6)):
            sum(range(20_000))


def test_a_pending_alarm_of_the_users_survives(rung: list[int]) -> None:
    signal.alarm(100)
    with bounded(SHORT):
        time.sleep(0.05)
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    assert 98 < left < 99.96
    assert not rung


def test_an_alarm_that_fell_due_meanwhile_comes_afterwards(rung: list[int]) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    with bounded(Limits(5)):
        time.sleep(0.1)
        assert not rung
    time.sleep(0.1)
    assert rung == [signal.SIGALRM]


def test_nothing_is_printed_or_logged(capfd: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("tests.limits")
    logger.addHandler(logging.StreamHandler())
    with bounded(SHORT):
        print("out", file=sys.stdout, flush=True)
        print("err", file=sys.stderr)
        sys.stdout.buffer.write(b"bytes")
        logger.warning("logged")
    assert capfd.readouterr() == ("", "")
    logger.warning("afterwards")
    assert capfd.readouterr().err == "afterwards\n"
    logger.handlers.clear()


def test_nobody_is_asked_at_the_keyboard() -> None:
    with pytest.raises(EOFError), bounded(SHORT):
        input("really? ")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is bounded on Linux alone")
def test_memory_is_refused() -> None:
    with pytest.raises(RuntimeError) as refused, bounded(Limits(5, 100 << 20)):
        torch.empty(1 << 30)
    assert is_out_of_memory(refused.value)
    with pytest.raises(MemoryError), bounded(Limits(5, 100 << 20)):
        bytearray(1 << 30)
    with bounded(Limits(5, 100 << 20)):
        assert torch.empty(1 << 20).numel() == 1 << 20


@pytest.mark.parametrize(
    "said",
    ["CUDA out of memory. Tried to allocate 2 GiB", "std::bad_alloc", "DefaultCPUAllocator: can't allocate memory"],
)
def test_errors_about_memory(said: str) -> None:
    assert is_out_of_memory(RuntimeError(said))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))


def test_a_container_has_less_than_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_GROUP", tmp_path)
    without = spare_bytes()
    (tmp_path / "memory.max").write_text(f"{5 << 30}\n")
    (tmp_path / "memory.current").write_text(f"{3 << 30}\n")
    (tmp_path / "memory.stat").write_text(f"anon 1\ninactive_file {1 << 30}\n")
    assert spare_bytes() == min(without, (3 << 30) // 4)
    (tmp_path / "memory.max").write_text("max\n")
    assert spare_bytes() == pytest.approx(without, rel=0.2)


def test_what_must_be_complete_is_done_again() -> None:
    done: list[int] = []

    def act() -> None:
        done.append(1)
        if len(done) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        completed(act)
    assert done == [1, 1]


def test_hooks_work_after_a_thread_was_bounded() -> None:
    """CPython 3.11 hangs in the first call under a profile hook once an asynchronous exception was cancelled."""
    in_thread(lambda: seconds_of(spin))
    called: list[str] = []
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, arg: called.append(event))
    spare_bytes()
    sys.setprofile(before)
    assert "call" in called
