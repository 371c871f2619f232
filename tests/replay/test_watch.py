"""What Python would have been told on other inputs."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from tracelab.assembly import case_of
from tracelab.backends import jit
from tracelab.backends.base import Request
from tracelab.bindings import python_cu
from tracelab.preserve import Preserved
from tracelab.probes.base import Given, Probe
from tracelab.replay.watch import Watch

X = torch.tensor([1.0, 2.0, 3.0])
NAN = math.nan


def watching(func: Any, *args: Any, **kwargs: Any) -> Watch:
    """The watch of a function that has seen its example."""
    options = {
        "example_inputs": None if kwargs else args,
        "example_kwarg_inputs": kwargs or None,
        "strict": False,
        "_compilation_unit": python_cu,
    }
    request, preserved = Request(func, options, False), Preserved(func)
    captured = jit.capture(request, preserved)
    subject = case_of(request, captured).subject
    watch = Watch(captured.replicas["forward"], subject.observations, subject.sightings, "forward")
    watch.learn(watch.play(args, kwargs).asked)
    return watch


def changes(func: Any, example: Any, other: Any) -> bool:
    """Whether an answer is another one on other inputs."""
    watch = watching(func, *example)
    assert watch.numbers
    assert watch.changed(watch.play(example, {}).asked) == frozenset()
    return bool(watch.changed(watch.play(other, {}).asked))


def asks_bool(x: torch.Tensor) -> Any:
    return x if x.sum() > 0 else -x


def asks_int(x: torch.Tensor) -> Any:
    return x * int(x[0])


def asks_float(x: torch.Tensor) -> Any:
    return x * float(x.max())


def asks_item(x: torch.Tensor) -> Any:
    return x * x[0].item()


def asks_list(x: torch.Tensor) -> Any:
    return x * sum(x.tolist())


def asks_len(x: torch.Tensor) -> Any:
    return x.sum() * len(x[x > 0])


def asks_equal(x: torch.Tensor, y: torch.Tensor) -> Any:
    return x if torch.equal(x, y) else y


def asks_close(x: torch.Tensor, y: torch.Tensor) -> Any:
    return x if torch.allclose(x, y) else y


Y = X + 1
ASKED = [
    (asks_bool, (X,), (-X,), (X * 2,)),
    (asks_int, (X,), (X + 1,), (X + 0.5,)),
    (asks_float, (X,), (X * 2,), (torch.tensor([0.0, 0.0, 3.0]),)),
    (asks_item, (X,), (X * 2,), (torch.tensor([1.0, 0.0, 0.0]),)),
    (asks_list, (X,), (X * 2,), (X.clone(),)),
    (asks_len, (X,), (-X,), (X * 2,)),
    (asks_equal, (X, X.clone()), (X, Y), (Y, Y.clone())),
    (asks_close, (X, X.clone()), (X, Y), (X, X + 1e-9)),
]


@pytest.mark.parametrize(("func", "example", "other", "alike"), ASKED, ids=lambda v: getattr(v, "__name__", ""))
def test_a_question_that_is_answered_otherwise(func: Any, example: Any, other: Any, alike: Any) -> None:
    assert changes(func, example, other)
    assert not changes(func, example, alike)


def test_nan_is_the_same_as_nan() -> None:
    example = (torch.tensor([NAN, 1.0, 2.0]),)
    assert not changes(asks_item, example, example)
    assert not changes(asks_list, example, example)
    assert changes(asks_item, example, (X,))
    assert changes(asks_item, (X,), example)


def test_what_has_no_answer_is_another_answer() -> None:
    """No whole number is NaN: Python would have raised."""
    assert changes(asks_int, (X,), (torch.tensor([NAN, 1.0, 2.0]),))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.int64])
def test_another_dtype_of_the_same_value(dtype: torch.dtype) -> None:
    assert not changes(asks_bool, (X,), (X.to(dtype),))
    assert changes(asks_bool, (X,), (-X.to(dtype),))


def test_sizes_are_watched_where_they_are_values_of_the_graph() -> None:
    def asks_size(x: torch.Tensor) -> Any:
        return x * int(x.shape[0])

    assert changes(asks_size, (X,), (torch.ones(5),))


@pytest.mark.parametrize("order", [("x", "y"), ("y", "x")])
def test_keywords_go_where_their_names_say(order: tuple[str, str]) -> None:
    def subtracts(x: torch.Tensor, y: torch.Tensor) -> Any:
        return x if (x - y).sum() > 0 else y

    given = {name: {"x": X * 2, "y": X}[name] for name in order}
    watch = watching(subtracts, **given)
    assert watch.changed(watch.play((), dict(reversed(given.items()))).asked) == frozenset()
    assert watch.changed(watch.play((), {"x": X, "y": X * 2}).asked)


def asks_twice(x: torch.Tensor, y: torch.Tensor) -> Any:
    x = x * 2 if x[0] > 0 else x
    return x.view(3) * (2 if y[0] > 0 else 1)


def test_only_the_changed_question_is_told() -> None:
    watch = watching(asks_twice, X, Y)
    first, second = sorted(watch.numbers)
    assert watch.changed(watch.play((-X, X), {}).asked) == {first}
    assert watch.changed(watch.play((X, -X), {}).asked) == {second}
    assert watch.changed_alone(frozenset({first}), Given((X, -X))) == frozenset()
    assert watch.changed_alone(frozenset({first, second}), Given((X, -X))) == {second}


def test_what_can_be_computed_is_answered_where_the_rest_fails() -> None:
    watch = watching(asks_twice, X, Y)
    first, second = sorted(watch.numbers)
    small = Given((-torch.ones(2), -X))
    assert watch.changed_alone(frozenset({first, second}), small) == {first, second}
    empty = Given((torch.ones(0), -X))
    assert watch.answers(frozenset({first}), empty) is None
    assert watch.changed_alone(frozenset({first, second}), empty) == {second}


def test_what_was_asked_before_the_program_raises() -> None:
    watch = watching(asks_twice, X, Y)
    first, _ = sorted(watch.numbers)
    given = Given((-torch.ones(2), -X))
    place = watch.first_failure(Probe("given", "", (given,)))
    assert place is not None
    assert watch.first_failure(Probe("given", "", (Given((X, Y)),))) is None
    assert watch.changed_until(place, given) == {first}


def test_a_parameter_can_be_asked() -> None:
    class Gate(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gate = torch.nn.Parameter(torch.tensor(1.0))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x if self.gate > 0 else -x

    model = Gate()
    watch = watching(model, X)
    assert watch.before(next(iter(watch.numbers))) is True
    with torch.no_grad():
        model.gate.fill_(-1.0)
    assert watch.changed(watch.play((X,), {}).asked)
