"""Looking changes nothing: what a run may change is noted before it and put back after it.

`session` holds what belongs to the process (RNGs, modes, warnings), `objects` walks what the function reaches,
`kept` notes each object that it finds (attributes, containers, globals, closures, classes), `iterators` and
`tensors` what has to be noted in other ways. `inputs` makes fresh copies.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from tracelab.preserve.inputs import cloned
from tracelab.preserve.kept import Change, class_of
from tracelab.preserve.objects import LRU_CACHE, Objects
from tracelab.preserve.session import Session, can_put_back, put_back_hooks, quiet


class Preserved:
    """Everything that running a function may change, noted on entry and put back on exit or on `restore`."""

    def __init__(self, func: Any) -> None:
        self.session = Session()
        self.objects = Objects()
        self.objects.note(func)

    def restore(self) -> None:
        """Put everything back as it was on entry."""
        self.objects.restore()
        self.session.restore()

    def __enter__(self) -> Preserved:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # else the last run was followed by a restore
            self.objects.restore()
        self.session.close()


__all__ = [
    "LRU_CACHE",
    "Change",
    "Objects",
    "Preserved",
    "Session",
    "can_put_back",
    "class_of",
    "cloned",
    "put_back_hooks",
    "quiet",
]
