"""A Trace that a page asks for: one call, of names alone, as the panel lists it."""

from __future__ import annotations

import ast
from typing import Any

from tracelab.errors import UsageError
from tracelab.format import clip
from tracelab.jupyter import naming
from tracelab.jupyter.desk import Told
from tracelab.jupyter.magic_calls import Around, Made
from tracelab.jupyter.magic_line import LineError
from tracelab.jupyter.magic_options import Wanted
from tracelab.jupyter.magic_run import quietly
from tracelab.live import telling
from tracelab.renderers import tally
from tracelab.wire import Reply

_SUCH_AS = "Such as model(x), model(x, mask=mask)."


class Making:
    """A call of names.

    Args:
        text: `model(x, mask=mask)`.
        namespace: the user's variables; the Trace becomes one.

    Raises:
        UsageError: the text is something else.
    """

    def __init__(self, text: str, namespace: dict[str, Any]) -> None:
        self._namespace, self._node = namespace, _call(text)
        self._text = ast.unparse(self._node)

    @property
    def call(self) -> str:
        """The Python that does the same."""
        return f"{naming.free(self._namespace, self._stem)} = %trace {self._text}"

    def reply(self, tell: Told) -> Reply:
        """Trace it, and set the variable.

        Raises:
            TracelabError: a name is gone; torch cannot trace this.
            KeyboardInterrupt: it was cancelled before there was a Trace.
        """
        tell(f"capturing {self._text}", None)
        with telling(tell):
            trace = quietly(self._made(), Wanted(), _fault)
        name = naming.bound(self._namespace, self._stem, trace)
        call, verdict = f"{name} = %trace {self._text}", tally.headline(trace.capture)
        if trace.is_interrupted:
            text = f"Cancelled: the variable {name} holds what was found until then. {verdict}."
            return Reply(id="", state="cancelled", trace=trace.id, call=call, text=text)
        text = f"The variable {name} holds the Trace. {verdict}."
        return Reply(id="", state="done", trace=trace.id, call=call, text=text)

    def _made(self) -> Made:
        func, *args = (self._value(node) for node in (self._node.func, *self._node.args))
        named = {str(each.arg): self._value(each.value) for each in self._node.keywords}
        return Made(func, tuple(args), named, Around.now(func))

    def _value(self, node: ast.expr) -> Any:
        assert isinstance(node, ast.Name)
        if node.id not in self._namespace:
            raise UsageError(f"There is no variable {clip(node.id, 60)!r} any more", cure="Run the cell that makes it.")
        return self._namespace[node.id]

    @property
    def _stem(self) -> str:
        assert isinstance(self._node.func, ast.Name)
        return f"{self._node.func.id}_trace"


def _call(text: str) -> ast.Call:
    """The call that a text is, of names alone: nothing else is ever evaluated."""
    if not text.strip() or len(text) > 4000:
        raise UsageError("There is no call to trace", cure=_SUCH_AS)
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise UsageError(f"This is no Python: {clip(text, 80)}", cure=_SUCH_AS) from error
    is_plain = isinstance(node, ast.Call) and all(isinstance(part, ast.Name) for part in _parts(node))
    if not isinstance(node, ast.Call) or not is_plain or not all(each.arg for each in node.keywords):
        raise UsageError(f"This is no call of names alone: {clip(text, 80)}", cure=_SUCH_AS)
    return node


def _parts(call: ast.Call) -> list[ast.expr]:
    return [call.func, *call.args, *(each.value for each in call.keywords)]


def _fault(what: str, cure: str, is_callable: bool) -> LineError:
    return LineError(what, cure=cure)
