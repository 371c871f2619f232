"""Which cell of the notebook some code was written in, and on which of its lines.

Python knows the code of a cell by a file's name, which IPython makes of the cell's text: cells with the same text share
it. The page knows cells by their ids. And a line of the code is not always that line of the cell: IPython leaves out
blank lines at the top, joins lines that are continued, and runs what stands under `%%capture` as if it were a cell.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from tracelab.source import cell_numbers

_ALIASES: dict[str, str] = {}


def name_too(filename: str, of: str) -> None:
    """Code that has a file of its own stands in that of a cell, on the same lines."""
    _ALIASES[filename] = of


@dataclass
class Cell:
    """The text of a cell, and the ids of those that have it."""

    text: str
    ids: list[str] = field(default_factory=list[str])
    above: int = 0
    """How many lines of the cell stand above the first line that IPython was given."""

    def line(self, lineno: int, code: str) -> int:
        """The line of the cell on which a line of the code stands; both 1-based."""
        mine, theirs = self.text.splitlines(), code.splitlines()
        if not mine:
            return 1
        shift = 0 if len(theirs) >= len(mine) else self.above or _blank(mine)
        guess = min(max(lineno + shift, 1), len(mine))
        wanted = theirs[lineno - 1].strip() if 0 < lineno <= len(theirs) else ""
        alike = [at for at, text in enumerate(mine, 1) if wanted and text.strip() == wanted]
        return min(alike, key=lambda at: abs(at - guess), default=guess)


def _blank(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip()), 0)


class Cells:
    """The cells that were run in a shell, by the name of the file that each is compiled as."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._known: dict[str, Cell] = {}
        self._running: dict[int, list[tuple[str, str]]] = {}

    def begin(self, info: Any) -> None:
        """A cell begins."""
        text, name = info.raw_cell or "", str(getattr(info, "cell_id", None) or "")
        outer = self._running.setdefault(threading.get_ident(), [])
        above = 0
        if outer and not name and outer[-1][0].rstrip().endswith(text.rstrip()):
            inner, (text, name) = text, outer[-1]
            above = len(text.rstrip()[: -len(inner.rstrip())].splitlines()) if inner.strip() else 0
        outer.append((text, name))
        filename = self._filename_of(info.raw_cell, info.transformed_cell)
        if filename:
            known = self._known.get(filename)
            ids = [one for one in (known.ids if known and known.text == text else ()) if one != name]
            self._known[filename] = Cell(text, [*ids, name] if name else ids, above)

    def begun(self, message: dict[str, Any]) -> None:
        """A cell runs already: this is the message that began it."""
        text = message.get("content", {}).get("code")
        name = message.get("metadata", {}).get("cellId")
        if isinstance(text, str) and isinstance(name, str):
            filename = self._filename_of(text, "")
            if filename in cell_numbers():
                self._known[filename] = Cell(text, [name])

    def end(self) -> None:
        """The innermost cell has ended."""
        running = self._running.get(threading.get_ident())
        if running:
            running.pop()

    def _filename_of(self, text: str, transformed: str | None) -> str:
        try:
            count = getattr(self._shell, "execution_count", 0)
            return self._shell.compile.get_code_name(text, transformed, count)
        except Exception:  # noqa: BLE001  a compiler of somebody else's
            return ""

    def find(self, filename: str) -> Cell | None:
        """The cell that was compiled as a file, the last of that text; None for any other file."""
        filename = _ALIASES.get(filename, filename)
        if filename in self._known:
            return self._known[filename]
        number = cell_numbers().get(filename)
        return None if number is None else self._of_history(number)

    def _of_history(self, number: int) -> Cell | None:
        """A cell that was run before anybody listened."""
        history: list[str] = getattr(self._shell.history_manager, "input_hist_raw", [])
        return Cell(history[number]) if 0 < number < len(history) and history[number] else None
