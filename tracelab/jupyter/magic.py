"""`%trace` and `%%trace`, as IPython sees them. torch is loaded when the first of them runs."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from IPython.core.magic import needs_local_scope, no_var_expand, output_can_be_silenced
from IPython.display import display  # pyright: ignore[reportUnknownVariableType]

from tracelab.jupyter import magic_completion
from tracelab.jupyter.magic_asked import Asked
from tracelab.jupyter.magic_line import Line, LineError, call_in, here
from tracelab.jupyter.magic_options import OPTIONS, Option, Wanted, parse

if TYPE_CHECKING:
    from tracelab.handle import Trace

_PAGE = """Trace a call with torch.jit.trace, and show what the trace froze.

  %trace model(x)                    the call on this line
  t = %trace model(x)                the Trace, as a value
  %trace --name t model(x)           the same, and it is shown
  %trace f(x, y, scale=2)            any call: *args, **kwargs, methods; what is no tensor is held
  %trace model.encode(x)             another method than forward
  %trace --mode eval --seconds 5 model(x)

The arguments are evaluated once. The call is not made as such: TraceLab runs it, with copies of the inputs, and leaves
the model, the inputs, random states and modes as they were.

  %%trace                            on a cell's first line: the cell runs as usual,
  y = model(x)                       and the call on its last line is traced (in a loop, the last one)

  %%trace --call model --name ts     the cell runs as usual, and every call of model in it is traced:
  for batch in loader:               each with its arguments as they were, copied before the call;
      model(batch)                   several Traces come as a list

A cell's Traces are made after it ran, with the parameters that it left, in the modes (train or eval, no_grad, autocast)
that each call was made in. Arguments that are neither tensors nor tuples, lists and dicts of them are not copied.

Options, which stand before the call:
"""


def page() -> str:
    """What `%trace?` shows."""
    return _PAGE + "\n".join(map(_described, OPTIONS.values())) + "\n"


def _described(option: Option) -> str:
    text = option.help + (" For %%trace only." if option.for_cells else "")
    margin = " " * 24
    return textwrap.fill(
        text, 118, initial_indent=f"  --{option.name} {option.metavar}".ljust(24), subsequent_indent=margin
    )


class TraceMagic:
    """The two magics of one shell."""

    def __init__(self, shell: Any) -> None:
        self._shell, self._raw = shell, ""
        self.matcher, self.asked = magic_completion.matcher_for(shell), Asked(shell)
        shell.events.register("pre_run_cell", self.note)

        @no_var_expand
        @needs_local_scope
        @output_can_be_silenced
        def trace(line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
            __tracebackhide__ = True
            return self.line(line, local_ns or {}) if cell is None else self.cell(line, cell)

        trace.__doc__ = page()
        self.function = trace

    def note(self, info: Any) -> None:
        """Keep the text of the cell that is about to run."""
        self._raw = info.raw_cell

    def line(self, text: str, local: Mapping[str, Any]) -> Trace:
        """`%trace`."""
        __tracebackhide__ = True
        line, at = Line(f"%trace {text}", here()), len("%trace ")
        wanted = parse(line, at, is_cell=False)
        call = call_in(line, wanted.at)
        from tracelab.jupyter.magic_run import evaluated, trace_of

        own: dict[str, Any] = self._shell.user_ns
        scope = own if local is own or not local else {**self._shell.user_global_ns, **local}
        made = evaluated(call, scope, scope)

        def fault(what: str, cure: str, is_callable: bool) -> LineError:
            return call.error(what, call.node.func if is_callable else None, cure)

        trace = trace_of(made, wanted, fault)
        self._bind(wanted, trace)
        return trace

    def cell(self, text: str, body: str) -> Any:
        """`%%trace`."""
        __tracebackhide__ = True
        self.asked.begin()
        line = Line(f"%%trace {text}".rstrip(), here())
        wanted = parse(line, len("%%trace"), is_cell=True)
        if line.text[wanted.at :].strip():
            cure = (
                "The call stands on the cell's last line, or --call names what is called. For one line, write %trace."
            )
            raise line.error("A call has no place here", _start(line, wanted), cure=cure)
        from tracelab.jupyter import magic_cell

        cell = magic_cell.Cell(self._shell, body, self._raw, line.place)
        watch = None
        if "call" in wanted.given:
            watch = magic_cell.Watch(self._shell, cell, line, wanted.given["call"], wanted.starts["call"])
            watch.check()
        else:
            cell.record_last()
        value = cell.run(watch)
        self._show(cell, watch, line, wanted)
        return value

    def _show(self, cell: Any, watch: Any, line: Line, wanted: Wanted) -> None:
        __tracebackhide__ = True
        from tracelab.jupyter.magic_calls import MOST
        from tracelab.jupyter.magic_run import too_many, trace_of

        made = cell.recorder.made
        if not made:
            raise _nothing(line, watch)
        if watch is not None:
            too_many(cell.recorder.count, MOST)

        def fault(what: str, cure: str, is_callable: bool) -> LineError:
            return line.error(what, cure=cure)

        traces = [trace_of(one, wanted, fault) for one in made]
        self._bind(wanted, traces[0] if len(traces) == 1 else traces)
        for trace in traces:
            display(trace)

    def _bind(self, wanted: Wanted, value: Any) -> None:
        if "name" in wanted.given:
            self._shell.user_ns[wanted.given["name"]] = value


def _start(line: Line, wanted: Wanted) -> int:
    rest = line.text[wanted.at :]
    return wanted.at + len(rest) - len(rest.lstrip())


def _nothing(line: Line, watch: Any) -> LineError:
    if watch is None:
        return line.error(
            "The cell's last line makes no call that can be traced", cure="Name one: %%trace --call model."
        )
    return watch.error("The cell makes no call of it", "Call it in this cell, or name another callable.")


_loaded: WeakKeyDictionary[Any, TraceMagic] = WeakKeyDictionary()


def load(shell: Any) -> None:
    """Make the magics known to a shell."""
    if shell in _loaded:
        return
    _loaded[shell] = magic = TraceMagic(shell)
    shell.register_magic_function(magic.function, magic_kind="line_cell", magic_name="trace")
    shell.Completer.custom_matchers.append(magic.matcher)
    shell.input_transformers_cleanup.insert(0, magic.asked)


def unload(shell: Any) -> None:
    """Take the magics away again."""
    magic = _loaded.pop(shell, None)
    if magic is None:
        return
    shell.events.unregister("pre_run_cell", magic.note)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("trace", None)
    shell.Completer.custom_matchers.remove(magic.matcher)
    shell.input_transformers_cleanup.remove(magic.asked)
