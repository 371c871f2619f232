"""Python's own words for what stands in a file, as numbers: see `ShownFile.tokens`."""

from __future__ import annotations

import builtins
import functools
import io
import keyword
import tokenize
from collections.abc import Iterable, Iterator, Sequence

KEYWORD, STRING, NUMBER, COMMENT, DEFINED, DECORATOR, BUILTIN = range(1, 8)

_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_DEFINING = ("def", "class")
_STRINGS = {tokenize.STRING} | {
    number for number, name in tokenize.tok_name.items() if name.startswith(("FSTRING", "TSTRING"))
}
_MAGICS = ("%", "!", "?")

Token = tuple[int, int, int, int]
"""Line from 0, first column, column past the end, kind."""


@functools.lru_cache(maxsize=64)  # a live document is packed again and again, and this takes longest
def tokens(text: str) -> tuple[int, ...]:
    """The tokens of a file; after an error of syntax those that came before, and all that follows the line is plain."""
    lines = text.split("\n")
    return encoded(_by_line(lines), lines)


def tokens_of_part(lines: list[str]) -> Iterator[Token]:
    """The tokens of lines out of the midst of a file: what they are indented by says nothing."""
    # Inside of a bracket no line is indented too little.
    for line, first, past, kind in _by_line(["(", *lines]):
        if line > 0:
            yield line - 1, first, past, kind


def encoded(found: Iterable[Token], lines: Sequence[str]) -> tuple[int, ...]:
    """Tokens as the numbers that are sent."""
    numbers: list[int] = []
    line = column = 0
    for at, start, end, kind in sorted(found):
        if at > line:
            numbers += (-1, at - line, 0)
            line, column = at, 0
        if start < column:  # an f-string may hold what is a token as well
            continue
        first, past = _units(lines[at], start), _units(lines[at], end)
        numbers += (first - _units(lines[at], column), past - first, kind)
        column = end
    return tuple(numbers)


def _units(line: str, column: int) -> int:
    """A column in UTF-16 units."""
    return column if line.isascii() else len(line[:column].encode("utf-16-le", "surrogatepass")) // 2


def _by_line(lines: list[str]) -> Iterator[Token]:
    """Tokens that run over several lines, a piece for each line."""
    for kind, (first, start), (last, end) in _kinds(lines):
        for number in range(first, min(last, len(lines)) + 1):
            begin = start if number == first else 0
            past = end if number == last else len(lines[number - 1])
            if past > begin:
                yield number - 1, begin, min(past, len(lines[number - 1])), kind


def _kinds(lines: list[str]) -> Iterator[tuple[int, tuple[int, int], tuple[int, int]]]:
    before = ""
    is_decorated = False
    for token in _tokenized(lines):
        if token.type == tokenize.OP:
            is_decorated = token.string == "@" and not token.line[: token.start[1]].strip()
            if is_decorated:
                yield DECORATOR, token.start, token.end
        elif kind := _kind(token, before, is_decorated):
            yield kind, token.start, token.end
        if token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
            before = token.string
        is_decorated = is_decorated and token.type in (tokenize.OP, tokenize.NAME)


def _kind(token: tokenize.TokenInfo, before: str, is_decorated: bool) -> int:
    if token.type in _STRINGS:
        return STRING
    if token.type == tokenize.NUMBER:
        return NUMBER
    if token.type == tokenize.COMMENT:
        return COMMENT
    if token.type != tokenize.NAME:
        return 0
    if is_decorated:
        return DECORATOR
    if before in _DEFINING:
        return DEFINED
    if keyword.iskeyword(token.string):
        return KEYWORD
    return BUILTIN if token.string in _BUILTINS and before != "." else 0


def _tokenized(lines: list[str]) -> Iterator[tokenize.TokenInfo]:
    """What `tokenize` reads, as far as it comes. A cell's magics are blanked, so that the rest keeps its columns."""
    python = [" " * len(line) if line.lstrip().startswith(_MAGICS) else line for line in lines]
    try:
        yield from tokenize.generate_tokens(io.StringIO("\n".join(python) + "\n").readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return
