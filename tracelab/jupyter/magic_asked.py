"""A cell that JupyterLab asks to trace: it runs as under `%%trace`, though that line does not stand in it.

The request says so in its metadata. So the cell's text, its lines and its place in the history are its own.
"""

from __future__ import annotations

from typing import Any, cast

KEY = "tracelab_trace"
"""In the metadata of an execute request: the options of `%%trace`, which may be none."""


class Asked:
    """What IPython gives each cell to before it reads it."""

    def __init__(self, shell: Any) -> None:
        self._shell, self._served = shell, ""

    def __call__(self, lines: list[str]) -> list[str]:
        """The lines of a cell, below the magic where that was asked for."""
        name, options, code = self._request()
        if options is None or name == self._served or "".join(lines).rstrip() != code.rstrip():
            return lines
        return [f"%%trace {' '.join(options.split())}".rstrip() + "\n", *lines]

    def begin(self) -> None:
        """The magic begins: what the cell has run from here on is not asked for again."""
        self._served = self._request()[0]

    def _request(self) -> tuple[str, str | None, str]:
        """The id of the request that is answered now, what it asks for, and the code that it sent."""
        parent = cast("dict[str, dict[str, Any]]", getattr(self._shell, "get_parent", dict[str, Any])())
        options = parent.get("metadata", {}).get(KEY)
        name, code = parent.get("header", {}).get("msg_id", ""), parent.get("content", {}).get("code", "")
        return name, options if isinstance(options, str) else None, code
