"""A list of tensors whose length Python reads: `for part in x.split(2)`, `x.unbind()`, `for row in x`."""

from __future__ import annotations

from tracelab.nesting import SEQUENCE
from tracelab.observers.recorder import Call, Recorder

_NAMES = (
    "split",
    "unbind",
    "chunk",
    "tensor_split",
    "hsplit",
    "vsplit",
    "dsplit",
    "split_with_sizes",
    "unsafe_chunk",
    "unsafe_split",
)
LISTS = {f"{owner}.{name}" for owner in ("Tensor", "torch") for name in _NAMES}
_SECTIONS = {"chunk", "tensor_split", "unsafe_chunk", "hsplit", "vsplit", "dsplit"}


def observe(recorder: Recorder, call: Call) -> None:
    """Note how many parts there were, unless the code itself says how many it wants."""
    if call.name not in LISTS or not isinstance(call.result, SEQUENCE) or _asked_for(call):
        return
    sighting = recorder.see(
        "list-length", call, value=str(len(call.result)), traced_sources=recorder.numbers(call.args[:1]), of_shape=True
    )
    if sighting.site is not None and sighting.site.unpacked:
        recorder.sightings.seen.pop()


def _asked_for(call: Call) -> bool:
    """Whether the number of parts is the one that the call names."""
    name = call.name.rpartition(".")[2]
    wanted = call.args[1] if len(call.args) > 1 else call.kwargs.get("chunks", call.kwargs.get("sections"))
    return name in _SECTIONS and wanted == len(call.result)
