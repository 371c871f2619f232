"""The callables among the user's variables, each with those of the user's tensors that fit it.

A variable that has the name of a parameter fits it. Where no such one is there, a tensor that the first layer of the
module takes; else, of a function, as many tensors as it has parameters, the newest first.
"""

from __future__ import annotations

import itertools
import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tracelab.format import clip, joined
from tracelab.jupyter.wants import (
    Layer,
    Parameters,
    first_layer,
    forward_of,
    is_module,
    is_users_function,
    name_of,
    parameters_of,
    torch_if_whole,
)
from tracelab.renderers.safe import visible
from tracelab.wire import Candidate

MOST = 100
"""So many candidates are listed."""
_MOST_TENSORS = 60
"""Of tensors with another name than the parameter's, only so many are looked at, those that were made last."""
_MOST_PARTS = 64
_PLAIN = (bool, int, float, str, type(None))
_NONE_THERE = "There is no tensor in the kernel yet."


@dataclass(frozen=True)
class Given:
    """The user's variables, as far as a call can take them."""

    torch: Any
    tensors: Mapping[str, Any]
    """The newest first."""
    others: Mapping[str, object]
    """All the rest."""
    _kinds: dict[str, Kind] = field(default_factory=dict[str, "Kind"])

    def kind(self, name: str) -> Kind:
        """What is known of a tensor. It is asked once: each question to torch takes its time."""
        if name not in self._kinds:
            tensor = self.tensors[name]
            with self.torch._C.DisableTorchFunction():
                self._kinds[name] = Kind(tensor.dtype, tensor.device, tuple(tensor.shape))
        return self._kinds[name]


class Kind(NamedTuple):
    """What decides whether a tensor fits."""

    dtype: Any
    device: Any
    shape: tuple[int, ...]


class Unfit(Exception):  # noqa: N818  (it is no error, but an answer)
    """Why nothing fits."""


def candidates(variables: Mapping[str, Any]) -> tuple[tuple[Candidate, ...], int]:
    """What could be traced, that which something fits first, and how many were left off.

    Args:
        variables: the user's, by name, in the order in which they were made.
    """
    torch = torch_if_whole()
    named = {name: value for name, value in reversed([*variables.items()]) if _is_public(name)}
    tensors = {} if torch is None else {name: value for name, value in named.items() if _is_tensor(torch, value)}
    modules = [] if torch is None else [name for name, value in named.items() if is_module(torch, value)]
    functions = [name for name, value in named.items() if is_users_function(value)]
    every = _once([*modules, *functions], named)
    given = Given(torch, tensors, {name: value for name, value in named.items() if name not in tensors})
    found = [_candidate(name, named[name], given) for name in every[:MOST]]
    return tuple(sorted(found, key=lambda one: not one.call)), max(len(every) - MOST, 0)


def _is_public(name: object) -> bool:
    return isinstance(name, str) and not name.startswith("_") and name.isidentifier() and not keyword.iskeyword(name)


def _is_tensor(torch: Any, value: object) -> bool:
    """Whether this is a tensor of torch's own: of a kind of the user's, to ask for the shape may run anything."""
    return type(value) in (torch.Tensor, torch.nn.Parameter, torch.nn.Buffer)


def _once(names: Iterable[str], variables: Mapping[str, object]) -> list[str]:
    """The names without those that stand for the same object as an earlier one."""
    return [*{id(variables[name]): name for name in reversed([*names])}.values()][::-1]


def _candidate(name: str, value: object, given: Given) -> Candidate:
    is_function = is_users_function(value)
    try:
        call, inputs = _fit(name, value, is_function, given)
    except Unfit as why:
        call, inputs = "", str(why)
    kind = "function" if is_function else name_of(type(value))
    return Candidate(name=visible(name, 80), type=visible(kind, 60), call=call, inputs=visible(inputs, 200))


def _fit(name: str, value: object, is_function: bool, given: Given) -> tuple[str, str]:
    wanted = (parameters_of(value) if is_function else forward_of(value)) or Parameters(is_open=True)
    layer = None if is_function else first_layer(given.torch, value)
    return fitted(name, wanted, layer, given)


def fitted(name: str, wanted: Parameters, layer: Layer | None, given: Given) -> tuple[str, str]:
    """The call that fits, and the tensors that it takes: `model(x)`, `f32[2, 10]`.

    Args:
        name: what is called.
        wanted: what it takes.
        layer: what its first layer says of the first input.
        given: the user's variables.

    Raises:
        Unfit: nothing does.
    """
    if not (wanted.required or wanted.optional or wanted.keywords or wanted.is_open):
        raise Unfit("It takes no input.")
    first = (*wanted.required, *wanted.keywords)
    chosen = _chosen(wanted, first, layer, given)
    more = [each for each in wanted.optional if each in wanted.absent and each in given.tensors]
    by_name = {each: each for each in more if each not in chosen.values()}
    if not chosen and not by_name:
        by_name = {wanted.optional[0]: _variable(wanted.optional[0], layer, set(), given)}
    by_name = {**{each: chosen.pop(each) for each in wanted.keywords if each in chosen}, **by_name}
    names = [*chosen.values(), *by_name.values()]
    if not any(each in given.tensors or _is_nest(given, given.others[each]) for each in names):
        raise Unfit(f"It takes {joined(first)}, and no tensor.")
    arguments = [*chosen.values(), *(f"{each}={held}" for each, held in by_name.items())]
    return f"{name}({', '.join(arguments)})", ", ".join(_spelled(each, given) for each in names)


def _chosen(wanted: Parameters, first: tuple[str, ...], layer: Layer | None, given: Given) -> dict[str, str]:
    """By each parameter that must be given, the variable."""
    chosen: dict[str, str] = {}
    is_any = wanted.is_open and not first and not wanted.optional
    for at, parameter in enumerate(("input",) if is_any else first):
        kept = {each for each in first if each in given.tensors and each != parameter}
        chosen[parameter] = _variable(parameter, None if at else layer, {*chosen.values(), *kept}, given)
    return chosen


def _variable(parameter: str, layer: Layer | None, taken: set[str], given: Given) -> str:
    """The variable for a parameter.

    Raises:
        Unfit: there is none.
    """
    if parameter in given.others:
        return _value(parameter, given)
    has_name = parameter in given.tensors
    if has_name and (layer is None or _takes(layer, given.kind(parameter), given)):
        return parameter
    free = (name for name in itertools.islice(given.tensors, _MOST_TENSORS) if name not in taken)
    fitting = [name for name in free if layer is None or _takes(layer, given.kind(name), given)]
    if fitting:
        return next((name for name in fitting if given.kind(name).shape), fitting[0])
    if has_name:
        return parameter
    if not given.tensors:
        raise Unfit(_NONE_THERE)
    raise Unfit(f"{layer.text}; no tensor fits." if layer else f"There is no tensor left for {clip(parameter, 40)}.")


def _value(name: str, given: Given) -> str:
    """A variable that has the parameter's name, and is no tensor: a number is taken as it is, or what holds tensors.

    Raises:
        Unfit: it is something else.
    """
    value = given.others[name]
    if type(value) not in _PLAIN and not _is_nest(given, value):
        raise Unfit(f"{clip(name, 40)} is no tensor here, but of type {clip(name_of(type(value)), 40)}.")
    return name


def _is_nest(given: Given, value: object, depth: int = 3) -> bool:
    """Whether this is a tuple, list or dict of tensors, or of such ones."""
    nest: Any = value
    if type(value) not in (tuple, list, dict) or not 0 < len(nest) <= _MOST_PARTS or not depth:
        return False
    parts = [*(nest.copy().values() if type(value) is dict else nest)]
    return all(_is_tensor(given.torch, one) or _is_nest(given, one, depth - 1) for one in parts)


def _takes(layer: Layer, kind: Kind, given: Given) -> bool:
    if layer.is_of_integers:
        is_kind = kind.dtype in (given.torch.int64, given.torch.int32)
    else:
        is_kind = layer.dtype is None or kind.dtype == layer.dtype
    is_there = layer.device is None or kind.device == layer.device
    return is_kind and is_there and layer.takes(kind.shape)


def _spelled(name: str, given: Given) -> str:
    from tracelab.tensors import describe

    value = given.tensors[name] if name in given.tensors else given.others[name]
    return clip(describe(value), 120)
