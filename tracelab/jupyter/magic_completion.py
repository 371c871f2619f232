"""What the Tab key offers after `%trace` and `%%trace`.

A matcher, and no `complete_command` hook: beside a hook's answer IPython shows Jedi's, which takes `--mode` for a sum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from IPython.core import completer

from tracelab.jupyter.magic_options import OPTIONS

_context_matcher: Any = getattr(completer, "context_matcher")  # noqa: B009  (untyped)

_LINE = re.compile(r"\s*(?:[\w.\[\]]+\s*=\s*)?(%%?)trace\s(.*)$")
_VALUE = re.compile(r"""--([\w-]+)(?:=|\s+)["']?[^\s"']*$""")
_OPTION = re.compile(r"(?:^|\s)-[\w-]*$")


def matcher_for(shell: Any) -> Callable[[Any], Any]:
    """The matcher of one shell."""

    @_context_matcher()
    def trace_matcher(context: Any) -> Any:
        line = _LINE.match(context.text_until_cursor)
        found = () if line is None else completions(shell, line[2], context.token, line[1] == "%%")
        fitting = [completer.SimpleCompletion(text) for text in found if text.startswith(context.token)]
        return {"completions": fitting, "ordered": True, "suppress": bool(fitting)}

    return trace_matcher


def completions(shell: Any, text: str, word: str, is_cell: bool) -> Sequence[str]:
    """What may stand at the end of a line.

    Args:
        shell: the running IPython.
        text: what stands behind the magic.
        word: the part of it that is to be completed.
        is_cell: whether it is a cell's magic.
    """
    value = _VALUE.search(text)
    if value is not None and value[1] in OPTIONS:
        return _callables(shell) if value[1] == "call" else OPTIONS[value[1]].values()
    if _OPTION.search(text):
        return [f"--{name}" for name, option in OPTIONS.items() if is_cell or not option.for_cells]
    if not word:
        return []
    return shell.Completer.attr_matches(word) if "." in word else shell.Completer.global_matches(word)


def _callables(shell: Any) -> list[str]:
    """The user's own names of what can be called."""
    own = {name: value for name, value in shell.user_ns.items() if name not in shell.user_ns_hidden}
    return sorted(n for n, value in own.items() if callable(value) and not isinstance(value, type) and n[0] != "_")
