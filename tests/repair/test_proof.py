"""Proposals that are wrong are not offered, and it is said why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

import tracelab
from tests.repair import models
from tracelab.repair import Proposal, Spot
from tracelab.repair.mend import Mended, Mender

X = torch.arange(6.0).view(2, 3)


def mended_by(func: Any, old: str, new: str, seconds: float = 60.0) -> Mended:
    """What comes of one change to the models' text."""

    def way(spot: Spot) -> Iterator[Proposal]:
        assert spot.source is not None
        assert old in spot.source.text
        yield Proposal("a change", spot.plan.with_source(spot.source.changed(spot.source.text.replace(old, new))))

    trace = tracelab.trace(func, (X,))
    with trace._reopened():
        return Mender(trace._case, trace._prover, trace.findings, (way,), seconds, lambda *told: None, False).run()


ROWS = "return x.sum(0) / len(x)  # the"


def test_a_right_one_is_taken() -> None:
    found = mended_by(models.divides, ROWS, "return x.mean(0)  # the")
    assert (len(found.repairs), found.left) == (1, {})


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("return x.sum(0) / x.shape[0] + 1  # the", "the repaired function itself gives something else"),
        ("return (x.sum(0) / x.shape[0]).double()  # the", "the repaired function itself gives something else"),
        ("return x.sum(0) / nowhere  # the", "it cannot be captured: name 'nowhere' is not defined"),
        ("return x.sum(0) / int(x.shape[0])  # the", "eager and captured still disagree"),
        ("return x.sum(0) / float(len(x.tolist()))  # the", "eager and captured still disagree"),
    ],
)
def test_a_wrong_one_is_not(new: str, why: str) -> None:
    found = mended_by(models.divides, ROWS, new)
    assert found.repairs == ()
    assert found.capture is None
    assert [why in reason for reason in found.left.values()] == [True]


def test_what_mends_one_finding_and_not_the_other_is_taken_for_the_one() -> None:
    found = mended_by(models.two_things, "y = x.sum(0) / len(x)", "y = x.mean(0)")
    assert [len(repair.findings) for repair in found.repairs] == [1]
    assert len(found.left) == 1


def test_only_files() -> None:
    trace = tracelab.trace(models.Nested().eval(), (X,))
    found = trace.repair(files_only=True)
    assert (found.repairs, found.program) == ((), None)
    assert found.left
