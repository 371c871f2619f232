"""State that the function reads or writes: attributes, buffers, globals, closures, class state, caches."""

from __future__ import annotations

import ast
import builtins
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import torch

from tracelab.observers.accesses import Access, path_of
from tracelab.observers.assigned import rebound
from tracelab.observers.questions import questions, tries
from tracelab.observers.ran import MISSING, Ran
from tracelab.observers.sighting import Sighting, value_text
from tracelab.preserve import LRU_CACHE, Change, class_of
from tracelab.preserve.kept import MISSING as NOT_THERE
from tracelab.source import is_user_file
from tracelab.syntax import is_argument, parent_of, site_at

ARGUMENT = "argument"
"""Says of a read of `training` that the answer only goes into a call."""
_CODE = (
    ModuleType, FunctionType, BuiltinFunctionType, MethodType, type,
    torch.nn.Module, torch.nn.Parameter, torch.dtype, torch.device,
)  # fmt: skip
"""Types of values that are no state of their own."""
_CONSTANTS: Any = (bool, int, float, complex, str, bytes)
_DICT: Any = dict
_LIST: Any = list
"""Asked in place of the mapping itself: a subclass may answer otherwise."""


def sightings_of(ran: list[Ran], changes: list[Change]) -> Iterator[Sighting]:
    """All reads and writes of state, all questions about the inputs and all `try` statements that were passed."""
    generators = [change for change in changes if change.kind == "generator"]
    drawn = {change.name for change in generators if type(change.owner).__module__.startswith("numpy")}
    # the graph repeats what is written in place
    changes = [change for change in changes if change.kind not in ("elements", "generator")]
    changed = {change.name: change for change in changes}
    explained: set[str] = set()
    for function in ran:
        for access in function.reading.accesses:
            if access.statement in function.lines and not _is_skipped(function, access):
                for sighting in _access(function, access, changed, drawn):
                    explained.update(access.path)
                    yield sighting
        yield from questions(function)
        yield from tries(function)
    yield from _unexplained(ran, [change for change in changes if change.name not in explained])


def _access(function: Ran, access: Access, changed: dict[str, Change], drawn: set[str]) -> Iterator[Sighting]:
    root, last = access.path[0], access.path[-1]
    if root in function.names and root not in function.lasting and len(access.path) > 1:
        return
    value = _value(function, access.path)
    touched = bool(changed.keys() & set(access.path[1:] or access.path))
    detail = "changed by the function" if touched else ""
    if isinstance(value, torch.nn.Parameter) and not access.write:
        return
    if root in drawn or last in drawn:
        draw = _sighting(function, access, "outside-read", MISSING, "")
        yield replace(draw, asked=f"numpy.random: {'.'.join(access.path)}")
    elif access.write and touched:
        yield _sighting(function, access, "state-write", value, detail)
    elif not access.write and (touched or _is_state(function, value, access)):
        read = _sighting(function, access, _kind_of_read(function, access), value, detail)
        if last == "training" and not detail and is_argument(access.node):
            read = replace(read, detail=ARGUMENT)
        holder, keys = _held(function, access)
        yield replace(read, value=_before_and_after(changed.get(last)) or read.value, holder=holder, keys=keys)


def _before_and_after(change: Change | None) -> str:
    """What a name stood for before the call and after it: which of the two was read is not known."""
    if change is None or change.kind == "item" or change.before is NOT_THERE or change.after is NOT_THERE:
        return ""
    before, after = value_text(change.before), value_text(change.after)
    return f"{before} before the call, {after} after it" if before != after else before


def _is_skipped(function: Ran, access: Access) -> bool:
    """Whether an `and` or `or` was decided before it came to an expression: `self.checkpointing and self.training`."""
    child, parent = access.node, parent_of(access.node)
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.BoolOp):
            earlier = parent.values[: [id(operand) for operand in parent.values].index(id(child))]
            ends = isinstance(parent.op, ast.Or)
            if any(_plain_truth(function, operand) is ends for operand in earlier):
                return True
        child, parent = parent, parent_of(parent)
    return False


def _plain_truth(function: Ran, node: ast.expr) -> bool | None:
    """The truth of an attribute that holds a plain value, or of its `not`; None where it is anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        truth = _plain_truth(function, node.operand)
        return None if truth is None else not truth
    path = path_of(node)
    is_known = path and (path[0] in function.lasting or path[0] not in function.names)
    value = _value(function, path) if is_known else MISSING
    return bool(value) if isinstance(value, (bool, int, float, str, type(None))) else None


def _kind_of_read(function: Ran, access: Access) -> str:
    """Attributes of Python's own modules, as `sys.argv`, are facts from outside."""
    return "outside-read" if _pythons_module(function, access) is not None else "state-read"


def _pythons_module(function: Ran, access: Access) -> ModuleType | None:
    root = function.scope.get(access.path[0])
    is_pythons = isinstance(root, ModuleType) and root.__name__.partition(".")[0] in sys.stdlib_module_names
    return root if is_pythons else None


def _is_in_a_library(function: Ran, access: Access) -> bool:
    """Whether a constant is one of a module of Python's that says nothing of the process, as `sys` does."""
    return len(access.path) > 1 and _pythons_module(function, access) not in (None, sys)


def _is_state(function: Ran, value: object, access: Access) -> bool:
    """Whether a value is one that someone may change, and not code, a parameter or a constant's name."""
    if value is MISSING or isinstance(value, _CODE) or (callable(value) and not hasattr(value, "__next__")):
        return False
    if value is os.environ or (isinstance(value, _CONSTANTS) and _is_in_a_library(function, access)):
        return False  # the first is watched key by key, the second is as `math.pi`
    if isinstance(value, torch.Tensor):
        return False  # a tensor that is kept outside is seen where the graph takes it
    is_constant_name = len(access.path) == 1 and access.path[0].isupper() and not isinstance(value, (dict, list, set))
    return not is_constant_name or access.path[0] in rebound(function.filename)


def _sighting(function: Ran, access: Access, kind: str, value: object, detail: str) -> Sighting:
    site = site_at(function.filename, function.name, access.node)
    if isinstance(value, LRU_CACHE):
        return Sighting("cache", ast.unparse(access.node), "", site, (site.source,), region=_region(value))
    text = "" if value is MISSING else value_text(value)
    return Sighting(kind, ast.unparse(access.node), text, site, (site.source,), detail=detail)


def _region(cache: Any) -> tuple[str, int, int] | None:
    """The lines of a cached function."""
    code = getattr(cache.__wrapped__, "__code__", None)
    if code is None:
        return None
    lines = [line for *_, line in code.co_lines() if line is not None]
    return code.co_filename, min(lines), max(lines)


def _held(function: Ran, access: Access) -> tuple[Any, list[Any]]:
    """What holds the value that was read, and under which key: the names of a module, an object, a dict, a list."""
    root, *rest = access.path
    if root in function.names and root not in function.lasting:
        return None, []
    keys = _constant_keys(access.node)
    if keys:
        holder, last = _value(function, access.path), keys.pop()
        for key in keys:
            holder = _part(holder, key)
        return (holder, [last]) if _part(holder, last) is not MISSING else (None, [])
    holder = _value(function, access.path[:-1]) if rest else function.scope
    in_scope = bool(rest) or (root in function.scope and root not in function.names)
    return (holder, [access.path[-1]]) if holder is not MISSING and in_scope else (None, [])


def _constant_keys(node: ast.expr) -> list[Any]:
    """The keys of `SETTINGS["gain"][0]`; none where one of them is no constant."""
    keys: list[Any] = []
    while isinstance(node, ast.Subscript):
        try:
            keys.insert(0, ast.literal_eval(node.slice))
        except ValueError:
            return []
        node = node.value
    return keys


def _part(holder: Any, key: Any) -> Any:
    """An item of a dict or a list, without running a `__missing__`."""
    try:
        if isinstance(holder, _DICT):
            return _DICT.get(holder, key, MISSING)
        return _LIST.__getitem__(holder, key) if isinstance(holder, _LIST) else MISSING
    except (TypeError, IndexError):
        return MISSING


def _value(function: Ran, path: tuple[str, ...]) -> Any:
    """What a path leads to, without running a property or a `__getattr__`."""
    root, *rest = path
    value = function.names.get(root, function.scope.get(root, getattr(builtins, root, MISSING)))
    for name in rest:
        value = _attribute(value, name)
        if value is MISSING:
            break
    return value


def _attribute(value: Any, name: str) -> Any:
    if name == "__class__":
        return class_of(value)
    if isinstance(value, torch.nn.Module):
        for table in ("_parameters", "_buffers", "_modules"):
            if name in vars(value).get(table, {}):
                return vars(value)[table][name]
    if name in getattr(value, "__dict__", {}):
        return vars(value)[name]
    found: Any = next((vars(base)[name] for base in _bases(value) if name in vars(base)), MISSING)
    return MISSING if hasattr(found, "__get__") else found


def _bases(value: object) -> tuple[type[Any], ...]:
    return value.__mro__ if isinstance(value, type) else class_of(value).__mro__


def _unexplained(ran: list[Ran], changes: list[Change]) -> Iterator[Sighting]:
    """Changes that no line of the source shows, as by `setattr` or a helper's `__dict__`."""
    top = next((function for function in ran if function.top), None)
    for change in changes:
        if change.kind in ("global", "generator") or top is None or _is_lazy(change):
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
