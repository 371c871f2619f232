"""Tensors that leave torch and come back as constants, kept inside: numpy, `.data`, `torch.tensor(t)`, copies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.forms import Form, call, keywords, method, rewritings
from tracelab.repair.trees import expression, name_of, operand, text_of, tree_of

_NP = ("np", "numpy", "_np", "onp")
_ALIKE = {
    "mean", "sum", "abs", "sqrt", "exp", "log", "sin", "cos", "tanh", "argsort", "sort", "clip", "where", "maximum",
    "minimum", "cumsum", "floor", "ceil", "round", "sign", "square", "stack", "unique", "matmul", "dot", "outer", "max",
    "min", "argmax", "argmin", "std", "var", "median", "prod", "any", "all", "isnan", "isfinite", "flip", "roll",
    "zeros_like", "ones_like", "full_like", "tril", "triu", "diag", "einsum",
}  # fmt: skip
"""Functions of numpy that torch has too, with the same first arguments."""
_RENAMED = {"concatenate": "cat", "power": "pow", "absolute": "abs", "divide": "div", "multiply": "mul", "add": "add"}


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The detour dropped on the finding's line, or in the whole function."""
    yield from rewritings(spot, _FORMS, "the tensor stays in torch: no numpy, .data or copy by Python", ("torch",))
    number = (*_FORMS, _number)
    yield from rewritings(spot, number, "the tensor stays in torch, and so does the number made of it", ("torch",))


def writes(spot: Spot) -> Iterator[Proposal]:
    """`self.w.data = value` -> `self.w.detach().copy_(value)`, in the whole function."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    function = tree.function(spot.lineno) if tree is not None else None
    if tree is None or spot.source is None or function is None:
        return
    text = tree.with_(function, function.visit(_Writing()))
    if text != tree.text:
        yield Proposal("what is written to .data is written in place", spot.plan.with_source(spot.source.changed(text)))


class _Writing(cst.CSTTransformer):
    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:  # noqa: N802
        return _data(updated_node) or updated_node

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.BaseSmallStatement:  # noqa: N802
        place = original_node.targets[0].target
        if len(original_node.targets) != 1 or not isinstance(place, cst.Attribute) or place.attr.value != "data":
            return updated_node
        return cst.Expr(expression(f"{text_of(place.value)}.detach().copy_({text_of(updated_node.value)})"))


def _data(node: Any) -> cst.BaseExpression | None:
    if isinstance(node, cst.Attribute) and node.attr.value == "data":
        return expression(f"{text_of(node.value)}.detach()")
    return None


def _outside(node: Any) -> cst.BaseExpression | None:
    """`t.numpy()`, `np.asarray(t)`, `torch.from_numpy(a)`, `a.copy()`: the tensor itself."""
    found = method(node, "numpy", "__array__", "tolist")
    if found and not found[1]:
        return found[0]
    found = method(node, "copy")
    if found and not found[1] and name_of(found[0]) not in ("copy",):
        return expression(f"{text_of(operand(found[0]))}.clone()")
    names = [f"{np}.{name}" for np in _NP for name in ("asarray", "array", "ascontiguousarray")]
    arguments = call(node, *names, "torch.from_numpy", "torch.as_tensor", "torch.asarray")
    if arguments and len(arguments) == 1 and not isinstance(arguments[0], (cst.List, cst.Tuple, cst.ListComp)):
        return operand(arguments[0])
    arguments = call(node, "torch.utils.dlpack.from_dlpack", "torch.from_dlpack", "torch.utils.dlpack.to_dlpack")
    return arguments[0] if arguments else None


def _copied(node: Any) -> cst.BaseExpression | None:
    """`torch.tensor(t)`, `copy.deepcopy(t)` -> `t.detach().clone()`."""
    arguments = call(node, "copy.deepcopy", "deepcopy", "copy.copy")
    if arguments and len(arguments) == 1:
        return expression(f"{text_of(operand(arguments[0]))}.clone()")
    if not isinstance(node, cst.Call) or name_of(node.func) != "torch.tensor" or not node.args:
        return None
    first, named = node.args[0].value, keywords(node)
    if isinstance(first, (cst.List, cst.Tuple)) and first.elements:
        parts = ", ".join(text_of(element.value) for element in first.elements)
        made = f"torch.stack([{parts}]).detach()"
    elif isinstance(first, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)):
        made = f"{text_of(first)}.detach().clone()"
    else:
        return None
    kind = f".to({text_of(named['dtype'])})" if "dtype" in named else ""
    return expression(f"{made}{kind}")


def _function_of_numpy(node: Any) -> cst.BaseExpression | None:
    if isinstance(node, cst.Call):
        root, _, name = name_of(node.func).rpartition(".")
        known = name if name in _ALIKE else _RENAMED.get(name)
        if root in _NP and known is not None:
            return node.with_changes(func=expression(f"torch.{known}"))
    return None


def _number(node: Any) -> cst.BaseExpression | None:
    arguments = call(node, "float", "int")
    if arguments and len(arguments) == 1:
        return expression(f"{text_of(operand(arguments[0]))}.detach()")
    found = method(node, "item")
    return expression(f"{text_of(operand(found[0]))}.detach()") if found and not found[1] else None


_FORMS: tuple[Form, ...] = (_data, _outside, _copied, _function_of_numpy)
