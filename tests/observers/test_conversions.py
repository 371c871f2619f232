"""A tensor that becomes a Python value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from tests.observers.watching import seen, watch
from tracelab.observers import conversions
from tracelab.observers.conversions import hashes_watched

X = torch.tensor([1.0, 2.0, 3.0])

ASKED: dict[str, tuple[Callable[[torch.Tensor], object], str, str]] = {
    "bool": (lambda x: bool(x.sum() > 0), "Tensor.__bool__", "True"),
    "not": (lambda x: not x.sum() < 0, "Tensor.__bool__", "False"),
    "int": (lambda x: int(x.sum()), "Tensor.__int__", "6"),
    "float": (lambda x: float(x[1]), "Tensor.__float__", "2.0"),
    "complex": (lambda x: complex(x[1]), "Tensor.__complex__", "(2+0j)"),
    "index": (lambda x: [0, 1, 2, 3][x.long()[2]], "Tensor.__index__", "3"),
    "item": (lambda x: x[0].item(), "Tensor.item", "1.0"),
    "tolist": (lambda x: x.tolist(), "Tensor.tolist", "[1.0, 2.0, 3.0]"),
    "len": (lambda x: len(x), "Tensor.__len__", "3"),
    "in": (lambda x: 2.0 in x, "Tensor.__contains__", "True"),
    "numpy": (lambda x: x.numpy(), "Tensor.numpy", repr(np.array([1, 2, 3], dtype=np.float32))),
    "format": (lambda x: f"{x[0]:.1f}", "Tensor.__format__", "'1.0'"),
    "repr": (lambda x: repr(x[0]), "Tensor.__repr__", "'tensor(1.)'"),
    "equal": (lambda x: torch.equal(x, x), "torch.equal", "True"),
    "a method of it": (lambda x: x.equal(x + 1), "Tensor.equal", "False"),
    "allclose": (lambda x: torch.allclose(x, x), "torch.allclose", "True"),
    "is_nonzero": (lambda x: x[0].is_nonzero(), "Tensor.is_nonzero", "True"),
    "size": (lambda x: int(x.shape[0]), "Tensor.__int__", "3"),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_question_is_seen_once_with_its_answer(name: str) -> None:
    ask, asked, value = ASKED[name]

    def program(x: torch.Tensor) -> torch.Tensor:
        ask(x)
        return x + 1

    assert ("conversion", asked, value) in seen(conversions.observe, program, X)


@pytest.mark.parametrize("name", ["int", "bool", "item", "tolist", "equal"])
def test_it_is_known_what_was_asked(name: str) -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        ASKED[name][0](x)
        return x + 1

    sighting = watch((conversions.observe,), program, X)[0]
    assert sighting.traced_value is not None or sighting.traced_sources
    assert sighting.site is not None
    assert (sighting.site.source.filename, sighting.stack[0].function, sighting.stack[1].function) == (
        __file__,
        "<lambda>",
        "program",
    )


def test_the_truth_of_a_question_is_what_python_took_it_for() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        if x.sum() < 0:
            return x
        if int(x[0] - 1):
            return x
        return x + 1

    assert [sighting.truth for sighting in watch((conversions.observe,), program, X)] == [False, False]


def test_len_depends_on_the_size_alone() -> None:
    by_len = watch((conversions.observe,), lambda x: x * len(x), X)[0]
    assert (by_len.asked, by_len.of_shape) == ("Tensor.__len__", True)
    assert [s.of_shape for s in watch((conversions.observe,), lambda x: x * x[0].item(), X)] == [False]


@pytest.mark.parametrize(
    ("check", "asked"), [(torch._assert_async, "torch._assert_async"), (torch._assert, "Tensor.__bool__")]
)
def test_an_assertion_of_torchs_is_a_question(check: Callable[..., object], asked: str) -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        check(x.sum() > 0, "positive")
        return x + 1

    assert seen(conversions.observe, program, X) == [("conversion", asked, "True")]


@pytest.mark.parametrize(
    "program",
    [
        lambda x: x.view(x.size(0), 1),
        lambda x: x * x.shape[0],
        lambda x: x[: x.shape[0] // 2],
        lambda x: torch.where(x > 0, x, -x),
        lambda x: torch.zeros(x.shape[0]) + x,
    ],
)
def test_what_the_graph_holds_is_no_conversion(program: Callable[[torch.Tensor], torch.Tensor]) -> None:
    assert seen(conversions.observe, program, X) == []


def test_a_constant_that_is_printed_is_no_conversion() -> None:
    outside = torch.ones(1)

    def program(x: torch.Tensor) -> torch.Tensor:
        str(outside)
        return x + 1

    assert seen(conversions.observe, program, X) == []


def test_a_size_that_an_operation_takes_as_a_plain_number_is_lost() -> None:
    """`adaptive_avg_pool1d` unpacks its size in C++, and no node of it takes the traced one."""
    program = lambda x: torch.nn.functional.adaptive_avg_pool1d(x, x.shape[-1])  # noqa: E731
    sightings = watch((conversions.observe,), program, torch.ones(1, 2, 4))
    assert [(s.value, s.detail) for s in sightings] == [("4", "argument")]


def test_a_size_that_is_looked_up_is_lost() -> None:
    table = {3: 10}

    def program(x: torch.Tensor) -> torch.Tensor:
        return x * table.get(x.shape[0], 0)

    original: Any = torch.Tensor.__hash__
    sightings = watch((conversions.observe,), program, X)
    assert [(s.asked, s.detail) for s in sightings] == [("Tensor.__hash__", "lost")]
    assert torch.Tensor.__hash__ is original


def test_hashing_is_as_ever_after_an_error() -> None:
    from tracelab.observers import Recorder, Sightings

    original: Any = torch.Tensor.__hash__
    with pytest.raises(KeyError), hashes_watched(Recorder(Sightings(), ())):
        raise KeyError("on purpose")
    assert torch.Tensor.__hash__ is original
