"""Syntax trees that keep formatting: where a line's statement stands, and the same text with parts of it replaced."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst import metadata

Expression = cst.BaseExpression
Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, eq=False)
class Tree:
    """A text with its concrete syntax tree."""

    text: str
    module: cst.Module
    _ranges: Mapping[cst.CSTNode, metadata.CodeRange]
    _parents: Mapping[cst.CSTNode, cst.CSTNode]

    def lines(self, node: cst.CSTNode) -> tuple[int, int]:
        """First and last line of a node."""
        found = self._ranges[node]
        return found.start.line, found.end.line

    def above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What a node stands in, innermost first."""
        parent = self._parents.get(node)
        while parent is not None:
            yield parent
            parent = self._parents.get(parent)

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """What a node stands in directly."""
        return self._parents.get(node)

    def statement(self, lineno: int) -> Statement | None:
        """The innermost statement that has a line; a compound one has those of its head."""
        best: Any = None
        for node in self._ranges:
            if isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
                first, last = self.lines(node)
                if first <= lineno <= last and (best is None or self._is_inside(node, best)):
                    best = node
        return best

    def _is_inside(self, node: cst.CSTNode, other: cst.CSTNode) -> bool:
        (first, last), (start, end) = self.lines(node), self.lines(other)
        return last - first <= end - start

    def function(self, lineno: int) -> cst.FunctionDef | None:
        """The outermost function that a line stands in: what Python makes one object of."""
        for node in self._ranges:
            if isinstance(node, cst.FunctionDef) and not self.is_inner(node):
                first, last = self.lines(node)
                if first <= lineno <= last:
                    return node
        return None

    def is_inner(self, node: cst.CSTNode) -> bool:
        """Whether a function encloses it."""
        return any(isinstance(above, (cst.FunctionDef, cst.Lambda)) for above in self.above(node))

    def is_method(self, node: cst.CSTNode) -> bool:
        """Whether it stands in a class."""
        return any(isinstance(above, cst.ClassDef) for above in self.above(node))

    def with_(self, old: cst.CSTNode, new: Any) -> str:
        """The text with another node in the place of one; a `FlattenSentinel` stands for several."""
        return self.module.visit(_Replacing({old: new}, {old, *self.above(old)})).code

    def rewritten(self, root: cst.CSTNode, change: Callable[[Any, Any], Any]) -> str:
        """The text in which each expression below a node went through a function.

        Args:
            root: the node.
            change: is given the original node, and what became of it as its parts were changed.
        """
        return self.with_(root, root.visit(_Changing(change)))

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node alone."""
        return self.module.code_for_node(node)

    def indent(self, node: cst.CSTNode) -> str:
        """The white space before a statement."""
        line = self.text.splitlines()[self.lines(node)[0] - 1]
        return line[: len(line) - len(line.lstrip())]


class _Replacing(cst.CSTTransformer):
    def __init__(self, new: Mapping[cst.CSTNode, Any], way: Collection[cst.CSTNode]) -> None:
        super().__init__()
        self._new, self._way = new, way

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node in self._way and node not in self._new  # all else stays, and need not be walked

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        return self._new.get(original_node, updated_node)


class _Changing(cst.CSTTransformer):
    def __init__(self, change: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self._change = change

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        if isinstance(original_node, cst.BaseExpression):
            return self._change(original_node, updated_node)
        return updated_node


@functools.lru_cache(maxsize=8)
def tree_of(text: str) -> Tree | None:
    """The tree of a text; None where it has none."""
    try:
        wrapper = metadata.MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)  # no node stands there twice
    except cst.ParserSyntaxError:
        return None
    ranges: Any = wrapper.resolve(metadata.PositionProvider)
    parents: Any = wrapper.resolve(metadata.ParentNodeProvider)
    return Tree(text, wrapper.module, ranges, parents)


def expression(code: str) -> Expression:
    """A piece of Python as an expression."""
    return cst.parse_expression(code)


def statements(code: str) -> list[Any]:
    """Lines of Python as statements."""
    return list(cst.parse_module(code).body)


def lines_of(block: cst.BaseSuite) -> list[Any]:
    """The statements of a block, also of one that stands on the line of its head: `if x: break`."""
    parts: list[Any] = list(block.body)
    return parts if isinstance(block, cst.IndentedBlock) else [cst.SimpleStatementLine([part]) for part in parts]


def spaced(statement: Any) -> Any:
    """A statement with an empty line above it."""
    return statement.with_changes(leading_lines=[cst.EmptyLine(indent=False)])


def operand(node: Expression) -> Expression:
    """An expression in parentheses, unless it binds closer than any operator."""
    atoms = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.BaseString, cst.List, cst.Dict)
    return (
        node
        if isinstance(node, atoms) or node.lpar
        else node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    )


def bare(node: Expression) -> Expression:
    """An expression without parentheses around it, on one line."""
    return node.with_changes(lpar=[], rpar=[]) if node.lpar and not isinstance(node, cst.Tuple) else node


def text_of(node: cst.CSTNode) -> str:
    """A node as text."""
    return cst.Module([]).code_for_node(node)


def name_of(node: cst.CSTNode) -> str:
    """`torch.nn.functional.pad` of such a node; empty for what is no dotted name."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        owner = name_of(node.value)
        return f"{owner}.{node.attr.value}" if owner else ""
    return ""


def with_import(text: str, module: str) -> str:
    """The text with an import at its top, below the docstring and what is imported there."""
    line = 0
    for at, statement in enumerate(ast.parse(text).body):
        is_docstring = at == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not (is_docstring or isinstance(statement, (ast.Import, ast.ImportFrom))):
            break
        line = statement.end_lineno or line
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:line], f"import {module}\n", *lines[line:]])
