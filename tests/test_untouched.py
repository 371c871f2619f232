"""Looking changes nothing: whatever forward does, all is as before once `tracelab.trace` returns."""

from __future__ import annotations

import os
import random
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from models import BUILDERS
from torch import nn
from torch.utils import _pytree

import tracelab
from tests.conftest import differences, global_state
from tests.specimens import ALL
from tests.specimens.base import Specimen
from tests.specimens.running import same, seed

AGAIN = [s for s in ALL if not s.volatile and not s.refuses]
"""Specimens of which a second eager run, from the start, gives what the first gave."""


def frozen_value(value: Any, seen: set[int] | None = None) -> Any:
    """A copy that can be compared, of a value and of all that it holds."""
    seen = set() if seen is None else seen
    if isinstance(value, torch.Tensor):
        return _frozen_tensor(value)
    if id(value) in seen or (callable(value) and not isinstance(value, nn.Module)):
        return id(value)
    seen.add(id(value))
    if isinstance(value, dict):
        return id(value), [(key, frozen_value(held, seen)) for key, held in value.items()]
    if isinstance(value, (list, tuple, set)):
        return id(value), [frozen_value(held, seen) for held in value]
    if isinstance(value, torch.Generator):
        return value.get_state().tolist()
    if hasattr(value, "__next__"):
        return type(value)  # where it stands shows in what the next calls give
    return (id(value), frozen_value(vars(value), seen)) if hasattr(value, "__dict__") else repr(value)


def _frozen_tensor(value: torch.Tensor) -> Any:
    plain = value.device.type == "cpu" and not value.is_complex()
    elements = str(value.detach().to_dense().double().tolist()) if plain else ""
    grad = value.grad if value.is_leaf else None
    return id(value), elements, value.dtype, value.requires_grad, grad is not None and _frozen_tensor(grad)


def generators() -> Any:
    """The states of the three generators."""
    numpys = np.random.get_state(legacy=False)
    return torch.get_rng_state().tolist(), repr(numpys), random.getstate()


def registries() -> dict[str, Any]:
    """What each module has warned of."""
    held = {name: getattr(module, "__dict__", {}) for name, module in list(sys.modules.items())}
    found = {name: names["__warningregistry__"] for name, names in held.items() if "__warningregistry__" in names}
    return {name: {k: v for k, v in registry.items() if k != "version"} for name, registry in found.items()}


def everything(target: Any, args: Any) -> dict[str, Any]:
    """All that a call may leave changed."""
    inputs = [leaf for leaf in _pytree.tree_leaves(args) if isinstance(leaf, torch.Tensor)]
    return {
        **global_state(),
        "generators": generators(),
        "registries": registries(),
        "target": frozen_value(target) if isinstance(target, nn.Module) else frozen_value(vars(target)),
        "inputs": [(_frozen_tensor(leaf), leaf._version) for leaf in inputs],
    }


def changes(target: Any, args: Any, look: Callable[[], Any]) -> dict[str, Any]:
    """What a call has changed."""
    before = everything(target, args)
    look()
    return differences(before, everything(target, args))


@pytest.mark.parametrize("specimen", ALL, ids=lambda s: s.name)
def test_specimen_is_left_as_it_was(specimen: Specimen) -> None:
    target, args, kwargs = specimen.make(), specimen.example(), specimen.kwargs()
    for parameter in target.parameters() if isinstance(target, nn.Module) else ():
        parameter.grad = torch.full_like(parameter, 0.5)
    tracelab.trace(lambda x: x, torch.ones(1))  # what torch loads when it first traces is loaded now
    look = lambda: tracelab.trace(target, args or None, example_kwarg_inputs=kwargs or None)  # noqa: E731
    assert changes(target, (args, kwargs), look) == {}
    specimen.reset()


def _two_runs(target: Any, specimen: Specimen) -> list[Any]:
    seed(5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [target(*specimen.example(), **specimen.kwargs()) for _ in range(2)]


@pytest.mark.parametrize("specimen", AGAIN, ids=lambda s: s.name)
def test_specimen_behaves_as_if_never_traced(specimen: Specimen) -> None:
    """Globals, closures, caches, iterators and class attributes show in what the next two calls give."""
    expected = _two_runs(specimen.make(), specimen)
    target = specimen.make()
    seed(3)
    tracelab.trace(target, specimen.example() or None, example_kwarg_inputs=specimen.kwargs() or None)
    assert same(expected, _two_runs(target, specimen), grad=True)
    specimen.reset()


@pytest.mark.parametrize("name", ["resnet50", "levit", "bert", "mixtral", "t5"])
def test_model_is_left_as_it_was(name: str) -> None:
    model, args, kwargs = BUILDERS[name]()
    tensors = {key: (id(held), held.clone()) for key, held in model.state_dict(keep_vars=True).items()}
    before = [(id(part), part.training, sorted(vars(part)), len(part._forward_hooks)) for part in model.modules()]
    states = {**global_state(), "generators": generators()}
    tracelab.trace(model, args or None, example_kwarg_inputs=kwargs or None)
    assert before == [(id(p), p.training, sorted(vars(p)), len(p._forward_hooks)) for p in model.modules()]
    assert differences(states, {**global_state(), "generators": generators()}) == {}
    for key, held in model.state_dict(keep_vars=True).items():
        assert (id(held), True) == (tensors[key][0], torch.equal(held, tensors[key][1]))


class Meddler(nn.Module):
    """A module whose forward meddles with all that it is told to."""

    def __init__(self, deeds: list[str], train: bool) -> None:
        super().__init__()
        self.deeds = deeds
        self.layers = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.3), nn.ReLU())
        self.register_buffer("count", torch.zeros(()))
        self.calls, self.history, self.table, self.child = 0, [], {}, nn.Identity()
        self.train(train)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if "writes to its input" in self.deeds and not x.requires_grad:
            x.add_(1)
        x = self.layers(x)
        for deed in self.deeds:
            x = DEEDS[deed](self, x)
        return x


def _then(act: Callable[[Any, torch.Tensor], Any]) -> Callable[[Any, torch.Tensor], torch.Tensor]:
    def deed(module: Any, x: torch.Tensor) -> torch.Tensor:
        act(module, x)
        return x

    return deed


def _fail(module: Any, x: torch.Tensor) -> torch.Tensor:
    raise KeyError("on purpose")


DEEDS: dict[str, Callable[[Any, torch.Tensor], torch.Tensor]] = {
    "counts": _then(lambda m, x: setattr(m, "calls", m.calls + 1)),
    "appends": _then(lambda m, x: m.history.append(x.detach())),
    "writes a dict": _then(lambda m, x: m.table.update({len(m.table): 1})),
    "adds an attribute": _then(lambda m, x: setattr(m, "extra", x)),
    "writes to a child": _then(lambda m, x: setattr(m.child, "seen", 1)),
    "counts in a buffer": _then(lambda m, x: m.count.add_(1)),
    "replaces a buffer": _then(lambda m, x: setattr(m, "count", m.count + 1)),
    "scales a weight": _then(lambda m, x: m.layers[0].weight.data.mul_(0.5)),
    "replaces a weight's data": _then(lambda m, x: setattr(m.layers[0].bias, "data", torch.ones(3))),
    "freezes a weight": _then(lambda m, x: m.layers[0].bias.requires_grad_(False)),
    "changes its mode": _then(lambda m, x: m.layers.train(not m.layers.training)),
    "adds a hook": _then(lambda m, x: m.child.register_forward_hook(lambda *_: None)),
    "adds a layer": _then(lambda m, x: m.layers.append(nn.Identity())),
    "draws": lambda m, x: x + torch.randn_like(x),
    "draws elsewhere": lambda m, x: x + random.random() + float(np.random.rand()),
    "reseeds": _then(lambda m, x: (torch.manual_seed(1), random.seed(1), np.random.seed(1))),
    "switches grad off": _then(lambda m, x: torch.set_grad_enabled(False)),
    "changes the default dtype": _then(lambda m, x: torch.set_default_dtype(torch.float64)),
    "filters warnings": _then(lambda m, x: warnings.simplefilter("ignore")),
    "warns": _then(lambda m, x: warnings.warn("on purpose", UserWarning, stacklevel=1)),
    "writes to its input": lambda m, x: x + 0,
    "branches": lambda m, x: x if x.sum() > 0 else -x,
    "fails": _fail,
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(sorted(DEEDS)), max_size=5), st.booleans(), st.booleans())
def test_meddler_is_left_as_it_was(deeds: list[str], train: bool, requires_grad: bool) -> None:
    model = Meddler(deeds, train)
    x = torch.arange(12.0).reshape(4, 3).requires_grad_(requires_grad)
    tracelab.trace(lambda y: y, torch.ones(1))
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("default")
        assert changes(model, (x,), lambda: tracelab.trace(model, x)) == {}


def test_the_environment_of_the_test_is_real() -> None:
    """The snapshot sees a change: a property that could not fail would say nothing."""
    model, x = Meddler(sorted(set(DEEDS) - {"fails"}), True), torch.ones(4, 3)
    before, filters, dtype = everything(model, (x,)), list(warnings.filters), torch.get_default_dtype()
    hub = os.environ["HF_HUB_OFFLINE"]
    try:
        with warnings.catch_warnings():
            model(x)
            changed = differences(before, everything(model, (x,)))
    finally:
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(True)
    assert {"target", "generators", "grad", "default dtype", "warning filters"} <= changed.keys()
    assert filters == list(warnings.filters)
    assert hub == os.environ["HF_HUB_OFFLINE"]
