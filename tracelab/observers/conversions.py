"""A tensor that becomes a Python value: `if t`, `int(t)`, `t.item()`, `range(n)`, `t.tolist()`, `np.asarray(t)`."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import Any

import torch

from tracelab.nesting import tensors_in
from tracelab.observers.recorder import Call, Recorder
from tracelab.observers.sighting import value_text
from tracelab.source import frame_above, is_user_file
from tracelab.tensors import untraced

CONVERSIONS = {
    "Tensor.__bool__", "Tensor.__int__", "Tensor.__float__", "Tensor.__index__", "Tensor.__complex__", "Tensor.__len__",
    "Tensor.__contains__", "Tensor.__format__", "Tensor.__repr__", "Tensor.__array__", "Tensor.__dlpack__",
    "Tensor.item", "Tensor.tolist", "Tensor.numpy",
}  # fmt: skip
PREDICATES = {
    f"{owner}.{name}" for owner in ("Tensor", "torch") for name in ("equal", "allclose", "is_nonzero", "is_same_size")
}
ASSERTIONS = {"torch._assert", "torch._assert_async"}
SILENT = {"Tensor.__repr__", "Tensor.__format__"}
"""Conversions to text: they freeze something only where Python goes on with the result."""


def observe(recorder: Recorder, call: Call) -> None:
    """Note the conversion with the value that was asked."""
    if call.name in CONVERSIONS:
        _note(recorder, call, call.args[0], call.result)
    elif call.name in PREDICATES and isinstance(call.result, bool):
        sighting = recorder.see("conversion", call, value=repr(call.result), traced_sources=recorder.numbers(call.args))
        sighting.truth = call.result
    elif call.name in ASSERTIONS and call.args:
        recorder.see(
            "conversion",
            call,
            value="True",
            traced_sources=recorder.numbers(call.args[:1]),
            truth=True,
            detail="assertion",
        )
    else:
        _note_lost_sizes(recorder, call)


def _note(recorder: Recorder, call: Call, tensor: torch.Tensor, result: object) -> None:
    if call.name in SILENT and recorder.number(tensor) is None:
        return
    number = None if call.grew else recorder.number(tensor)
    sources = recorder.numbers(call.args)
    fqn = recorder.parameter(tensor)
    sighting = recorder.see(
        "conversion", call, value=_answer(result), traced_value=number, traced_sources=sources,
        of_shape=call.name == "Tensor.__len__", parameters=(fqn,) if fqn else (),
    )  # fmt: skip
    if isinstance(result, bool):
        sighting.truth = result
    elif isinstance(result, (int, float)) and sighting.site is not None:
        sighting.truth = bool(result)


def _answer(result: Any) -> str:
    """What Python got, as text; the length of a tensor is itself one while tracing."""
    if not isinstance(result, torch.Tensor):
        return value_text(result)
    with untraced():
        return str(int(result))


def _note_lost_sizes(recorder: Recorder, call: Call) -> None:
    """A traced number was handed to a function whose nodes do not use it: its value went in as a constant."""
    numbers = [t for t in tensors_in((call.args[1:], call.kwargs)) if t.dim() == 0 and not t.is_floating_point()]
    known = {recorder.number(t): t for t in numbers}
    known.pop(None, None)
    if not known or not call.grew:
        return
    used = recorder.used_by(call)
    for number, tensor in known.items():
        if number not in used:
            text = _answer(tensor)
            recorder.see(
                "conversion", call, value=text, traced_value=number, traced_sources=(number,), detail="argument"
            )


@contextlib.contextmanager
def hashes_watched(recorder: Recorder) -> Generator[None]:
    """Note sizes that are hashed, as when a dict is asked for one: torch's function modes do not see it.

    A traced size is a tensor, which is hashed by identity, so that the key is never found.
    """
    tensor_class: Any = torch.Tensor
    original = tensor_class.__hash__

    def hashed(tensor: torch.Tensor) -> int:
        number = recorder.number(tensor)
        if number in recorder.sizes and is_user_file(frame_above(1).f_code.co_filename):
            recorder.note("conversion", "Tensor.__hash__", traced_value=number, traced_sources=(number,), detail="lost")
        return original(tensor)

    tensor_class.__hash__ = hashed
    try:
        yield
    finally:
        tensor_class.__hash__ = original
