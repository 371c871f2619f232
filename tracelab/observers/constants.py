"""A tensor that no input feeds: made from plain data, read through `.data`, or kept outside the function."""

from __future__ import annotations

from types import FrameType
from typing import Any

import torch

from tracelab.format import tensor_text
from tracelab.nesting import tensors_in
from tracelab.observers.recorder import UNTRACKED, Call, Recorder
from tracelab.source import user_frame
from tracelab.tensors import meta_of, untraced

MAKERS = {"torch.tensor", "torch.as_tensor", "torch.asarray", "torch.scalar_tensor", "Tensor.new_tensor"}
"""Functions that make a constant of numbers, also of traced ones."""


_RAW = {"untyped_storage", "storage", "_typed_storage"}
"""Methods that hand out a tensor's memory: what is written there is not recorded."""
_AUGMENTED = {"__iadd__", "__isub__", "__imul__", "__ifloordiv__", "__itruediv__", "__imod__"}
"""In-place operators, as Python spells them."""


def observe(recorder: Recorder, call: Call) -> None:
    """Note the constant, what it was made from, and writes that the graph will not repeat."""
    if call.name == "Tensor.data =":
        recorder.see("lost-write", call, detail="assignment", traced_sources=recorder.numbers(call.args[:1]))
    elif call.name in MAKERS:
        _note_made(recorder, call, call.args[1:] if call.name == "Tensor.new_tensor" else call.args)
    elif isinstance(call.result, torch.Tensor) and (call.name in UNTRACKED or not call.grew):
        _note_left(recorder, call)
    else:
        _note_kept(recorder, call)
    _note_lost_write(recorder, call)
    if call.name.rpartition(".")[2] in _RAW and recorder.numbers(call.args[:1]):
        recorder.see("memory", call, traced_sources=recorder.numbers(call.args[:1]))


def _note_made(recorder: Recorder, call: Call, data: Any) -> None:
    sources = recorder.numbers((data, call.kwargs))
    if any(tensor is call.result for tensor in tensors_in(data)) or _recorded(recorder, call, sources):
        return
    recorder.made[id(call.result)] = call.result
    if sources:
        recorder.see("constant-tensor", call, value=shape_of(call.result), traced_sources=sources, detail="made")


def _recorded(recorder: Recorder, call: Call, sources: tuple[int, ...]) -> bool:
    """Whether the nodes of a call use the values that it was given."""
    return bool(recorder.used_by(call) & set(sources))


def _note_left(recorder: Recorder, call: Call) -> None:
    """The result is a tensor that the graph does not hold."""
    if recorder.number(call.result) is not None and call.name not in UNTRACKED:
        return
    recorder.made[id(call.result)] = call.result
    sources = recorder.numbers(call.args)
    fqns = tuple(fqn for tensor in tensors_in(call.args) if (fqn := recorder.parameter(tensor)))
    if sources or fqns or call.name.startswith("torch.from"):
        recorder.see(
            "constant-tensor", call, value=shape_of(call.result), traced_sources=sources, parameters=fqns, detail="left"
        )


def _note_kept(recorder: Recorder, call: Call) -> None:
    """An argument is a tensor that was there before the function ran."""
    for tensor in call.tensors:
        if recorder.number(tensor) is None and recorder.parameter(tensor) is None and id(tensor) not in recorder.made:
            recorder.made[id(tensor)] = tensor
            if call.grew and _is_constant(recorder, call, tensor):
                name = _name_of(tensor, user_frame(recorder.frame()))
                recorder.see("constant-tensor", call, value=shape_of(tensor), detail=f"kept:{name}")


def _is_constant(recorder: Recorder, call: Call, tensor: torch.Tensor) -> bool:
    """Whether a node of the call takes this very tensor as a constant; a scripted function's result is none."""
    nodes = [value.node() for node in recorder.new_nodes(call) for value in node.inputs()]
    nodes += [value.node() for node in nodes if node.kind() == "prim::ListConstruct" for value in node.inputs()]
    constants = [
        node
        for node in nodes
        if node.kind() == "prim::Constant" and node.hasAttribute("value") and node.kindOf("value") == "t"
    ]
    with untraced():
        return any(node.t("value").data_ptr() == tensor.data_ptr() for node in constants)


def _note_lost_write(recorder: Recorder, call: Call) -> None:
    name = call.name.rpartition(".")[2]
    writes = (name.endswith("_") and not name.endswith("__")) or name == "__setitem__"
    target = call.args[0] if call.args else None
    if not isinstance(target, torch.Tensor) or not (writes or name in _AUGMENTED):
        return
    number = recorder.number(target)
    if id(target) in recorder.made:
        recorder.see("lost-write", call, detail="in-place")
    elif number in recorder.sizes:
        recorder.see("lost-write", call, detail="size", traced_sources=(number,))


def _name_of(tensor: torch.Tensor, frame: FrameType | None) -> str:
    """How the user's function spells a tensor that stands outside it."""
    if frame is None:
        return ""
    owner = frame.f_locals.get("self")
    attributes: dict[str, Any] = getattr(owner, "__dict__", {})
    for scope, prefix in ((attributes, "self."), (frame.f_locals, ""), (frame.f_globals, "")):
        for name, value in list(scope.items()):
            if value is tensor:
                return prefix + name
    return ""


def shape_of(tensor: object) -> str:
    """`f32[2, 10]` of a tensor, without tracing the question."""
    return tensor_text(meta_of(tensor)) if isinstance(tensor, torch.Tensor) else ""
