"""Models that misbehave: `tracelab.trace` comes back, in bounded time and memory, and all is as it was."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tests.test_untouched import changes
from tracelab.preserve import Preserved
from tracelab.probes.base import Given, Probe
from tracelab.replay.child import DiedError, answer_of
from tracelab.replay.stage import example_probe

resource = pytest.importorskip("resource")
X = torch.arange(1.0, 7.0).reshape(2, 3)


def process() -> list[Any]:
    """What Runs bound, and must give back."""
    return [
        sys.stdin, sys.stdout, sys.stderr, signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGINT),
        signal.getitimer(signal.ITIMER_REAL)[1], resource.getrlimit(resource.RLIMIT_AS), threading.active_count(),
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def the_process_is_as_before() -> Iterator[None]:
    tracelab.trace(lambda x: x, torch.ones(1))  # what torch loads late is loaded now
    before, (left, _) = process(), signal.getitimer(signal.ITIMER_REAL)
    yield
    assert process() == before
    assert (signal.getitimer(signal.ITIMER_REAL)[0] > 0) == (left > 0)


class Holder(nn.Module):
    """A layer beside something awkward that it holds, and what it does with it."""

    def __init__(self, act: Callable[[Any, torch.Tensor], Any], held: Any = None) -> None:
        super().__init__()
        self.fc, self.act, self.held = nn.Linear(3, 3), act, held

    def forward(self, x: torch.Tensor) -> Any:
        return self.act(self, self.fc(x))


def traced(func: Any, *inputs: Any, **options: Any) -> tracelab.Trace:
    """The Trace of a function that was left as it was, with its inputs."""
    found: list[tracelab.Trace] = []
    inputs = inputs or (X.clone(),)
    assert changes(func, inputs, lambda: found.append(tracelab.trace(func, inputs, **options))) == {}
    return found[0]


def outcomes(trace: tracelab.Trace) -> set[str]:
    """How the Runs ended."""
    return {run.outcome for run in trace.capture.runs}


# -- noise -------------------------------------------------------------------------------------------------------


def test_a_model_that_prints_does_so_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """Once while it is observed, once while it is traced; never in a Run."""

    def prints(x: torch.Tensor) -> torch.Tensor:
        print("loud")
        print("louder", file=sys.stderr)
        return x + 1 if x.sum() > 0 else x - 1

    trace = traced(prints)
    assert len(trace.capture.runs) > 5
    assert capsys.readouterr() == ("loud\n" * 2, "louder\n" * 2)


def test_a_model_that_reads_a_file(tmp_path: Path) -> None:
    file = tmp_path / "gain.txt"
    file.write_text("3")
    trace = traced(lambda x: x * float(file.read_text()))
    assert [finding.rule for finding in trace.findings] == ["outside-read"]
    assert file.read_text() == "3"


# -- time --------------------------------------------------------------------------------------------------------


def sleeps(x: torch.Tensor) -> torch.Tensor:
    if x.sum() < 0:
        time.sleep(30)
    return x + 1


def spins(x: torch.Tensor) -> torch.Tensor:
    while x.sum() < 0:
        pass
    return x + 1


def swallows(x: torch.Tensor) -> torch.Tensor:
    while x.sum() < 0:
        try:
            sum(range(1000))
        except:  # noqa: E722
            continue
    return x + 1


@pytest.mark.parametrize("slow", [sleeps, spins, swallows])
def test_a_model_that_does_not_end_on_some_values(slow: Callable[..., Any]) -> None:
    begun = time.monotonic()
    trace = traced(slow)
    assert time.monotonic() - begun < 25
    assert "diverges" not in outcomes(trace)
    assert "agrees" in outcomes(trace)


@pytest.mark.parametrize("slow", [spins, swallows])
def test_a_model_that_does_not_end_in_another_thread(slow: Callable[..., Any]) -> None:
    found: list[tracelab.Trace] = []
    begun = time.monotonic()
    thread = threading.Thread(target=lambda: found.append(tracelab.trace(slow, X)))
    thread.start()
    thread.join()
    assert time.monotonic() - begun < 40
    assert "agrees" in outcomes(found[0])
    assert traced(lambda x: x + 1).program is not None  # hooks still work here


# -- memory ------------------------------------------------------------------------------------------------------


def test_a_model_that_allocates_hugely_at_other_shapes() -> None:
    def grows(x: torch.Tensor) -> torch.Tensor:
        n = x.shape[0]
        return x + torch.zeros((n - 1) ** 4 << 32).sum() if n > 2 else x

    trace = traced(grows)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 8 << 20  # kilobytes
    assert "captured_raises" not in outcomes(trace)


# -- ways out ----------------------------------------------------------------------------------------------------


def exits(x: torch.Tensor) -> torch.Tensor:
    if x.sum() < 0:
        sys.exit(3)
    return x + 1


def raises(x: torch.Tensor) -> torch.Tensor:
    if x.shape[0] != 2:
        raise KeyError("two, please")
    return x + 1


def recurses(x: torch.Tensor) -> torch.Tensor:
    return recurses(x) if x.sum() < 0 else x + 1


@pytest.mark.parametrize("leaves", [exits, raises, recurses])
def test_a_model_that_leaves_otherwise_than_by_returning(leaves: Callable[..., Any]) -> None:
    """What the program lets pass where eager says no is told, and nothing escapes."""
    assert "agrees" in outcomes(traced(leaves))


@pytest.mark.parametrize("gives", [None, "text", 3, {"a": None}, [], lambda: 1])
def test_a_model_that_returns_nothing_traceable(gives: Any) -> None:
    trace = traced(lambda x: gives)
    assert (trace.program, trace.capture.stop is None) == (None, False)


# -- inputs ------------------------------------------------------------------------------------------------------


def test_views_of_the_inputs() -> None:
    trace = traced(lambda x: (x[0], x.view(-1), x))
    assert outcomes(trace) == {"agrees"}


def test_inputs_that_are_written() -> None:
    x = X.clone()
    trace = traced(lambda x: x.add_(1).mul_(2), x)
    assert torch.equal(x, X)
    assert outcomes(trace) == {"agrees"}


# -- awkward things to hold --------------------------------------------------------------------------------------


class Uncopied:
    """What refuses to be copied."""

    def __deepcopy__(self, memo: object) -> Any:
        raise RuntimeError("never")


def locks(model: Any, x: torch.Tensor) -> torch.Tensor:
    with model.held:
        return x.to(x.dtype) + 1


@functools.lru_cache
def scale(size: int) -> int:
    return size * 2


def counts(size: Any) -> Any:
    while True:
        yield size


HELD: dict[str, tuple[Callable[[Any, torch.Tensor], Any], Callable[[], Any]]] = {
    "what cannot be copied": (lambda model, x: x + (x.dtype == torch.float32), Uncopied),
    "a lock": (locks, threading.Lock),
    "a generator": (lambda model, x: x * next(model.held), lambda: counts(2)),
    "a cache": (lambda model, x: x * scale(len(x)), lambda: None),
}


@pytest.mark.parametrize("name", HELD)
def test_a_model_that_holds(name: str) -> None:
    act, held = HELD[name]
    model = Holder(act, held()).eval()
    drawn = torch.get_rng_state()
    trace = tracelab.trace(model, X)
    assert trace.program is not None
    assert "agrees" in outcomes(trace)
    assert torch.equal(torch.get_rng_state(), drawn)


def test_a_lock_is_open_afterwards() -> None:
    model = Holder(lambda model, x: locks(model, sleeps(x - 100)), threading.Lock())
    model.fc.requires_grad_(False).weight.zero_()
    model.fc.bias.fill_(200)
    traced(model, seconds=2)
    assert model.held.acquire(blocking=False)


# -- the user's own interruption ---------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [8, 12, 20])
def test_an_interruption_keeps_what_was_found(call: int, tmp_path: Path) -> None:
    """The calls are counted in a file, as all else is put back between them."""
    file = os.open(tmp_path / "calls", os.O_CREAT | os.O_RDWR | os.O_APPEND)

    def interrupts(x: torch.Tensor) -> torch.Tensor:
        os.write(file, b".")
        if os.lseek(file, 0, os.SEEK_END) == call:
            signal.raise_signal(signal.SIGINT)
        return x + 1 if x.sum() > 0 else x - 1

    trace = traced(interrupts, probes=["shapes", "values"])
    assert trace.program is not None
    assert trace._prover.interrupted
    assert "data-dependent-branch" in [finding.rule for finding in trace.findings]
    os.close(file)


def test_an_alarm_of_the_users_survives() -> None:
    timer = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        signal.alarm(300)
        begun = time.monotonic()
        tracelab.trace(lambda x: x + 1 if x.sum() > 0 else x - 1, X)
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        assert left == pytest.approx(300 - (time.monotonic() - begun), abs=0.5)
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)


# -- crashes -----------------------------------------------------------------------------------------------------

CRASHES: dict[str, tuple[Callable[..., Any], tuple[torch.Tensor, ...]]] = {
    "infinities": (lambda x: torch.linalg.eigvals(x).abs(), (torch.eye(3),)),
    "indices out of range": (
        lambda i, v: torch.sparse_coo_tensor(i, v, (3, 3)).to_dense(),
        (torch.tensor([[0, 1, 2, 0], [0, 2, 1, 1]]), torch.arange(4.0)),
    ),
    "too few rows": (
        lambda c, i, v: torch.sparse_csr_tensor(c, i, v, (2, 3)).to_dense(),
        (torch.tensor([0, 1, 2]), torch.tensor([0, 2]), torch.ones(2)),
    ),
}


@pytest.mark.parametrize("name", CRASHES)
def test_operations_that_crash_do_so_in_a_child(name: str) -> None:
    """Each of these ended the process, on torch 2.13, when its probes were played in it."""
    function, inputs = CRASHES[name]
    trace = traced(function, *inputs)
    assert trace.rerun().outcome == "agrees"
    assert "captured_raises" not in outcomes(trace)


def test_an_error_that_is_swallowed_at_the_witness_alone() -> None:
    """The second trace, which looks where the two part, does not let torch build what it would crash on."""

    def swallows_there(x: torch.Tensor) -> torch.Tensor:
        try:
            return torch.linalg.cholesky(x) * 2
        except RuntimeError:
            return x * 3

    trace = traced(swallows_there, torch.eye(3) * 4)
    assert trace.program is not None
    assert trace.rerun(-torch.eye(3)).outcome == "captured_raises"


def test_a_side_that_is_played_apart_gives_the_same_and_leaves_nothing() -> None:
    trace = traced(lambda x: x.add_(1) * 2)
    stage = trace._prover.stage
    probe = example_probe(stage.method("forward"))
    with Preserved(trace.func) as stage.preserved:
        sides = [stage.captured(probe, apart=apart) for apart in (False, True)]
    assert torch.equal(sides[0].outputs[0], sides[1].outputs[0])
    assert sides[1].error is None


def test_an_error_comes_home_from_a_child() -> None:
    trace = traced(lambda x: x.view(2, 3))
    stage = trace._prover.stage
    probe = Probe("given", "other", (Given((torch.ones(7),)),))
    with Preserved(trace.func) as stage.preserved:
        here, apart = stage.captured(probe), stage.captured(probe, apart=True)
    assert here.said == apart.said
    assert "shape" in apart.said


def test_a_child_that_dies_is_told_of() -> None:
    with pytest.raises(DiedError, match="SIGSEGV"):
        answer_of(lambda: os.kill(os.getpid(), signal.SIGSEGV), 5)
    with pytest.raises(DiedError, match="too long"):
        answer_of(lambda: time.sleep(60), -4.5)
    with pytest.raises(DiedError, match="cannot leave"):
        answer_of(lambda: lambda: 1, 5)
