"""Which recorded node became which node of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.backends.recording import kinds, own, record
from tests.backends.test_walk import Outer, WithScripted
from tracelab.backends.match import match

X = torch.ones(2, 3)


def lost(func: Any, *args: Any) -> list[str]:
    """The recorded operators that are not in the program."""
    recording = record(func, *(args or (X,)))
    assert recording.finished is not None
    matching = match(recording.recorded, recording.finished)
    found = {*matching.nodes, *matching.expanded}
    return kinds(own(node for index, node in enumerate(recording.recorded.nodes) if index not in found))


def pairs(func: Any, *args: Any) -> list[tuple[str, str]]:
    """The operators of each pair."""
    recording = record(func, *(args or (X,)))
    assert recording.finished is not None
    matching = match(recording.recorded, recording.finished)
    return [
        (recording.recorded.nodes[one].kind, recording.finished.nodes[other].kind)
        for one, other in matching.nodes.items()
    ]


def branches(x: torch.Tensor) -> torch.Tensor:
    return x + 1 if x.sum() > 0 else x


def loops(x: torch.Tensor) -> torch.Tensor:
    """Of every pass the first line is needed, the second is not."""
    for _ in range(3):
        y = x * 2
        _ = y.sum() + 1
        x = y
    return x


def looks_at_some(x: torch.Tensor) -> torch.Tensor:
    """Alike nodes on one line, of which the second is dead."""
    parts = [x.select(0, 0) for _ in range(3)]
    return parts[0] + parts[2]


def takes_the_last(x: torch.Tensor) -> torch.Tensor:
    """A loop of which the last pass alone is needed."""
    y = x
    for _ in range(3):
        y = torch.relu(x * 2)
    return y + 1


@pytest.mark.parametrize(
    ("func", "dead"),
    [
        (lambda x: torch.relu(x).sum(), []),
        (branches, ["aten::sum", "aten::gt"]),
        (loops, ["aten::sum", "aten::add"] * 3),
        (looks_at_some, ["aten::select"]),
        (takes_the_last, ["aten::mul", "aten::relu"] * 2),
        (Outer(), []),
    ],
)
def test_what_dead_code_elimination_took(func: Callable[..., object], dead: list[str]) -> None:
    assert lost(func) == dead


def test_all_of_the_program_is_paired_with_its_like() -> None:
    found = pairs(Outer())
    assert found == [("aten::linear", "aten::linear"), ("aten::relu", "aten::relu"), ("aten::add", "aten::add")] * 3


def test_alike_nodes_pair_with_those_that_the_program_uses() -> None:
    recording = record(looks_at_some, X)
    assert recording.finished is not None
    assert match(recording.recorded, recording.finished).nodes == {0: 0, 2: 1, 3: 2}


def test_an_operator_that_torch_renames_is_paired() -> None:
    assert ("aten::multiply", "aten::mul") in pairs(lambda x: torch.multiply(x, 2))
    assert lost(lambda x: torch.multiply(x, 2)) == []


def test_pairs_come_in_order() -> None:
    recording = record(loops, X)
    assert recording.finished is not None
    matching = match(recording.recorded, recording.finished)
    assert list(matching.nodes) == sorted(matching.nodes)
    assert list(matching.nodes.values()) == sorted(matching.nodes.values())


def test_a_call_of_scripted_code_is_expanded() -> None:
    recording = record(WithScripted(), X)
    assert recording.finished is not None
    matching = match(recording.recorded, recording.finished)
    assert [recording.recorded.nodes[index].kind for index in matching.expanded] == ["prim::CallMethod"]
    assert lost(WithScripted()) == []


def test_parameters_pair_by_name() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    assert pairs(model) == [("aten::linear", "aten::linear")] * 2


def test_a_program_that_lost_all() -> None:
    recording = record(lambda x: (x.sum() + 1, x)[1], X)
    assert recording.finished is not None
    assert kinds(recording.finished.nodes) == []
    assert match(recording.recorded, recording.finished).nodes == {}
