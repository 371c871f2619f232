"""Nested tuples, lists and dicts: how inputs and outputs come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from tracelab.errors import UsageError

MAPPING: Any = dict
SEQUENCE: Any = (list, tuple)
"""For `isinstance`, as MAPPING: typed so that the parts of a user's value stay `Any`."""


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """The tensors in nested tuples, lists and dicts."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, SEQUENCE):
        for part in value:
            yield from tensors_in(part)
    elif isinstance(value, MAPPING):
        for part in value.values():
            yield from tensors_in(part)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested tuples, lists and dicts, each with the path that leads to it: `[0]['logits']`."""
    if isinstance(value, MAPPING):
        for key, part in value.items():
            yield from leaves(part, f"{path}[{key!r}]")
    elif isinstance(value, SEQUENCE):
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}[{index}]")
    else:
        yield path, value


def given_twice(named: Mapping[str, Any]) -> dict[str, str]:
    """The names of tensors that stand there under an earlier name too, each with that one."""
    first: dict[int, str] = {}
    tensors = ((name, value) for name, value in named.items() if isinstance(value, torch.Tensor))
    return {name: first[id(x)] for name, x in tensors if first.setdefault(id(x), name) != name}


def detached(value: Any) -> Any:
    """The same with its tensors out of the autograd graph, which their users may then free."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, MAPPING):
        return {key: detached(part) for key, part in value.items()}
    return tuple(detached(part) for part in value) if isinstance(value, SEQUENCE) else value


def mapped(value: Any, change: Callable[[torch.Tensor], Any]) -> Any:
    """The same nested containers with other tensors."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, MAPPING):
        copy = value.copy()
        for key, part in value.items():
            copy[key] = mapped(part, change)
        return copy
    if isinstance(value, SEQUENCE) and hasattr(value, "_fields"):
        return type(value)(*(mapped(part, change) for part in value))
    return type(value)(mapped(part, change) for part in value) if type(value) in SEQUENCE else value


def filled(value: Any, example: Any, path: str = "") -> Any:
    """A value in which each `...` is what an example has at its place.

    Raises:
        UsageError: the example has nothing there.
    """
    if value is ...:
        if example is ...:
            raise UsageError(f"nothing was traced at {path or 'this place'}", cure="give a value in place of ...")
        return example
    if isinstance(value, MAPPING):
        parts: Any = example if isinstance(example, MAPPING) else {}
        copy = value.copy()
        for key, part in value.items():
            copy[key] = filled(part, parts.get(key, ...), f"{path}[{key!r}]")
        return copy
    if type(value) in SEQUENCE or (isinstance(value, SEQUENCE) and hasattr(value, "_fields")):
        others: Any = example if isinstance(example, SEQUENCE) else ()
        made = [filled(part, others[at] if at < len(others) else ..., f"{path}[{at}]") for at, part in enumerate(value)]
        return type(value)(*made) if hasattr(value, "_fields") else type(value)(made)
    return value
