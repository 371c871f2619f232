"""What a page is sent of a document that changes: all of it, or the Runs that it lacks."""

from __future__ import annotations

import gc
import weakref

import pytest
import torch

import tracelab
from tracelab.jupyter import feed
from tracelab.jupyter.feed import Feed, feed_of
from tracelab.viewer import packed, packed_run


def never(x: torch.Tensor) -> torch.Tensor:
    return -x if torch.sigmoid(x).max() > 2 else x


def traced() -> tracelab.Trace:
    return tracelab.trace(never, torch.ones(2, 3), probes=())


def test_who_has_nothing_gets_all_of_it() -> None:
    trace = traced()
    sent, buffers = feed_of(trace).since(-1)
    assert (sent.whole, buffers) == (True, [packed(trace.capture)])


def test_who_has_a_state_gets_the_runs_that_came_since() -> None:
    trace = traced()
    known = feed_of(trace).since(-1)[0].revision
    runs = []
    for _ in range(2):
        runs.append(trace.rerun())
        feed_of(trace)
    sent, buffers = feed_of(trace).since(known)
    assert (sent.whole, sent.revision) == (False, known + 2)
    assert buffers == [packed_run(trace.capture, run) for run in runs]
    assert feed_of(trace).since(known + 1)[1] == buffers[1:]
    assert feed_of(trace).since(known + 2)[1] == []
    assert feed_of(trace).since(-1)[1] == [feed_of(trace).document, *buffers]


def test_a_run_that_proves_something_changes_the_whole() -> None:
    trace = tracelab.trace(lambda x: x if x.sum() > 0 else -x, torch.ones(2, 3), probes=())
    known = feed_of(trace).since(-1)[0].revision
    trace.rerun(-torch.ones(2, 3))
    sent, buffers = feed_of(trace).since(known)
    assert (sent.whole, sent.revision, buffers) == (True, known + 1, [packed(trace.capture)])


def test_runs_that_nobody_saw_between_are_not_lost() -> None:
    trace = traced()
    seen = Feed(trace.capture)
    known = seen.since(-1)[0].revision
    trace.rerun()
    trace.rerun()
    seen.see(trace.capture)
    sent, buffers = seen.since(known)
    assert (sent.whole, buffers) == (True, [packed(trace.capture)])


def test_many_runs_are_sent_as_a_new_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_MOST_ADDED_BYTES", 1)
    trace = traced()
    known = feed_of(trace).since(-1)[0].revision
    is_whole: list[bool] = []
    for _ in range(2):
        trace.rerun()
        is_whole.append(feed_of(trace).since(known)[0].whole)
    assert is_whole == [False, True]


def test_it_holds_no_trace() -> None:
    trace = traced()
    feed_of(trace).since(-1)
    gone = weakref.ref(trace)
    del trace
    gc.collect()
    assert gone() is None
