"""A child process that goes first."""

from __future__ import annotations

import os
import signal
import time

import pytest
import torch

from tests.backends.recording import kinds, record_only
from tracelab.backends import canary
from tracelab.backends.canary import Answer, send

X = torch.ones(2, 3)


def children() -> bool:
    """Whether a child of this process is left, a dead one included."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def test_a_child_that_comes_through() -> None:
    recording = record_only(lambda x: torch.relu(x + 1), X)
    answer = send(lambda tell: tell(recording))
    assert (answer.survived, answer.death) == (True, "")
    assert kinds(answer.recordings[0].recorded.nodes) == ["aten::add", "aten::relu"]
    assert not children()


def test_types_come_home_as_text() -> None:
    recording = record_only(lambda x: x.t(), X)
    node = send(lambda tell: tell(recording)).recordings[0].recorded.nodes[0]
    assert node.outputs[0].tensor is not None
    assert node.outputs[0].tensor.shape == (3, 2)


def test_a_child_that_crashes_has_told_what_it_saw() -> None:
    recording = record_only(lambda x: x + 1, X)

    def crash(tell: object) -> None:
        tell(recording)  # type: ignore[operator]
        os.kill(os.getpid(), signal.SIGSEGV)

    answer = send(crash)
    assert not answer.survived
    assert "SIGSEGV" in answer.death
    assert len(answer.recordings) == 1


def test_a_child_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canary, "SECONDS", 0.2)
    begun = time.monotonic()
    answer = send(lambda tell: time.sleep(60))
    assert time.monotonic() - begun < 10
    assert (answer.survived, answer.death) == (False, "torch.jit.trace did not finish within 0.2 seconds")
    assert not children()


def test_a_child_that_raises_is_alive() -> None:
    """The error comes again where the parent traces, and is seen there."""

    def fail(tell: object) -> None:
        raise KeyError("on purpose")

    assert send(fail) == Answer(True)


def test_a_child_is_silent_and_changes_nothing_here(capfd: pytest.CaptureFixture[str]) -> None:
    seen: list[int] = []
    state = torch.get_rng_state()

    def loud(tell: object) -> None:
        print("from the child", flush=True)
        seen.append(1)
        torch.manual_seed(3)

    assert send(loud).survived
    assert (seen, capfd.readouterr().out) == ([], "")
    assert torch.equal(torch.get_rng_state(), state)


def test_a_child_that_is_ended_from_outside() -> None:
    assert "SIGTERM" in send(lambda tell: os.kill(os.getpid(), signal.SIGTERM)).death


def test_an_interruption_leaves_no_child_behind() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            send(lambda on_recording: time.sleep(60))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not children()
