"""A property of a tensor that Python reads and the graph does not record: dtype, device, layout, rank, gradient."""

from __future__ import annotations

from tracelab.observers.recorder import Call, Recorder
from tracelab.observers.sighting import value_text

_PROPERTIES = {
    "dtype": (
        "dtype",
        "is_floating_point",
        "is_complex",
        "is_signed",
        "element_size",
        "itemsize",
        "is_quantized",
        "type",
    ),
    "device": ("device", "is_cuda", "is_cpu", "is_meta", "is_mps", "is_xpu", "get_device"),
    "layout": (
        "is_contiguous",
        "stride",
        "layout",
        "is_sparse",
        "storage_offset",
        "data_ptr",
        "is_pinned",
        "is_non_overlapping_and_dense",
    ),
    "rank": ("dim", "ndim", "ndimension"),
    "gradient": ("requires_grad", "grad_fn", "is_leaf", "grad", "is_inference", "retains_grad"),
}
QUERIES = {
    f"{owner}.{name}": kind for kind, names in _PROPERTIES.items() for name in names for owner in ("Tensor", "torch")
}
_SETTERS = {"torch.result_type": "dtype", "torch.promote_types": "dtype", "torch.can_cast": "dtype"}
QUERIES.update(_SETTERS)


def observe(recorder: Recorder, call: Call) -> None:
    """Note the property, what it was, and whose it is."""
    kind = QUERIES.get(call.name)
    if kind is None or not call.args or (call.name == "Tensor.type" and call.args[1:]):
        return
    if call.name in ("Tensor.grad", "Tensor.grad_fn"):
        value = "None" if call.result is None else "set"
    else:
        value = value_text(call.result)
    tensor = call.args[0]
    fqn = recorder.parameter(tensor)
    sighting = recorder.see(
        kind, call, value=value, traced_sources=() if fqn else recorder.numbers(call.args), of_shape=kind == "rank",
        parameters=(fqn,) if fqn else (),
    )  # fmt: skip
    sighting.truth = call.result if isinstance(call.result, bool) else None
