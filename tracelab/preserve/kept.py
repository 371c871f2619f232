"""One noted object each: what it held, how to read what it holds now, and how to put it back."""

from __future__ import annotations

import contextlib
import operator
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from types import MemberDescriptorType
from typing import Any, Protocol, cast

import torch

from tracelab.nesting import MAPPING

MISSING: Any = object()
ITERATOR: Any = object()
"""Stands for an iterator, which is put back by itself."""

_SET: Any = set
_DICT: Any = dict
"""Asked in place of the mapping itself: a subclass may want other arguments, or answer otherwise."""
_TABLES = ("_modules", "_parameters", "_buffers")
_LAST_NAME = re.compile(r"(?:^|\.)(\w+)(?:\[[^\[\]]*\])*$")


@dataclass(frozen=True)
class Change:
    """Something that a run changed."""

    path: str
    """`fc.calls`, `SETTINGS['gain']`: how it was reached."""
    name: str
    """The last name in the path: `calls`, `SETTINGS`."""
    kind: str
    """`attribute`, `item`, `global`, `closure`, `class attribute`, `elements`, `cache`, `generator`."""
    owner: object
    before: object
    after: object
    key: object = None
    """The name or key under which it stands; None where the whole is one."""


class Kept:
    """A noted object: a list, a set, or by its children anything else.

    Attributes:
        path: how it was reached; empty where the names that it holds say so themselves.
        kind: the kind of its Changes.
        held: what it held: a dict of names or keys, or a sequence.
    """

    def __init__(self, path: str, kind: str, owner: Any, held: Any) -> None:
        self.path, self.kind, self.owner, self.held = path, kind, owner, held

    def now(self) -> Any:
        """What it holds now."""
        return self.owner

    def write(self) -> None:
        """Let it hold again what it held."""
        refill = self.owner.update if isinstance(self.owner, _SET) else self.owner.extend
        self.owner.clear()
        refill(self.held)

    def restore(self) -> None:
        """Put it back, where anything has changed: writing has effects of its own."""
        if not self.is_untouched() and (next(self.changes(), None) is not None or self.is_reordered()):
            self.write()

    def undo(self, change: Change) -> None:
        """Put one of its changes back."""
        if change.key is None or not hasattr(self, "put"):
            self.write()
        elif change.before is MISSING:
            self.drop(change.key)
        else:
            cast("Keyed", self).put(change.key, change.before)

    def drop(self, key: object) -> None:
        """Take away what was not there."""
        self.write()

    def is_reordered(self) -> bool:
        """Whether the same keys stand in another order."""
        return isinstance(self.held, MAPPING) and list(_DICT.keys(self.now())) != list(_DICT.keys(self.held))

    def is_untouched(self) -> bool:
        """Whether it holds the very same things in the same order: a quick answer for nearly all."""
        now, then = self.now(), self.held
        if len(now) != len(then):
            return False
        if isinstance(then, MAPPING):
            return all(map(operator.is_, _DICT.values(now), _DICT.values(then))) and all(map(operator.eq, now, then))
        return all(map(operator.is_, now, then))

    def changes(self) -> Iterator[Change]:
        """What is no longer as it was."""
        now, then = self.now(), self.held
        if not isinstance(then, MAPPING):
            if len(now) != len(then) or any(one is not other for one, other in zip(now, then)):
                yield Change(self.path, last_name(self.path), self.kind, self.owner, then, now)
            return
        for key in [*then, *(key for key in _DICT.keys(now) if key not in then)]:
            before, after = _DICT.get(then, key, MISSING), _DICT.get(now, key, MISSING)
            if before is not after and before is not ITERATOR and not (self.kind == "generator" and before == after):
                path = path_to(self.path, key, self.kind)
                name = last_name(path) if self.kind == "item" else str(key)
                yield Change(path, name, self.kind, self.owner, before, after, key)


class Keyed(Protocol):
    """What holds its parts under names or keys, each of which can be set."""

    held: Any

    def put(self, key: Any, value: Any) -> None:
        """Set one."""
        ...


class KeptMapping(Kept):
    """A dict, or the attributes of an object."""

    def __init__(self, path: str, kind: str, owner: object, mapping: Any) -> None:
        super().__init__(path, kind, owner, plain(mapping))
        self._mapping = mapping

    def now(self) -> Any:
        return self._mapping

    def write(self) -> None:
        held = {key: _DICT.get(self._mapping, key) if part is ITERATOR else part for key, part in self.held.items()}
        self._mapping.clear()
        self._mapping.update(held)

    def put(self, key: Any, value: Any) -> None:
        self._mapping[key] = value

    def drop(self, key: object) -> None:
        del self._mapping[key]


class AtOnce:
    """Noted objects, of which all the dicts are looked at together: a model has hundreds, and few ever change.

    Args:
        kept: the noted objects.

    Attributes:
        kept: the same.
    """

    def __init__(self, kept: Sequence[Kept]) -> None:
        self.kept = tuple(kept)
        dicts = [one for one in kept if type(one) is KeptMapping and isinstance(one.now(), _DICT)]
        chosen = set(map(id, dicts))
        self._others = [one for one in kept if id(one) not in chosen]
        self._dicts = [one.now() for one in dicts]
        self._sizes = [len(one.held) for one in dicts]
        self._keys = [*chain.from_iterable(one.held for one in dicts)]
        self._values = [*chain.from_iterable(one.held.values() for one in dicts)]

    def suspects(self) -> Sequence[Kept]:
        """Those that may no longer be as they were."""
        return self._others if self._are_untouched() else self.kept

    def _are_untouched(self) -> bool:
        return (
            [*map(len, self._dicts)] == self._sizes
            and all(map(operator.is_, chain.from_iterable(map(_DICT.values, self._dicts)), self._values))
            and all(map(operator.eq, chain.from_iterable(map(_DICT.keys, self._dicts)), self._keys))
        )


class KeptSlots(Kept):
    """The attributes of an object that has slots in place of a dict."""

    def __init__(self, path: str, owner: object, slots: dict[str, Any]) -> None:
        self._slots = slots
        super().__init__(path, "attribute", owner, _filled(owner, slots))

    def now(self) -> Any:
        return _filled(self.owner, self._slots)

    def write(self) -> None:
        for name in self.now().keys() - self.held.keys():
            self._slots[name].__delete__(self.owner)
        for name, value in self.held.items():
            self._slots[name].__set__(self.owner, value)


class KeptGlobals(Kept):
    """The globals that a function uses."""

    def __init__(self, scope: dict[str, Any], names: list[str]) -> None:
        super().__init__("", "global", scope, {name: scope.get(name, MISSING) for name in names})

    def now(self) -> Any:
        return {name: self.owner.get(name, MISSING) for name in self.held}

    def write(self) -> None:
        for name, value in self.held.items():
            if value is MISSING:
                self.owner.pop(name, None)
            elif value is not ITERATOR:
                self.owner[name] = value

    def put(self, key: Any, value: Any) -> None:
        self.owner[key] = value


class KeptCell(Kept):
    """A variable of a closure."""

    def __init__(self, name: str, cell: Any) -> None:
        super().__init__("", "closure", cell, _contents(name, cell))
        self._name = name

    def now(self) -> Any:
        return _contents(self._name, self.owner)

    def write(self) -> None:
        for value in self.held.values():
            if value is not ITERATOR:
                self.owner.cell_contents = value

    def put(self, key: Any, value: Any) -> None:
        self.owner.cell_contents = value


class KeptClass(Kept):
    """The data of a class."""

    def __init__(self, path: str, cls: type[Any]) -> None:
        super().__init__(path, "class attribute", cls, _data_of(cls))

    def now(self) -> Any:
        return _data_of(self.owner)

    def write(self) -> None:
        now = self.now()
        for name in now.keys() - self.held.keys():
            delattr(self.owner, name)
        for name, value in self.held.items():
            if now.get(name, MISSING) is not value:
                setattr(self.owner, name, value)


class KeptGenerator(Kept):
    """The state of a generator of random numbers: Python's, torch's or numpy's."""

    def __init__(self, path: str, generator: Any) -> None:
        self._path = path
        self._read, self._write = _state_of(generator)
        self._state = self._read()
        super().__init__("", "generator", generator, {path: repr(self._state)})

    def now(self) -> Any:
        return {self._path: repr(self._read())}

    def write(self) -> None:
        self._write(self._state)


def is_generator(value: object) -> bool:
    """Whether a value is a generator of random numbers."""
    is_numpys = type(value).__module__.startswith("numpy.random")
    return isinstance(value, (random.Random, torch.Generator)) or (
        is_numpys and type(value).__name__ in ("Generator", "RandomState")
    )


def _state_of(generator: Any) -> tuple[Callable[[], Any], Callable[[Any], object]]:
    """How to read the state of a generator, and how to write it."""
    if isinstance(generator, random.Random):
        return generator.getstate, generator.setstate
    if isinstance(generator, torch.Generator):
        return lambda: _as_list(generator.get_state()), lambda state: generator.set_state(_as_bytes(state))
    if hasattr(generator, "bit_generator"):
        bits = generator.bit_generator
        return lambda: bits.state, lambda state: setattr(bits, "state", state)
    return lambda: generator.get_state(legacy=False), generator.set_state


def _as_list(state: Any) -> list[int]:
    return state.tolist()


def _as_bytes(state: list[int]) -> torch.Tensor:
    return torch.tensor(state, dtype=torch.uint8)


def plain(mapping: Any) -> dict[Any, Any]:
    """A plain copy of a mapping; not `dict(mapping)`, which asks a subclass for its items in its own way."""
    return (
        {key: _DICT.__getitem__(mapping, key) for key in _DICT.keys(mapping)}
        if isinstance(mapping, _DICT)
        else dict(mapping)
    )


def _data_of(cls: type[Any]) -> dict[str, Any]:
    """What a class holds but for functions, properties and what Python keeps there."""
    return {
        name: value
        for name, value in vars(cls).items()
        if not name.startswith("__") and not callable(value) and not hasattr(value, "__get__") and name != "_abc_impl"
    }


def slots_of(cls: type[Any]) -> dict[str, Any]:
    """The slots of a class and of those that it derives from."""
    held = [item for base in reversed(cls.__mro__) for item in vars(base).items()]
    return {name: slot for name, slot in held if isinstance(slot, MemberDescriptorType)}


def _filled(owner: object, slots: dict[str, Any]) -> dict[str, Any]:
    """The attributes of an object that are set."""
    found: dict[str, Any] = {}
    for name, slot in slots.items():
        with contextlib.suppress(AttributeError):
            found[name] = slot.__get__(owner)
    return found


def _contents(name: str, cell: Any) -> dict[str, Any]:
    try:
        return {name: cell.cell_contents}
    except ValueError:  # it is empty
        return {}


def class_of(value: object) -> type[Any]:
    """The type of a value, typed."""
    return type(value)


def path_to(path: str, key: object, kind: str) -> str:
    """The path of a part: `fc.weight`, `SETTINGS['gain']`; the tables of an `nn.Module` do not show."""
    base, _, last = path.rpartition(".")
    if kind == "item" and last not in _TABLES:
        return f"{path}[{key!r}]"
    owner = base if last in _TABLES else path
    return f"{owner}.{key}" if owner else str(key)


def last_name(path: str) -> str:
    """`gain` of `model.dial.gain['left']`."""
    found = _LAST_NAME.search(path)
    return found[1] if found else path.split("[")[0].rpartition(".")[2]
