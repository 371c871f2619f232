"""`x.device` and `x.dtype` as the tracer takes them are constants: forms that ask the tensor itself, at run time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.forms import Form, keywords, method, positional, rewritings
from tracelab.repair.trees import expression, name_of, operand, text_of

_FILLED = {"zeros": "new_zeros", "ones": "new_ones", "empty": "new_empty", "full": "new_full"}


def proposals(spot: Spot) -> Iterator[Proposal]:
    """What is made takes dtype and device from the tensor that it is made for."""
    title = "dtype and device are the tensor's own, asked at run time"
    yield from rewritings(spot, _FORMS, title)
    if spot.finding.rule == "dtype-dependent":
        yield from rewritings(spot, (_lowest, *_FORMS), "the bound of the dtype is made at run time")


def _owner(node: cst.BaseExpression | None, name: str) -> str:
    """`x` of `x.dtype`."""
    return text_of(node.value) if isinstance(node, cst.Attribute) and node.attr.value == name else ""


def _made_like(node: Any) -> cst.BaseExpression | None:
    """`torch.zeros(n, device=x.device, dtype=x.dtype)` -> `x.new_zeros(n)`; of another maker -> `....type_as(x)`."""
    if not isinstance(node, cst.Call) or not name_of(node.func).startswith("torch."):
        return None
    named = keywords(node)
    device, dtype = _owner(named.get("device"), "device"), _owner(named.get("dtype"), "dtype")
    like = device or dtype
    if not like or (device and dtype and device != dtype):
        return None
    rest = [arg for arg in node.args if arg.keyword is None or arg.keyword.value not in ("device", "dtype")]
    maker = _FILLED.get(name_of(node.func).rpartition(".")[2])
    arguments = ", ".join(text_of(arg.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for arg in rest)
    if maker is not None and dtype and all(arg.keyword is None for arg in rest):
        if maker != "new_full" and len(rest) > 1:
            arguments = f"({arguments})"
        return expression(f"{like}.{maker}({arguments})")
    kept = f", dtype={text_of(named['dtype'])}" if "dtype" in named and not dtype else ""
    made = f"{text_of(node.func)}({arguments}{kept})"
    return expression(f"{made}.type_as({like})")


def _moved(node: Any) -> cst.BaseExpression | None:
    """`t.to(x.device)`, `t.to(x.dtype)`, `t.type(x.dtype)` -> `t.type_as(x)`."""
    found = method(node, "to", "type")
    if found and len(found[1]) in (1, 2):
        owners = {_owner(part, name) for part in found[1] for name in ("device", "dtype") if _owner(part, name)}
        if len(owners) == 1 and all(_owner(part, "device") or _owner(part, "dtype") for part in found[1]):
            return expression(f"{text_of(operand(found[0]))}.type_as({owners.pop()})")
    return None


def _lowest(node: Any) -> cst.BaseExpression | None:
    """`torch.finfo(x.dtype).min` -> a tensor without dimensions that holds it."""
    if (
        not isinstance(node, cst.Attribute)
        or node.attr.value not in ("min", "max")
        or not isinstance(node.value, cst.Call)
    ):
        return None
    arguments = positional(node.value)
    if name_of(node.value.func) != "torch.finfo" or not arguments or not _owner(arguments[0], "dtype"):
        return None
    sign = "-" if node.attr.value == "min" else ""
    owner = _owner(arguments[0], "dtype")
    return expression(f'{owner}.new_full((), float("{sign}inf")).nan_to_num()')


_FORMS: tuple[Form, ...] = (_made_like, _moved)
