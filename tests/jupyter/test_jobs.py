"""What a page asks for, on a thread of its own: one after the other, never beside a cell, and it can be ended."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable

import pytest
import torch

from tracelab.jupyter.jobs import Job, Jobs
from tracelab.jupyter.moment import Moment

SECONDS = 30
VARIABLE = contextvars.ContextVar("VARIABLE", default="nobody's")


class Asked(Job):
    """A job that keeps how it ended."""

    def __init__(self, work: Callable[[], object] = lambda: None) -> None:
        self.error: BaseException | None = None
        super().__init__(work, self._keep)

    def _keep(self, error: BaseException | None) -> None:
        self.error = error

    def wait(self) -> Asked:
        assert self.over.wait(SECONDS)
        return self


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


def endless(started: threading.Event) -> Callable[[], None]:
    def work() -> None:
        started.set()
        while True:
            pass

    return work


def test_they_run_one_after_the_other_and_not_here(jobs: Jobs) -> None:
    seen: list[tuple[int, int]] = []
    asked = [Asked(lambda n=n: seen.append((n, threading.get_ident()))) for n in range(3)]
    for one in asked:
        jobs.add(one)
    asked[-1].wait()
    assert [n for n, _ in seen] == [0, 1, 2]
    assert len({thread for _, thread in seen} - {threading.get_ident()}) == 1


def test_what_is_asked_while_a_cell_runs_waits_for_its_end(jobs: Jobs) -> None:
    assert jobs.cell_begins() is None
    assert jobs.cell_begins() is None  # a cell that runs another, as %%capture does
    one = Asked()
    jobs.add(one)
    assert jobs.why_not_yet() == "the kernel is busy with a cell"
    jobs.cell_ends()
    assert not one.over.wait(0.05)
    jobs.cell_ends()
    assert one.wait().error is None


def test_a_cell_is_told_which_job_it_has_to_wait_for(jobs: Jobs) -> None:
    started = threading.Event()
    one = Asked(endless(started))
    jobs.add(one)
    assert started.wait(SECONDS)
    assert jobs.cell_begins() is one
    jobs.cancel(one)
    one.wait()
    assert jobs.running is None


def test_one_that_runs_is_interrupted_and_the_next_begins(jobs: Jobs) -> None:
    started = threading.Event()
    one, other = Asked(endless(started)), Asked()
    jobs.add(one)
    jobs.add(other)
    assert started.wait(SECONDS)
    jobs.cancel(one)
    assert isinstance(one.wait().error, KeyboardInterrupt)
    assert other.wait().error is None


def test_one_that_waits_never_begins(jobs: Jobs) -> None:
    jobs.cell_begins()
    begun: list[int] = []
    one = Asked(lambda: begun.append(1))
    jobs.add(one)
    jobs.cancel(one)
    assert isinstance(one.wait().error, KeyboardInterrupt)
    jobs.cell_ends()
    last = Asked()
    jobs.add(last)
    last.wait()
    assert begun == []


def test_an_interruption_waits_for_the_end_of_what_is_shielded(jobs: Jobs) -> None:
    started, cancelled = threading.Event(), threading.Event()
    seen: list[str] = []

    def work() -> None:
        with jobs.shielded():
            started.set()
            assert cancelled.wait(SECONDS)
            seen.append("whole")
        seen.append("too far")

    one = Asked(work)
    jobs.add(one)
    assert started.wait(SECONDS)
    jobs.cancel(one)
    cancelled.set()
    assert isinstance(one.wait().error, KeyboardInterrupt)
    assert seen == ["whole"]


def test_an_error_is_told_and_ends_no_other(jobs: Jobs) -> None:
    def work() -> None:
        raise ValueError("mine")

    one, other = Asked(work), Asked()
    jobs.add(one)
    jobs.add(other)
    assert str(one.wait().error) == "mine"
    assert other.wait().error is None


def test_two_hundred_interruptions_leave_a_thread_that_works(jobs: Jobs) -> None:
    for _ in range(200):
        one = Asked(lambda: sum(range(200)))
        jobs.add(one)
        jobs.cancel(one)
        assert isinstance(one.wait().error, KeyboardInterrupt | None)
    last = Asked()
    jobs.add(last)
    assert last.wait().error is None


def test_torch_and_contextvars_are_as_in_the_user_s_cells(jobs: Jobs) -> None:
    def state() -> tuple[object, ...]:
        return (
            torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_autocast_enabled("cpu"),
            torch.get_autocast_dtype("cpu"), torch.ones(1).device.type, VARIABLE.get(),
        )  # fmt: skip

    token = VARIABLE.set("the user's")
    with torch.inference_mode(), torch.autocast("cpu", torch.float16), torch.device("meta"):
        moment, wanted = Moment(), state()
    VARIABLE.reset(token)
    jobs.around = moment.again
    seen: list[tuple[object, ...]] = []
    one = Asked(lambda: seen.append(state()))
    jobs.add(one)
    assert one.wait().error is None
    jobs.around = Moment().again
    other = Asked(lambda: seen.append(state()))
    jobs.add(other)
    assert other.wait().error is None
    assert seen == [wanted, (True, False, False, torch.bfloat16, "cpu", "nobody's")]
    assert wanted == (False, True, True, torch.float16, "meta", "the user's")
