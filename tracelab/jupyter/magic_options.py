"""The options of `%trace` and `%%trace`: the table that parsing, completion and help read."""

from __future__ import annotations

import ast
import keyword
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracelab.format import joined
from tracelab.jupyter.magic_line import Line, near

_WORD = re.compile(r"\s*(--?[^\W\d][\w-]*)(=?)")
_VALUE = re.compile(r"""\s*("[^"]*"|'[^']*'|\S+)""")


@dataclass(frozen=True)
class Option:
    """One option."""

    name: str
    metavar: str
    help: str
    read: Callable[[str], Any]
    """What a text means; it raises ValueError, which says what is expected."""
    values: Callable[[], Sequence[str]] = tuple
    """What can be completed."""
    for_cells: bool = False
    """Whether only `%%trace` has it."""


@dataclass
class Wanted:
    """What a line asks for."""

    given: dict[str, Any] = field(default_factory=dict[str, Any])
    """By option, what was given."""
    at: int = 0
    """Where in the line the options end."""
    starts: dict[str, int] = field(default_factory=dict[str, int])
    """By option, where its value begins."""


def _one_of(known: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(joined([*known], 8).replace(" and ", " or "))
        return text

    return read


def _read_probes(text: str) -> int | list[str]:
    if text.isdecimal():
        return int(text)
    axes = [axis.strip() for axis in text.split(",") if axis.strip()]
    known = axes_known()
    unknown = [axis for axis in axes if axis not in known]
    if unknown or not axes:
        hint = near(unknown[0], known) if unknown else ""
        raise ValueError(f"a number, or axes such as shapes,values. {hint or f'There are {joined(known, 30)}'}")
    return axes


def axes_known() -> list[str]:
    """The axes of the probes; the first time, this loads torch."""
    from tracelab.probes import AXES

    return [*AXES]


def _read_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise ValueError("a number of seconds, as 5 or 0.5")
    return seconds


def _read_name(text: str) -> str:
    if not text.isidentifier() or keyword.iskeyword(text):
        raise ValueError("a name that Python can bind, as t")
    return text


def _read_callable(text: str) -> str:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        node = None
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if not isinstance(node, ast.Name):
        raise ValueError("the name of a callable, as model, model.encode or models[0]")
    return text


OPTIONS = {
    option.name: option
    for option in (
        Option(
            "mode", "train|eval", "Trace in this mode, and put the module back. Without it, it stays as it is.",
            _one_of(("train", "eval")), lambda: ("train", "eval"),
        ),
        Option(
            "backend", "jit|export", "What captures: torch.jit.trace, or torch.export.export. Without it, the first.",
            _one_of(("jit", "export")), lambda: ("jit", "export"),
        ),
        Option(
            "dynamic-shapes", "none|auto", "With --backend export: leave no size open, or every one that torch can. "
            "Without it, none.", _one_of(("none", "auto")), lambda: ("none", "auto"),
        ),
        Option(
            "probes", "N|AXIS,...", "Run eager and captured side by side under so many probes at most, or only under "
            "those of some axes. Without it, all that make sense.", _read_probes, axes_known,
        ),
        Option(
            "seconds", "S", "Look for proof for so long at most. Without it, as long as is in proportion to "
            "the capture.",
            _read_seconds,
        ),
        Option("name", "NAME", "Bind the Trace to this name; several Traces as a list.", _read_name),
        Option(
            "call", "CALLABLE", "Trace every call of this callable that the cell makes, but not those inside of "
            "another such call. Without it, the call on the last line.", _read_callable, for_cells=True,
        ),
    )
}  # fmt: skip


def parse(line: Line, at: int, is_cell: bool) -> Wanted:
    """The options at the start of a line.

    Args:
        line: the line.
        at: where they begin.
        is_cell: whether the magic stands on a whole cell.

    Raises:
        LineError: an option is unknown, or lacks its value, or its value makes no sense.
    """
    wanted = Wanted(at=at)
    while (word := _WORD.match(line.text, wanted.at)) and (
        word[1].startswith("--") or not _is_expression(line, wanted)
    ):
        option = _option(line, word, is_cell)
        value = _VALUE.match(line.text, word.end())
        if value is None or (not word[2] and value[1].startswith("--")):
            raise line.error(
                f"--{option.name} needs a value", *word.span(1), cure=f"Write --{option.name} {option.metavar}."
            )
        wanted.given[option.name] = _read(line, option, value)
        wanted.starts[option.name], wanted.at = value.start(1), value.end()
    return wanted


def _is_expression(line: Line, wanted: Wanted) -> bool:
    """Whether the rest is Python, as `-f(x)` is, which then says itself that it is no call."""
    try:
        ast.parse(line.text[wanted.at :].strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _option(line: Line, word: re.Match[str], is_cell: bool) -> Option:
    known = {name: option for name, option in OPTIONS.items() if is_cell or not option.for_cells}
    name = word[1].lstrip("-")
    if word[1].startswith("--") and name in known:
        return known[name]
    if name in OPTIONS and word[1].startswith("--"):
        cure = f"Write %%trace --{name} ... on the first line of a cell."
        raise line.error(f"--{name} is an option of %%trace", *word.span(1), cure=cure)
    every = joined([f"--{one}" for one in known], 8)
    hint = near(f"--{name}", [f"--{one}" for one in known]) if len(name) > 1 else ""
    raise line.error(f"There is no option {word[1]!r}", *word.span(1), cure=hint or f"There are {every}.")


def _read(line: Line, option: Option, value: re.Match[str]) -> Any:
    text = value[1]
    text = text[1:-1] if text[0] in "\"'" and text[-1] == text[0] and len(text) > 1 else text
    try:
        return option.read(text)
    except ValueError as error:
        hint = near(text, option.values()) if option.name in ("mode", "backend", "dynamic-shapes") else ""
        raise line.error(f"--{option.name} takes {error}", *value.span(1), cure=hint) from None
