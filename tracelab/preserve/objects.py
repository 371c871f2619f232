"""What Python objects hold: attributes, containers, globals, closures, class state, iterators, generators.

A walk from the traced function notes each object once, with a shallow copy. After a run the copies say what
changed and put it back.
"""

from __future__ import annotations

import collections
import copy
import itertools
import operator
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import _lru_cache_wrapper  # pyright: ignore[reportPrivateUsage]
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, cast

import torch

from tracelab.preserve.tensors import KeptTensor, storage_of
from tracelab.source import PLUMBING, is_user_file

LIMIT = 200_000
"""Objects noted at most: a model that holds its data set must not stop a capture."""

_ATOMS = (
    str,
    bytes,
    int,
    float,
    complex,
    bool,
    type(None),
    torch.dtype,
    torch.device,
    torch.Size,
    CodeType,
    ModuleType,
)
_MISSING: Any = object()
_ITERATOR: Any = object()
"""Stands for an iterator, which is put back by itself."""


@dataclass(frozen=True)
class Change:
    """Something that a run changed."""

    path: str
    """`fc.calls`, `SETTINGS['gain']`: how it was reached."""
    name: str
    """The last name in the path: `calls`, `SETTINGS`."""
    kind: str
    """`attribute`, `item`, `global`, `closure`, `class attribute`, `elements`, `cache`, `iterator`."""
    owner: object
    before: object
    after: object


@dataclass
class _Kept:
    """One object: how to read what it holds now, what it held, and how to put that back."""

    path: str
    kind: str
    owner: object
    held: Any
    read: Callable[[], Any]
    write: Callable[[Any], None]
    put: Callable[[Any, Any], None]
    """Set one name or key."""


class Objects:
    """The noted objects of a traced function."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._tensors: dict[int, KeptTensor] = {}
        self._paths: dict[int, str] = {}
        self._storages: dict[int, list[KeptTensor]] = {}
        self._seen: dict[int, object] = {}
        self._codes: set[CodeType] = set()
        self._iterators: list[tuple[_Kept, Any, Any]] = []
        self._caches: dict[int, tuple[Any, int]] = {}

    # -- noting --------------------------------------------------------------------------------------------

    def note(self, root: object, path: str = "") -> None:
        """Note an object and all that it reaches."""
        queue = collections.deque([(root, path)])
        while queue and len(self._seen) < LIMIT:
            value, where = queue.popleft()
            if isinstance(value, _ATOMS) or id(value) in self._seen:
                continue
            self._seen[id(value)] = value
            queue.extend(self._note_one(value, where))

    def note_frame(self, frame: FrameType) -> None:
        """Note the globals that a function is about to use."""
        code = frame.f_code
        if code in self._codes:
            return
        self._codes.add(code)
        scope = frame.f_globals
        names = [name for name in code.co_names if not name.startswith("__")]
        held = {name: scope.get(name, _MISSING) for name in names}
        kept = self._keep(
            "",
            "global",
            scope,
            held,
            lambda: {n: scope.get(n, _MISSING) for n in held},
            _writer(scope),
            scope.__setitem__,
        )
        for name, value in list(held.items()):
            if _is_iterator(value):
                self._note_iterator(kept, name, value)
            elif value is not _MISSING:
                self.note(value, name)

    def note_cache(self, cache: _lru_cache_wrapper[Any]) -> None:
        """Note how often a `functools.lru_cache` has missed."""
        self._caches.setdefault(id(cache), (cache, cache.cache_info().misses))

    def before_write(self, tensor: torch.Tensor) -> None:
        """Copy the noted tensors that share a storage that is about to be written."""
        for kept in self._storages.get(storage_of(tensor), ()):
            kept.keep()

    def _note_one(self, value: Any, path: str) -> Iterator[tuple[object, str]]:
        if isinstance(value, torch.Tensor):
            self._note_tensor(value, path)
        elif isinstance(value, dict):
            yield from self._note_mapping(cast("dict[Any, Any]", value), path, "item")
        elif isinstance(value, (list, collections.deque, set, bytearray)):
            yield from self._note_sequence(value, path)
        elif isinstance(value, (tuple, frozenset)):
            yield from ((part, f"{path}[{index}]") for index, part in enumerate(cast("tuple[Any, ...]", value)))
        elif isinstance(value, FunctionType):
            yield from self._note_function(value, path)
        elif isinstance(value, MethodType):
            yield value.__self__, path
            yield value.__func__, path
        elif isinstance(value, _lru_cache_wrapper):
            self.note_cache(cast("_lru_cache_wrapper[Any]", value))
        elif isinstance(value, type):
            yield from self._note_class(cast("type[Any]", value), path)
        elif isinstance(value, (random.Random, torch.Generator)) or _is_numpy_generator(value):
            self._note_generator(value, path)
        elif hasattr(type(value), "__dict__") and not _is_library(type(value)):
            yield from self._note_mapping(getattr(value, "__dict__", {}), path, "attribute", value)
            if not isinstance(value, torch.nn.Module) or not type(value).__module__.startswith("torch."):
                yield type(value), type(value).__name__

    def _note_mapping(
        self, mapping: dict[Any, Any], path: str, kind: str, owner: object = None
    ) -> Iterator[tuple[object, str]]:
        held = dict(mapping)
        kept = self._keep(
            path,
            kind,
            mapping if owner is None else owner,
            held,
            lambda: mapping,
            _replacer(mapping),
            mapping.__setitem__,
        )
        for key, value in list(held.items()):
            if _is_iterator(value):
                self._note_iterator(kept, key, value)
            elif not isinstance(value, _ATOMS):
                yield value, _joined(path, key, kind)

    def _note_sequence(self, value: Any, path: str) -> Iterator[tuple[object, str]]:
        held = copy.copy(value)
        self._keep(path, "item", value, held, lambda: value, _refiller(value))
        yield from ((part, f"{path}[{index}]") for index, part in enumerate(held))

    def _note_function(self, function: FunctionType, path: str) -> Iterator[tuple[object, str]]:
        if not is_user_file(function.__code__.co_filename):
            return
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            held = {name: cell.cell_contents} if _filled(cell) else {}
            write = _cell_writer(cell)
            kept = self._keep(
                "", "closure", cell, held, lambda c=cell, n=name: {n: c.cell_contents} if _filled(c) else {}, write
            )
            for part in list(held.values()):
                if _is_iterator(part):
                    self._note_iterator(kept, name, part)
                else:
                    yield part, name
        yield from ((part, path) for part in function.__defaults__ or ())
        yield from self._note_mapping(vars(function), path, "attribute", function)

    def _note_class(self, value: type[Any], path: str) -> Iterator[tuple[object, str]]:
        if _is_library(value):
            return

        def read() -> dict[str, Any]:
            return {name: part for name, part in vars(value).items() if _is_data(name, part)}

        held = read()
        self._keep(path, "class attribute", value, held, read, lambda then: _write_class(value, read(), then))
        yield from ((part, f"{path}.{name}") for name, part in held.items())

    def _note_tensor(self, tensor: torch.Tensor, path: str) -> None:
        kept = KeptTensor(tensor, copied=not isinstance(tensor, torch.nn.Parameter))
        self._tensors[id(tensor)] = kept
        self._paths[id(tensor)] = path
        self._storages.setdefault(storage_of(tensor), []).append(kept)

    def _note_generator(self, value: Any, path: str) -> None:
        if isinstance(value, random.Random):
            read, write = value.getstate, value.setstate
        elif isinstance(value, torch.Generator):
            read, write = (
                (lambda: value.get_state().tolist()),
                (lambda state: value.set_state(torch.tensor(state, dtype=torch.uint8))),
            )
        elif hasattr(value, "bit_generator"):
            read, write = (
                (lambda: value.bit_generator.state),
                (lambda state: setattr(value.bit_generator, "state", state)),
            )
        else:
            read, write = (lambda: value.get_state(legacy=False)), value.set_state
        self._keep(
            "", "generator", value, {path: repr(read())}, lambda: {path: repr(read())}, _state_writer(write, read())
        )

    def _note_iterator(self, kept: _Kept, key: object, value: Any) -> None:
        """Iterators cannot be rewound: each run is given a copy, the first of them now."""
        try:
            pristine: Any = copy.deepcopy(value)
        except TypeError:
            pristine = itertools.tee(value, 1)[0]
            kept.put(key, _iterator_again(pristine))
        kept.held[key] = _ITERATOR
        self._iterators.append((kept, key, pristine))

    def _keep(
        self,
        path: str,
        kind: str,
        owner: object,
        held: Any,
        read: Callable[[], Any],
        write: Callable[[Any], None],
        put: Any = None,
    ) -> _Kept:
        kept = _Kept(path, kind, owner, held, read, write, put or (lambda key, value: write({key: value})))
        self._kept.append(kept)
        return kept

    def holds(self, value: object) -> bool:
        """Whether an object was there before the function ran."""
        return id(value) in self._seen

    # -- comparing and putting back ------------------------------------------------------------------------

    def changes(self) -> list[Change]:
        """All that is no longer as it was noted."""
        found = [change for kept in self._kept if not _untouched(kept) for change in _changes(kept)]
        for key, kept in self._tensors.items():
            if kept.rebound or kept.written:
                path = self._paths[key]
                found.append(Change(path, path.rpartition(".")[2], "elements", kept.tensor, kept.copy, kept.tensor))
        for cache, misses in self._caches.values():
            if cache.cache_info().misses != misses:
                found.append(Change(cache.__name__, cache.__name__, "cache", cache, misses, cache.cache_info().misses))
        return found

    def restore(self) -> None:
        """Put everything back as it was noted."""
        for kept in self._kept:
            if not _untouched(kept) and any(True for _ in _changes(kept)):
                kept.write(kept.held)
        for kept, key, pristine in self._iterators:
            kept.put(key, _iterator_again(pristine))
        for kept in self._tensors.values():
            kept.restore()
        for cache, misses in self._caches.values():
            if cache.cache_info().misses != misses:
                cache.cache_clear()


def _untouched(kept: _Kept) -> bool:
    """Whether an object holds the very same things in the same order: a quick answer for nearly all."""
    now, then = kept.read(), kept.held
    if len(now) != len(then):
        return False
    if isinstance(then, dict):
        return all(map(operator.is_, dict.values(now), then.values())) and all(map(operator.eq, now, then))  # pyright: ignore
    return all(map(operator.is_, now, then))


def _changes(kept: _Kept) -> Iterator[Change]:
    now, then = kept.read(), kept.held
    if not isinstance(then, dict):
        if len(now) != len(then) or any(one is not other for one, other in zip(now, then)):
            yield Change(kept.path, _last_name(kept.path), kept.kind, kept.owner, then, now)
        return
    held = cast("dict[Any, Any]", then)
    for key in [*held, *(key for key in dict.keys(now) if key not in held)]:
        before, after = held.get(key, _MISSING), dict.get(now, key, _MISSING)  # a subclass may want other arguments
        if kept.kind == "generator" and before == after:
            continue
        if before is not after and before is not _ITERATOR:
            path = _joined(kept.path, key, kept.kind)
            name = _last_name(path) if kept.kind == "item" else str(key)
            yield Change(path, name, kept.kind, kept.owner, before, after)


def _last_name(path: str) -> str:
    return path.split("[")[0].rpartition(".")[2]


_TABLES = ("_modules", "_parameters", "_buffers")


def _joined(path: str, key: object, kind: str) -> str:
    base, _, last = path.rpartition(".")
    if kind == "item" and last not in _TABLES:
        return f"{path}[{key!r}]"
    owner = base if last in _TABLES else path
    return f"{owner}.{key}" if owner else str(key)


def _is_iterator(value: object) -> bool:
    return hasattr(type(value), "__next__") and not hasattr(type(value), "read")


def _iterator_again(pristine: Any) -> Any:
    if isinstance(pristine, itertools._tee):  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue, reportUnknownMemberType]
        return (item for item in copy.copy(pristine))  # pyright: ignore[reportUnknownVariableType]
    return copy.deepcopy(pristine)


def _is_library(cls: type[Any]) -> bool:
    """Whether a class is Python's, torch's or another tool's; `nn.Module`s of torch hold state all the same."""
    root = cls.__module__.partition(".")[0]
    if issubclass(cls, torch.nn.Module):
        return False
    return root in PLUMBING or (root in sys.stdlib_module_names and root != "__main__")


def _is_numpy_generator(value: object) -> bool:
    return type(value).__module__.startswith("numpy.random") and type(value).__name__ in ("Generator", "RandomState")


def _is_data(name: str, value: object) -> bool:
    return not name.startswith("__") and not callable(value) and not hasattr(value, "__get__") and name != "_abc_impl"


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _writer(scope: dict[str, Any]) -> Callable[[Any], None]:
    def write(then: dict[str, Any]) -> None:
        for name, value in then.items():
            if value is _MISSING:
                scope.pop(name, None)
            elif value is not _ITERATOR:
                scope[name] = value

    return write


def _replacer(mapping: dict[Any, Any]) -> Callable[[Any], None]:
    def write(then: dict[Any, Any]) -> None:
        kept = {key: dict.get(mapping, key) if value is _ITERATOR else value for key, value in then.items()}
        mapping.clear()
        mapping.update(kept)

    return write


def _refiller(value: Any) -> Callable[[Any], None]:
    def write(then: Any) -> None:
        value.clear()
        value.update(then) if isinstance(value, set) else value.extend(then)

    return write


def _cell_writer(cell: Any) -> Callable[[Any], None]:
    def write(then: dict[str, Any]) -> None:
        for value in then.values():
            if value is not _ITERATOR:
                cell.cell_contents = value

    return write


def _state_writer(write: Callable[[Any], object], state: Any) -> Callable[[Any], None]:
    def put_back(_: object) -> None:
        write(state)

    return put_back


def _write_class(value: type[Any], now: dict[str, Any], then: dict[str, Any]) -> None:
    for name in now.keys() - then.keys():
        delattr(value, name)
    for name, held in then.items():
        if now.get(name, _MISSING) is not held:
            setattr(value, name, held)
