"""Who assigns what in the source of a file, outside of the functions that were seen to run.

A value that nobody assigns after it was made is configuration. Where the source shows somebody who does, a program
that keeps the value goes wrong.
"""

from __future__ import annotations

import ast
import functools
import inspect
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import executing

from tracelab.observers.accesses import path_of
from tracelab.syntax import parent_of

Functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_MAKERS = {
    "__init__", "__new__", "__post_init__", "__setstate__", "__init_subclass__", "__set_name__", "__deepcopy__",
    "reset_parameters",
}  # fmt: skip
"""Methods that make an object."""
_REFILLS = {"update", "__setitem__", "setdefault", "pop", "clear", "append", "extend", "insert"}


def rebound(filename: str) -> frozenset[str]:
    """Globals of a file that a function of it rebinds (`global gain`), or that in small letters are assigned twice."""
    return _rebound(executing.Source.for_filename(filename))


@functools.lru_cache(maxsize=1024)
def _rebound(source: executing.Source) -> frozenset[str]:
    tree = source.tree
    if tree is None:
        return frozenset()
    names = _declared(tree) if "global " in source.text else set[str]()
    once = set[str]()
    for name in (name for statement in tree.body for name in _assigned(statement)):
        if name in once and name.islower():
            names.add(name)
        once.add(name)
    return frozenset(names)


def _declared(tree: ast.AST) -> set[str]:
    """The names that functions declare global and assign."""
    names = set[str]()
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
        nodes = list(ast.walk(function))
        declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
        names |= declared & {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return names


def _assigned(statement: ast.stmt) -> Iterator[str]:
    """The plain names that a statement assigns, but for imports and definitions."""
    if isinstance(statement, ast.Assign):
        targets: Iterable[ast.expr] = statement.targets
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)) and statement.value is not None:
        targets = (statement.target,)
    else:
        return
    for node in (node for target in targets for node in ast.walk(target)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def refilled(filename: str) -> frozenset[str]:
    """Globals of a file whose items some code of it sets: `SETTINGS["gain"] = 5.0`, `SETTINGS.update(gain=5.0)`."""
    return _refilled(executing.Source.for_filename(filename))


@functools.lru_cache(maxsize=1024)
def _refilled(source: executing.Source) -> frozenset[str]:
    names = (node for node in ast.walk(source.tree) if isinstance(node, ast.Name)) if source.tree is not None else ()
    return frozenset(node.id for node in names if isinstance(node.ctx, ast.Load) and _is_refilled(node))


def _is_refilled(node: ast.Name) -> bool:
    parent = parent_of(node)
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return isinstance(parent.ctx, (ast.Store, ast.Del))
    return isinstance(parent, ast.Attribute) and parent.attr in _REFILLS and isinstance(parent_of(parent), ast.Call)


def is_assigned_later(cls: type[Any], name: str, ran: Iterable[tuple[str, int]]) -> bool:
    """Whether a class, or one that it is made of, assigns an attribute after an object was made.

    Args:
        cls: the class of an object.
        name: the attribute.
        ran: the file and the first line of functions that do not count, as they are part of what was traced.
    """
    own = [base for base in cls.__mro__ if base.__module__.partition(".")[0] not in ("torch", "builtins")]
    passed = set(ran)
    for base in own:
        methods, on_class = _assignments(base)
        if name in on_class or any(place not in passed for place in methods.get(name, ())):
            return True
    return False


@functools.lru_cache(maxsize=4096)
def _assignments(cls: type[Any]) -> tuple[dict[str, set[tuple[str, int]]], set[str]]:
    """Attributes with the places of the methods that assign them, and those that functions set on the class itself."""
    source = _source_of(cls)
    definition = _definition(source, cls) if source is not None else None
    if source is None or source.tree is None or definition is None:
        return {}, set()
    methods = [node for node in definition.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    helpers = {name for m in methods if m.name in _MAKERS for name in _called(m) if name.startswith("_")}
    found: dict[str, set[tuple[str, int]]] = {}
    for method in methods:
        if method.name in _MAKERS or method.name in helpers:
            continue
        first = min([method.lineno, *(decorator.lineno for decorator in method.decorator_list)])
        for name in _set_on(method, _first_parameter(method)):
            found.setdefault(name, set()).add((source.filename, first))
    on_class = {
        name for node in ast.walk(source.tree) if isinstance(node, Functions) for name in _set_on(node, cls.__name__)
    }
    return found, on_class


def _source_of(cls: type[Any]) -> executing.Source | None:
    """The source of the file that a class stands in."""
    module = sys.modules.get(cls.__module__)
    filename = getattr(module, "__file__", None)
    codes = (
        inspect.unwrap(value).__code__ for value in vars(cls).values() if inspect.isfunction(inspect.unwrap(value))
    )
    filename = next((code.co_filename for code in codes if code.co_name != "<lambda>"), filename)
    return executing.Source.for_filename(filename) if filename else None


def _definition(source: executing.Source, cls: type[Any]) -> ast.ClassDef | None:
    """The one `class` statement of that name; of several the one that has the class's methods."""
    if source.tree is None:
        return None
    named = [node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef) and node.name == cls.__name__]
    lines = {
        code.co_firstlineno for code in (getattr(v, "__code__", None) for v in vars(cls).values()) if code is not None
    }
    return next((d for d in named if any(d.lineno <= line <= (d.end_lineno or 0) for line in lines)), None)


def _called(method: ast.AST) -> Iterator[str]:
    """The methods of its own object that a method calls."""
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(path_of(node.func)) == 2:
            yield node.func.attr


def _first_parameter(method: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    arguments = [*method.args.posonlyargs, *method.args.args]
    return arguments[0].arg if arguments else ""


def _set_on(function: ast.AST, owner: str) -> Iterator[str]:
    """The attributes that a function sets on a name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and path_of(node) == (owner, node.attr) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Call) and path_of(node.func) == ("setattr",) and len(node.args) == 3:
            target, name = node.args[:2]
            if path_of(target) == (owner,) and isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value
