"""The text of a file of the user's, as it is and as a repair would have it; nothing is ever written here."""

from __future__ import annotations

import ast
import difflib
import functools
import linecache
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tracelab.source import cell_label, slashed

Def = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[tuple[str, int], ...]
"""Where a definition stands: the names of what surrounds it and its own, each with its number among its namesakes."""

_DEFS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Source:
    """A file, or a notebook cell, with the changes that are proposed for it."""

    filename: str
    original: str
    text: str

    @property
    def is_changed(self) -> bool:
        """Whether anything is proposed for it."""
        return self.text != self.original

    def now(self, lineno: int) -> int:
        """The line at which a line of the original stands now; the first of what stands in its place."""
        for tag, start, end, there, until in _opcodes(self.original, self.text):
            if start < lineno <= end:
                return (
                    there + 1 + (lineno - start - 1 if tag == "equal" else min(lineno - start - 1, until - there - 1))
                )
        return lineno

    def before(self, lineno: int) -> int | None:
        """The line of the original that stands at a line now; None where it is new."""
        for tag, start, _, there, until in _opcodes(self.original, self.text):
            if there < lineno <= until:
                return start + lineno - there if tag == "equal" else None
        return None

    def is_kept(self, lineno: int) -> bool:
        """Whether a line of the original stands there unchanged."""
        return any(
            tag == "equal" and start < lineno <= end for tag, start, end, _, _ in _opcodes(self.original, self.text)
        )

    def changed(self, text: str) -> Source:
        """The same file with another text."""
        return replace(self, text=text)

    def diff(self) -> str:
        """What changes, as `diff -u` and `git apply` write it."""
        name = cell_label(self.filename) or _from_here(self.filename)
        old, new = (text.splitlines(keepends=True) for text in (self.original, self.text))
        lines = difflib.unified_diff(old, new, f"a/{name.lstrip('/')}", f"b/{name.lstrip('/')}")
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _from_here(filename: str) -> str:
    """A path as one would type it in the folder that one is in, where the file is below it."""
    here = str(Path.cwd()) + os.sep
    return slashed(filename.removeprefix(here))


@functools.lru_cache(maxsize=64)
def _opcodes(old: str, new: str) -> Sequence[tuple[str, int, int, int, int]]:
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    return matcher.get_opcodes()


def read(filename: str) -> Source | None:
    """The file as Python knows it; None where there is no text, or no syntax tree."""
    text = "".join(linecache.getlines(filename))
    return Source(filename, text, text) if text and tree_of(text) is not None else None


@functools.lru_cache(maxsize=64)
def tree_of(text: str) -> ast.Module | None:
    """The syntax tree of a text; None where Python does not take it."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


@functools.lru_cache(maxsize=64)
def definitions(text: str) -> dict[Place, Def]:
    """Every function that a text defines, by where it stands."""
    tree = tree_of(text)
    return {} if tree is None else dict(_walk(tree, ()))


def _walk(node: ast.AST, path: Place) -> Iterator[tuple[Place, Def]]:
    counts: dict[str, int] = {}
    for child in _children(node):
        number = counts[child.name] = counts.get(child.name, -1) + 1
        here = (*path, (child.name, number))
        if not isinstance(child, ast.ClassDef):
            yield here, child
        yield from _walk(child, here)


def _children(node: ast.AST) -> Iterator[Any]:
    """The definitions directly inside of a node, through `if` and `try`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _DEFS):
            yield child
        else:
            yield from _children(child)


def path_of(text: str, firstlineno: int, name: str) -> Place | None:
    """Where a function stands whose code says that it begins on a line."""
    for path, node in definitions(text).items():
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        if node.name == name and first <= firstlineno <= node.lineno:
            return path
    return None


@dataclass
class Shelf:
    """Texts that Python is to find under names that are no files: for tracebacks, `inspect` and `torch.jit.script`."""

    names: list[str] = field(default_factory=list[str])
    held: dict[str, Source] = field(default_factory=dict[str, Source])
    """What is found under each of them."""

    def put(self, source: Source) -> str:
        """Keep a text; the name under which it is found."""
        stem = f"{Path(source.filename).name or source.filename} (repaired"
        number = 1
        while f"{stem} {number})" in linecache.cache:
            number += 1
        name = f"{stem} {number})"
        lines = source.text.splitlines(keepends=True)
        linecache.cache[name] = (len(source.text), None, lines, name)
        self.names.append(name)
        self.held[name] = source
        return name

    def clear(self) -> None:
        """Let Python forget them."""
        while self.names:
            linecache.cache.pop(self.names.pop(), None)


def merged(base: str, earlier: str, later: str) -> str | None:
    """What a later change does to an earlier text, done to what that was made of; None where both touch one place."""
    old, mid, new = (text.splitlines(keepends=True) for text in (base, earlier, later))
    blocks = difflib.SequenceMatcher(None, old, mid, autojunk=False).get_opcodes()
    lines: list[str] = list(old)
    for tag, start, end, there, until in reversed(
        difflib.SequenceMatcher(None, mid, new, autojunk=False).get_opcodes()
    ):
        if tag == "equal":
            continue
        block = next((b for b in blocks if b[0] == "equal" and b[3] <= start and end <= b[4]), None)
        if block is None:
            return None
        shift = block[1] - block[3]
        lines[start + shift : end + shift] = new[there:until]
    return "".join(lines)
