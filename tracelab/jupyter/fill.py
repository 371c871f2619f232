"""One field of the form -> Python that makes the value, as text and to be evaluated."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from tracelab.errors import InputError
from tracelab.format import clip, dtype_text, shape_text
from tracelab.jupyter.form import FILL, Leaf, fills_of, kind_of, name_of, sizes
from tracelab.replay.limits import spare_bytes
from tracelab.tensors import describe
from tracelab.wire import Filled, Problem

_RANGE = re.compile(r"\s*(-?[\d.]+?)\s*\.\.\s*(-?[\d.]+)\s*")
_PLAIN = (
    "float64",
    "float32",
    "float16",
    "bfloat16",
    "complex128",
    "complex64",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint8",
    "bool",
)
"""Dtypes that torch draws in; others are converted to."""


class PartError(InputError):
    """A part of a field cannot be read."""

    def __init__(self, part: str, what: str, cure: str = "") -> None:
        self.part = part
        super().__init__(what, part, cure)


@dataclass(frozen=True)
class Made:
    """What is made for one leaf of the call."""

    text: str
    leaf: Leaf | None = None
    """None for `...`, which stands for what was traced."""
    part: str = "text"
    """The part of the field to blame where it cannot be made."""

    def value(self, scope: dict[str, Any]) -> Any:
        """Evaluate it.

        Raises:
            Exception: whatever the user's expression raises.
            PartError: it is not what the call takes here.
        """
        if self.leaf is None:
            return ...
        value = eval(self.text, scope if self.part == "text" else {"torch": torch})
        if isinstance(self.leaf.value, torch.Tensor) and not isinstance(value, torch.Tensor):
            what = f"This is {clip(describe(value), 60)}, and no tensor"
            raise PartError(self.part, what, f"The call takes a tensor here, as {describe(self.leaf.value)}.")
        return value

    def problem(self, error: Exception) -> Problem:
        """What is told where it cannot be made."""
        assert self.leaf is not None
        if isinstance(error, PartError):
            return Problem(what=error.what, cure=error.cure, where=self.leaf.id, part=error.part)
        if isinstance(error, NameError):
            cure = "Run the cell that defines it."
        elif self.part == "text":
            cure = "Change the expression; it is evaluated with your variables."
        else:
            cure = "Choose another shape, dtype or way to fill it."
        said = (str(error).strip().splitlines() or [""])[0]
        return Problem(what=clip(f"{type(error).__name__}: {said}", 300), cure=cure, where=self.leaf.id, part=self.part)


def made(leaf: Leaf, filled: Filled) -> Made:
    """The Python for one field; nothing of the user's is run.

    Raises:
        PartError: a part of it cannot be read.
    """
    fill = FILL.get(filled.fill)
    if fill is None:
        raise PartError("fill", f"There is no way to fill called {clip(filled.fill, 40)!r}", "Open the form again.")
    if fill.takes in ("expression", "variable"):
        return Made(_expression(filled.text, fill.takes), leaf)
    if not isinstance(leaf.value, torch.Tensor):
        raise PartError("fill", f"{leaf.id} is no tensor", "Write an expression.")
    shape, dtype = _shape(filled.shape, leaf.value), _dtype(filled.dtype, leaf.value)
    if filled.fill not in fills_of(dtype):
        raise PartError("fill", f"{name_of(dtype)} cannot be filled like this", "Choose another way to fill it.")
    _check_size(shape, dtype)
    seed = _seed(filled.seed) if fill.is_drawn else None
    text, after = _written(filled, shape, dtype, seed), _after(leaf.value, dtype, filled.fill)
    return Made(f"({text}){after}" if after and re.search(r" [*+-] ", text) else f"{text}{after}", leaf, "shape")


def _expression(text: str, kind: str) -> str:
    text = text.strip()
    if not text:
        cure = "Such as torch.ones(2, 3)." if kind == "expression" else "Make one in a cell, and open the form again."
        raise PartError("text", f"There is no {kind}", cure)
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise PartError(
            "text", f"This is no Python expression: {clip(said, 120)}", "Such as torch.ones(2, 3)."
        ) from error
    return f"({text})" if "\n" in text else text


def _shape(text: str, example: torch.Tensor) -> tuple[int, ...]:
    inner = text.strip().removeprefix("(").removesuffix(")").removeprefix("[").removesuffix("]").rstrip(", ")
    parts = [part.strip() for part in inner.split(",")] if inner.strip() else []
    for part in parts:
        if not re.fullmatch(r"\d{1,12}", part, re.ASCII):
            wrong = f"{clip(part, 40)!r} is no size" if part else "A size is missing"
            raise PartError("shape", wrong, f"Whole numbers between commas, as {sizes(example.shape) or '2, 3'}.")
    return tuple(map(int, parts))


def _dtype(name: str, example: torch.Tensor) -> torch.dtype:
    found = getattr(torch, name, None) if name else example.dtype
    if not isinstance(found, torch.dtype):
        raise PartError("dtype", f"torch has no dtype {clip(name, 40)!r}", f"Such as {name_of(example.dtype)}.")
    return found


def _check_size(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    wanted, free = math.prod(shape) * dtype.itemsize, spare_bytes()
    if wanted > free:
        what = f"{dtype_text(name_of(dtype))}{shape_text(shape)} takes {_gigabytes(wanted)}"
        raise PartError("shape", f"{what}, and {_gigabytes(free)} may be used", "Choose a smaller shape.")


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:,.1f} GB"


def _seed(text: str) -> int | None:
    text = text.strip()
    if text and not (re.fullmatch(r"\d{1,10}", text, re.ASCII) and int(text) < 1 << 32):
        raise PartError("seed", f"{clip(text, 40)!r} is no seed", "A whole number, or nothing.")
    return int(text) if text else None


def _bounds(text: str, kind: str) -> tuple[str, str]:
    match = _RANGE.fullmatch(text)
    is_number: Callable[[str], Any] = int if kind == "int" else float
    try:
        if match and is_number(match[1]) < is_number(match[2]):
            return match[1], match[2]
    except ValueError:
        pass
    whole = " whole" if kind == "int" else ""
    cure = f"Two{whole} numbers, as {'0..1000' if kind == 'int' else '0..1'}; the upper one is left out."
    raise PartError("text", f"{clip(text, 40)!r} is no range", cure)


def _written(filled: Filled, shape: tuple[int, ...], dtype: torch.dtype, seed: int | None) -> str:
    sizes = ", ".join(map(str, shape))
    listed = f"({sizes},)" if len(shape) == 1 else f"({sizes})"
    own = name_of(dtype)
    drawn = own if own in _PLAIN else "float32"
    typed = "" if drawn == "float32" else f", dtype=torch.{drawn}"
    generator = "" if seed is None else f", generator=torch.Generator().manual_seed({seed})"
    by_name = {
        "zeros": lambda: f"torch.zeros({sizes or '()'}{typed})",
        "ones": lambda: f"torch.ones({sizes or '()'}{typed})",
        "arange": lambda: f"torch.arange({math.prod(shape)}, dtype=torch.{drawn}).reshape({sizes or '()'})",
        "normal": lambda: f"torch.randn({sizes or '()'}{generator}{typed})",
        "coins": lambda: f"torch.randint(0, 2, {listed}{generator}).bool()",
        "ids": lambda: "torch.randint({}, {}, {}{}{})".format(
            *_bounds(filled.text, "int"), listed, generator, f", dtype=torch.{own}" if own != "int64" else ""
        ),
        "uniform": lambda: _uniform(*_bounds(filled.text, "float"), sizes or "()", generator, typed),
    }
    return by_name[filled.fill]()


def _uniform(low: str, high: str, sizes: str, generator: str, typed: str) -> str:
    drawn = f"torch.rand({sizes}{generator}{typed})"
    if (float(low), float(high)) == (0.0, 1.0):
        return drawn
    width = float(high) - float(low)
    scaled = drawn if width == 1 else f"{drawn} * {width:g}"
    return f"{scaled} {'-' if float(low) < 0 else '+'} {low.lstrip('-')}" if float(low) else scaled


def _after(example: torch.Tensor, dtype: torch.dtype, fill: str) -> str:
    """The dtype, where torch draws no such one; where the example is, and whether gradients are asked of it."""
    own = name_of(dtype)
    converted = "" if own in _PLAIN or fill == "ids" else f".to(torch.{own})"
    place = "" if example.device.type == "cpu" else f'.to("{example.device}")'
    asks = example.requires_grad and kind_of(dtype) == "float"
    return converted + place + (".requires_grad_()" if asks else "")
