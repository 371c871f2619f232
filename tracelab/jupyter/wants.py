"""What a callable of the user's takes, read from what Python and torch keep of it: none of the user's code is run.

A property, a `__getattr__` or a `__signature__` could be slow, or do something; a listing must not. So a function is
read by its code object, and a module by its own dictionary.
"""

from __future__ import annotations

import functools
import inspect
import math
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracelab.source import is_user_file

_MOST_LAYERS = 500
_MOST_WRAPPERS = 10
_UNTRACED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def torch_if_whole() -> Any:
    """torch, where the user has imported it, all of it: another thread may be in the midst of that."""
    torch = sys.modules.get("torch")
    is_begun = getattr(getattr(torch, "__spec__", None), "_initializing", False)
    return None if torch is None or is_begun else torch


@dataclass(frozen=True)
class Parameters:
    """The parameters of a call, without `self`."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    """In their order; those that are None where they are not given are in `absent` too."""
    keywords: tuple[str, ...] = ()
    """Those that must be given by name."""
    absent: frozenset[str] = frozenset()
    is_open: bool = False
    """Whether there is a `*args`."""


def parameters_of(function: object, is_method: bool = False) -> Parameters | None:
    """Those of a function written in Python, behind its decorators; None of anything else."""
    for _ in range(_MOST_WRAPPERS):
        if type(function) is not types.FunctionType:
            return None
        behind = function.__dict__.get("__wrapped__")
        if type(behind) is not types.FunctionType:
            return _read(function, is_method)
        function = behind
    return None


def _read(function: types.FunctionType, is_method: bool) -> Parameters:
    code, defaults = function.__code__, function.__defaults__ or ()
    by_name: dict[str, object] = function.__kwdefaults__ or {}
    names = code.co_varnames[: code.co_argcount]
    only = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    given = {**dict(zip(reversed(names), reversed(defaults))), **by_name}
    names = names[1:] if is_method else names
    return Parameters(
        required=tuple(name for name in names if name not in given),
        optional=tuple(name for name in (*names, *only) if name in given),
        keywords=tuple(name for name in only if name not in given),
        absent=frozenset(name for name, value in given.items() if value is None),
        is_open=bool(code.co_flags & inspect.CO_VARARGS),
    )


def is_users_function(value: object) -> bool:
    """Whether this is a function, or a lambda, that stands in code of the user's."""
    if type(value) is not types.FunctionType or value.__code__.co_flags & _UNTRACED:
        return False
    return _is_users(value.__code__.co_filename)


@functools.lru_cache(maxsize=4096)
def _is_users(filename: str) -> bool:
    is_installed = {"site-packages", "dist-packages"} & set(Path(filename).parts)
    return not is_installed and is_user_file(filename)


def is_module(torch: Any, value: object) -> bool:
    """Whether this is a module that can be traced: of the class itself, as an object can say that it is of another."""
    kind = type(value)
    return issubclass(kind, torch.nn.Module) and not issubclass(kind, torch.jit.ScriptModule)


def forward_of(module: object) -> Parameters | None:
    """The parameters of a module's `forward`."""
    own = _own(module).get("forward")
    if own is not None:
        return parameters_of(own)
    for kind in type.mro(type(module)):
        held = type.__getattribute__(kind, "__dict__").get("forward")
        if held is not None:
            return parameters_of(held, is_method=True)
    return None


@dataclass(frozen=True)
class Layer:
    """What the first layer of a module says of its input."""

    text: str
    """`Linear takes 4 in the last dimension`."""
    takes: Callable[[tuple[int, ...]], bool]
    is_of_integers: bool = False
    dtype: Any = None
    device: Any = None


def first_layer(torch: Any, module: object) -> Layer | None:
    """The first layer that says what it takes, in the order in which they were set: mostly that of the call."""
    for at, part in enumerate(_parts(module)):
        layer = _layer(torch, part)
        if layer is not None or at > _MOST_LAYERS:
            return layer
    return None


def _layer(torch: Any, part: object) -> Layer | None:
    nn, kind, own = torch.nn, type(part), _own(part)
    name, about = name_of(kind), _weight(torch, own)
    if issubclass(kind, (nn.Embedding, nn.EmbeddingBag)):
        return Layer(f"{name} takes integers", lambda shape: True, True, None, about.get("device"))
    for base, key in ((nn.Linear, "in_features"), (nn.RNNBase, "input_size"), (nn.MultiheadAttention, "embed_dim")):
        if issubclass(kind, base) and (size := own.get(key)):
            return Layer(f"{name} takes {size} in the last dimension", _last(size, base is nn.Linear), **about)
    if issubclass(kind, nn.modules.conv._ConvNd) and (size := own.get("in_channels")):
        rank = len(own.get("kernel_size") or ()) + 2
        return Layer(f"{name} takes {size} in dimension 1 of {rank}", _second(size, rank), **about)
    if issubclass(kind, nn.modules.batchnorm._BatchNorm) and (size := own.get("num_features")):
        return Layer(f"{name} takes {size} in dimension 1", _second(size), **about)
    if issubclass(kind, nn.LayerNorm) and (sizes := own.get("normalized_shape")):
        return Layer(f"{name} takes {sizes[-1]} in the last dimension", _last(sizes[-1], False), **about)
    return None


def _weight(torch: Any, own: dict[str, Any]) -> dict[str, Any]:
    """The dtype and the device of a layer's first parameter; of one of the user's own kind, nothing is asked."""
    held: dict[str, Any] = own.get("_parameters") or {}
    weight = next((one for one in held.copy().values() if type(one) is torch.nn.Parameter), None)
    return {} if weight is None else {"dtype": weight.dtype, "device": weight.device}


def _last(size: int, is_flat: bool) -> Callable[[tuple[int, ...]], bool]:
    """Of what is flattened before, the sizes of all dimensions but the first count."""
    return lambda shape: bool(shape) and (shape[-1] == size or (is_flat and math.prod(shape[1:]) == size))


def _second(size: int, rank: int = 0) -> Callable[[tuple[int, ...]], bool]:
    return lambda shape: len(shape) > 1 and shape[1] == size and rank in (0, len(shape))


def _parts(module: object) -> Iterator[object]:
    """A module and all inside of it, outermost first."""
    waiting, seen = [module], set[int]()
    while waiting:
        part = waiting.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        inside: dict[str, object] = _own(part).get("_modules") or {}
        waiting += reversed([*inside.copy().values()])


def _own(module: object) -> dict[str, Any]:
    return object.__getattribute__(module, "__dict__")


def name_of(kind: type) -> str:
    """The name of a class, whatever its own class says of it."""
    return type.__dict__["__name__"].__get__(kind)
