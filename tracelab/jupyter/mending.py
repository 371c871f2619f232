"""Repairs that a page asks for: looked for, and then applied, which makes the repaired Trace a variable of the user's.

Nothing of the user's is changed: the Trace that was wrong stays, and no file is written.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from tracelab.format import plural
from tracelab.handle import Repaired, Trace
from tracelab.jupyter import naming
from tracelab.jupyter.desk import Told
from tracelab.renderers import tally
from tracelab.wire import Reply

SECONDS = 30.0
"""So long is looked where repairs that nobody keeps any more are to be applied."""

_kept: WeakKeyDictionary[Trace, Trace] = WeakKeyDictionary()
"""What was repaired last of a Trace."""


def repaired(trace: Trace, name: str, seconds: float, tell: Told) -> Reply:
    """Look for repairs.

    Args:
        trace: what is to be mended.
        name: what the user calls it.
        seconds: how long.
        tell: is told what is being tried; raises where the job was cancelled.

    Raises:
        TracelabError: there is no program, or what repairs are written with is not installed.
    """
    found = trace.repair(seconds, tell)
    _kept.pop(trace, None)
    if found.trace is not None:
        _kept[trace] = found.trace
    is_cancelled = _is_cancelled(tell)
    return Reply(
        id="",
        state="cancelled" if is_cancelled else "done",
        text=("Cancelled. " if is_cancelled else "") + _said(found),
        call=f"{name}.repair(seconds={seconds:g})",
    )


def applied(trace: Trace, name: str, namespace: dict[str, Any], tell: Told) -> Reply:
    """Make the repaired Trace a variable, with all repairs that were offered.

    Args:
        trace: what was mended.
        name: what the user calls it.
        namespace: the user's variables.
        tell: is told what is being tried, where the repairs have to be proven again.

    Raises:
        TracelabError: the repairs have to be found again, and cannot be.
    """
    made = _known(trace, namespace)
    if made is None:
        made = trace.repair(SECONDS, tell).trace
        if made is None:
            return Reply(id="", state="cancelled" if _is_cancelled(tell) else "done", text="Nothing could be mended.")
        _kept[trace] = made
    variable = naming.bound(namespace, f"{name}_repaired", made)
    text = f"The variable {variable} holds the repaired Trace. {tally.headline(made.capture)}."
    return Reply(id="", state="done", trace=made.id, call=variable, text=text)


def _known(trace: Trace, namespace: dict[str, Any]) -> Trace | None:
    """What was repaired on a page's behalf, or by the user in a cell."""
    offered = trace.capture.repairs
    cells = (value for value in reversed([*namespace.values()]) if isinstance(value, Repaired))
    theirs = (value.trace for value in cells if value.original is trace and value.repairs == offered)
    return _kept.get(trace) or next(theirs, None)


def _is_cancelled(tell: Told) -> bool:
    """Whether what was found is what was found until it was cancelled."""
    try:
        tell("", None)
    except KeyboardInterrupt:
        return True
    return False


def _said(found: Repaired) -> str:
    mended, left = len(found.mended), len(found.left)
    if not mended:
        return "Nothing could be mended." if left else "There is nothing to mend."
    are = "is" if mended == 1 else "are"
    return f"{plural(mended, 'finding')} {are} mended" + (
        f", {left} {'is' if left == 1 else 'are'} left." if left else "."
    )
