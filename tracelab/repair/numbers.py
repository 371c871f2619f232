"""Numbers that Python takes out of a size or a tensor, kept inside: `int(n)`, `len(x)`, `math.sqrt(n)`, `t.item()`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.forms import Form, call, keywords, method, rewritings
from tracelab.repair.trees import bare, expression, operand, text_of

_NP = ("np", "numpy", "_np", "onp")


def proposals(spot: Spot) -> Iterator[Proposal]:
    """Sizes first, where the finding is about sizes; else values."""
    by_size = (
        ("sizes stay sizes: no int(), len() or math on them", _SIZES),
        ("sizes stay sizes: their division is whole", (_whole_division, *_SIZES)),
        ("sizes stay sizes, as a tensor of their own", (_stacked_sizes, *_SIZES)),
    )
    by_value = (
        ("the sizes of the parts stay a tensor", (_split,)),
        ("the number stays a tensor", (_whole_number, *_VALUES)),
        ("the number stays a tensor, also as an index", (_chosen, *_VALUES)),
        ("the number stays a tensor, and whole", (_made_whole, *_VALUES)),
    )
    is_about_size = spot.finding.rule.startswith("shape")
    order = (*by_size, *by_value) if is_about_size else (*by_value, *by_size)
    for title, forms in order:
        yield from rewritings(spot, forms, title, needs=("torch", "math"))


# -- sizes ----------------------------------------------------------------------------------------------------------


def _length(node: Any) -> cst.BaseExpression | None:
    found = call(node, "len")
    return expression(f"{text_of(operand(found[0]))}.shape[0]") if found else None


def _unconverted(node: Any) -> cst.BaseExpression | None:
    found = call(node, "int", "float")
    return operand(found[0]) if found and len(found) == 1 else None


def _whole_division(node: Any) -> cst.BaseExpression | None:
    """`int(a / b)` -> `a // b`; `math.ceil(a / b)` -> `-(-a // b)`; `int(n * 0.5)` -> `n // 2`."""
    found = call(node, "int", "math.floor", "math.trunc")
    inner = found[0] if found and len(found) == 1 else None
    if isinstance(inner, cst.BinaryOperation):
        left, right = (text_of(operand(_all_whole(side))) for side in (inner.left, inner.right))
        if isinstance(inner.operator, cst.Divide):
            return expression(f"({left} // {right})")
        if isinstance(inner.operator, cst.Multiply) and isinstance(inner.right, cst.Float):
            share = 1 / float(inner.right.value)
            return expression(f"({left} // {round(share)})") if share == round(share) else None
    found = call(node, "math.ceil")
    inner = found[0] if found and len(found) == 1 else None
    if isinstance(inner, cst.BinaryOperation) and isinstance(inner.operator, cst.Divide):
        return expression(f"-(-{text_of(operand(inner.left))} // {text_of(operand(inner.right))})")
    return None


class _Whole(cst.CSTTransformer):
    def leave_Divide(self, original_node: cst.Divide, updated_node: cst.Divide) -> cst.FloorDivide:  # noqa: N802
        before, after = updated_node.whitespace_before, updated_node.whitespace_after
        return cst.FloorDivide(whitespace_before=before, whitespace_after=after)


def _all_whole(node: cst.BaseExpression) -> cst.BaseExpression:
    """`h * w / n / n` -> `h * w // n // n`."""
    made: Any = node.visit(_Whole())
    return made


_MATH = {"sqrt", "log", "log2", "log10", "exp", "sin", "cos", "tan", "tanh"}


def _root(node: Any) -> cst.BaseExpression | None:
    found = call(node, "math.sqrt", *(f"{name}.sqrt" for name in _NP))
    return expression(f"({text_of(operand(bare(found[0])))} ** 0.5)") if found and len(found) == 1 else None


def _of_tensor(node: Any) -> cst.BaseExpression | None:
    """`math.log(n)` -> `torch.log(torch.as_tensor(n))`."""
    for name in _MATH - {"sqrt"}:
        found = call(node, f"math.{name}", *(f"{np}.{name}" for np in _NP))
        if found and len(found) == 1:
            return expression(f"torch.{name}(torch.as_tensor({text_of(bare(found[0]))}))")
    return None


def _power(node: Any) -> cst.BaseExpression | None:
    found = call(node, "math.pow")
    return (
        expression(f"({text_of(operand(found[0]))} ** {text_of(operand(found[1]))})")
        if found and len(found) == 2
        else None
    )


def _product(node: Any) -> cst.BaseExpression | None:
    found = call(node, *(f"{np}.prod" for np in _NP))
    return expression(f"math.prod({text_of(found[0])})") if found and len(found) == 1 else None


def _count(node: Any) -> cst.BaseExpression | None:
    """`x.size().numel()`, `x.shape.numel()` -> `x.numel()`."""
    found = method(node, "numel")
    owner = found[0] if found else None
    if isinstance(owner, cst.Attribute) and owner.attr.value == "shape":
        return expression(f"{text_of(owner.value)}.numel()")
    inner = method(owner, "size")
    return expression(f"{text_of(inner[0])}.numel()") if inner and not inner[1] else None


def _tuple_of_sizes(node: Any) -> cst.BaseExpression | None:
    """`F.adaptive_avg_pool1d(x, n)` freezes a bare size, and not one in a tuple."""
    for rank in (1, 2, 3):
        names = [f"{root}.adaptive_{kind}_pool{rank}d" for root in ("F", "nn.functional") for kind in ("avg", "max")]
        found = call(node, *names, *(f"torch.nn.functional.{name.partition('.')[2]}" for name in names[:2]))
        if found and len(found) == 2 and not isinstance(found[1], (cst.Tuple, cst.List, cst.Integer)):
            size = text_of(bare(found[1]))
            sizes = f"({size},)" if rank == 1 else f"({', '.join([size] * rank)})"
            return expression(f"{text_of(node.func)}({text_of(found[0])}, {sizes})")
    return None


def _as_float(node: Any) -> cst.BaseExpression | None:
    """`round(n / 2)` of a size, which no tensor knows."""
    found = call(node, "round")
    return expression(f"torch.round(torch.as_tensor({text_of(bare(found[0]))}))") if found and len(found) == 1 else None


def _stacked_sizes(node: Any) -> cst.BaseExpression | None:
    """`torch.tensor([h, w])` -> `torch.stack([torch.as_tensor(h), torch.as_tensor(w)])`."""
    if not isinstance(node, cst.Call) or not node.args or call(_without_keywords(node), "torch.tensor") is None:
        return None
    first, named = node.args[0].value, keywords(node)
    if (
        not isinstance(first, (cst.List, cst.Tuple))
        or not first.elements
        or any(isinstance(e, cst.StarredElement) for e in first.elements)
    ):
        return None
    parts = ", ".join(f"torch.as_tensor({text_of(bare(element.value))})" for element in first.elements)
    kind = f".to({text_of(named['dtype'])})" if "dtype" in named else ""
    return expression(f"torch.stack([{parts}]){kind}") if set(named) <= {"dtype", "device"} else None


def _without_keywords(node: cst.Call) -> cst.Call:
    return node.with_changes(args=[arg for arg in node.args if arg.keyword is None])


_SIZES: tuple[Form, ...] = (
    _length, _root, _of_tensor, _power, _product, _count, _tuple_of_sizes, _as_float, _unconverted,
)  # fmt: skip


# -- values ---------------------------------------------------------------------------------------------------------


def _item(node: Any) -> cst.BaseExpression | None:
    """`t.item()`, `float(t)` -> `t.detach()`: no gradient came through the number, either."""
    found = method(node, "item", "tolist")
    if found and not found[1]:
        return expression(f"{text_of(operand(found[0]))}.detach()")
    converted = call(node, "float")
    if converted and len(converted) == 1:
        inner = method(converted[0], "detach")
        return converted[0] if inner else expression(f"{text_of(operand(converted[0]))}.detach()")
    return None


def _whole_number(node: Any) -> cst.BaseExpression | None:
    found = call(node, "int", "bool")
    return operand(found[0]) if found and len(found) == 1 else None


def _made_whole(node: Any) -> cst.BaseExpression | None:
    """`int(t)` -> `t.long()`: what stands behind the point is cut off."""
    found = call(node, "int")
    return expression(f"{text_of(operand(found[0]))}.long()") if found and len(found) == 1 else None


def _chosen(node: Any) -> cst.BaseExpression | None:
    """`self.arms[i](x)` of a tensor `i` -> all of them, of which one is chosen."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Subscript) or len(node.func.slice) != 1:
        return None
    place = node.func.slice[0].slice
    if not isinstance(place, cst.Index):
        return None
    args = ", ".join(text_of(arg) for arg in node.args)
    index = text_of(bare(place.value))
    return expression(f"torch.stack([one({args}) for one in {text_of(node.func.value)}])[{index}]")


def _split(node: Any) -> cst.BaseExpression | None:
    """`x.split(sizes.tolist())` -> `x.tensor_split(...)`, which takes its places from a tensor."""
    found = method(node, "split")
    inner = method(found[1][0], "tolist") if found and len(found[1]) == 1 else None
    arguments = call(node, "torch.split")
    if inner is None and arguments and len(arguments) == 2:
        found, inner = (arguments[0], arguments), method(arguments[1], "tolist")
    if found is None or inner is None:
        return None
    return expression(f"{text_of(operand(found[0]))}.tensor_split({text_of(operand(inner[0]))}.cumsum(0)[:-1].cpu())")


_VALUES: tuple[Form, ...] = (_item,)
