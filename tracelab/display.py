"""Who shows a Trace in a notebook: `tracelab.jupyter`, which stands above the handle and is loaded only when asked.

Imports go one way, so the handle does not know that room. The package's own `__init__`, which is read before any other
file of it, says here how it is loaded; the handle asks here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Protocol

from tracelab.errors import UsageError


class Display(Protocol):
    """What a notebook is shown of a Trace."""

    def bundle(self, trace: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The same thing in several formats, by mimetype, and their metadata."""
        ...

    def widget(self, trace: Any) -> Any:
        """The viewer, live."""
        ...

    def made(self, trace: Any) -> None:
        """There is one Trace more."""
        ...

    def changed(self, trace: Any) -> None:
        """The Trace has another document."""
        ...


_ROOM = "tracelab.jupyter.bundle"
_ways: list[Callable[[], Display]] = []


def use(load: Callable[[], Display]) -> None:
    """Say how the room that shows is loaded; the last word counts."""
    _ways[:] = [load]


def shown_by() -> Display:
    """The room that shows, loaded.

    Raises:
        UsageError: nobody said how: a part of the package was taken out of it.
    """
    if not _ways:
        raise UsageError("nothing shows a Trace in a notebook", cure="import tracelab as a package")
    return _ways[-1]()


def has_kernel() -> bool:
    """Whether a notebook, or another page, may show what is made here."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None


def made(trace: Any) -> None:
    """Tell who shows Traces that there is one more. Nothing is loaded where there is no kernel."""
    if has_kernel():
        shown_by().made(trace)


def changed(trace: Any) -> None:
    """Tell who shows a Trace that its document is another one. Nothing is loaded where none was ever shown."""
    if _ROOM in sys.modules:
        shown_by().changed(trace)
