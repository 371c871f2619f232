"""`pkg.module:name` and `path/file.py:name` -> the function or module to trace, and the inputs that came with it."""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from tracelab.cli.say import described, place
from tracelab.errors import UsageError
from tracelab.format import joined


@dataclass(frozen=True)
class Target:
    """What to trace."""

    func: Callable[..., Any]
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] | None = None


def resolve(text: str) -> Target:
    """Import a target and, where it is a class or a builder, call it.

    Raises:
        UsageError: it names nothing, cannot be imported, or is nothing that can be traced.
    """
    where, colon, name = text.rpartition(":")
    if not colon or not name or name.endswith((".py", "\\")) or "/" in name:
        raise UsageError(f"{text!r} names no object", cure=f"Write {text}:NAME. {_candidates(text)}".strip())
    found = _attribute(_import_file(Path(where)) if where.endswith(".py") else _import_module(where), name, text)
    return _target(found, text)


def _candidates(text: str) -> str:
    """The names that a file defines, read without running it."""
    file = Path(text.rstrip(":"))
    try:
        body = ast.parse(file.read_text(encoding="utf-8")).body
    except (OSError, ValueError, SyntaxError):
        return "NAME is a module, a function, a class or a function that builds a model."
    names = [node.name for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
    return f"It defines {joined(names, 8)}." if names else "It defines no class and no function."


def _import_file(file: Path) -> ModuleType:
    if not file.is_file():
        raise UsageError(f"There is no file {str(file)!r}", cure="Give the path of a Python file.")
    name = _module_name(file)
    sys.path.insert(0, str(file.resolve().parent))
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise UsageError(f"{str(file)!r} cannot be imported", cure="Give the path of a Python file.")
    loader, module = spec.loader, importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    _running(f"{file} cannot be imported", lambda: loader.exec_module(module))
    return module


def _module_name(file: Path) -> str:
    """The file's own name, unless it would hide another module."""
    if not file.stem.isidentifier() or file.stem in sys.modules:
        return f"_target_{file.stem}"
    known = importlib.util.find_spec(file.stem)
    taken = known is not None and (known.origin is None or Path(known.origin).resolve() != file.resolve())
    return f"_target_{file.stem}" if taken else file.stem


def _import_module(name: str) -> ModuleType:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    return _running(f"{name} cannot be imported", lambda: importlib.import_module(name))


def _running(failure: str, call: Callable[[], Any]) -> Any:
    """The user's code, run: whatever it raises is the user's to know."""
    try:
        return call()
    except (Exception, SystemExit) as error:
        raise UsageError(f"{failure}: {described(error)}", place(error), "Mend this, then try again.") from error


def _attribute(module: ModuleType, name: str, text: str) -> Any:
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            known = [known for known in dir(found) if not known.startswith("_")]
            near = difflib.get_close_matches(part, known, 1)
            cure = f"Did you mean {near[0]!r}?" if near else f"It has {joined(known, 8)}."
            raise UsageError(f"{text!r} names nothing: there is no {part!r}", cure=cure)
        found = getattr(found, part)
    return found


def _target(found: Any, text: str) -> Target:
    if inspect.isclass(found) or (inspect.isroutine(found) and _takes_nothing(found)):
        if not _takes_nothing(found):
            cure = "Write a function without arguments that returns the model, and name that."
            raise UsageError(
                f"{text!r} cannot be built: {found.__name__}{_parameters(found)} needs arguments", cure=cure
            )
        return _built(_running(f"{text!r} cannot be built", found), text)
    if not callable(found):
        cure = "Name a module, a function, a class or a function that builds a model."
        raise UsageError(f"{text!r} is of type {type(found).__name__}, which cannot be traced", cure=cure)
    return Target(found)


def _takes_nothing(func: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(func).parameters.values()
    except (ValueError, TypeError):
        return False
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters) and not inspect.isclass(func)
    return not variadic and all(
        p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters
    )


def _parameters(func: Callable[..., Any]) -> str:
    try:
        return str(inspect.signature(func).replace(return_annotation=inspect.Signature.empty))
    except (ValueError, TypeError):
        return "(...)"


def _built(result: Any, text: str) -> Target:
    """`model`, `(model, inputs)` or `(model, args, kwargs)`."""
    kind = type(result).__name__
    parts: tuple[Any, ...] = cast("tuple[Any, ...]", result) if isinstance(result, tuple) else (result,)
    model: Any = parts[0] if parts else None
    given: Any = parts[1] if len(parts) > 1 else ()
    named: Any = parts[2] if len(parts) > 2 else {}
    if len(parts) > 3 or not callable(model) or not isinstance(named, Mapping):
        cure = "A builder returns a model, (model, inputs) or (model, args, kwargs)."
        raise UsageError(f"{text!r} returned an object of type {kind}, which is no model", cure=cure)
    keywords = dict(cast("Mapping[str, Any]", named))
    if isinstance(given, Mapping):
        return Target(model, (), {**cast("Mapping[str, Any]", given), **keywords})
    return Target(model, tuple(cast("list[Any]", given)) if isinstance(given, (list, tuple)) else (given,), keywords)
