"""A random draw that the graph does not repeat as eager does: from a generator object."""

from __future__ import annotations

import torch

from tracelab.observers.recorder import Call, Recorder


def observe(recorder: Recorder, call: Call) -> None:
    """Note a draw from a generator that was handed in."""
    if isinstance(call.kwargs.get("generator"), torch.Generator):
        recorder.generators.append(call.kwargs["generator"])
        recorder.see("generator", call)
