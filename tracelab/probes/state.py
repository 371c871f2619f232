"""Other values of what outlives the call, where the source shows that somebody changes it; other parameters."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch

from tracelab.bindings import preserving_version
from tracelab.observers import Sighting
from tracelab.observers.accesses import path_of
from tracelab.observers.assigned import is_assigned_later, rebound, refilled
from tracelab.preserve import class_of
from tracelab.probes.base import Probe, Subject
from tracelab.schema import Observation

LIMIT = 64 << 20
"""Parameters are changed, and copied for that, up to so many bytes."""
_CONFIGS = ("Config", "Configuration", "Args", "Arguments", "Options")
"""Classes with names that end so are filled once, whatever setters they have."""
_SIDES = ("model", "traced")
_DICT: Any = dict
_LIST: Any = list
_MISSING: Any = object()


def probes(subject: Subject) -> Iterator[Probe]:
    """Each value that somebody may change set to another, then the parameters that were asked for numbers."""
    yield from _of_values(subject)
    yield from of_parameters(subject)


@dataclass(frozen=True)
class Place:
    """Where a value is kept: an item of a dict or a list, or an attribute of a class."""

    holder: Any
    key: Any

    def get(self) -> Any:
        """What is there now; `_MISSING` where there is nothing."""
        if isinstance(self.holder, _LIST):
            return _LIST.__getitem__(self.holder, self.key) if self.key < len(self.holder) else _MISSING
        names: Any = self.holder
        return _DICT.get(names if isinstance(names, _DICT) else _DICT(vars(names)), self.key, _MISSING)

    def set(self, value: Any) -> None:
        """Put something there."""
        if isinstance(self.holder, _DICT):
            _DICT.__setitem__(self.holder, self.key, value)
        elif isinstance(self.holder, _LIST):
            _LIST.__setitem__(self.holder, self.key, value)
        else:
            setattr(self.holder, self.key, value)

    @contextlib.contextmanager
    def holding(self, value: Any) -> Generator[None]:
        """Let it hold another value for a while."""
        before = self.get()
        self.set(value)
        try:
            yield
        finally:
            self.set(before)


# -- values ----------------------------------------------------------------------------------------------------


def _of_values(subject: Subject) -> Iterator[Probe]:
    groups: dict[tuple[str, int, Any], list[tuple[Observation, Sighting]]] = {}
    for observation, sighting in subject.seen("state-read"):
        if sighting.holder is not None and not observation.detail and not observation.asked.endswith(".training"):
            groups.setdefault((observation.method, id(sighting.holder), sighting.keys[0]), []).append(
                (observation, sighting)
            )
    for (method, _, key), group in groups.items():
        place = _place(group[0][1].holder, key)
        old = place.get() if place is not None else None
        new = _other(old)
        if place is None or new is None or not any(_is_changed_by_somebody(subject, *one, place) for one in group):
            continue
        code, imports = _assignment(subject, *group[0], repr(new))
        yield Probe(
            "state",
            f"{group[0][0].asked} = {new!r} in place of {old!r}",
            (subject.example(method),),
            method=method,
            around=_holding(place, new),
            code=code,
            imports=imports,
            aims=frozenset(observation.id for observation, _ in group),
        )


def _holding(place: Place, value: Any) -> Callable[[], contextlib.AbstractContextManager[None]]:
    return lambda: place.holding(value)


def _other(value: Any) -> Any:
    """Another value of the same type; None where none is known."""
    if type(value) is bool:
        return not value
    if type(value) in (int, float) and value * 2 + 1 != value and value == value:
        return value * 2 + 1
    return None


def _place(holder: Any, key: Any) -> Place | None:
    if isinstance(holder, (_DICT, _LIST)):
        return Place(holder, key)
    if not isinstance(key, str):
        return None
    names = getattr(holder, "__dict__", {})
    if isinstance(names, _DICT) and key in names:
        return Place(names, key)
    bases: tuple[Any, ...] = holder.__mro__ if isinstance(holder, type) else class_of(holder).__mro__
    owner = next((base for base in bases if key in vars(base)), None)
    return None if owner is None else Place(owner, key)


# -- evidence: configuration that is set once is left alone -------------------------------------------------------


def _is_changed_by_somebody(subject: Subject, observation: Observation, sighting: Sighting, place: Place) -> bool:
    if observation.source is None:
        return False
    holder, key, filename = sighting.holder, place.key, observation.source.filename
    if isinstance(holder, ModuleType):
        return key in rebound(getattr(holder, "__file__", None) or "")
    if any(holder is ran.scope for ran in subject.ran):
        return key in rebound(filename)
    if isinstance(holder, (_DICT, _LIST)):
        return _is_dial(holder, observation.asked, filename)
    cls: type[Any] = holder if isinstance(holder, type) else class_of(holder)
    is_config = cls.__name__.endswith(_CONFIGS)
    return not is_config and is_assigned_later(cls, key, ((ran.filename, ran.firstlineno) for ran in subject.ran))


def _is_dial(holder: Any, asked: str, filename: str) -> bool:
    """Whether a dict or a list is there to be set: it holds one thing, is refilled, or is a variable by its name."""
    node: ast.expr = ast.parse(asked, mode="eval").body
    depth = 0
    while isinstance(node, ast.Subscript):
        node, depth = node.value, depth + 1
    path = path_of(node)
    if len(holder) == 1 and depth == 1:
        return True
    return len(path) == 1 and (not path[0].isupper() or path[0] in refilled(filename))


# -- the same as code ------------------------------------------------------------------------------------------


def _assignment(
    subject: Subject, observation: Observation, sighting: Sighting, new: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The statement that sets the value, and its imports; none where no name leads there from outside."""
    asked, source = observation.asked, observation.source
    filename = source.filename if source is not None else ""
    scope = next((ran.scope for ran in subject.ran if ran.filename == filename), dict[str, Any]())
    root = asked.partition(".")[0].partition("[")[0]
    if root in scope and not isinstance(scope[root], ModuleType):
        module = str(scope.get("__name__", "__main__"))
        prefix, imports = ("", ()) if module == "__main__" else (f"{module}.", (f"import {module}",))
        return (f"{prefix}{asked} = {new}",), imports
    owner = _owner(subject, root, filename)
    if subject.module is None or owner is None:
        return (), ()
    fqn = next((name for name, module in _modules(subject.module) if module is owner), None)
    return ((), ()) if fqn is None else ((f"{spelled('model', fqn)}{asked[len(root) :]} = {new}",), ())


def spelled(root: str, fqn: str) -> str:
    """A module's or parameter's path as Python: `model.layers[1].scale`."""
    parts = fqn.split(".") if fqn else []
    return root + "".join(f".{part}" if part.isidentifier() else f"[{part}]" for part in parts)


def _owner(subject: Subject, root: str, filename: str) -> Any:
    """What a parameter such as `self` stood for."""
    found = (ran.names[root] for ran in subject.ran if ran.filename == filename and root in ran.lasting)
    return next(found, None)


def _modules(module: torch.nn.Module) -> Iterator[tuple[str, Any]]:
    yield from module.named_modules()


# -- parameters ------------------------------------------------------------------------------------------------


def of_parameters(subject: Subject) -> Iterator[Probe]:
    """Parameters whose elements Python asked for and no input reaches, changed in place."""
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for observation, _ in subject.seen("conversion"):
        origin = observation.origin
        if origin is not None and (origin.values or origin.shapes or origin.random):
            continue
        names = dict.fromkeys((*observation.parameters, *(origin.parameters if origin is not None else ())))
        if names:
            groups.setdefault((observation.method, tuple(names)), []).append(observation.id)
    for (method, names), ids in groups.items():
        tensors = _tensors(subject, names)
        if tensors:
            yield Probe(
                "state",
                f"{', '.join(tensors)} changed",
                (subject.example(method),),
                method=method,
                around=_other_elements(list(tensors.values())),
                code=(
                    "with torch.no_grad():",
                    *(f'    {side}.state_dict()["{name}"].mul_(2).add_(1)' for name in tensors for side in _SIDES),
                ),
                aims=frozenset(ids),
            )


def _tensors(subject: Subject, names: tuple[str, ...]) -> dict[str, torch.Tensor]:
    """The floating parameters and buffers of some names; none where they are large."""
    if subject.module is None:
        return {}
    known = dict(subject.module.named_parameters()) | dict(subject.module.named_buffers())
    found = {name: known[name] for name in names if name in known and _is_changeable(known[name])}
    return found if sum(tensor.nbytes for tensor in found.values()) <= LIMIT else {}


def _is_changeable(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() and tensor.layout == torch.strided and not tensor.is_inference()


def _other_elements(tensors: list[torch.Tensor]) -> Callable[[], contextlib.AbstractContextManager[None]]:
    @contextlib.contextmanager
    def around() -> Generator[None]:
        before = [tensor.detach().clone() for tensor in tensors]
        _write(tensors, [copy * 2 + 1 for copy in before])
        try:
            yield
        finally:
            _write(tensors, before)

    return around


def _write(tensors: list[torch.Tensor], elements: list[torch.Tensor]) -> None:
    """Write elements into tensors and leave no other mark."""
    for tensor, others in zip(tensors, elements):
        with torch.no_grad(), preserving_version(tensor):
            tensor.copy_(others)
