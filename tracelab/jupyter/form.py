"""What the form of a Trace offers: each tensor of the call, with the ways to make another that make sense for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from tracelab.format import SHORT_DTYPES, clip
from tracelab.handle import Trace
from tracelab.nesting import leaves
from tracelab.tensors import describe
from tracelab.wire import Dtype, Field, Fill, Filled, Form, Method, Variable

FILLS = (
    Fill(name="example", title="as traced", is_sized=False),
    Fill(name="normal", title="normal", is_drawn=True),
    Fill(name="uniform", title="uniform", takes="range", is_drawn=True),
    Fill(name="ids", title="token ids", takes="range", is_drawn=True),
    Fill(name="coins", title="true or false", is_drawn=True),
    Fill(name="zeros", title="zeros"),
    Fill(name="ones", title="ones"),
    Fill(name="arange", title="0, 1, 2 ..."),
    Fill(name="expression", title="expression", takes="expression", is_sized=False),
    Fill(name="variable", title="variable", takes="variable", is_sized=False),
)
FILL = {fill.name: fill for fill in FILLS}
_ALWAYS = ("example", "expression", "variable")
_BY_KIND = {
    "float": ("normal", "uniform", "zeros", "ones", "arange"),
    "int": ("ids", "zeros", "ones", "arange"),
    "bool": ("coins", "zeros", "ones"),
}
MODES = (("", "as traced"), ("train", "train"), ("eval", "eval"))
_MOST_VARIABLES = 40
_MOST_IDS = 1 << 20
"""Elements that are looked at for the range of the example's."""


@dataclass(frozen=True)
class Leaf:
    """One tensor, or other value, of a call."""

    id: str
    value: Any


def leaves_of(trace: Trace, method: str) -> dict[str, Leaf]:
    """What the call of a method takes, each by its path: `x`, `parts['mask'][0]`."""
    given = trace.subject.example(method)
    found = (Leaf(path, leaf) for name, value, _ in given.named() for path, leaf in leaves(value, name))
    return {leaf.id: leaf for leaf in found}


def offered(trace: Trace, namespace: Mapping[str, Any], call: str) -> Form:
    """The form.

    Args:
        trace: what is run again.
        namespace: the user's variables.
        call: the call of a form that nobody changed.
    """
    methods = trace.subject.methods
    return Form(
        methods=tuple(Method(name=one.name, fields=_fields(trace, one.name, namespace)) for one in methods),
        fills=FILLS,
        dtypes=_dtypes(trace),
        modes=MODES if trace.subject.module is not None else (),
        call=call,
    )


def _fields(trace: Trace, method: str, namespace: Mapping[str, Any]) -> tuple[Field, ...]:
    tensors = dict(_tensors(namespace))
    return tuple(_field(leaf, tensors) for leaf in leaves_of(trace, method).values())


def _tensors(namespace: Mapping[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    for name, value in namespace.items():
        if isinstance(value, torch.Tensor) and not name.startswith("_") and name.isidentifier():
            yield name, value


def _field(leaf: Leaf, tensors: Mapping[str, torch.Tensor]) -> Field:
    value = leaf.value
    if not isinstance(value, torch.Tensor):
        filled = Filled(id=leaf.id, fill="example")
        return Field(id=leaf.id, spec=describe(value), is_tensor=False, filled=filled, ranges={})
    return Field(
        id=leaf.id,
        spec=describe(value),
        is_tensor=True,
        filled=Filled(id=leaf.id, shape=sizes(value.shape), dtype=name_of(value.dtype), fill="example"),
        ranges={"uniform": "0..1", "ids": f"0..{_past(value)}"},
        variables=_fitting(value, tensors),
    )


def sizes(shape: torch.Size) -> str:
    """`2, 10`."""
    return ", ".join(map(str, shape))


def name_of(dtype: torch.dtype) -> str:
    """`float32`: the name without torch's prefix."""
    return str(dtype).removeprefix("torch.")


def _past(example: torch.Tensor) -> int:
    """One more than the largest of an example's whole numbers: an embedding has at least so many rows."""
    if kind_of(example.dtype) != "int" or example.layout != torch.strided or not 0 < example.numel() <= _MOST_IDS:
        return 10
    return max(int(example.detach().max()) + 1, 2) if not example.is_meta else 10


def kind_of(dtype: torch.dtype) -> str:
    """`float` (complex too), `int` or `bool`."""
    return "float" if dtype.is_floating_point or dtype.is_complex else "bool" if dtype == torch.bool else "int"


def _fitting(example: torch.Tensor, tensors: Mapping[str, torch.Tensor]) -> tuple[Variable, ...]:
    """The user's tensors; first those that are most like the example."""

    def unlike(item: tuple[str, torch.Tensor]) -> tuple[bool, bool, bool]:
        _, value = item
        return value.dtype != example.dtype, value.ndim != example.ndim, value.shape != example.shape

    found = sorted(tensors.items(), key=unlike)[:_MOST_VARIABLES]
    return tuple(Variable(name=name, spec=clip(describe(value), 60)) for name, value in found)


def _dtypes(trace: Trace) -> tuple[Dtype, ...]:
    """All that torch has under the names that we print, and those of the examples."""
    used = [
        leaf.value.dtype
        for method in trace.subject.methods
        for leaf in leaves_of(trace, method.name).values()
        if isinstance(leaf.value, torch.Tensor)
    ]
    known = [found for name in SHORT_DTYPES if isinstance(found := getattr(torch, name, None), torch.dtype)]
    return tuple(Dtype(name=name_of(dtype), fills=fills_of(dtype)) for dtype in dict.fromkeys([*known, *used]))


def fills_of(dtype: torch.dtype) -> tuple[str, ...]:
    """The ways to make a tensor of a dtype."""
    first, *rest = _ALWAYS
    return (first, *_BY_KIND[kind_of(dtype)], *rest)
