"""One line of a test."""

from __future__ import annotations

import re
import unittest

import pytest
import torch

import tracelab
from tracelab import FrozenError, TracelabWarning, UsageError

X = torch.ones(3)


def branches(x: torch.Tensor) -> torch.Tensor:
    return x + 1 if x.sum() > 0 else x - 1


def breaks(x: torch.Tensor) -> torch.Tensor:
    return x.view(7)


def test_a_faithful_trace_is_given_back() -> None:
    trace = tracelab.assert_faithful(torch.nn.Linear(3, 2), X)
    assert trace(X).shape == (2,)


def test_what_diverges_fails_with_its_line_and_its_witness() -> None:
    with pytest.raises(AssertionError) as caught:
        tracelab.assert_faithful(branches, X)
    said = str(caught.value)
    assert isinstance(caught.value, FrozenError)
    assert re.search(r"data-dependent-branch diverges at \S*test_faithful.py:\d+: ", said)
    assert "return x + 1 if x.sum() > 0 else x - 1\n" in said
    assert "^ frozen: True\n" in said
    assert re.search(r"witness: .* \(x: f32\[3\]\): eager and captured differ by 2", said)


def test_what_stops_fails() -> None:
    with pytest.raises(FrozenError, match="the function raised RuntimeError: shape"):
        tracelab.assert_faithful(breaks, X)


def test_what_is_allowed_passes() -> None:
    assert tracelab.assert_faithful(branches, X, allow=["data-dependent-branch@test_faithful.py:branches"]).findings


def test_an_entry_that_matches_nothing_is_told_at_the_test_s_line() -> None:
    with pytest.warns(TracelabWarning, match="'random-draw' matches no finding") as caught:
        tracelab.assert_faithful(torch.nn.Linear(3, 2), X, allow=["random-draw"])
    assert caught[0].filename == __file__


def test_a_rule_that_is_none_is_told() -> None:
    with pytest.raises(UsageError, match="Did you mean random-draw"):
        tracelab.assert_faithful(branches, X, allow=["random-drew"])


def test_it_takes_what_trace_takes() -> None:
    tracelab.assert_faithful(branches, example_kwarg_inputs={"x": X}, probes=())
    with pytest.raises(TypeError, match="probe"):
        tracelab.assert_faithful(branches, X, probe=3)


def test_unittest_counts_it_as_a_failure() -> None:
    found = unittest.TestResult()
    unittest.FunctionTestCase(lambda: tracelab.assert_faithful(branches, X)).run(found)
    assert (len(found.failures), found.errors) == (1, [])
