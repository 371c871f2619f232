"""A function's text -> its code, and a function or module -> what `torch.jit.script` makes of it."""

from __future__ import annotations
import __future__

import ast
from types import CodeType
from typing import Any

from tracelab.bindings import jit
from tracelab.repair.sources import Def

_ast: Any = ast
"""Untyped: which fields a node has depends on the version of Python."""


class UnbuildableError(Exception):
    """A changed text cannot be brought to life; the text says why."""


def is_scripted(node: Def) -> bool:
    """Whether a function is decorated with `torch.jit.script`."""
    return any(ast.unparse(decorator) == "torch.jit.script" for decorator in node.decorator_list)


def scripted(function: Any) -> Any:
    """A function or a module, compiled.

    Raises:
        UnbuildableError: torch.jit.script refuses it.
    """
    try:
        return jit.script(function)
    except Exception as error:  # whatever the compiler raises at what it does not know
        raise UnbuildableError(f"torch.jit.script refuses it: {_said(error)}") from error


def _said(error: Exception) -> str:
    """The line of a compiler's error that says what is wrong: some begin with the signature that did not fit."""
    lines = [line.strip().rstrip(":") for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if not ("->" in line and "(" in line)]
    return (telling or lines or [type(error).__name__])[0]


def compiled(text: str, node: Def, around: list[str], names: set[str], filename: str) -> CodeType:
    """The code of a function, with some names bound by what surrounds it.

    Args:
        text: of the file.
        node: the function, in the tree of that text, whose line numbers it keeps.
        around: the names of the classes and functions that it stands in, outermost first.
        names: what it takes from a closure.
        filename: the name under which the text is found.
    """
    inner: Any = _ast.FunctionDef(**{**dict(ast.iter_fields(node)), "decorator_list": [], "returns": None})
    ast.copy_location(inner, node)
    bare: Any = inner
    for name in around[-1:]:  # private names are spelled after the class, and `super()` needs to stand in one
        inner = _ast.ClassDef(name=name, bases=[], keywords=[], body=[inner], decorator_list=[], type_params=[])
    arguments = [ast.arg(arg=name) for name in sorted(names)]
    outer: Any = _ast.FunctionDef(
        name="_surroundings_", decorator_list=[], returns=None, type_comment=None, type_params=[], body=[inner],
        args=ast.arguments(posonlyargs=[], args=arguments, vararg=None, kwonlyargs=[], kw_defaults=[], defaults=[]),
    )  # fmt: skip
    bare.args = _without_defaults(bare.args)
    module = ast.fix_missing_locations(ast.Module(body=[outer], type_ignores=[]))
    try:
        made = compile(module, filename, "exec", dont_inherit=True, flags=_flags(text))
    except (SyntaxError, ValueError) as error:
        raise UnbuildableError(f"the changed text does not compile: {error}") from error
    found = _code_named(made, node.name)
    if found is None:
        raise UnbuildableError(f"the changed text has no {node.name}")
    return found


def _without_defaults(args: ast.arguments) -> ast.arguments:
    """The same with defaults that need no names; those of the old function are used."""
    none: Any = ast.Constant(None)
    copy: Any = _ast.arguments(**dict(ast.iter_fields(args)))
    copy.defaults = [none for _ in args.defaults]
    copy.kw_defaults = [value and none for value in args.kw_defaults]
    return copy


def _flags(text: str) -> int:
    """The flags of `from __future__ import annotations`, where a text has it."""
    return __future__.annotations.compiler_flag if "from __future__ import annotations" in text else 0


def _code_named(code: CodeType, name: str) -> CodeType | None:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            if (const.co_name == name and code.co_name in ("_surroundings_",)) or const.co_name == name:
                return const
            found = _code_named(const, name)
            if found is not None:
                return found
    return None
