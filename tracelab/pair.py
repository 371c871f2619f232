"""A comparison in a user's hands: `tracelab.comparison` with what one does with it. Nothing here needs torch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tracelab import comparison
from tracelab.renderers import pair

__all__ = ["Comparison"]


class Comparison(comparison.Comparison, frozen=True):
    """Two captures of one function, and each one's witnesses against the other's program."""

    def report(
        self, path: str | os.PathLike[str], *, title: str | None = None, source: bool = True, values: bool = True
    ) -> Path:
        """Write one HTML page with both captures side by side.

        Args:
            path: where to.
            title: the page's heading; the name of what was captured, where it is None.
            source: whether the text of your source files is in it.
            values: whether values are in it: what was frozen, inputs, constants, errors, snippets.

        Raises:
            OSError: the page cannot be written.
        """
        page = pair.report(self, title=title, source=source, values=values)
        Path(path).write_text(page, encoding="utf-8", errors="xmlcharrefreplace")
        return Path(path)

    def _repr_mimebundle_(self, **wanted: Any) -> dict[str, str]:
        return {"text/plain": self.summary(), "text/html": pair.table(self)}
