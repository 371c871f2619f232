"""State that a function reads or writes."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tracelab.observers import EagerObserver, Sighting, Sightings, sightings_of
from tracelab.observers.ran import without_tensors
from tracelab.observers.sighting import value_text
from tracelab.preserve import Preserved

X = torch.ones(2)
SCALE = 2
SETTINGS = {"gain": 2}


class Part:
    """A plain object."""

    def __init__(self) -> None:
        self.gain = 3
        self.calls = 0


class Model(nn.Module):
    """A module whose forward is given."""

    limit = 5

    def __init__(self, body: Callable[[Any, torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.body = body
        self.fc = nn.Linear(2, 2)
        self.register_buffer("seen", torch.zeros(2))
        self.calls, self.gain, self.part, self.names = 0, 2, Part(), ["a"]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(self, x)


def observed(function: Callable[..., Any], *args: Any) -> list[Sighting]:
    with Preserved(function) as preserved:
        run = EagerObserver(Sightings(), preserved.objects).run(function, args or (X,), {})
        assert run.error is None
        return list(sightings_of(run.ran, preserved.objects.changes()))


def told(body: Callable[[Any, torch.Tensor], torch.Tensor]) -> set[tuple[str, str, str]]:
    """Kind, name and value of what a module's forward did with its own."""
    sightings = observed(Model(body))
    return {(s.kind, s.asked, s.value) for s in sightings if s.site and s.site.source.function == body.__name__}


def reads(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * m.gain + m.part.gain


def reads_mode(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x if m.training else -x


def reads_tensors(m: Any, x: torch.Tensor) -> torch.Tensor:
    return m.fc(x) + m.seen + m.fc.weight


def reads_globals(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * SCALE * SETTINGS["gain"]


def reads_class(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x * m.limit


def writes(m: Any, x: torch.Tensor) -> torch.Tensor:
    m.calls += 1
    m.part.calls = 7
    m.names.append("b")
    return x


def writes_the_same(m: Any, x: torch.Tensor) -> torch.Tensor:
    m.gain = m.gain + 0
    return x


def writes_a_buffer(m: Any, x: torch.Tensor) -> torch.Tensor:
    m.seen.add_(1)
    return x


def passes_by(m: Any, x: torch.Tensor) -> torch.Tensor:
    if m.fc is None:
        return x * m.gain
    return x


def skips(m: Any, x: torch.Tensor) -> torch.Tensor:
    return x if not m.calls or m.gain else -x


WRITTEN = {
    ("state-write", "m.calls", "1"),
    ("state-write", "m.part.calls", "7"),
    ("state-write", "m.names.append('b')", "['a', 'b']"),
}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (reads, {("state-read", "m.gain", "2"), ("state-read", "m.part.gain", "3")}),
        (reads_mode, {("state-read", "m.training", "True")}),
        (reads_tensors, set()),
        (reads_globals, {("state-read", "SETTINGS['gain']", "{'gain': 2}")}),
        (reads_class, {("state-read", "m.limit", "5")}),
        (writes, WRITTEN),
        (writes_the_same, {("state-read", "m.gain", "2")}),
        (writes_a_buffer, set()),
        (passes_by, set()),
    ],
)
def test_what_a_forward_does(body: Any, expected: set[tuple[str, str, str]]) -> None:
    found = told(body)
    assert {one for one in found if body is not writes or one[0] == "state-write"} == expected


def test_an_operand_that_was_not_evaluated_was_not_read() -> None:
    assert ("state-read", "m.gain", "2") not in told(skips)


def test_a_read_of_what_the_function_changes_says_so() -> None:
    def step(m: Any, x: torch.Tensor) -> torch.Tensor:
        m.calls += 1
        return x * m.calls

    found = {(s.kind, s.value) for s in observed(Model(step)) if s.asked == "m.calls" and s.detail}
    assert found == {("state-write", "1"), ("state-read", "0 before the call, 1 after it")}


def test_what_the_function_makes_was_not_there_before() -> None:
    def step(m: Any, x: torch.Tensor) -> torch.Tensor:
        m.extra = np.ones(2)
        y = m.extra
        return x * len(y)

    found = {s.value for s in observed(Model(step)) if s.kind == "state-read" and s.asked == "m.extra"}
    assert found == {repr(np.ones(2))}


def test_a_write_that_no_line_shows_stands_at_the_function() -> None:
    def step(m: Any, x: torch.Tensor) -> torch.Tensor:
        vars(m)["calls"] = 9
        return x

    found = [s for s in observed(Model(step)) if s.kind == "state-write"]
    assert [(s.asked, s.value) for s in found] == [("calls", "9")]
    assert found[0].site is not None
    assert found[0].site.source.function == "forward"


def test_a_cache_is_named_with_the_lines_of_its_function() -> None:
    @functools.lru_cache
    def slow(n: int) -> int:
        return n + 1

    def step(x: torch.Tensor) -> torch.Tensor:
        return x * slow(2)

    found = [s for s in observed(step) if s.kind == "cache"]
    assert [s.asked for s in found] == ["slow"]
    first = slow.__wrapped__.__code__.co_firstlineno
    assert found[0].region == (__file__, first, first + 2)


def test_pythons_own_state_is_a_fact_from_outside() -> None:
    def step(x: torch.Tensor) -> torch.Tensor:
        return x * len(sys.argv)

    assert [(s.kind, s.asked) for s in observed(step)] == [("outside-read", "sys.argv")]


def test_a_property_is_not_run() -> None:
    ran: list[int] = []

    class Lazy(nn.Module):
        @property
        def gain(self) -> int:
            ran.append(1)
            return 2

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.gain

    observed(Lazy())
    assert ran in ([], [1])


def structure(x: Any, mask: Any = None, deep: int = 3) -> torch.Tensor:
    y = x[0] if isinstance(x, list) else x
    y = y * deep
    return y if mask is None else y * mask


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ((X,), {("isinstance(x, list)", "Tensor", "type"), ("mask is None", "None", "none"), ("deep", "3", "default")}),
        (
            ([X], X),
            {("isinstance(x, list)", "list", "type"), ("mask is None", "Tensor", "none"), ("deep", "3", "default")},
        ),
        ((X, None, 4), {("isinstance(x, list)", "Tensor", "type"), ("mask is None", "None", "none")}),
    ],
)
def test_questions_about_the_inputs(args: Any, expected: set[tuple[str, str, str]]) -> None:
    found = {(s.asked, s.value, s.detail) for s in observed(structure, *args) if s.kind == "input-structure"}
    assert found == expected


def test_only_the_traced_function_is_asked_how_it_was_called() -> None:
    assert [s for s in observed(lambda x: structure(x), X) if s.kind == "input-structure"] == []


def tries(x: torch.Tensor) -> torch.Tensor:
    try:
        return x.view(7)
    except RuntimeError:
        return x + 1


def test_a_try_and_how_it_ended() -> None:
    failed = [s for s in observed(tries, X) if s.kind == "try"]
    assert [(s.asked, s.value, s.truth) for s in failed] == [("x.view(7)", "an error", False)]
    went_on = [s for s in observed(tries, torch.ones(7)) if s.kind == "try"]
    assert [(s.asked, s.value, s.truth) for s in went_on] == [("x.view(7)", "no error", True)]


def test_of_arguments_the_lengths_keys_and_plain_values_are_kept() -> None:
    kept = without_tensors({"a": [X, 1, "b", None], "c": (X,), "d": object()})
    assert (kept["a"][1:], len(kept["c"]), list(kept)) == ([1, "b", None], 1, ["a", "c", "d"])
    assert kept["a"][0] is kept["c"][0] is not X
    assert kept["d"] is not kept["c"][0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5"),
        ("a", "'a'"),
        (None, "None"),
        (X, "a tensor"),
        ([X, 1], "[a tensor, 1]"),
        ({"a": X}, "{'a': a tensor}"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        ((1,), "(1)"),
        (Part(), "a Part"),
        (torch.float32, "torch.float32"),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    assert value_text(value) == text
