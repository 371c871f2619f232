"""State that the function reads or writes: attributes, buffers, globals, closures, class state, caches."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import _lru_cache_wrapper  # pyright: ignore[reportPrivateUsage]
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import torch

from tracelab.observers.accesses import Access, Question, Reading, path_of, read_function
from tracelab.observers.sighting import Sighting, StandIn, value_text
from tracelab.preserve import Change
from tracelab.source import is_user_file, line_range
from tracelab.syntax import Site, parent_of, site_at

_CODE = (
    ModuleType,
    FunctionType,
    BuiltinFunctionType,
    MethodType,
    type,
    torch.nn.Module,
    torch.nn.Parameter,
    torch.dtype,
    torch.device,
)
_MISSING: Any = object()


@dataclass
class Ran:
    """A user's function that ran: where it stands, what its names meant when it was first entered, which lines ran."""

    filename: str
    firstlineno: int
    name: str
    names: dict[str, Any]
    """Its locals on entry: parameters and closure variables, without the tensors of this call."""
    scope: dict[str, Any]
    """Its globals."""
    lasting: set[str] = field(default_factory=set[str])
    """Those of its locals that outlive the call, as `self`."""
    lines: set[int] = field(default_factory=set[int])
    top: bool = False
    """Whether it is the traced function itself."""
    given: set[str] | None = None
    """The parameters that the traced function was given; None where that is not known."""

    @property
    def site(self) -> Site:
        """The line of its `def`."""
        return Site(line_range(self.filename, self.reading.lineno or self.firstlineno, self.name))

    @property
    def return_site(self) -> Site:
        """The last `return` that ran, or its `def`."""
        ran = [line for line in self.reading.returns if line in self.lines]
        return Site(line_range(self.filename, max(ran), self.name)) if ran else self.site

    @property
    def reading(self) -> Reading:
        """What its source says."""
        return read_function(self.filename, self.firstlineno, self.name)


def without_tensors(value: Any) -> Any:
    """A value of which only plain parts, lengths and keys are kept."""
    if isinstance(value, torch.Tensor):
        return STAND_IN
    if isinstance(value, dict):
        return {key: without_tensors(part) for key, part in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, (list, tuple)):
        parts = [without_tensors(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
        return parts if isinstance(value, list) else tuple(parts)
    return value if isinstance(value, (bool, int, float, str, bytes, type(None))) else OPAQUE


STAND_IN = StandIn()
OPAQUE = object()


def sightings_of(ran: list[Ran], changes: list[Change]) -> Iterator[Sighting]:
    """All reads and writes of state, all questions about the inputs and all `try` statements that were passed."""
    drawn = {
        change.name
        for change in changes
        if change.kind == "generator" and type(change.owner).__module__.startswith("numpy")
    }
    changes = [
        c for c in changes if c.kind not in ("elements", "generator")
    ]  # the graph repeats what is written in place
    changed = {change.name for change in changes}
    explained: set[str] = set()
    for function in ran:
        for access in function.reading.accesses:
            if access.statement in function.lines and not _is_skipped(function, access):
                for sighting in _access(function, access, changed, drawn):
                    explained.add(access.path[-1])
                    explained.update(access.path)
                    yield sighting
        yield from _questions(function)
        yield from _tries(function)
    yield from _unexplained(ran, [change for change in changes if change.name not in explained])


def _access(function: Ran, access: Access, changed: set[str], drawn: set[str]) -> Iterator[Sighting]:
    if access.path[0] in function.names and access.path[0] not in function.lasting and len(access.path) > 1:
        return
    value = _value(function, access.path)
    touched = bool(changed & set(access.path[1:] or access.path))
    if isinstance(value, torch.nn.Parameter) and not access.write:
        return
    if access.path[0] in drawn or access.path[-1] in drawn:
        yield replace(
            _sighting(function, access, "outside-read", _MISSING, ""), asked=f"numpy.random: {'.'.join(access.path)}"
        )
    elif access.write and touched:
        yield _sighting(function, access, "state-write", value, "changed by the function")
    elif not access.write and (touched or _is_state(value, access)):
        yield _sighting(
            function, access, _kind_of_read(function, access), value, "changed by the function" if touched else ""
        )


def _is_skipped(function: Ran, access: Access) -> bool:
    """Whether an `and` or `or` was decided before it came to an expression: `self.checkpointing and self.training`."""
    child, parent = access.node, parent_of(access.node)
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.BoolOp):
            earlier = parent.values[: parent.values.index(child)] if child in parent.values else []  # pyright: ignore[reportArgumentType]
            ends = isinstance(parent.op, ast.Or)
            if any(_plain_truth(function, operand) is ends for operand in earlier):
                return True
        child, parent = parent, parent_of(parent)
    return False


def _plain_truth(function: Ran, node: ast.expr) -> bool | None:
    """The truth of an attribute that holds a plain value; None where it is anything else."""
    path = path_of(node)
    value = (
        _value(function, path) if path and (path[0] in function.lasting or path[0] not in function.names) else _MISSING
    )
    return bool(value) if isinstance(value, (bool, int, float, str, type(None))) else None


def _kind_of_read(function: Ran, access: Access) -> str:
    """Attributes of Python's own modules, as `sys.argv`, are facts from outside."""
    root = function.scope.get(access.path[0])
    return (
        "outside-read"
        if isinstance(root, ModuleType) and root.__name__.partition(".")[0] in sys.stdlib_module_names
        else "state-read"
    )


def _is_state(value: object, access: Access) -> bool:
    """Whether a value is one that someone may change, and not code, a parameter or a constant's name."""
    if value is _MISSING or isinstance(value, _CODE) or (callable(value) and not hasattr(value, "__next__")):
        return False
    if isinstance(value, torch.Tensor):
        return False  # a tensor that is kept outside is seen where the graph takes it
    is_constant_name = len(access.path) == 1 and access.path[0].isupper() and not isinstance(value, (dict, list, set))
    return not is_constant_name


def _sighting(function: Ran, access: Access, kind: str, value: object, detail: str) -> Sighting:
    site = site_at(function.filename, function.name, access.node)
    if isinstance(value, _lru_cache_wrapper):
        return Sighting("cache", ast.unparse(access.node), "", site, (site.source,), region=_region(value))  # pyright: ignore[reportUnknownArgumentType]
    text = "" if value is _MISSING else value_text(value)
    return Sighting(kind, ast.unparse(access.node), text, site, (site.source,), detail=detail)


def _region(cache: _lru_cache_wrapper[Any]) -> tuple[str, int, int] | None:
    """The lines of a cached function."""
    code = getattr(cache.__wrapped__, "__code__", None)
    if code is None:
        return None
    lines = [line for *_, line in code.co_lines() if line is not None]
    return code.co_filename, min(lines), max(lines)


def _value(function: Ran, path: tuple[str, ...]) -> Any:
    """What a path leads to, without running a property or a `__getattr__`."""
    root, *rest = path
    value = function.names.get(root, function.scope.get(root, getattr(builtins, root, _MISSING)))
    for name in rest:
        value = _attribute(value, name)
        if value is _MISSING:
            break
    return value


def _attribute(value: Any, name: str) -> Any:
    if name == "__class__":
        return type(value)
    if isinstance(value, torch.nn.Module):
        for table in ("_parameters", "_buffers", "_modules"):
            if name in vars(value).get(table, {}):
                return vars(value)[table][name]
    if name in getattr(value, "__dict__", {}):
        return vars(value)[name]
    cls = value if isinstance(value, type) else type(value)
    found = next((vars(base)[name] for base in cls.__mro__ if name in vars(base)), _MISSING)
    return _MISSING if hasattr(found, "__get__") else found


def _questions(function: Ran) -> Iterator[Sighting]:
    for question in function.reading.questions:
        value = function.names.get(question.parameter, _MISSING)
        if question.statement in function.lines and _is_asked(function, question, value):
            site = site_at(function.filename, function.name, question.node)
            name = "Tensor" if value is STAND_IN else type(value).__name__
            text = (
                "None" if value is None else name if question.kind == "type" or value is STAND_IN else value_text(value)
            )
            yield Sighting(
                "input-structure", ast.unparse(question.node), text, site, (site.source,), detail=question.kind
            )


def _is_asked(function: Ran, question: Question, value: object) -> bool:
    """Whether a question is about an input, which another call may give otherwise."""
    if not function.top or value is _MISSING or question.parameter in function.lasting:
        return False
    if question.kind == "default":
        given = function.given
        return given is not None and question.parameter not in given and isinstance(value, (bool, int, float, str))
    if question.kind == "length":
        return isinstance(value, (list, tuple, dict))
    return question.kind != "truth" or value is not STAND_IN


def _tries(function: Ran) -> Iterator[Sighting]:
    for attempt in function.reading.tries:
        calls = [call for call in attempt.calls if call.lineno in function.lines]
        if calls:
            handled = any(attempt.handlers[0] < line <= attempt.handlers[1] for line in function.lines)
            site = site_at(function.filename, function.name, calls[0])
            site = Site(site.source, "try", body=attempt.body, orelse=attempt.handlers)
            yield Sighting(
                "try",
                ast.unparse(calls[0]),
                "an error" if handled else "no error",
                site,
                (site.source,),
                truth=not handled,
            )


def _unexplained(ran: list[Ran], changes: list[Change]) -> Iterator[Sighting]:
    """Changes that no line of the source shows, as by `setattr` or a helper's `__dict__`."""
    top = next((function for function in ran if function.top), None)
    for change in changes:
        if change.kind in ("global", "generator", "iterator") or top is None or _is_lazy(change):
            continue
        yield Sighting(
            "state-write",
            change.path,
            value_text(change.after),
            top.site,
            (top.site.source,),
            detail="changed by the function",
        )


def _is_lazy(change: Change) -> bool:
    """Whether a change is a library's bookkeeping on a private name."""
    return change.name.startswith("_") or not is_user_file(getattr(type(change.owner), "__module__", ""))
