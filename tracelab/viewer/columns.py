"""Arrays of numbers behind one another, each at a multiple of eight bytes."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable
from typing import Literal

from tracelab.errors import DocumentError
from tracelab.shown import Column

Type = Literal["u8", "u32", "i32", "f32"]

_CODES: dict[Type, str] = {"u8": "B", "u32": "I", "i32": "i", "f32": "f"}
STEP = 8


class Columns:
    """What is written behind the header."""

    def __init__(self) -> None:
        self.data = bytearray()

    def add(self, kind: Type, numbers: Iterable[int] | Iterable[float]) -> Column:
        """Write an array, and say where it stands.

        Raises:
            DocumentError: a number does not fit.
        """
        try:
            column = array(_CODES[kind], numbers)
        except (OverflowError, TypeError) as error:
            raise DocumentError(f"The viewer's columns hold no such number: {error}") from error
        if sys.byteorder == "big":
            column.byteswap()
        self.data += bytes(-len(self.data) % STEP)
        offset = len(self.data)
        self.data += column.tobytes()
        return Column(type=kind, offset=offset, length=len(column))


def read(column: Column, data: bytes) -> array[int] | array[float]:
    """The numbers of a column; what `add` wrote."""
    numbers: array[int] | array[float] = array(_CODES[column.type])
    numbers.frombytes(data[column.offset : column.offset + column.length * numbers.itemsize])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
