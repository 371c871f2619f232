"""Functions made anew from a changed text, beside the old ones."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.repair import models
from tracelab.repair.compiling import UnbuildableError
from tracelab.repair.copies import copied, with_functions
from tracelab.repair.functions import functions_of, remade
from tracelab.repair.sources import Shelf, read

X = torch.arange(6.0).view(2, 3)


def changed(func: Any, old: str, new: str) -> Any:
    """What becomes of a function or a module as its file says something else."""
    source = read(models.__file__)
    assert source is not None
    assert old in source.text
    shelf = Shelf()
    made = remade(functions_of(func), {source.filename: source.changed(source.text.replace(old, new))}, shelf)
    shelf.clear()
    if isinstance(func, torch.nn.Module):
        copy = copied(func)
        with_functions(copy, made)
        return copy
    return made.get(func, func)


def test_a_function() -> None:
    new = changed(models.divides, "x.sum(0) / len(x)  # the", "x.sum(0) * 0  # the")
    assert new(X).sum() == 0
    assert models.divides(X).sum() != 0
    assert new.__name__ == "divides"


def test_who_calls_it_by_a_global_name_is_made_anew_too() -> None:
    new = changed(models.calls_helper, "x = x + row", "x = x - row")
    assert torch.equal(new(X), X - 1)
    assert torch.equal(models.calls_helper(X), X + 1)


def test_defaults_closures_and_globals_are_kept() -> None:
    assert changed(models.scales, "return x + 1", "return x + 2")(X).sum() == 2 * X.sum() + 12
    assert changed(models.enclosing(5.0), "+ shift", "- shift")(X).tolist() == (X.sum(0) / 2 - 5).tolist()
    before = models.CALLS["number"]
    changed(models.counted, '["number"] += 1', '["number"] += 2')(X)
    assert models.CALLS["number"] == before + 2


def test_a_function_behind_a_decorator() -> None:
    old, new = "def behind_a_decorator(x):\n    return x", "def behind_a_decorator(x):\n    return 0 * x"
    assert changed(models.behind_a_decorator, old, new)(X).sum() == 0
    assert models.behind_a_decorator(X).sum() != 0


def test_a_method_keeps_super_and_private_names() -> None:
    module = models.Child()
    new = changed(module, "x = x * 2\n        return super", "x = x * 0\n        return super")
    assert isinstance(new, models.Child)
    assert type(module) is models.Child
    assert new.fc.weight is module.fc.weight
    assert torch.equal(new(X), module.fc(X * 0) + 1)


def test_state_of_a_copy_is_its_own() -> None:
    module = models.Counter()
    changed(module, "self.calls += 1", "self.calls += 2")(X)
    assert module.calls == 0


def test_a_name_that_is_nowhere_defined_is_no_closure() -> None:
    new = changed(models.divides, "x.sum(0) / len(x)  # the", "x + nowhere  # the")
    with pytest.raises(NameError):
        new(X)


def test_a_helper_that_the_text_adds() -> None:
    text = "def divides(x):\n    return x"
    new = changed(
        models.divides,
        text,
        f"def _added(x):\n    return x * 0\n\n\n{text.replace('return x', 'return _added(x) + x', 1)}",
    )
    assert torch.equal(new(X), X.sum(0) / 2 + 0 * X)
    assert not hasattr(models, "_added")


def test_what_the_compiler_refuses_is_said() -> None:
    with pytest.raises(UnbuildableError, match=r"torch\.jit\.script refuses it"):
        changed(models.outside, "def outside", "@torch.jit.script\ndef outside")
