"""Which sizes are proposed, how they are written, and which ones a program leaves open."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.export import Dim

from tests.backends.exporting import Sized
from tracelab.backends import dynamic

X = torch.ones(4, 3)
WRITTEN: list[tuple[Any, str]] = [
    (None, "None"),
    ({"x": {0: Dim.AUTO}, "y": None}, "{'x': {0: torch.export.Dim.AUTO}, 'y': None}"),
    (({0: Dim.STATIC}, [None]), "({0: torch.export.Dim.STATIC}, [None])"),
    (({0: 4},), "({0: 4},)"),
]


@pytest.mark.parametrize(("shapes", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_what_is_written_means_the_same(shapes: Any, text: str) -> None:
    assert dynamic.written(shapes) == text
    assert dynamic.written(eval(text, {"torch": torch})) == text


def test_a_named_size_is_written_with_its_range() -> None:
    assert (
        dynamic.written({"x": {0: Dim("rows", min=3, max=8)}}) == "{'x': {0: torch.export.Dim('rows', min=3, max=8)}}"
    )


def test_every_size_first_then_none() -> None:
    choices = list(dynamic.choices(Sized(), (X,), {}))
    assert dynamic.written(choices[0]) == "{'x': {0: torch.export.Dim.AUTO, 1: torch.export.Dim.AUTO}}"
    assert choices[1:] == [None]


def test_open_sizes_have_a_range() -> None:
    program = torch.export.export(Sized(), (X,), dynamic_shapes={"x": {0: Dim.AUTO, 1: Dim.STATIC}})
    found = dynamic.sizes(program)
    assert list(found) == [("x", 0)]
    assert found["x", 0].endswith("3 and more")
    assert dynamic.sizes(torch.export.export(Sized(), (X,))) == {}
