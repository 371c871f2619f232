"""Names and source lines are anybody's text: what a screen would obey is spelled out instead."""

from __future__ import annotations

import unicodedata

_OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Controls (ANSI escapes), formats (bidi overrides, zero widths), lone surrogates, line and paragraph separators."""

TAB = 4


class _Spelling(dict[int, str]):
    """A `str.translate` table that is filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = _spell(code) if unicodedata.category(char) in _OBEYED or _is_noncharacter(code) else char
        return self[code]


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _spell(code: int) -> str:
    named = {9: "\\t", 10: "\\n", 13: "\\r"}
    letter, width = ("x", 2) if code < 0x100 else ("u", 4) if code < 0x10000 else ("U", 8)
    return named.get(code) or f"\\{letter}{code:0{width}x}"


_spelling = _Spelling()


def visible(text: str, limit: int = 400) -> str:
    r"""One line of at most `limit` characters in which nothing acts on the screen: an escape reads `\x1b`."""
    clipped = text if len(text) <= limit else text[: limit - 1] + "…"
    return clipped.translate(_spelling)


def path(text: str, limit: int = 160) -> str:
    """A file name; of a long one the end is kept."""
    return visible(text if len(text) <= limit else "…" + text[-limit + 1 :])


def code(text: str, lines: int = 200, columns: int = 2000) -> list[str]:
    """Lines of code to be copied, each spelled as `visible` spells it; a tab is four blanks."""
    raw = text[: lines * columns].replace("\r\n", "\n").expandtabs(TAB).split("\n")
    shown = [visible(line, columns) for line in raw[:lines]]
    while shown and not shown[-1].strip():
        shown.pop()
    return shown + (["# ..."] if len(raw) > lines else [])


def character(char: str, column: int) -> str:
    """How one character of source is shown in a column: a tab goes to the next stop."""
    return " " * (TAB - column % TAB) if char == "\t" else _spelling[ord(char)]
