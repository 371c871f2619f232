"""What the running instruction of a frame steers: an `if`, a loop, an argument.

`executing` finds the syntax node of calls on every Python. For a bare `if t:` it has no answer, and the
instruction's own positions, which Python 3.11 and later keep, have.
"""

from __future__ import annotations

import ast
import dis
import linecache
import sys
from dataclasses import dataclass, replace
from types import CodeType, FrameType
from typing import Any

import executing

from tracelab.schema import SourceRange
from tracelab.source import cell_label, line_range, moment

Lines = tuple[int, int]

STEERING = {
    "if", "elif", "while", "assert", "ternary", "and", "or", "not", "comprehension-if", "match",
    "for", "comprehension", "try",
}  # fmt: skip
"""The syntaxes that choose which code runs next; the others only take a value."""


@dataclass(frozen=True)
class Site:
    """A place in the code and what it steers."""

    source: SourceRange
    syntax: str = ""
    """`if`, `while`, `for`, `assert`, `ternary`, `call`, `index`, `format`, ... ; empty where unknown."""
    called: str = ""
    """The name of the function that the value is an argument of: `range`, `int`."""
    body: Lines | None = None
    orelse: Lines | None = None
    guard: bool = False
    """Whether all that the body does is to raise."""
    unpacked: bool = False
    """Whether the value is unpacked into a fixed number of names."""


_SOURCE: Any = executing.Source
"""Untyped: its own types promise a tree and a node where there may be none."""

_sites: dict[int, dict[tuple[str, CodeType, int], Site]] = {}
"""Sites that were found at one moment, by file, code and instruction: like code of two files is equal to Python."""


def site_of(frame: FrameType) -> Site:
    """The site of the instruction that a frame is running."""
    now = moment()
    if now not in _sites:
        _sites.clear()
        _sites[now] = {}
    sites, key = _sites[now], (frame.f_code.co_filename, frame.f_code, frame.f_lasti)
    if key not in sites:
        sites[key] = _find_site(frame)
    return sites[key]


def _find_site(frame: FrameType) -> Site:
    node = _node_of(frame)
    code = frame.f_code
    if node is None:
        return Site(line_range(code.co_filename, frame.f_lineno, code.co_name))
    node = _asked(node, dis.opname[code.co_code[frame.f_lasti]], code.co_name.startswith("<"))
    return _classify(node, _range_of(node, code.co_filename, code.co_name, code.co_firstlineno), _taken_by(node))


def _asked(node: ast.AST, instruction: str, inside: bool) -> ast.AST:
    """The part that is asked, where Python gives the place of all that surrounds it.

    Args:
        node: what stands at the place.
        instruction: the name of the instruction.
        inside: whether it runs inside the function that Python makes of a comprehension.
    """
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return node.iter
    if isinstance(node, ast.IfExp):
        return node.test
    if isinstance(node, _COMPREHENSIONS):
        conditions = [condition for part in node.generators for condition in part.ifs]
        if instruction == "GET_ITER":
            return node.generators[-1 if inside else 0].iter
        if conditions and ("JUMP" in instruction or instruction == "TO_BOOL"):
            return conditions[0]
    return node


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _taken_by(node: ast.AST) -> str:
    """How an expression takes the values of its own parts."""
    if isinstance(node, (ast.BoolOp, ast.UnaryOp)):
        return _use(node, node)[0]
    return "format" if isinstance(node, ast.JoinedStr) else "index" if isinstance(node, ast.Subscript) else ""


def _node_of(frame: FrameType) -> ast.AST | None:
    source = _SOURCE.for_frame(frame)
    if source.tree is None:
        return None
    statements = source.statements_at_line(frame.f_lineno)
    if sys.version_info >= (3, 11):
        found = _at_position(frame.f_code, frame.f_lasti, statements)
        if found is not None:
            return found
    node = _SOURCE.executing(frame).node
    if node is not None:
        return node
    return _tested(next(iter(statements))) if len(statements) == 1 else None


def _at_position(code: Any, offset: int, statements: set[ast.AST]) -> ast.AST | None:
    positions = list[Any](code.co_positions())[offset // 2]
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, (ast.expr, ast.pattern)) and _position(node) == positions:
                return node
    return None


def _position(node: ast.expr | ast.pattern) -> tuple[int, int | None, int, int | None]:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _tested(statement: ast.AST) -> ast.AST:
    """What a statement asks, where the instruction itself is not known."""
    return getattr(statement, "test", None) or getattr(statement, "iter", None) or statement


def _range_of(node: ast.AST, filename: str, function: str, firstlineno: int = 1) -> SourceRange:
    lineno = int(getattr(node, "lineno", firstlineno))
    end_lineno = int(getattr(node, "end_lineno", None) or lineno)
    return SourceRange(
        filename=filename,
        lineno=lineno,
        end_lineno=end_lineno,
        col_offset=_characters(filename, lineno, int(getattr(node, "col_offset", 0))),
        end_col_offset=_characters(filename, end_lineno, int(getattr(node, "end_col_offset", None) or 0)),
        function=function,
        cell=cell_label(filename),
    )


def _characters(filename: str, lineno: int, utf8_offset: int) -> int:
    return len(linecache.getline(filename, lineno).encode()[:utf8_offset].decode(errors="ignore"))


def parent_of(node: ast.AST) -> ast.AST | None:
    """The syntax node above; `executing` notes it on every node of the trees it parses."""
    return getattr(node, "parent", None)


def _classify(node: ast.AST, source: SourceRange, syntax: str = "") -> Site:
    """Go up from a node to what it steers, or to the statement that takes its value."""
    called = ""
    child, parent = node, parent_of(node)
    while parent is not None:
        steered = _steered(parent, child, Site(source, called=called))
        if steered is not None:
            return steered
        use, name = _use(parent, child)
        syntax, called = syntax or use, called or name
        if isinstance(parent, ast.stmt):
            return Site(source, syntax or "value", called, unpacked=_unpacks(parent, node))
        child, parent = parent, parent_of(parent)
    return Site(source, syntax or "value", called)


def _steered(parent: ast.AST, child: ast.AST, site: Site) -> Site | None:
    """The site with what it steers; None where `child` is not what `parent` asks in order to choose."""
    if isinstance(parent, (ast.If, ast.While)) and child is parent.test:
        syntax = "while" if isinstance(parent, ast.While) else "elif" if _is_elif(parent) else "if"
        guard = isinstance(parent.body[-1], ast.Raise)
        return replace(site, syntax=syntax, body=_lines(parent.body), orelse=_lines(parent.orelse), guard=guard)
    if isinstance(parent, (ast.For, ast.AsyncFor)) and child is parent.iter:
        return replace(site, syntax="for", body=_lines(parent.body))
    if isinstance(parent, ast.Assert) and child is parent.test:
        return replace(site, syntax="assert", guard=True)
    if isinstance(parent, ast.IfExp) and child is parent.test:
        return replace(site, syntax="ternary")
    if isinstance(parent, ast.comprehension):
        return replace(site, syntax="comprehension" if child is parent.iter else "comprehension-if")
    if isinstance(parent, ast.Match) and child is parent.subject:
        return replace(site, syntax="match")
    if isinstance(parent, ast.match_case) and child in (parent.pattern, parent.guard):
        return replace(site, syntax="match")
    return None


def _use(parent: ast.AST, child: ast.AST) -> tuple[str, str]:
    """How an expression above takes a value: the syntax and the name of what is called."""
    if isinstance(parent, ast.BoolOp):
        return ("and" if isinstance(parent.op, ast.And) else "or"), ""
    if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not):
        return "not", ""
    if isinstance(parent, ast.FormattedValue):
        return "format", ""
    if isinstance(parent, ast.Subscript) and child is parent.slice:
        return "index", ""
    if isinstance(parent, ast.Call) and child is not parent.func:
        return "call", _name(parent.func)
    return "", ""


def is_argument(node: ast.expr) -> bool:
    """Whether a value only becomes an argument: `F.dropout(x, p, self.training)`, `p if self.training else 0.0`."""
    child, parent = node, parent_of(node)
    while isinstance(parent, (ast.UnaryOp, ast.IfExp, ast.BoolOp, ast.BinOp, ast.keyword)):
        child, parent = parent, parent_of(parent)
    return isinstance(parent, ast.Call) and child is not parent.func


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _is_elif(node: ast.If | ast.While) -> bool:
    parent = parent_of(node)
    return isinstance(parent, ast.If) and parent.orelse == [node] and node.col_offset == parent.col_offset


def _lines(body: list[ast.stmt]) -> Lines | None:
    return (body[0].lineno, body[-1].end_lineno or body[-1].lineno) if body else None


def _unpacks(statement: ast.stmt, node: ast.AST) -> bool:
    if isinstance(statement, ast.Assign) and statement.value is node:
        return any(_has_fixed_length(target) for target in statement.targets)
    return isinstance(getattr(node, "ctx", None), ast.Store) and _has_fixed_length(node)


def _has_fixed_length(target: ast.AST) -> bool:
    """Whether a target is a number of names."""
    return isinstance(target, (ast.Tuple, ast.List)) and not any(isinstance(part, ast.Starred) for part in target.elts)


def site_at(filename: str, function: str, node: ast.expr) -> Site:
    """The site of a syntax node that was found by reading the source."""
    return _classify(node, _range_of(node, filename, function))
