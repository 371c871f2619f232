"""Running a specimen's eager and captured sides, and comparing them."""

from __future__ import annotations

import functools
import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree

import tracelab
from tests.specimens.base import Specimen, Witness

Side = tuple[list[Any], BaseException | None]


def plain_trace(specimen: Specimen) -> Any:
    """What `torch.jit.trace` makes of a fresh copy, its warnings unsaid."""
    target, args, kwargs = specimen.make(), specimen.example(), specimen.kwargs()
    seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kwargs:
            return torch.jit.trace(target, example_kwarg_inputs=kwargs, check_trace=False)
        return torch.jit.trace(target, args, check_trace=False)


@functools.cache
def captured(specimen: Specimen) -> tracelab.Trace:
    """What TraceLab makes of a fresh copy: once for all tests, which leave it as it is."""
    target = specimen.make()
    seed(0)
    if specimen.kwargs():
        trace = tracelab.trace(target, example_kwarg_inputs=specimen.kwargs())
    else:
        trace = tracelab.trace(target, specimen.example())
    specimen.reset()
    return trace


def outcome(specimen: Specimen, witness: Witness, program: Any) -> str:
    """How a program fares beside eager under a witness."""
    captured, captured_error = _run(program, specimen, witness)
    eager_side = specimen.make()
    seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        eager_side(*specimen.example(), **specimen.kwargs())
    if witness.to_eager is not None:
        witness.to_eager(eager_side)
    eager, eager_error = _run(eager_side, specimen, witness)
    specimen.reset()
    if eager_error is not None and captured_error is not None:
        raise AssertionError(f"both raise: {eager_error!r} and {captured_error!r}")
    if eager_error is not None:
        return "eager_raises"
    if captured_error is not None:
        return "captured_raises"
    return "agrees" if same(eager, captured, grad=witness.grad) else "diverges"


def _run(side: Callable[..., Any], specimen: Specimen, witness: Witness) -> Side:
    outputs: list[Any] = []
    if witness.before is not None:
        witness.before(side)
    seed(witness.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with witness.around():
            for _ in range(witness.calls):
                args = (witness.args or specimen.example)()
                kwargs = (witness.kwargs or specimen.kwargs)()
                try:
                    outputs.append(side(*args, **kwargs))
                except Exception as error:  # noqa: BLE001 (what the side raises is the result)
                    return outputs, error
                if witness.effects:
                    outputs.append((args, kwargs))
    return outputs, None


def seed(number: int) -> None:
    """Seeds the three generators that a specimen may draw from."""
    random.seed(number)
    np.random.seed(number)
    torch.manual_seed(number)


def same(eager: Any, captured: Any, grad: bool = False) -> bool:
    """Whether two outputs hold the same, but for rounding."""
    ours, theirs = _pytree.tree_leaves(eager), _pytree.tree_leaves(captured)
    return len(ours) == len(theirs) and all(_same_leaf(a, b, grad) for a, b in zip(ours, theirs, strict=True))


def _same_leaf(eager: Any, captured: Any, grad: bool) -> bool:
    if not isinstance(eager, torch.Tensor) or not isinstance(captured, torch.Tensor):
        return _plain(eager) == _plain(captured)
    kinds = [(t.shape, t.dtype, t.device, t.requires_grad if grad else None) for t in (eager, captured)]
    if kinds[0] != kinds[1]:
        return False
    if eager.device.type == "meta":
        return True
    return torch.allclose(eager.detach().to_dense(), captured.detach().to_dense(), rtol=1e-4, atol=1e-6, equal_nan=True)


def _plain(leaf: Any) -> Any:
    if not isinstance(leaf, torch.Tensor):
        return leaf
    return leaf.item() if leaf.numel() == 1 else leaf.tolist()
