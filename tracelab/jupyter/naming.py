"""Variables for what a page asks for, beside those that the user has."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any


def free(namespace: dict[str, Any], stem: str) -> str:
    """A name that no variable has: the stem, or the stem with a number."""
    return next(name for name in _names(stem) if name not in namespace)


def bound(namespace: dict[str, Any], stem: str, value: object) -> str:
    """The name of the variable that holds the value from now on, or did before; no other variable is touched."""
    return next(name for name in _names(stem) if namespace.setdefault(name, value) is value)


def _names(stem: str) -> Iterator[str]:
    return itertools.chain([stem], (f"{stem}_{number}" for number in itertools.count(2)))
