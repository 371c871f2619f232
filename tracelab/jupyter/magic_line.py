"""The line of a magic: where it stands, what is wrong with it, and the call that it asks for."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len

from tracelab.errors import UsageError
from tracelab.format import clip
from tracelab.source import cell_label, cell_numbers, frame_above

_OPTION = re.compile(r"[)\s](--[a-z]+)\b")


class LineError(UsageError):
    """The line of a magic cannot be used. IPython shows it without a traceback, which would only tell of IPython."""

    def _render_traceback_(self) -> list[str]:
        return [f"UsageError: {self}"]


class StoppedError(KeyboardInterrupt):
    """The user interrupted a magic."""

    def _render_traceback_(self) -> list[str]:
        return [f"KeyboardInterrupt: {self}"]


@dataclass(frozen=True)
class Place:
    """Where a magic stands."""

    filename: str = ""
    """The file that IPython made of the cell; empty where there is none."""
    lineno: int = 1

    def __str__(self) -> str:
        return f"{cell_label(self.filename) or 'this line'}:{self.lineno}" if self.filename else "this line"


def here() -> Place:
    """The place of the cell's line that is running now."""
    numbers, frame = cell_numbers(), frame_above(1)
    while frame is not None and frame.f_code.co_filename not in numbers:
        frame = frame.f_back
    return Place() if frame is None else Place(frame.f_code.co_filename, frame.f_lineno)


@dataclass(frozen=True)
class Line:
    """A line of which parts can be marked."""

    text: str
    place: Place

    def error(self, what: str, start: int = 0, end: int | None = None, cure: str = "") -> LineError:
        """An error with carets under the part that it is about."""
        end = len(self.text.rstrip()) if end is None else end
        before, part = self.text[:start], self.text[start : max(end, start + 1)]
        margin = "".join("\t" if char == "\t" else " " * cell_len(char) for char in before)
        carets = "^" * max(cell_len(part), 1)
        return LineError(what, f"{self.place}\n    {self.text}\n    {margin}{carets}", cure)


@dataclass(frozen=True)
class Call:
    """The call that a line asks for."""

    line: Line
    node: ast.Call
    text: str
    at: int
    """Where in the line the call begins."""

    def error(self, what: str, node: ast.expr | None = None, cure: str = "") -> LineError:
        """An error with carets under a part of the call, or under all of it."""
        start, end = _span(node or self.node, self.text)
        return self.line.error(what, self.at + start, self.at + end, cure)


def call_in(line: Line, at: int) -> Call:
    """The call that is the rest of a line.

    Raises:
        LineError: there is none, or something else.
    """
    text = line.text[at:].rstrip().rstrip(";").rstrip()
    at += len(text) - len(text.lstrip())
    text = text.lstrip()
    if not text:
        raise line.error("There is nothing to trace", cure="Write a call: %trace model(x). %trace? shows examples.")
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise _no_python(line, at, text, error) from None
    if isinstance(node, ast.Call):
        return Call(line, node, text, at)
    start, end = _span(node, text)
    cure = f"Call it with example inputs: %trace {clip(ast.unparse(node), 60)}(x)."
    cure = cure if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) else "Write one call: %trace model(x)."
    raise line.error("This is not a call", at + start, at + end, cure)


def _no_python(line: Line, at: int, text: str, error: SyntaxError | ValueError) -> LineError:
    if not isinstance(error, SyntaxError):
        return line.error(f"This is no Python: {error}", at)
    start = min(max((error.offset or 1) - 1, 0), len(text))
    end = (error.end_offset or 0) - 1 if error.end_lineno in (error.lineno, None) else len(text)
    what, cure = f"This is no Python expression: {error.msg}", "Write one call: %trace model(x)."
    if option := _OPTION.search(text):
        what, (start, end) = "Options stand before the call", option.span(1)
        cure = f"Write %trace {text[start:].strip()} {text[: option.start()].strip()}."
    elif _is_assignment(text):
        what, start, end = "This is an assignment, and no call", 0, text.index("=") + 1
        cure = f"Write {text[:end].rstrip(' =')} = %trace {text[end:].strip()}."
    elif "never closed" in error.msg:
        cure = "A call of several lines is for a cell: write %%trace on its first line, and the call on its last."
    return line.error(what, at + start, at + max(end, start + 1), cure)


def _is_assignment(text: str) -> bool:
    try:
        return isinstance(ast.parse(text).body[0], (ast.Assign, ast.AnnAssign, ast.AugAssign))
    except (SyntaxError, ValueError, IndexError):
        return False


def _span(node: ast.expr, text: str) -> tuple[int, int]:
    """Where a part stands in the text, in characters: Python counts bytes."""
    lines = text.split("\n")
    end = node.end_col_offset if node.end_lineno == node.lineno else None
    first = lines[node.lineno - 1].encode()
    before = sum(len(line) + 1 for line in lines[: node.lineno - 1])
    return tuple(before + len(first[:column].decode(errors="replace")) for column in (node.col_offset, end))  # type: ignore[return-value]


def near(word: str, known: Iterable[str]) -> str:
    """`Did you mean 'mode'?`, or nothing."""
    found = difflib.get_close_matches(word, [*known], 1)
    return f"Did you mean {found[0]!r}?" if found else ""
