"""Iterators cannot be rewound: each run is given a copy, the first of them when the iterator is noted."""

from __future__ import annotations

import copy
import itertools
from typing import Any

from tracelab.preserve.kept import ITERATOR, Keyed

_TEE: Any = type(itertools.tee((), 1)[0])


class KeptIterator:
    """An iterator under a name or key of its holder."""

    def __init__(self, holder: Keyed, key: object, iterator: Any) -> None:
        self._holder, self._key = holder, key
        try:
            self._pristine: Any = copy.deepcopy(iterator)
        except TypeError:  # as of a Python generator
            self._pristine = itertools.tee(iterator, 1)[0]
            self.restore()
        holder.held[key] = ITERATOR

    def restore(self) -> None:
        """Put a copy that starts where the iterator stood."""
        self._holder.put(self._key, self._copy())

    def _copy(self) -> Any:
        if isinstance(self._pristine, _TEE):
            return (item for item in copy.copy(self._pristine))
        return copy.deepcopy(self._pristine)


def is_iterator(value: object) -> bool:
    """Whether a value can be used up; files are left alone."""
    return hasattr(type(value), "__next__") and not hasattr(type(value), "read")
