"""What happened, where, and what to do."""

from __future__ import annotations

import pytest

from tracelab import errors
from tracelab.errors import DocumentError, FrozenError, InputError, MissingToolError, TracelabError, UsageError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TracelabError)]


def test_an_error_has_three_parts() -> None:
    error = TracelabError("f32[2] is no image", "model.py:3", "Give f32[1, 3, 224, 224].")
    assert (error.what, error.where, error.cure) == ("f32[2] is no image", "model.py:3", "Give f32[1, 3, 224, 224].")
    assert str(error).splitlines() == ["f32[2] is no image", "  at model.py:3", "  Give f32[1, 3, 224, 224]."]


def test_a_part_that_is_not_there_takes_no_line() -> None:
    assert str(TracelabError("it failed")) == "it failed"
    assert str(TracelabError("it failed", cure="Try again.")).splitlines() == ["it failed", "  Try again."]


@pytest.mark.parametrize("kind", KINDS)
def test_all_errors_are_caught_as_one(kind: type[Exception]) -> None:
    assert issubclass(kind, TracelabError)
    assert kind.__doc__


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (InputError, ValueError),
        (DocumentError, ValueError),
        (UsageError, ValueError),
        (MissingToolError, RuntimeError),
        (FrozenError, AssertionError),
    ],
)
def test_errors_are_pythons_too(kind: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(kind, builtin)


def test_the_tree_names_every_error() -> None:
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in KINDS)
