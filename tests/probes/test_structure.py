"""Other ways to call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import tracelab
from tests.probes.staging import asked, made, only, played, staged
from tracelab.probes.base import Probe
from tracelab.probes.structure import probes

X, Y = torch.ones(3), torch.tensor([1.0, 0.0, 1.0])


def masked(x: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    return x if mask is None else x * mask


def texts(func: Callable[..., Any], *args: Any, **kwargs: Any) -> list[str]:
    return [probe.text for probe in made(probes, func, *args, **kwargs)]


def values(func: Callable[..., Any], *args: Any) -> list[Any]:
    """What is given as the first argument."""
    return [only(probe).args[0] for probe in made(probes, func, *args)]


def test_an_absent_mask_is_given() -> None:
    assert texts(masked, X) == [
        "mask given, f32[3] of ones",
        "mask given, f32[3] of zeros and ones",
        "mask given, b8[3] of False and True",
    ]
    assert set(played(probes, masked, X).values()) == {"captured_raises"}


def test_one_that_eager_takes_is_enough() -> None:
    subject, stage = staged(masked, X)
    generator = probes(subject)
    assert stage.run(next(generator)).disagrees
    assert _after(generator, True) is None


def _after(generator: Any, taken: bool) -> Probe | None:
    try:
        return generator.send(taken)
    except StopIteration:
        return None


def test_one_that_eager_refuses_is_not() -> None:
    generator = probes(staged(masked, X)[0])
    next(generator)
    assert _after(generator, False) is not None


def test_a_mask_beside_whole_numbers() -> None:
    def attends(ids: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        return ids if mask is None else ids * mask

    assert only(made(probes, attends, torch.tensor([3, 4]))[0]).args[1].dtype == torch.int64


def test_a_given_mask_is_left_out() -> None:
    assert played(probes, masked, X, Y) == {"mask left out": "captured_raises", "mask = None": "captured_raises"}


def test_keywords_stay_keywords() -> None:
    given = [only(probe) for probe in made(probes, masked, x=X)]
    assert all(call.args == () and set(call.kwargs) == {"x", "mask"} for call in given)
    assert only(made(probes, masked, x=X, mask=Y)[0]).kwargs == {"x": X}


def test_an_argument_behind_another_absent_one_is_named() -> None:
    def target(x: torch.Tensor, a: Any = None, b: Any = None) -> torch.Tensor:
        return x if b is None else x * b

    call = only(made(probes, target, X)[0])
    assert (len(call.args), set(call.kwargs)) == (1, {"b"})


def test_annotations_say_what_is_taken() -> None:
    def target(x: torch.Tensor, twice: bool | None = None, times: int | None = None) -> torch.Tensor:
        x = x if twice is None else x * 2
        return x if times is None else x * times

    assert texts(target, X) == ["twice = True", "twice = False", "times = 1"]


def test_defaults() -> None:
    def target(x: torch.Tensor, gain: float = 2.0, flag: bool = False, n: int = 3, how: str = "a") -> torch.Tensor:
        return x * gain * n if not flag else x + len(how)

    assert texts(target, X) == ["gain = 4", "gain = 1", "flag = True", "n = 4", "n = 6"]


def test_a_tensor_becomes_a_container() -> None:
    def target(x: Any) -> torch.Tensor:
        return x[0] + x[1] if isinstance(x, tuple) else x

    kinds = [type(value) for value in values(target, X)]
    assert kinds == [tuple, list, dict]
    assert played(probes, target, X)["x as a tuple of two"] == "captured_raises"


def test_the_type_that_is_asked_comes_first() -> None:
    def target(x: Any) -> torch.Tensor:
        return x["a"] if isinstance(x, dict) else x

    assert isinstance(values(target, X)[0], dict)


def test_a_list_becomes_a_tuple_or_a_tensor() -> None:
    def target(xs: Any) -> torch.Tensor:
        return xs[0] if isinstance(xs, list) else xs

    assert texts(target, [X, Y]) == ["xs as a tuple", "xs as its first item"]


def test_lengths() -> None:
    lengths = [len(value) for value in values(lambda xs: sum(x for x in xs), [X, Y])]
    assert lengths == [3, 1]
    assert [type(value) for value in values(lambda xs: xs[0] * len(xs), (X, Y))] == [tuple, tuple]


def test_no_list_becomes_empty() -> None:
    assert texts(lambda xs: xs[0] * len(xs), [X]) == ["xs with one item more"]


def test_arguments_behind_a_star() -> None:
    def target(*xs: torch.Tensor) -> torch.Tensor:
        return torch.stack(xs).sum(0)

    assert set(played(probes, target, X, Y)) == {"*xs with one item more", "*xs with one item less"}


def test_keys() -> None:
    def target(features: dict[str, torch.Tensor]) -> Any:
        return sum(value * len(key) for key, value in features.items())

    keys = [list(value) for value in values(target, {"a": X, "b": Y})]
    assert keys == [["a", "b", "other"], ["a"], ["b"], ["b", "a"]]
    assert played(probes, target, {"a": X, "b": Y})["features with another key 'other'"] == "diverges"


def test_a_key_that_is_looked_for() -> None:
    def inside(features: dict[str, torch.Tensor]) -> torch.Tensor:
        return features["a"] * features["boost"] if "boost" in features else features["a"]

    def got(features: dict[str, torch.Tensor]) -> torch.Tensor:
        boost = features.get("boost")
        return features["a"] if boost is None else features["a"] * boost

    for target in (inside, got):
        assert played(probes, target, {"a": X})["features with another key 'boost'"] == "diverges"


def test_each_parameter_aims_at_its_own() -> None:
    def target(x: torch.Tensor, a: Any = None, b: Any = None) -> torch.Tensor:
        x = x if a is None else x * a
        return x if b is None else x * b

    subject, _ = staged(target, X)
    aims = list(dict.fromkeys(probe.aims for probe in probes(subject)))
    assert [len(one) for one in aims] == [1, 1]
    assert frozenset().union(*aims) == asked(subject, "input-structure")


def test_nothing_where_nobody_asks() -> None:
    assert made(probes, lambda x, y=None: x * 2, X) == []


def attends(query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    return (query @ key.T).softmax(-1) @ query


def test_one_tensor_for_two_keywords() -> None:
    """`torch.jit.trace` takes it for the first of them in the place of both."""
    query = torch.arange(9.0).reshape(3, 3) / 9
    trace = tracelab.trace(attends, example_kwarg_inputs={"query": query, "key": query})
    (finding,) = trace.findings
    assert (finding.rule, finding.verdict) == ("input-structure", "diverges")
    given = trace.witness_inputs(finding)
    assert given
    assert not torch.allclose(attends(**given[1]), trace(**given[1]))
    assert finding.witness
    assert "key = query" in finding.witness.snippet


@pytest.mark.parametrize("key", [torch.eye(3), torch.ones(3, 3)])
def test_two_tensors_for_two_keywords(key: torch.Tensor) -> None:
    assert tracelab.trace(attends, example_kwarg_inputs={"query": torch.eye(3), "key": key}).findings == ()
