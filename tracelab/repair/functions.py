"""The functions that what was traced is made of, and the same made anew from a changed text.

A new function has the globals, the closure and the defaults of the old one. Whoever calls an old one by a global name
is made anew too, with that name bound to the new one alone: the user's globals, classes and functions stay as they are.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from types import CellType, CodeType, FunctionType
from typing import Any

import torch

from tracelab.repair.compiling import UnbuildableError, compiled, is_scripted, scripted
from tracelab.repair.sources import Def, Shelf, Source, definitions, path_of, read, tree_of
from tracelab.source import is_user_file

_ROOTS = (torch.nn.Module, torch.nn.Sequential, torch.nn.ModuleList, torch.nn.ModuleDict, object)


# -- what there is -------------------------------------------------------------------------------------------------


def functions_of(func: Any) -> list[FunctionType]:
    """The user's functions that a traced one reaches by name, with those that stand around them as decorators."""
    found: dict[int, FunctionType] = {}
    waiting = [*_first(func)]
    while waiting:
        function = waiting.pop()
        if id(function) not in found:
            found[id(function)] = function
            waiting += [reached for _, reached in references(function)]
    return list(found.values())


def _first(func: Any) -> Iterator[FunctionType]:
    owner = getattr(func, "__self__", func)
    if isinstance(owner, torch.nn.Module):
        kinds = {kind: None for module in owner.modules() for kind in type(module).__mro__ if kind not in _ROOTS}
        for kind in kinds:
            for _, function in methods_of(kind):
                yield function
        hooks = [hook for module in owner.modules() for hook in _hooks(module)]
        yield from (hook for hook in map(function_in, hooks) if hook is not None)
    function = function_in(func)
    if function is not None:
        yield function


def _hooks(module: torch.nn.Module) -> Iterator[Any]:
    for name in ("_forward_hooks", "_forward_pre_hooks"):
        yield from vars(module).get(name, {}).values()


def methods_of(kind: type[Any]) -> Iterator[tuple[str, FunctionType]]:
    """The functions in the body of a class, each with its name there."""
    for name, value in vars(kind).items():
        function = function_in(value)
        if function is not None and _leads_to_user(function):
            yield name, function


def function_in(value: Any) -> FunctionType | None:
    """The function in a method, a static method or a property."""
    value = getattr(value, "fget" if isinstance(value, property) else "__func__", value)
    return value if isinstance(value, FunctionType) else None


def _leads_to_user(function: FunctionType) -> bool:
    while not is_user_file(function.__code__.co_filename):
        inner = getattr(function, "__wrapped__", None)
        if not isinstance(inner, FunctionType):
            return False
        function = inner
    return True


def references(function: FunctionType) -> Iterator[tuple[str, FunctionType]]:
    """The functions that one can call by a global name or a closure's, each with that name."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        value = _content(cell)
        if isinstance(value, FunctionType) and _leads_to_user(value):
            yield name, value
    if is_user_file(function.__code__.co_filename):
        for name in _names(function.__code__):
            value = function.__globals__.get(name)
            if isinstance(value, FunctionType) and _leads_to_user(value):
                yield name, value


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _names(code: CodeType) -> set[str]:
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return {*code.co_names, *(name for const in inner for name in _names(const))}


# -- made anew -----------------------------------------------------------------------------------------------------


def remade(functions: list[FunctionType], sources: Mapping[str, Source], shelf: Shelf) -> dict[FunctionType, Any]:
    """What stands in place of each function that has to be another one.

    Args:
        functions: all that there are.
        sources: the changed texts, by their file names.
        shelf: where the changed texts are kept.

    Raises:
        UnbuildableError: a text does not compile, or uses a name that nobody defines.
    """
    stale = [function for function in functions if _is_edited(function, sources)]
    while True:
        more = [
            function
            for function in functions
            if function not in stale and any(reached in stale for _, reached in references(function))
        ]
        if not more:
            break
        stale += more
    cells = {function: CellType() for function in stale}
    files = {name: shelf.put(source) for name, source in sources.items() if source.is_changed}
    made = {function: _Maker(function, cells, sources, files).make() for function in stale}
    for function, new in made.items():
        cells[function].cell_contents = new
    for function in stale:
        if _is_to_be_scripted(function, sources):
            made[function] = cells[function].cell_contents = scripted(made[function])
    return made


def _nodes(function: FunctionType, sources: Mapping[str, Source]) -> tuple[Def | None, Def | None]:
    """The definition of a function in its file's original text and in the changed one."""
    source = sources.get(function.__code__.co_filename)
    if source is None:
        return None, None
    path = path_of(source.original, function.__code__.co_firstlineno, function.__code__.co_name)
    if path is None:
        return None, None
    return definitions(source.original)[path], definitions(source.text).get(path)


def _is_edited(function: FunctionType, sources: Mapping[str, Source]) -> bool:
    old, new = _nodes(function, sources)
    return old is not None and new is not None and ast.dump(old) != ast.dump(new)


def _is_to_be_scripted(function: FunctionType, sources: Mapping[str, Source]) -> bool:
    old, new = _nodes(function, sources)
    return old is not None and new is not None and is_scripted(new) and not is_scripted(old)


class _Maker:
    """Makes one function anew."""

    def __init__(
        self, old: FunctionType, cells: Mapping[FunctionType, CellType], sources: Mapping[str, Source],
        files: Mapping[str, str],
    ) -> None:  # fmt: skip
        self._old, self._sources, self._files = old, sources, files
        self._cells = {name: cells[reached] for name, reached in references(old) if reached in cells}
        self._helpers: dict[str, CellType] = {}

    def make(self) -> FunctionType:
        old = self._old
        source = self._sources.get(old.__code__.co_filename)
        closed = set(old.__code__.co_freevars)
        if source is None and all(name in closed for name in self._cells):
            code = old.__code__  # a decorator, which finds what it stands around in its closure
        else:
            code = self._compiled(source)
        kept = dict(zip(old.__code__.co_freevars, old.__closure__ or ()))
        known = {**kept, **self._cells, **self._helpers}
        missing = [name for name in code.co_freevars if name not in known]
        if missing:
            raise UnbuildableError(f"{old.__qualname__} would use {missing[0]}, which is nowhere defined")
        closure = tuple(known[name] for name in code.co_freevars)
        return self._dressed(FunctionType(code, old.__globals__, old.__name__, old.__defaults__, closure))

    def _dressed(self, new: FunctionType) -> FunctionType:
        old = self._old
        new.__kwdefaults__ = dict(old.__kwdefaults__) if old.__kwdefaults__ else None  # pyright: ignore[reportAttributeAccessIssue]
        new.__dict__.update(old.__dict__)
        new.__qualname__, new.__module__, new.__doc__ = old.__qualname__, old.__module__, old.__doc__
        new.__annotations__ = dict(old.__annotations__)
        inner = getattr(old, "__wrapped__", None)
        for name, reached in references(old):
            if reached is inner and name in self._cells:
                del new.__dict__["__wrapped__"]  # what it would be is not there yet
        return new

    def _compiled(self, source: Source | None) -> CodeType:
        code = self._old.__code__
        source = source or read(code.co_filename)
        path = path_of(source.original, code.co_firstlineno, code.co_name) if source is not None else None
        node = definitions(source.text).get(path) if source is not None and path is not None else None
        if source is None or path is None or node is None:
            raise UnbuildableError(f"the source of {self._old.__qualname__} is not at hand")
        self._define_what_is_new(source, node)
        filename = self._files.get(source.filename, source.filename)
        names = {*code.co_freevars, *self._cells, *self._helpers}
        return compiled(source.text, node, [name for name, _ in path[:-1]], names, filename)

    def _define_what_is_new(self, source: Source, node: Def) -> None:
        """Functions and imports that the changed text has at its top, and the file had not."""
        tree = tree_of(source.text)
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        old = {path[-1][0] for path in definitions(source.original) if len(path) == 1}
        for statement in tree.body if tree is not None else ():
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    name = alias.asname or alias.name
                    if name in used and name not in self._old.__globals__:
                        self._helpers[name] = CellType(importlib.import_module(alias.name))
            elif isinstance(statement, ast.FunctionDef) and statement.name in used - old:
                self._helpers[statement.name] = CellType(self._helper(source, statement))

    def _helper(self, source: Source, node: ast.FunctionDef) -> Any:
        code = compiled(source.text, node, [], set(), self._files.get(source.filename, source.filename))
        function = FunctionType(code, self._old.__globals__, node.name)
        function.__annotations__ = {
            argument.arg: eval(ast.unparse(argument.annotation), self._old.__globals__)
            for argument in node.args.args
            if argument.annotation is not None
        }
        return scripted(function) if is_scripted(node) else function
