"""What the Tab key offers after `%trace` and `%%trace`."""

from __future__ import annotations

import re
from typing import Any

from IPython.core.error import TryNext

from tracelab.jupyter.magic_options import OPTIONS

PATTERN = r"\s*([^=]*=\s*)?%%?trace\s"
"""A line that the magic stands on, also behind `t =`."""
_VALUE = re.compile(r"""--([\w-]+)(?:=|\s+)["']?([^\s"']*)$""")
_WORD = re.compile(r"(?:^|\s)-[\w-]*$")


def complete(shell: Any, event: Any) -> list[str]:
    """The completions of the word at the cursor; names in the call are left to IPython.

    Raises:
        TryNext: there are none of ours.
    """
    text: str = event.text_until_cursor
    is_cell = text.lstrip().startswith("%%")
    value = _VALUE.search(text)
    if value is not None and value[1] in OPTIONS:
        found = _callables(shell) if value[1] == "call" else [*OPTIONS[value[1]].values()]
    elif _WORD.search(text):
        found = [f"--{name}" for name, option in OPTIONS.items() if is_cell or not option.for_cells]
    else:
        found = []
    if not found:
        raise TryNext
    return found


def _callables(shell: Any) -> list[str]:
    """The user's own names of what can be called, modules first."""
    names = [name for name, value in shell.user_ns.items() if callable(value) and name not in shell.user_ns_hidden]
    return sorted(name for name in names if not name.startswith("_") and not isinstance(shell.user_ns[name], type))
