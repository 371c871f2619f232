"""What fits what, and that none of the user's code runs while it is looked for."""

from __future__ import annotations

import functools
import sys
import types
from typing import Any

import pytest
import torch
from torch import nn

from tracelab.jupyter.fitting import MOST, candidates
from tracelab.wire import Candidate

X, Y, Z = torch.ones(2, 3), torch.ones(4, 10), torch.ones(5)
IDS, MASK = torch.ones(2, 7, dtype=torch.int64), torch.ones(2, 7)
IMAGE = torch.ones(1, 3, 8, 8)


class Encoder(nn.Module):
    """As transformers write theirs: nothing must be given."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(10, 4)
        self.out = nn.Linear(4, 4)

    def forward(self, input_ids: Any = None, attention_mask: Any = None, labels: Any = None) -> Any:
        return self.out(self.words(input_ids))


class Flat(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(3 * 8 * 8, 2)

    def forward(self, images: Any) -> Any:
        return self.out(images.flatten(1))


def one(x: Any) -> Any:
    return x


def two(q: Any, k: Any) -> Any:
    return q @ k


def scaled(x: Any, n: Any) -> Any:
    return x * n


def masked(x: Any, mask: Any = None, scale: float = 1.0) -> Any:
    return x


def named(x: Any, *, bias: Any) -> Any:
    return x + bias


def anything(*parts: Any) -> Any:
    return parts


def nothing() -> None: ...


def listed(parts: Any) -> Any:
    return parts


@functools.wraps(two)
def wrapped(*args: Any, **kwargs: Any) -> Any:
    return two(*args, **kwargs)


FIT = {
    "the parameter's name": (one, {"z": Z, "x": X, "y": Y}, "f(x)", "f32[2, 3]"),
    "else the newest": (one, {"y": Y, "z": Z}, "f(z)", "f32[5]"),
    "but no single number": (one, {"y": Y, "loss": torch.tensor(1.0)}, "f(y)", "f32[4, 10]"),
    "two by their names": (two, {"k": X, "q": Y, "z": Z}, "f(q, k)", "f32[4, 10], f32[2, 3]"),
    "one by its name, one that is left": (two, {"k": X, "z": Z}, "f(z, k)", "f32[5], f32[2, 3]"),
    "behind a decorator": (wrapped, {"k": X, "q": Y}, "f(q, k)", "f32[4, 10], f32[2, 3]"),
    "a number by its name": (scaled, {"x": X, "n": 3}, "f(x, n)", "f32[2, 3], 3"),
    "what may be None, by its name": (masked, {"x": X, "mask": MASK}, "f(x, mask=mask)", "f32[2, 3], f32[2, 7]"),
    "no number's default is replaced": (masked, {"x": X, "scale": Z}, "f(x)", "f32[2, 3]"),
    "only by name": (named, {"x": X, "bias": Z}, "f(x, bias=bias)", "f32[2, 3], f32[5]"),
    "any number of them": (anything, {"x": X}, "f(x)", "f32[2, 3]"),
    "a list of tensors by its name": (listed, {"parts": [X, Y]}, "f(parts)", "[f32[2, 3], f32[4, 10]]"),
    "a lambda": (lambda x: x, {"x": X}, "f(x)", "f32[2, 3]"),
    "Linear": (nn.Linear(10, 2), {"y": Y, "x": X}, "f(y)", "f32[4, 10]"),
    "a layer inside": (nn.Sequential(nn.Sequential(nn.Linear(3, 1))), {"x": X, "y": Y}, "f(x)", "f32[2, 3]"),
    "a convolution": (nn.Conv2d(3, 4, 1), {"image": IMAGE, "x": X}, "f(image)", "f32[1, 3, 8, 8]"),
    "a norm": (nn.BatchNorm2d(3), {"image": IMAGE, "y": Y}, "f(image)", "f32[1, 3, 8, 8]"),
    "a recurrent one": (nn.LSTM(10, 2), {"y": Y, "x": X}, "f(y)", "f32[4, 10]"),
    "an embedding": (nn.Embedding(9, 2), {"ids": IDS, "x": X}, "f(ids)", "i64[2, 7]"),
    "a transformer by its names": (
        Encoder(), {"input_ids": IDS, "attention_mask": MASK, "x": X},
        "f(input_ids=input_ids, attention_mask=attention_mask)", "i64[2, 7], f32[2, 7]",
    ),
    "a transformer by its first layer": (Encoder(), {"tokens": IDS, "x": X}, "f(input_ids=tokens)", "i64[2, 7]"),
    "what is flattened": (Flat(), {"batch": IMAGE, "x": X}, "f(batch)", "f32[1, 3, 8, 8]"),
    "the layer before the name": (nn.Linear(10, 2), {"input": X, "y": Y}, "f(y)", "f32[4, 10]"),
    "the name, where no layer says yes": (nn.Linear(7, 2), {"input": X, "y": Y}, "f(input)", "f32[2, 3]"),
}  # fmt: skip


def found(**variables: Any) -> dict[str, Candidate]:
    return {one.name: one for one in candidates(variables)[0]}


@pytest.mark.parametrize("case", FIT)
def test_what_fits(case: str) -> None:
    func, variables, call, inputs = FIT[case]
    fit = found(f=func, **variables)["f"]
    assert (fit.call, fit.inputs) == (call, inputs)


UNFIT = {
    "no tensor": (one, {"n": 1}, "There is no tensor in the kernel yet."),
    "no input": (nothing, {"x": X}, "It takes no input."),
    "too few": (two, {"x": X}, "There is no tensor left for k."),
    "another size": (nn.Linear(7, 2), {"x": X}, "Linear takes 7 in the last dimension; no tensor fits."),
    "another rank": (nn.Conv1d(3, 4, 1), {"x": IMAGE}, "Conv1d takes 3 in dimension 1 of 3; no tensor fits."),
    "another dtype": (nn.Linear(3, 2).double(), {"y": X}, "Linear takes 3 in the last dimension; no tensor fits."),
    "another device": (
        nn.Linear(3, 2, device="meta"), {"y": X}, "Linear takes 3 in the last dimension; no tensor fits.",
    ),
    "no integers": (nn.Embedding(9, 2), {"x": X}, "Embedding takes integers; no tensor fits."),
    "something else of that name": (one, {"x": sys, "y": Y}, "x is no tensor here, but of type module."),
    "numbers alone": (scaled, {"x": 1, "n": 2, "y": Y}, "It takes x and n, and no tensor."),
}  # fmt: skip


@pytest.mark.parametrize("case", UNFIT)
def test_what_does_not_fit_says_why(case: str) -> None:
    func, variables, why = UNFIT[case]
    fit = found(f=func, **variables)["f"]
    assert (fit.call, fit.inputs) == ("", why)


def test_what_is_no_candidate() -> None:
    async def later(x: Any) -> Any:
        return x

    def each(x: Any) -> Any:
        yield x

    variables = {
        "method": one.__get__(3), "kind": Flat, "relu": nn.functional.relu, "wraps": functools.wraps, "later": later,
        "scripted": torch.jit.script(nn.Linear(3, 3)), "each": each, "tensor": X, "print": print, "_private": one,
    }  # fmt: skip
    assert found(**variables) == {}


def test_what_fits_comes_first_then_the_newest() -> None:
    def late(a: Any, b: Any, c: Any) -> Any:
        return a

    assert list(found(old=one, x=X, model=nn.Linear(3, 3), new=lambda x: x, late=late)) == [
        "model",
        "new",
        "old",
        "late",
    ]


def test_two_names_of_one_object_are_one() -> None:
    assert list(found(model=one, net=one, x=X)) == ["net"]


def test_many_are_cut_off_and_counted() -> None:
    every: dict[str, Any] = {f"f{number}": types.FunctionType(one.__code__, {}) for number in range(MOST + 7)}
    listed, more = candidates(every)
    assert (len(listed), more) == (MOST, 7)


class Hostile(nn.Module):
    """Whatever is asked of it raises."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)

    def __getattribute__(self, name: str) -> Any:
        if name == "__dict__":
            return super().__getattribute__(name)
        raise AssertionError(name)

    @property
    def __class__(self) -> Any:
        raise AssertionError

    def __eq__(self, other: object) -> bool:
        raise AssertionError

    __hash__ = None  # type: ignore[assignment]


class Ours(torch.Tensor):
    """A tensor that does something when it is asked."""

    @classmethod
    def __torch_function__(cls, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError


def test_nothing_of_the_user_s_is_run() -> None:
    hostile = nn.Linear(3, 3)
    object.__setattr__(hostile, "__class__", type("Sly", (Hostile, nn.Linear), {}))
    signed = types.FunctionType(one.__code__, {}, "signed")
    signed.__signature__ = Hostile.__class__  # type: ignore[attr-defined]
    fits = found(hostile=hostile, signed=signed, ours=X.as_subclass(Ours), x=X)
    assert (fits["hostile"].call, fits["signed"].call) == ("hostile(x)", "signed(x)")


def test_what_a_class_is_called_acts_on_no_screen() -> None:
    sly = type("\x1b[31m\u202e", (nn.Linear,), {})(7, 2)
    fit = found(sly=sly, x=X)["sly"]
    assert (fit.type, fit.inputs[:18]) == (r"\x1b[31m\u202e", r"\x1b[31m\u202e tak")


def test_torch_that_is_being_imported_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    half = types.ModuleType("torch")
    half.__spec__ = types.SimpleNamespace(_initializing=True)  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "torch", half)
    assert found(f=one, model=nn.Linear(3, 3))["f"].inputs == "There is no tensor in the kernel yet."
