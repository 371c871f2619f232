"""The reader's side of the bytes, written again in Python from what `tracelab/shown.py` says."""

from __future__ import annotations

import gzip
import itertools
import json
import struct
from typing import Any

from tracelab import schema
from tracelab.viewer import packed

CODES = {"u8": "B", "u32": "I", "i32": "i", "f32": "f"}


def plain(capture: schema.Capture, **options: Any) -> bytes:
    """The bytes before they are compressed."""
    return gzip.decompress(packed(capture, **options))


class Unpacked:
    """A header and what its columns say."""

    def __init__(self, capture: schema.Capture, **options: Any) -> None:
        data = plain(capture, **options)
        (length,) = struct.unpack_from("<I", data)
        self.about: dict[str, Any] = json.loads(data[4 : 4 + length])
        self._columns = data[(4 + length + 7) // 8 * 8 :]
        self.strings: list[str] = self.about["strings"]

    def numbers(self, column: dict[str, Any]) -> list[int]:
        assert column["offset"] % 8 == 0
        code = f"<{column['length']}{CODES[column['type']]}"
        return list(struct.unpack_from(code, self._columns, column["offset"]))

    def column(self, name: str, graph: int = 0) -> list[int]:
        return self.numbers(self.about["graphs"][graph]["columns"][name])

    def texts(self, name: str, graph: int = 0) -> list[str]:
        return [self.strings[at] for at in self.column(name, graph)]

    def takes(self, graph: int = 0) -> list[list[int]]:
        start, back = self.column("start", graph), self.column("back", graph)
        return [[n - b for b in back[first:last]] for n, (first, last) in enumerate(itertools.pairwise(start))]

    def path(self, scope: int, graph: int = 0) -> list[str]:
        parent, title = self.column("parent", graph), self.texts("title", graph)
        return [*self.path(parent[scope], graph), title[scope]] if scope else []

    def places(self, graph: int = 0) -> list[str]:
        """Where each node stands: `layers.0/attention`."""
        return ["/".join(self.path(scope, graph)) for scope in self.column("scope", graph)]
