"""A C callable that leaves no Python frame."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from tracelab.observers.frameless import ABSENT, Prepared, frameless


def passed(
    target: Callable[..., Any], arity: int = 3, required: int = 2, finish: Callable[[Any], None] | None = None
) -> Any:
    """A callable that hands its arguments on to a function."""

    def prepare(given: list[Any]) -> Prepared:
        return target, tuple(part for part in given if part is not ABSENT), {}

    return frameless(arity, required, prepare, finish)


@pytest.mark.parametrize("arity", range(3, 13))
def test_all_arguments_arrive_in_order(arity: int) -> None:
    assert passed(lambda *args: args, arity, arity)(*range(arity)) == tuple(range(arity))


def test_an_optional_argument_may_be_left_out() -> None:
    call = passed(lambda *args: args, 4, 2)
    assert (call(1, 2), call(1, 2, 3), call(1, 2, None, 4)) == ((1, 2), (1, 2, 3), (1, 2, None, 4))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_too_few_and_too_many_arguments_are_refused(count: int) -> None:
    call = passed(lambda *args: args, 4, 2)
    with pytest.raises(TypeError):
        call(*range(count))
    assert call(1, 2) == (1, 2)


def test_what_is_called_and_with_what_may_be_another() -> None:
    call = frameless(3, 2, lambda given: (dict, (), {"pair": given[:2]}))
    assert call(1, 2) == {"pair": [1, 2]}


def test_the_called_function_sees_its_callers_frame() -> None:
    def look() -> Any:
        frame = inspect.currentframe()
        return frame and frame.f_back

    call = frameless(3, 2, lambda given: (look, (), {}), lambda result: None)
    assert call(1, 2) is inspect.currentframe()


@pytest.mark.parametrize("kind", [KeyError, TypeError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_the_function_raises_passes_through(kind: type[BaseException]) -> None:
    error, seen = kind("on purpose"), list[object]()

    def fail(*args: object) -> None:
        raise error

    with pytest.raises(kind) as caught:
        passed(fail, finish=seen.append)(1, 2)
    assert caught.value is error
    assert seen == []


@pytest.mark.parametrize("kind", [KeyError, TypeError, KeyboardInterrupt])
def test_what_is_raised_beforehand_passes_through(kind: type[BaseException]) -> None:
    error = kind("on purpose")

    def prepare(given: list[Any]) -> Prepared:
        raise error

    call = frameless(3, 2, prepare)
    with pytest.raises(kind) as caught:
        call(1, 2)
    assert caught.value is error


@pytest.mark.parametrize("kind", [KeyError, KeyboardInterrupt])
def test_what_is_raised_afterwards_passes_through(kind: type[BaseException]) -> None:
    def finish(result: object) -> None:
        raise kind("on purpose")

    with pytest.raises(kind, match="on purpose"):
        passed(lambda *args: 1, finish=finish)(1, 2)


def test_it_is_told_of_the_result_and_hands_it_on() -> None:
    seen: list[object] = []
    result = object()
    assert passed(lambda *args: result, finish=seen.append)(1, 2) is result
    assert seen == [result]


def test_it_may_be_called_while_it_is_called() -> None:
    def count_down(number: int, step: int) -> list[int]:
        return [number, *call(number - step, step)] if number > 0 else [0]

    call = passed(count_down)
    assert call(3, 1) == [3, 2, 1, 0]


def test_it_goes_on_after_an_error() -> None:
    call = passed(lambda a, b: a / b)
    with pytest.raises(ZeroDivisionError):
        call(1, 0)
    assert call(6, 3) == 2


def test_it_keeps_no_argument_alive() -> None:
    import gc
    import weakref

    class Held:
        pass

    held = Held()
    alive, call = weakref.ref(held), passed(lambda a, b: None)
    call(held, 1)
    del held
    gc.collect()
    assert alive() is None
