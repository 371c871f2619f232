"""What Python objects hold: attributes, containers, globals, closures, class state, iterators, generators.

A walk from the traced function notes each object once, with a shallow copy. After a run the copies say what
changed and put it back.
"""

from __future__ import annotations

import collections
import copy
import functools
import sys
from collections.abc import Iterator, Sequence
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

import torch

from tracelab.nesting import MAPPING
from tracelab.preserve.iterators import KeptIterator, is_iterator
from tracelab.preserve.kept import (
    MISSING,
    AtOnce,
    Change,
    Kept,
    KeptCell,
    KeptClass,
    KeptGenerator,
    KeptGlobals,
    KeptMapping,
    KeptSlots,
    class_of,
    is_generator,
    path_to,
    slots_of,
)
from tracelab.preserve.tensors import KeptTensor, storage_of
from tracelab.source import PLUMBING, is_user_file

LIMIT = 200_000
"""Objects noted at most: a model that holds its data set must not stop a capture."""

LRU_CACHE: Any = type(functools.lru_cache(lambda: None))
"""The type of what `functools.lru_cache` makes of a function."""

_ATOMS = (
    str, bytes, int, float, complex, bool, type(None),
    torch.dtype, torch.device, torch.Size, CodeType, ModuleType,
)  # fmt: skip
"""Types of which nothing can be changed, and modules, whose globals are noted where a function uses them."""
_CONTAINERS: Any = (list, collections.deque, set, bytearray)
_FROZEN: Any = (tuple, frozenset)
_CLASS: Any = type
_PARTIAL: Any = functools.partial

Reached = Iterator[tuple[object, str]]
"""Objects that another leads to, each with its path."""


class Objects:
    """The noted objects of a traced function."""

    def __init__(self) -> None:
        self._kept: list[Kept] = []
        self._at_once = AtOnce(())
        self._iterators: list[KeptIterator] = []
        self._tensors: list[tuple[str, KeptTensor]] = []
        self._storages: dict[int, list[KeptTensor]] = {}
        self._caches: dict[int, tuple[Any, int]] = {}
        self._seen: dict[int, object] = {}
        self._codes: set[tuple[str, CodeType]] = set()

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
        if (code.co_filename, code) in self._codes:
            return
        self._codes.add((code.co_filename, code))
        names = [name for name in code.co_names if not name.startswith("__")]
        kept = KeptGlobals(frame.f_globals, names)
        self._kept.append(kept)
        for name, value in list(kept.held.items()):
            if is_iterator(value):
                self._iterators.append(KeptIterator(kept, name, value))
            elif value is not MISSING:
                self.note(value, name)

    def note_cache(self, cache: Any) -> None:
        """Note how often a `functools.lru_cache` has missed."""
        self._caches.setdefault(id(cache), (cache, cache.cache_info().misses))

    def before_write(self, tensor: torch.Tensor) -> None:
        """Copy the noted tensors that share a storage that is about to be written."""
        for kept in self._storages.get(storage_of(tensor), ()):
            kept.keep()

    def holds(self, value: object) -> bool:
        """Whether an object was there before the function ran."""
        return id(value) in self._seen

    def _note_one(self, value: Any, path: str) -> Reached:
        if isinstance(value, torch.Tensor):
            self._note_tensor(value, path)
        elif isinstance(value, MAPPING):
            yield from self._note_mapping(KeptMapping(path, "item", value, value))
        elif isinstance(value, _CONTAINERS):
            yield from self._note_container(value, path)
        elif isinstance(value, _FROZEN):
            yield from _parts(value, path)
        elif isinstance(value, FunctionType):
            yield from self._note_function(value, path)
        elif isinstance(value, MethodType):
            yield value.__self__, path
            yield value.__func__, path
        elif isinstance(value, LRU_CACHE):
            self.note_cache(value)
            yield value.__wrapped__, path
        elif isinstance(value, _PARTIAL):
            yield from ((part, path) for part in (value.func, value.args, value.keywords))
        elif isinstance(value, _CLASS):
            yield from self._note_class(value, path)
        elif is_generator(value):
            self._kept.append(KeptGenerator(path, value))
        else:
            yield from self._note_instance(value, path)

    def _note_instance(self, value: Any, path: str) -> Reached:
        cls = class_of(value)
        if hasattr(cls, "__dict__") and not _is_library(cls):
            yield from self._note_mapping(KeptMapping(path, "attribute", value, getattr(value, "__dict__", {})))
            slots = slots_of(cls)
            if slots:
                kept = KeptSlots(path, value, slots)
                self._kept.append(kept)
                yield from ((part, path_to(path, name, "attribute")) for name, part in kept.held.items())
            if not issubclass(cls, torch.nn.Module) or not cls.__module__.startswith("torch."):
                yield cls, cls.__name__

    def _note_mapping(self, kept: KeptMapping) -> Reached:
        self._kept.append(kept)
        for key, value in list(kept.held.items()):
            if is_iterator(value):
                self._iterators.append(KeptIterator(kept, key, value))
            elif not isinstance(value, _ATOMS):
                yield value, path_to(kept.path, key, kept.kind)

    def _note_container(self, value: Any, path: str) -> Reached:
        held = copy.copy(value)
        self._kept.append(Kept(path, "item", value, held))
        return _parts(held, path)

    def _note_function(self, function: FunctionType, path: str) -> Reached:
        if not is_user_file(function.__code__.co_filename):
            return
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            kept = KeptCell(name, cell)
            self._kept.append(kept)
            for value in list(kept.held.values()):
                if is_iterator(value):
                    self._iterators.append(KeptIterator(kept, name, value))
                else:
                    yield value, name
        yield from ((value, path) for value in function.__defaults__ or ())
        yield from self._note_mapping(KeptMapping(path, "attribute", function, vars(function)))

    def _note_class(self, cls: type[Any], path: str) -> Reached:
        if _is_library(cls):
            return
        kept = KeptClass(path, cls)
        self._kept.append(kept)
        yield from ((value, f"{path}.{name}") for name, value in kept.held.items())

    def _note_tensor(self, tensor: torch.Tensor, path: str) -> None:
        kept = KeptTensor(tensor, copied=not isinstance(tensor, torch.nn.Parameter))
        self._tensors.append((path, kept))
        self._storages.setdefault(storage_of(tensor), []).append(kept)

    # -- comparing and putting back ------------------------------------------------------------------------

    def changes(self) -> list[Change]:
        """All that is no longer as it was noted."""
        found = [change for kept in self._suspects() if not kept.is_untouched() for change in kept.changes()]
        for path, kept in self._tensors:
            if kept.rebound or kept.written:
                found.append(Change(path, path.rpartition(".")[2], "elements", kept.tensor, kept.copy, kept.tensor))
        for cache, misses in self._changed_caches():
            name = cache.__name__
            found.append(Change(name, name, "cache", cache, misses, cache.cache_info().misses))
        return found

    def undo_all_but(self, name: str) -> None:
        """Put back what a run changed, but for what stands under one name; tensors stay as they are."""
        for kept in self._suspects():
            for change in [] if kept.is_untouched() else list(kept.changes()):
                if change.name != name:
                    kept.undo(change)

    def restore(self) -> None:
        """Put everything back as it was noted."""
        for kept in (*self._suspects(), *self._iterators, *(tensor for _, tensor in self._tensors)):
            kept.restore()
        for cache, _ in self._changed_caches():
            cache.cache_clear()

    def _suspects(self) -> Sequence[Kept]:
        if len(self._at_once.kept) != len(self._kept):
            self._at_once = AtOnce(self._kept)
        return self._at_once.suspects()

    def _changed_caches(self) -> Iterator[tuple[Any, int]]:
        for cache, misses in self._caches.values():
            if cache.cache_info().misses != misses:
                yield cache, misses


def _parts(sequence: Any, path: str) -> Reached:
    return ((part, f"{path}[{index}]") for index, part in enumerate(sequence))


def _is_library(cls: type[Any]) -> bool:
    """Whether a class is Python's, torch's or another tool's; `nn.Module`s of torch hold state all the same."""
    root = cls.__module__.partition(".")[0]
    if issubclass(cls, torch.nn.Module):
        return False
    return root in PLUMBING or (root in sys.stdlib_module_names and root != "__main__")
