"""What a round's number indexes, once it is a tensor: `x[:, i]` would make a number of it again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import libcst as cst

from tracelab.repair.flow import inside
from tracelab.repair.place import is_number
from tracelab.repair.trees import bare, expression, operand, text_of

_ALONE = (cst.Name, cst.Integer, cst.BinaryOperation, cst.Add, cst.Subtract, cst.Multiply, cst.FloorDivide, cst.Modulo)


class Indexing(cst.CSTTransformer):
    """`x[:, i]` -> `x[:, i.view(1)].squeeze(1)`, `x[i:i + 2]` -> `x[i + torch.arange(2)]`.

    Args:
        counter: the name that counts the rounds.
    """

    def __init__(self, counter: str) -> None:
        super().__init__()
        self._counter = counter

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:  # noqa: N802
        places = [part.slice for part in updated_node.slice]
        ours = [at for at, place in enumerate(places) if _reads(place, self._counter)]
        if len(ours) != 1:
            return updated_node
        made = self._index(places[ours[0]])
        dim = _dim(places, ours[0])
        if made is None or dim is None:
            return updated_node
        parts = [text_of(part.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for part in updated_node.slice]
        parts[ours[0]] = made
        end = f".squeeze({dim})" if isinstance(places[ours[0]], cst.Index) else ""
        return expression(f"{text_of(updated_node.value)}[{', '.join(parts)}]{end}")

    def _index(self, place: cst.BaseSlice) -> str | None:
        """The index as a tensor of one dimension."""
        if isinstance(place, cst.Index):
            is_ours = place.star is None and _is_counted(place.value)
            return f"{text_of(operand(place.value))}.view(1)" if is_ours else None
        if not isinstance(place, cst.Slice) or place.step is not None or place.lower is None or place.upper is None:
            return None
        start, count = text_of(operand(place.lower)), _length(place.lower, place.upper)
        return f"{start} + torch.arange({count})" if _is_counted(place.lower) and count is not None else None


class Storing(cst.CSTTransformer):
    """`out[:, i] = y` -> `out = out.index_copy(1, i.view(1), y.expand_as(...).unsqueeze(1))`: nothing is written into.

    Args:
        counter: the name that counts the rounds.
        lent: names of what belongs to the caller, who would see what is written.
    """

    def __init__(self, counter: str, lent: Collection[str]) -> None:
        super().__init__()
        self._counter, self._lent = counter, lent

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.BaseSmallStatement:  # noqa: N802
        place: Any = updated_node.targets[0].target
        owner: Any = getattr(place, "value", None)
        if len(updated_node.targets) != 1 or not isinstance(place, cst.Subscript):
            return updated_node
        places: list[Any] = [part.slice for part in place.slice]
        name = text_of(owner)
        ours = [at for at, one in enumerate(places) if _reads(one, self._counter)]
        dim = _dim(places, ours[0]) if len(ours) == 1 else None
        is_own = isinstance(owner, cst.Name) and name not in self._lent
        if dim is None or not is_own or not _is_whole(places, ours[0]):
            return updated_node
        index = text_of(operand(places[ours[0]].value))
        value = text_of(operand(updated_node.value))
        value = f"{value}.expand_as({name}.select({dim}, 0))"  # what is stored is broadcast
        made = expression(f"{name}.index_copy({dim}, {index}.view(1), {value}.unsqueeze({dim}))")
        return updated_node.with_changes(targets=[cst.AssignTarget(owner)], value=made)


def _is_whole(places: Sequence[Any], at: int) -> bool:
    """Whether one place is a number of the counter's, and all others are whole dimensions."""
    others = [text_of(place).replace(" ", "") for n, place in enumerate(places) if n != at]
    is_number = isinstance(places[at], cst.Index) and _is_counted(places[at].value)
    return is_number and all(text in (":", "...") for text in others)


def _reads(node: cst.CSTNode, name: str) -> bool:
    return any(isinstance(part, cst.Name) and part.value == name for part in inside(node))


def _is_counted(node: cst.BaseExpression) -> bool:
    """Whether an expression is made of names and whole numbers alone."""
    parts = [part for part in inside(node) if isinstance(part, (cst.BaseExpression, cst.BaseBinaryOp))]
    return all(isinstance(part, _ALONE) for part in parts)


def _length(lower: cst.BaseExpression, upper: cst.BaseExpression) -> str | None:
    """`n` of `i:i + n`, and of `i * n:(i + 1) * n`."""
    start, (left, right) = text_of(bare(lower)), _sides(upper, cst.Add)
    if start in (left, right):
        return right if left == start else left
    (left, right), (number, size) = _sides(upper, cst.Multiply), _sides(lower, cst.Multiply)
    return size if size and size == right and left == f"{number} + 1" else None


def _sides(node: cst.BaseExpression, kind: type[cst.BaseBinaryOp]) -> tuple[str, str]:
    """What an operator stands between; empty for anything else."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, kind):
        return text_of(bare(node.left)), text_of(bare(node.right))
    return "", ""


def _dim(places: Sequence[Any], at: int) -> int | None:
    """Where an index's dimension stands in what is indexed; None where tensors, or None, stand beside it."""
    kinds = [_kind(place) for place in places]
    before, after = kinds[:at], kinds[at + 1 :]
    if "other" in before + after:
        return None
    return -1 - after.count("slice") if "..." in before else before.count("slice")


def _kind(place: Any) -> str:
    if isinstance(place, cst.Slice):
        return "slice"
    if isinstance(place.value, cst.Ellipsis):
        return "..."
    return "number" if is_number(place.value) else "other"
