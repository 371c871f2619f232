"""What torch.export says itself, at the user's line."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.export import Dim

from tests.backends.exporting import Deciding, Sized, line_of
from tracelab.backends import said
from tracelab.backends.base import Captured, Request
from tracelab.backends.export import capture
from tracelab.preserve import Preserved

X = torch.ones(4, 3)


def captured(func: Any, *args: Any, **export: Any) -> Captured:
    """What the backend gives."""
    options = {"example_inputs": args, "example_kwarg_inputs": None}
    with Preserved(func) as preserved:
        return capture(Request(func, options, False, export=export), preserved)


def seen(of: Captured, kind: str) -> list[tuple[str, int]]:
    """What was asked, and on which line."""
    found = [one for one in of.sightings.seen if one.kind == kind]
    return [(one.asked, one.site.source.lineno if one.site else 0) for one in found]


class Choosing(nn.Module):
    """Its output has a size that only the data tell."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[x > 0].sum() + x.shape[0]


def test_a_guard_names_the_input_and_the_line() -> None:
    found = seen(captured(Sized(), X, dynamic_shapes="auto"), "guard")
    assert ("x.size()[0] > 2", line_of(Sized, "x.shape[0]")) in found


def test_without_open_sizes_there_is_no_guard_of_a_line() -> None:
    assert seen(captured(Sized(), X), "guard") == []


def test_a_size_that_data_tell_is_noted_where_it_is_made() -> None:
    assert [line for _, line in seen(captured(Choosing(), X), "unbacked")] == [line_of(Choosing, "x[x > 0]")]


def test_a_refusal_and_the_drafts_report_stand_at_the_same_line() -> None:
    found = seen(captured(Deciding(), X), "refusal")
    assert {line for _, line in found} == {line_of(Deciding, "if x.sum()")}
    assert found[0][0].startswith("GuardOnDataDependentSymNode: Could not guard on data-dependent expression")
    assert found[1][0].startswith("data dependent error")


def test_a_second_report_of_the_process_has_lines_too() -> None:
    for _ in range(2):
        assert 0 not in {
            line for _, line in seen(captured(Deciding(), X, dynamic_shapes={"x": {0: Dim.AUTO}}), "refusal")
        }


@pytest.mark.parametrize("error", [RuntimeError(""), ValueError("one\ntwo"), KeyError("k")])
def test_an_error_that_says_little(error: Exception) -> None:
    found = next(said.of_refusal(error))
    assert found.site is None
    assert found.asked.startswith(type(error).__name__)
    assert "\n" not in found.asked
