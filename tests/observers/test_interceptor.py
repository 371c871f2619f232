"""A torch function mode without a frame."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from tracelab.observers import Interceptor, unseen_by_overrides
from tracelab.observers.interceptor import function_name


class Log:
    """What an Interceptor was told, in order."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.after: list[tuple[str, Any]] = []

    def watch(self) -> Interceptor:
        return Interceptor(
            lambda func, args, kwargs: self.before.append(function_name(func)),
            lambda func, args, kwargs, result: self.after.append((function_name(func), result)),
        )


def names(function: Any) -> list[str]:
    """The torch functions that a function calls."""
    log = Log()
    with log.watch():
        function()
    return log.before


X = torch.ones(2, 2)
NAMES = {
    "Tensor.add": lambda: X.add(1),
    "Tensor.__rsub__": lambda: 1 - X,
    "Tensor.__getitem__": lambda: X[0],
    "Tensor.shape": lambda: X.shape,
    "Tensor.dtype": lambda: X.dtype,
    "Tensor.item": lambda: X[0, 0].item(),
    "Tensor.__bool__": lambda: bool(torch.ones(1)),
    "torch.add": lambda: torch.add(X, 1),
    "torch.ones": lambda: torch.ones(1),
    "torch.stack": lambda: torch.stack([X, X]),
    "torch.einsum": lambda: torch.einsum("ij->i", X),
    "torch.nn.functional.softmax": lambda: nn.functional.softmax(X, 0),
    "torch.nn.functional.dropout": lambda: nn.functional.dropout(X, 0.5),
    "torch.norm": lambda: torch.norm(X),
    "Tensor.data =": lambda: setattr(torch.ones(1), "data", torch.ones(1)),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_call_is_named_as_a_user_writes_it(name: str) -> None:
    assert name in names(NAMES[name])


def test_an_alias_is_no_way_around() -> None:
    from torch import relu as activation

    assert names(lambda: activation(X)) == ["torch.relu"]


def test_results_are_told_and_handed_on() -> None:
    log = Log()
    with log.watch():
        result = torch.add(X, 1)
    assert log.after == [("torch.add", result)]
    assert log.after[0][1] is result


def test_a_call_that_raises_has_a_before_and_no_after() -> None:
    log = Log()
    with log.watch(), pytest.raises(RuntimeError, match="shape"):
        X.view(7)
    assert (log.before, log.after) == (["Tensor.view"], [])


def test_keywords_are_told() -> None:
    told: list[dict[str, Any]] = []
    with Interceptor(lambda f, a, kwargs: told.append(kwargs), lambda f, a, k, result: None):
        torch.zeros(2, dtype=torch.int64)
    assert told == [{"dtype": torch.int64}]


def test_what_hooks_do_is_not_seen() -> None:
    log = Log()

    def work(func: Any, args: Any, kwargs: Any, result: Any) -> None:
        torch.ones(1).add(1)

    with Interceptor(lambda f, a, k: log.before.append(function_name(f)), work):
        torch.relu(X)
    assert log.before == ["torch.relu"]


def test_it_ends_with_its_block() -> None:
    log = Log()
    with pytest.raises(KeyError), log.watch():
        raise KeyError("on purpose")
    torch.relu(X)
    assert log.before == []
    assert torch._C._len_torch_function_stack() == 0


def test_another_mode_is_still_asked() -> None:
    class Mine(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            mine.append(func.__name__)
            return func(*args, **(kwargs or {}))

    mine: list[str] = []
    with Mine():
        assert names(lambda: torch.relu(X)) == ["torch.relu"]
    assert mine == ["relu"]


def test_a_subclass_is_still_asked() -> None:
    class Loud(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            frames.append(inspect.currentframe())
            return super().__torch_function__(func, types, args, kwargs or {})

    frames: list[Any] = []
    loud = torch.ones(2).as_subclass(Loud)
    assert names(lambda: loud.add(1)) == ["Tensor.add"]
    assert frames[0].f_back.f_code.co_name == "<lambda>"


ATTENTION = nn.MultiheadAttention(4, 2, batch_first=True).eval()
LAYER = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True).eval()


@pytest.mark.parametrize(
    ("call", "fast"),
    [
        (lambda x: ATTENTION(x, x, x), "torch._native_multi_head_attention"),
        (lambda x: LAYER(x), "torch._transformer_encoder_layer_fwd"),
    ],
)
def test_the_fast_path_is_taken_as_if_nobody_watched(call: Any, fast: str) -> None:
    x = torch.ones(1, 3, 4)
    with torch.inference_mode():
        assert fast not in names(lambda: call(x))
        with unseen_by_overrides():
            assert fast in names(lambda: call(x))


def test_overrides_answer_as_without_us_and_about_others_as_ever() -> None:
    class Mine(TorchFunctionMode):
        pass

    has = torch.overrides.has_torch_function
    with Log().watch(), unseen_by_overrides():
        assert not torch.overrides.has_torch_function((X,))
        with Mine():
            assert torch.overrides.has_torch_function((X,))
        assert torch._C._len_torch_function_stack() == 1
    assert torch.overrides.has_torch_function is has
