"""Lists that Python makes of a tensor's values, to sort, to pick by them or to drop repeats: torch does the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.flow import read_in
from tracelab.repair.forms import Form, call, keywords, method, rewritings
from tracelab.repair.trees import expression, name_of, operand, text_of

_TITLE = "what Python's lists of values were for is done by torch: sorting, picking, dropping repeats"
_COMPREHENSIONS = (cst.ListComp, cst.GeneratorExp, cst.SetComp)


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The lists of the finding's line, or of the whole function."""
    yield from rewritings(spot, _FORMS, _TITLE, ("torch", "functools"))


def _loop(node: Any, kinds: tuple[type[Any], ...] = _COMPREHENSIONS) -> tuple[str, Any, cst.BaseExpression] | None:
    """The name, the element and what is gone through of `[f(i) for i in x]`; None where there is more to it."""
    if not isinstance(node, kinds):
        return None
    comp: Any = node
    each = comp.for_in
    is_plain = isinstance(each.target, cst.Name) and not each.ifs and each.inner_for_in is None
    return (each.target.value, comp.elt, each.iter) if is_plain else None


def _numbers(node: Any) -> cst.BaseExpression | None:
    """`[int(i) for i in ids]` -> `ids`."""
    found = _loop(node, (cst.ListComp, cst.GeneratorExp))
    return found[2] if found and _is_number(found[1], found[0]) else None


def _is_number(node: Any, name: str) -> bool:
    """Whether an expression is `int(name)`, `name.item()` or the like."""
    inner = call(node, "int", "float")
    item = method(node, "item")
    value = inner[0] if inner else item[0] if item else None
    return isinstance(value, cst.Name) and value.value == name


def _unique(node: Any) -> cst.BaseExpression | None:
    """`{int(i) for i in ids}`, `set(ids.tolist())` -> `torch.unique(ids)`."""
    found = _loop(node, (cst.SetComp,))
    if found and _is_number(found[1], found[0]):
        return expression(f"torch.unique({text_of(found[2])})")
    arguments = call(node, "set")
    return expression(f"torch.unique({text_of(_listed(arguments[0]))})") if arguments else None


def _listed(node: cst.BaseExpression) -> cst.BaseExpression:
    """`t` of `t.tolist()`."""
    found = method(node, "tolist")
    return found[0] if found and not found[1] else node


def _sorted(node: Any) -> cst.BaseExpression | None:
    """`sorted(t)` -> `t.sort().values`; `sorted(range(n), key=lambda i: x[i])` -> the order of what the key gives."""
    if not isinstance(node, cst.Call) or name_of(node.func) != "sorted" or not node.args:
        return None
    first, named = node.args[0].value, keywords(node)
    falls = text_of(named["reverse"]) if "reverse" in named else "False"
    if falls not in ("True", "False") or not set(named) <= {"key", "reverse"} or len(node.args) != 1 + len(named):
        return None
    how = ", descending=True" if falls == "True" else ""
    if "key" not in named:
        return expression(f"{text_of(operand(_listed(first)))}.sort({how.removeprefix(', ')}).values")
    made = _keys(named["key"], first)
    return expression(f"{made}.argsort(stable=True{how})") if made and call(first, "range") else None


def _keys(key: cst.BaseExpression, values: cst.BaseExpression) -> str | None:
    """What a key gives of each value."""
    if not isinstance(key, cst.Lambda) or len(key.params.params) != 1:
        return None
    name = key.params.params[0].name.value
    return f"torch.stack([{text_of(key.body)} for {name} in {text_of(values)}])"


def _picked(node: Any) -> cst.BaseExpression | None:
    """`torch.stack([x[i] for i in order])` -> `x[order]`."""
    arguments = call(node, "torch.stack")
    found = _loop(arguments[0], (cst.ListComp, cst.GeneratorExp)) if arguments and len(arguments) == 1 else None
    if not found or not isinstance(found[1], cst.Subscript) or len(found[1].slice) != 1 or call(found[2], "range"):
        return None
    name, picked, order = found
    place: Any = picked.slice[0].slice
    is_ours = isinstance(place, cst.Index) and text_of(place.value) == name and name not in read_in(picked.value)
    return expression(f"{text_of(picked.value)}[{text_of(_listed(order))}]") if is_ours else None


def _first_of_all(node: Any) -> cst.BaseExpression | None:
    """`max(x[i] for i in range(3))`: one after the other is compared, as Python does: a NaN tells."""
    arguments = call(node, "max", "min")
    if not arguments or len(arguments) != 1 or not _loop(arguments[0], (cst.ListComp, cst.GeneratorExp)):
        return None
    sign = ">" if name_of(node.func) == "max" else "<"
    better = f"lambda one, other: torch.where(other {sign} one, other, one)"
    return expression(f"functools.reduce({better}, {_as_list(arguments[0])})")


def _truth(node: Any) -> cst.BaseExpression | None:
    """`any(x > 0 for x in rows)` -> `torch.stack([x > 0 for x in rows]).any()`."""
    arguments = call(node, "any", "all")
    if not arguments or len(arguments) != 1 or not _loop(arguments[0], (cst.ListComp, cst.GeneratorExp)):
        return None
    return expression(f"torch.stack({_as_list(arguments[0])}).{name_of(node.func)}()")


def _as_list(node: cst.BaseExpression) -> str:
    name, element, values = _loop(node) or ("", node, node)
    return f"[{text_of(element)} for {name} in {text_of(values)}]"


_FORMS: tuple[Form, ...] = (_unique, _picked, _sorted, _first_of_all, _truth, _numbers)
