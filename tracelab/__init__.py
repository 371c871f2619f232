"""TraceLab shows what `torch.jit.trace` froze, proves it, and names the line to blame.

`import tracelab` loads neither torch nor the viewer: each public name is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from tracelab import display as _display

if TYPE_CHECKING:
    from tracelab.capture import Capture, load
    from tracelab.comparison import Comparison
    from tracelab.errors import (
        DocumentError,
        FrozenError,
        InputError,
        MissingToolError,
        TracelabError,
        TracelabWarning,
        UsageError,
    )
    from tracelab.faithful import assert_faithful
    from tracelab.handle import Repaired
    from tracelab.live import Trace, trace, trace_module

_HOMES = {
    "Capture": "capture",
    "Comparison": "comparison",
    "DocumentError": "errors",
    "FrozenError": "errors",
    "InputError": "errors",
    "MissingToolError": "errors",
    "Repaired": "handle",
    "Trace": "live",
    "TracelabError": "errors",
    "TracelabWarning": "errors",
    "UsageError": "errors",
    "assert_faithful": "faithful",
    "load": "capture",
    "trace": "live",
    "trace_module": "live",
}

__version__ = "0.1.0"

__all__ = [
    "Capture",
    "Comparison",
    "DocumentError",
    "FrozenError",
    "InputError",
    "MissingToolError",
    "Repaired",
    "Trace",
    "TracelabError",
    "TracelabWarning",
    "UsageError",
    "__version__",
    "assert_faithful",
    "load",
    "trace",
    "trace_module",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'tracelab' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"tracelab.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


def _in_a_notebook() -> _display.Display:
    return cast("_display.Display", importlib.import_module("tracelab.jupyter.bundle"))


_display.use(_in_a_notebook)


def load_ipython_extension(shell: object) -> None:
    """Make `%trace` and `%%trace` known, and JupyterLab's panel: what `%load_ext tracelab` calls."""
    from tracelab.jupyter import magic, session

    magic.load(shell)
    session.begin(shell)


def unload_ipython_extension(shell: object) -> None:
    """Take them away: what `%unload_ext tracelab` calls."""
    from tracelab.jupyter import magic, session

    magic.unload(shell)
    session.end()
