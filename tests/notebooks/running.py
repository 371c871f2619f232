"""A notebook of notebooks/, run from its first cell to its last by a real kernel, and what its cells showed."""

from __future__ import annotations

import base64
import functools
import gzip
import json
import os
import struct
import tempfile
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.notebooks.clearing import FOLDER
from tracelab.jupyter.bundle import DOCUMENT

SECONDS = 120
WRONG = {"diverges", "raises"}


class Ran:
    """What the cells of a notebook showed, by their ids."""

    def __init__(self, cells: list[Any]) -> None:
        self.cells = cells
        self._by_id = {cell["id"]: cell for cell in cells}

    def source(self, cell: str) -> str:
        return self._by_id[cell]["source"]

    def printed(self, cell: str) -> str:
        outputs = self._by_id[cell]["outputs"]
        return "".join(out["text"] for out in outputs if out.get("name") == "stdout").strip()

    def said(self, cell: str) -> dict[str, str]:
        """Lines such as `program: 3`, by what stands before the colon; the last of each counts."""
        pairs = [line.split(":", 1) for line in self.printed(cell).splitlines() if ":" in line]
        return {name.strip(): text.strip() for name, text in pairs}

    def data(self, cell: str) -> dict[str, Any]:
        """What a cell displayed, by mimetype."""
        (found,) = (out["data"] for out in self._by_id[cell]["outputs"] if "data" in out)
        return found

    def viewed(self, cell: str) -> list[tuple[str, str]]:
        """Rule and verdict of each finding that the viewer of a cell is sent."""
        packed = gzip.decompress(base64.b64decode(self.data(cell)[DOCUMENT]["packed"]))
        (length,) = struct.unpack_from("<I", packed)
        return [(found["rule"], found["verdict"]) for found in json.loads(packed[4 : 4 + length])["findings"]]


@functools.cache
def ran(name: str) -> Ran:
    """Run a notebook; it fails where a cell does."""
    book: Any = nbformat.read(FOLDER / name, as_version=4)  # pyright: ignore[reportUnknownMemberType]
    with tempfile.TemporaryDirectory() as own:
        client = NotebookClient(book, timeout=SECONDS, resources={"metadata": {"path": str(FOLDER)}})
        client.execute(env={**os.environ, "IPYTHONDIR": own, "OMP_NUM_THREADS": "1"})
    return Ran(book.cells)
