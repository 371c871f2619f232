"""What lives in a kernel: its Traces, and what could be traced there."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tracelab.jupyter.feed import feed_of
from tracelab.jupyter.fitting import candidates
from tracelab.renderers import tally
from tracelab.renderers.safe import visible
from tracelab.wire import Listing, Living

if TYPE_CHECKING:
    from tracelab.handle import Trace

_MOST_IN_LIST = 64


def snapshot(namespace: dict[str, Any]) -> dict[str, Any]:
    """The user's variables as they are now: a cell may add to them while they are looked at."""
    return cast("Any", dict).copy(namespace)  # at once, and of a user's own kind of dict too


def living() -> list[Trace]:
    """The Traces, the newest first; nothing is loaded where there is none."""
    every = getattr(sys.modules.get("tracelab.handle"), "living", None)
    return [*reversed(every())] if every is not None else []


def listed(variables: Mapping[str, Any]) -> Listing:
    """The whole.

    Args:
        variables: the user's, by name.
    """
    found, more = candidates(variables)
    return Listing(traces=called(variables).traces, candidates=found, more=more)


def called(variables: Mapping[str, Any]) -> Listing:
    """The Traces alone, each with its name.

    Args:
        variables: the user's, by name.
    """
    traces = living()
    found = names(variables, traces)
    return Listing(traces=tuple(_living(trace, found.get(id(trace), "")) for trace in traces), candidates=())


def names(variables: Mapping[str, Any], traces: Iterable[Trace]) -> dict[int, str]:
    """What the user calls each Trace, by the Trace's `id()`: `t`, or `ts[0]` where only a list of the user's has it.

    Of several names the first that was made counts; those with an underscore are IPython's.
    """
    wanted = {id(trace) for trace in traces}
    found: dict[int, str] = {}
    public = {name: value for name, value in variables.items() if not name.startswith("_")}
    for name, value in public.items():
        if id(value) in wanted:
            found.setdefault(id(value), name)
    for name, value in public.items():
        if type(value) in (list, tuple) and len(value) <= _MOST_IN_LIST:
            for at, part in enumerate([*value]):
                if id(part) in wanted:
                    found.setdefault(id(part), f"{name}[{at}]")
    return found


def _living(trace: Trace, name: str) -> Living:
    capture = trace.capture
    return Living(
        id=trace.id,
        name=visible(name, 80),
        title=visible(capture.name or "A capture", 160),
        verdict=tally.headline(capture),
        look=tally.worst(capture),
        can_run=trace.can_run,
        revision=feed_of(trace).revision,
    )
