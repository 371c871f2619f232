"""The first run: what a function asks of the world, what it reads, and what it swallows."""

from __future__ import annotations

import datetime
import os
import random
import sys
import time
import uuid
from collections.abc import Callable
from time import perf_counter as clock
from typing import Any

import numpy as np
import pytest
import torch

from tracelab.observers import EagerObserver, Sightings
from tracelab.observers.eager import EagerRun
from tracelab.preserve import Objects

X = torch.ones(2)
DRAWS = random.Random(1)


def run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[EagerRun, list[tuple[str, str]]]:
    """The run of a function, and the kinds and names of what it asked."""
    sightings, objects = Sightings(), Objects()
    objects.note(function)
    result = EagerObserver(sightings, objects).run(function, args, kwargs)
    return result, [(sighting.kind, sighting.asked) for sighting in sightings.seen]


ASKED: dict[str, tuple[Callable[[], object], str, str]] = {
    "clock": (lambda: time.time(), "outside-read", "time.time"),
    "clock under another name": (lambda: clock(), "outside-read", "time.perf_counter"),
    "date": (lambda: datetime.datetime.now(), "outside-read", "datetime.now"),
    "environment": (lambda: os.environ["PATH"], "outside-read", "os.environ"),
    "getenv": (lambda: os.getenv("PATH"), "outside-read", "os.getenv"),
    "environment's get": (lambda: os.environ.get("PATH"), "outside-read", "os.environ.get"),
    "in the environment": (lambda: "PATH" in os.environ, "outside-read", "os.environ.get"),
    "file": (lambda: open(__file__).close(), "outside-read", "open"),  # noqa: PTH123
    "folder": (lambda: os.listdir("/"), "outside-read", "os.listdir"),  # noqa: PTH208
    "process": (lambda: os.getpid(), "outside-read", "os.getpid"),
    "uuid": (lambda: uuid.uuid4(), "outside-read", "uuid.uuid4"),
    "random": (lambda: random.random(), "outside-read", "random.random"),
    "random object": (lambda: DRAWS.random(), "outside-read", "random.random"),
    "choice": (lambda: random.choice([1, 2]), "outside-read", "random.getrandbits"),
    "numpy": (lambda: np.random.rand(2), "outside-read", "numpy.random.rand"),
    "seed": (lambda: random.seed(1), "reseed", "random.seed"),
    "numpy's seed": (lambda: np.random.seed(1), "reseed", "numpy.random.seed"),
    "torch's seed": (lambda: torch.manual_seed(1), "reseed", "torch.manual_seed"),
    "grad mode": (lambda: torch.is_grad_enabled(), "ambient-read", "torch.is_grad_enabled"),
    "default dtype": (lambda: torch.get_default_dtype(), "ambient-read", "torch.get_default_dtype"),
    "tracing": (lambda: torch.jit.is_tracing(), "ambient-read", "torch.jit.is_tracing"),
    "no_grad": (lambda: torch.no_grad().__enter__(), "ambient-write", "torch.no_grad"),
    "size": (lambda: X.shape.numel(), "size-read", "torch.Size.numel"),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_question_to_the_world_is_seen(name: str) -> None:
    ask, kind, asked = ASKED[name]
    states = random.getstate(), np.random.get_state(), torch.get_rng_state(), torch.is_grad_enabled()
    try:
        assert (kind, asked) in run(lambda x: (ask(), x)[1], X)[1]
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        torch.set_grad_enabled(states[3])


@pytest.mark.parametrize(
    "quiet", [lambda: {"a": 1}.get("a"), lambda: len([1]), lambda: sorted([2, 1]), lambda: torch.set_grad_enabled(True)]
)
def test_what_asks_nothing(quiet: Callable[[], object]) -> None:
    assert run(lambda x: (quiet(), x)[1], X)[1] == []


def test_what_torch_asks_for_itself_is_not_the_users_question() -> None:
    assert run(lambda x: torch.nn.functional.dropout(x, 0.5, training=False), X)[1] == []


def test_a_question_is_said_once_for_each_line() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        for _ in range(3):
            time.time()
        time.time()
        return x

    assert run(program, X)[1] == [("outside-read", "time.time")] * 2


def test_it_stands_on_the_users_line() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        return x * random.randint(1, 2)

    sightings, state = Sightings(), random.getstate()
    EagerObserver(sightings, Objects()).run(program, (X,), {})
    random.setstate(state)
    place = sightings.seen[0].stack[0]
    assert (place.filename, place.function, place.lineno) == (__file__, "program", program.__code__.co_firstlineno + 1)


def test_output_and_error_are_the_functions_own() -> None:
    error = KeyError("on purpose")

    def fail(x: torch.Tensor) -> torch.Tensor:
        raise error

    assert run(lambda x: x, X)[0].output is X
    assert run(fail, X)[0].error is error


def test_an_interrupt_passes_and_hooks_are_back() -> None:
    def interrupt(x: torch.Tensor) -> torch.Tensor:
        raise KeyboardInterrupt

    hooks = sys.gettrace(), sys.getprofile(), torch._C._len_torch_function_stack()
    with pytest.raises(KeyboardInterrupt):
        run(interrupt, X)
    assert (sys.gettrace(), sys.getprofile(), torch._C._len_torch_function_stack()) == hooks


def falls_back(x: torch.Tensor) -> torch.Tensor:
    try:
        return x.view(7)
    except RuntimeError:
        return x + 1


def test_an_error_that_was_swallowed_is_named() -> None:
    assert run(falls_back, X)[0].swallowed == ["view"]


def test_an_error_that_got_out_was_not_swallowed() -> None:
    assert run(lambda x: x.view(7), X)[0].swallowed == []


def test_a_python_error_that_was_swallowed_is_harmless() -> None:
    def program(x: torch.Tensor) -> torch.Tensor:
        try:
            raise KeyError("on purpose")
        except KeyError:
            return x + 1

    assert run(program, X)[0].swallowed == []


def test_the_lines_that_ran() -> None:
    def program(x: torch.Tensor, deep: bool = False) -> torch.Tensor:
        if deep:
            return x * 2
        return x + 1

    ran = run(program, X)[0].ran[0]
    first = program.__code__.co_firstlineno
    assert ran.lines == {first + 1, first + 3}
    assert (ran.top, ran.given, ran.name) == (True, {"x"}, "program")


def test_no_tensor_of_the_call_is_held() -> None:
    ran = run(lambda x, more: x, torch.ones(1), [torch.ones(1), 2])[0].ran[0]
    assert not any(isinstance(value, torch.Tensor) for value in ran.names.values())
    assert len(ran.names["more"]) == 2
