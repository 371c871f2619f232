"""Writes labextension/src/schema.ts: the types that the viewer is sent, as TypeScript.

They come from `tracelab/shown.py` and `tracelab/wire.py`, with what these take from `tracelab/schema.py`; docstrings
come along.
Run it with `python labextension/codegen/schema_ts.py`; the test of freshness says so too.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from msgspec import inspect as types

from tracelab import schema, shown, wire

TARGET = Path(__file__).parents[1] / "src" / "schema.ts"
_HEAD = """// Generated from tracelab/shown.py, wire.py and schema.py by labextension/codegen/schema_ts.py. Do not edit.
// In what is sent every field is there, also where it has its default; None is null.
"""
_NAMED = ("Verdict", "Outcome", "Level", "Look", "LineKind")
"""Literal types that have a name of their own."""
_PLAIN = {types.StrType: "string", types.BoolType: "boolean", types.NoneType: "null"}
_NUMBERS = (types.IntType, types.FloatType)
_WIDTH = 118


def generated() -> str:
    """The whole file."""
    parts = [_HEAD, f"export const FORMAT = {shown.FORMAT};\n", f"export const CHANNEL = {wire.CHANNEL};\n"]
    parts += [f'export const {name} = "{getattr(wire, name)}";\n' for name in ("RPC", "PUSH")]
    parts += [f"export type {name} = {literal};\n" for literal, name in _names().items()]
    parts += ["".join(_interface(struct)) for struct in _structs(shown.Shown, wire.Request, wire.Reply, wire.Told)]
    return "\n".join(parts)


def _names() -> dict[str, str]:
    """`"a" | "b"` and the name that it has."""
    modules = (shown, schema)
    return {_type(types.type_info(getattr(next(m for m in modules if hasattr(m, n)), n)), {}): n for n in _NAMED}


def _structs(*roots: type) -> list[type]:
    """Structs and all that they are made of, in the order in which they are met."""
    met: dict[type, None] = {}
    waiting: list[types.Type] = [types.type_info(root) for root in roots]
    while waiting:
        about = waiting.pop(0)
        if isinstance(about, types.StructType):
            if about.cls in met:
                continue
            met[about.cls] = None
            waiting += [field.type for field in about.fields]
        else:
            waiting += _inner(about)
    return list(met)


def _inner(about: types.Type) -> list[types.Type]:
    if isinstance(about, types.UnionType):
        return [*about.types]
    if isinstance(about, types.VarTupleType):
        return [about.item_type]
    if isinstance(about, types.TupleType):
        return [*about.item_types]
    return [about.value_type] if isinstance(about, types.DictType) else []


def _interface(struct: type) -> Iterator[str]:
    about = types.type_info(struct)
    assert isinstance(about, types.StructType)
    names, said = _names(), _docstrings(struct)
    yield from _comment(inspect.cleandoc(struct.__doc__ or ""), "")
    yield f"export interface {struct.__name__} {{\n"
    for field in about.fields:
        yield from _comment(said.get(field.name, ""), "  ")
        yield f"  readonly {field.encode_name}: {_type(field.type, names)};\n"
    yield "}\n"


def _docstrings(struct: type) -> dict[str, str]:
    """What stands in quotes below each field."""
    body = ast.parse(textwrap.dedent(inspect.getsource(struct))).body[0]
    assert isinstance(body, ast.ClassDef)
    said: dict[str, str] = {}
    for field, after in zip(body.body, body.body[1:]):
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else None
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, str):
            said[field.target.id] = inspect.cleandoc(text)
    return said


def _comment(text: str, indent: str) -> Iterator[str]:
    """A doc comment; Python's double backquotes and TypeScript's single ones mean the same."""
    lines = re.sub(r"\*/", "* /", text).split("\n") if text else []
    if len(lines) == 1 and len(indent) + len(lines[0]) + 7 <= _WIDTH:
        yield f"{indent}/** {lines[0]} */\n"
    elif lines:
        yield f"{indent}/**\n"
        yield from (f"{indent} * {line}".rstrip() + "\n" for line in lines)
        yield f"{indent} */\n"


def _type(about: types.Type, names: dict[str, str]) -> str:
    text = _spelled(about, names)
    return names.get(text, text)


def _spelled(about: types.Type, names: dict[str, str]) -> str:
    if type(about) in _PLAIN:
        return _PLAIN[type(about)]
    if isinstance(about, _NUMBERS):
        return "number"
    if isinstance(about, types.LiteralType):
        # msgspec sorts what is literal; the order of a union says nothing.
        return " | ".join(f'"{value}"' for value in about.values)
    if isinstance(about, types.StructType):
        return about.cls.__name__
    if isinstance(about, types.UnionType):
        return " | ".join(dict.fromkeys(_type(part, names) for part in about.types))
    if isinstance(about, types.TupleType):
        return f"readonly [{', '.join(_type(part, names) for part in about.item_types)}]"
    if isinstance(about, types.VarTupleType):
        item = _type(about.item_type, names)
        return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"
    if isinstance(about, types.DictType):
        return f"Readonly<Record<string, {_type(about.value_type, names)}>>"
    raise TypeError(f"no TypeScript is known for {about}")


if __name__ == "__main__":
    TARGET.write_text(generated(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
