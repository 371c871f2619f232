"""Repairs that a page asks for: found, told, and applied as a variable."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import torch

import tracelab
from tests.jupyter.test_channel import Page
from tests.repair import models
from tracelab.handle import lives
from tracelab.wire import CHANNEL

X = torch.arange(6.0).view(2, 3)


def page(func: Any, **variables: Any) -> Page:
    trace = tracelab.trace(func, (X,))
    return Page(trace, t=trace, **variables)


@pytest.fixture(scope="module")
def divided() -> Page:
    found = page(models.divides)
    assert found.ask("repair", seconds="20")["state"] == "done"
    return found


def test_what_mends_a_finding_is_in_the_document(divided: Page) -> None:
    (repair,) = divided.trace.capture.repairs
    assert "x.shape[0]" in repair.diff


def test_applied_it_is_a_variable_that_does_as_eager_does() -> None:
    trace = tracelab.trace(models.divides, (X,))
    asking = Page(trace, t=trace, t_repaired="the user's own")
    asking.ask("repair", seconds="20")
    reply = asking.ask("apply")
    assert (reply["state"], reply["call"]) == ("done", "t_repaired_2")
    repaired = lives(reply["trace"])
    assert repaired is not None
    assert repaired.findings == ()
    assert torch.equal(repaired(torch.ones(5, 3)), models.divides(torch.ones(5, 3)))
    assert trace.findings
    assert "t_repaired_2 holds the repaired Trace" in reply["text"]


def test_applied_twice_it_is_one_variable(divided: Page) -> None:
    first, second = (divided.ask("apply", id=str(number)) for number in (2, 3))
    assert first["call"] == second["call"]


def test_what_a_cell_repaired_is_not_proven_again(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = tracelab.trace(models.divides, (X,))
    mine = trace.repair(20)
    asking = Page(trace, t=trace, mine=mine)
    monkeypatch.setattr(trace, "repair", lambda *given: pytest.fail("it was looked for again"))
    assert mine.trace is not None
    assert asking.ask("apply")["trace"] == mine.trace.id


def test_a_refusal_to_export_is_mended_and_applied() -> None:
    trace = tracelab.trace(models.scales, (X + 1,), backend="export")
    asking = Page(trace, t=trace)
    assert asking.ask("repair", seconds="60")["text"] == "2 findings are mended."
    repaired = lives(asking.ask("apply", id="2")["trace"])
    assert repaired is not None
    assert torch.equal(repaired(-X), models.scales(-X))


def test_what_is_left_says_why() -> None:
    trace = tracelab.trace(models.outside, (X,))
    reply = Page(trace, t=trace).ask("repair", seconds="20")
    assert (reply["state"], reply["text"]) == ("done", "Nothing could be mended.")
    assert trace.capture.left
    assert all(trace.capture.left.values())


def test_it_can_be_cancelled_and_keeps_what_was_proven() -> None:
    asking = page(models.divides)
    asking.send("repair", seconds="60")
    asking.until("running")
    asking.channel.receive({"version": CHANNEL, "id": "2", "what": "cancel", "of": "1"})
    ends = [asking.until("done", "cancelled") for _ in range(2)]
    assert {reply["id"]: reply["state"] for reply in ends}["1"] == "cancelled"
    assert asking.ask("form")["state"] == "done"


def test_without_libcst_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    asking = page(models.divides)
    monkeypatch.setitem(sys.modules, "libcst", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    reply = asking.ask("repair")
    assert reply["state"] == "failed"
    assert "tracelab[repair]" in reply["problems"][0]["cure"]


def test_seconds_that_are_none() -> None:
    reply = page(models.divides).ask("repair", seconds="soon")
    assert reply["problems"][0]["where"] == "seconds"
