"""`assert_faithful`: one line of a test that says the trace computes what the model computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracelab.handle import Trace
from tracelab.live import trace


def assert_faithful(func: Any, example_inputs: Any = None, *, allow: Sequence[str] = (), **options: Any) -> Trace:
    """Trace, and fail where a finding diverges or raises, or where the capture stopped early.

    Args:
        func: what to trace, as `trace` takes it.
        example_inputs: a tensor, or a tuple of arguments.
        allow: findings that are let pass, each entry a rule, or a rule and a place: `"random-draw"`,
            `"random-draw@net.py:forward"` (or a line, `net.py:12`), `"state-write@encoder.layers.*"` (modules). An
            entry that matches no finding is told by a `TracelabWarning`.
        **options: what else `trace` takes: `example_kwarg_inputs`, `probes`, `seconds`, ...

    Returns:
        The Trace, to look at further.

    Raises:
        FrozenError: with each finding that is not let pass: its line, the frozen value, and the witness. It is an
            AssertionError too.
        UsageError: an entry of `allow` names no rule.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test
    found = trace(func, example_inputs, **options)
    found.raise_for_findings(allow)
    return found
