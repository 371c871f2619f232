"""Frames and stack texts -> the user's place: never torch's file, never ours."""

from __future__ import annotations

import functools
import importlib.util
import linecache
import os
import re
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType

from tracelab.errors import TracelabWarning
from tracelab.schema import SourceFile, SourceRange

PLUMBING = (
    "tracelab",
    "torch",
    "torchgen",
    "functorch",
    "numpy",
    "einops",
    "opt_einsum",
    "jaxtyping",
    "beartype",
    "sympy",
)
"""Packages that act on the user's behalf: their caller's line is the one that a person needs."""

BOTTOM = "_tracelab_bottom_"
"""The name of the function of ours below which no frame belongs to the traced function."""

frame_above: Callable[[int], FrameType] = sys._getframe  # pyright: ignore[reportPrivateUsage]
"""The frame that is so many above the one that asks."""

_SCRIPT_LINE = re.compile(r'^\s*File "(.*)", line (\d+)', re.MULTILINE)
_STACK_LINE = re.compile(r"^(.*)\((\d+)\): (.*)$")


@functools.cache
def _plumbing_folders() -> tuple[str, ...]:
    folders: list[str] = []
    for package in PLUMBING:
        spec = importlib.util.find_spec(package)
        places = spec.submodule_search_locations if spec is not None else None
        folders += [str(Path(place)) + os.sep for place in places or ()]
    return tuple(folders)


@functools.cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({str(Path(paths[key])) + os.sep for key in ("stdlib", "platstdlib")})


@functools.cache
def slashed(filename: str) -> str:
    """A path with `/` on every system, to be searched for a folder."""
    return filename.replace(os.sep, "/")


@functools.cache
def is_standard_library(filename: str) -> bool:
    """Whether a file belongs to Python itself."""
    if filename.startswith("<frozen "):
        return True
    return filename.startswith(_library_folders()) and not {"site-packages", "dist-packages"} & set(
        Path(filename).parts
    )


@functools.cache
def is_plumbing(filename: str) -> bool:
    """Whether a file belongs to a package that acts on the user's behalf."""
    return filename.startswith(_plumbing_folders()) or filename.startswith("<__array_function__")


@functools.cache
def is_user_file(filename: str) -> bool:
    """Whether a line of this file is one that a user can read as the model's own."""
    return not is_standard_library(filename) and not is_plumbing(filename)


def frames_of(frame: FrameType | None) -> Iterator[FrameType]:
    """The frames of the traced function, innermost first, down to our own."""
    while frame is not None and frame.f_code.co_name != BOTTOM:
        yield frame
        frame = frame.f_back


def is_traced(frame: FrameType | None) -> bool:
    """Whether a frame belongs to the traced function, and not to who called for the trace."""
    while frame is not None and frame.f_code.co_name != BOTTOM:
        frame = frame.f_back
    return frame is not None


def user_frame(frame: FrameType | None) -> FrameType | None:
    """The innermost frame that is the user's."""
    return next((f for f in frames_of(frame) if is_user_file(f.f_code.co_filename)), None)


def stack_places(text: str) -> tuple[SourceRange, ...]:
    """The user's places in the stack text that torch keeps for each node, innermost first."""
    return _stack_places(text, moment())


@functools.lru_cache(maxsize=65536)
def _stack_places(text: str, moment: int) -> tuple[SourceRange, ...]:
    places: list[SourceRange] = []
    for line in text.splitlines():
        match = _STACK_LINE.match(line)
        if match is None:
            continue
        filename, lineno, function = match[1], int(match[2]), match[3]
        if function == BOTTOM:
            break
        if is_user_file(filename):
            places.append(line_range(filename, lineno, function))
    scripted = [(match[1], int(match[2])) for match in _SCRIPT_LINE.finditer(text) if is_user_file(match[1])]
    return tuple(places) or tuple(line_range(filename, lineno, "") for filename, lineno in scripted[:1])


def line_range(filename: str, lineno: int, function: str) -> SourceRange:
    """A whole line, from its first character that is not blank."""
    return _line_range(filename, lineno, function, moment())


@functools.lru_cache(maxsize=65536)
def _line_range(filename: str, lineno: int, function: str, moment: int) -> SourceRange:
    text = linecache.getline(filename, lineno).rstrip()
    return SourceRange(
        filename=filename,
        lineno=lineno,
        end_lineno=lineno,
        col_offset=len(text) - len(text.lstrip()),
        end_col_offset=len(text) or None,
        function=function,
        cell=cell_label(filename),
    )


def function_range(code: CodeType) -> SourceRange:
    """The line on which a function is defined."""
    return line_range(code.co_filename, code.co_firstlineno, code.co_name)


def moment() -> int:
    """How many cells were run, 0 outside of a notebook: a cell that is run again has the same file and another label.

    What is remembered of a file is remembered for one moment.
    """
    return getattr(_shell(), "execution_count", 0)


def cell_label(filename: str) -> str | None:
    """`In [3]` for the file of a notebook cell, None for any other."""
    numbers = cell_numbers()
    return f"In [{numbers[filename]}]" if filename in numbers else None


def cell_numbers() -> dict[str, int]:
    """The file of each notebook cell with the number that it last ran as, which IPython keeps for tracebacks."""
    return getattr(getattr(_shell(), "compile", None), "_filename_map", None) or {}


def _shell() -> object:
    """The running IPython, None outside of it."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def source_files(filenames: set[str]) -> tuple[SourceFile, ...]:
    """The texts of files, in the order of their names; a file that cannot be read is left out."""
    texts = {name: "".join(linecache.getlines(name)) for name in sorted(filenames)}
    return tuple(SourceFile(filename=name, text=text) for name, text in texts.items() if text)


def warn(said: str) -> None:
    """Warn of a line of the user's: the innermost one outside of this package."""
    __tracebackhide__ = True  # where warnings are errors, pytest shows the line of the test
    ours, frame, level = str(Path(__file__).parent) + os.sep, frame_above(0), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(ours):
        frame, level = frame.f_back, level + 1
    warnings.warn(said, TracelabWarning, stacklevel=level)
