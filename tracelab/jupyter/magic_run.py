"""A call that was asked for or recorded -> its Trace."""

from __future__ import annotations

import ast
import contextlib
import linecache
import sys
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import tracelab
from tracelab.errors import TracelabError, UsageError
from tracelab.handle import Trace
from tracelab.jupyter.code import name_too
from tracelab.jupyter.magic_calls import Around, Made, modules_of, training
from tracelab.jupyter.magic_inputs import Ready, ready, refuse
from tracelab.jupyter.magic_line import Call, LineError, StoppedError, near
from tracelab.jupyter.magic_options import Wanted
from tracelab.source import cell_numbers

Fault = Callable[[str, str, bool], LineError]
"""Makes an error of what is wrong, what to do, and whether the callable alone is to be marked."""


def evaluated(call: Call, scope: dict[str, Any], local: Mapping[str, Any]) -> Made:
    """The parts of a call, each evaluated once, in Python's order; the call itself is not made.

    Raises:
        LineError: a name is unknown, or an argument is given twice.
        Exception: whatever else an argument raises.
    """
    __tracebackhide__ = True
    filename = _registered(call)
    try:
        func, args, pairs = eval(compile(_parts(call), filename, "eval"), scope, local)
    except NameError as error:
        raise _unknown(call, error, filename, {**scope, **local}) from None
    kwargs: dict[str, Any] = {}
    for keyword, (name, value) in zip(call.node.keywords, pairs):
        more: dict[Any, Any] = {name: value} if name is not None else dict(value)
        twice = [name for name in more if name in kwargs]
        if twice or not all(isinstance(name, str) for name in more):
            what = f"{twice[0]!r} is given twice" if twice else "Keywords must be strings"
            raise call.error(what, keyword.value, cure="Give each argument once, by its name.")
        kwargs.update(more)
    return Made(func, tuple(args), kwargs, Around.now(func))


def _parts(call: Call) -> ast.Expression:
    """`f(a, *b, k=v, **m)` -> `(f, (a, *b), (("k", v), (None, m)))`."""

    def row(parts: list[ast.expr]) -> ast.expr:
        return ast.Tuple(parts, ast.Load())

    node = ast.parse(call.text, mode="eval").body
    assert isinstance(node, ast.Call)
    pairs = [row([ast.Constant(keyword.arg), keyword.value]) for keyword in node.keywords]
    whole = ast.Expression(row([node.func, row(node.args), row(pairs)]))
    for part in ast.walk(ast.fix_missing_locations(ast.copy_location(whole, node))):
        if isinstance(part, (ast.expr, ast.arg, ast.keyword)):
            part.lineno, part.end_lineno = call.line.place.lineno, call.line.place.lineno
    return whole


def _registered(call: Call) -> str:
    """The name of a file that holds the call on the cell's line, so that what is defined in it has a source."""
    place = call.line.place
    text = "\n" * (place.lineno - 1) + call.text
    name = f"<%trace {zlib.crc32(f'{place.filename} {text}'.encode()):08x}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    numbers = cell_numbers()
    if place.filename in numbers:
        numbers[name] = numbers[place.filename]
        name_too(name, place.filename)
    return name


def _unknown(call: Call, error: NameError, filename: str, known: Mapping[str, Any]) -> BaseException:
    """The error of a name on the line itself, marked; one from further inside is the user's to see."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    names = [node for node in ast.walk(call.node) if isinstance(node, ast.Name) and node.id == error.name]
    if last is None or last.tb_frame.f_code.co_filename != filename or not names:
        return error
    cure = near(names[0].id, [name for name in known if not name.startswith("_")])
    return call.error(f"There is no name {names[0].id!r}", names[0], cure or "Run the cell that defines it.")


def trace_of(made: Made, wanted: Wanted, fault: Fault) -> Trace:
    """Trace a call, in the modes that it was made in, or in the one that is wanted.

    Args:
        made: the call.
        wanted: the options.
        fault: makes the errors.

    Raises:
        LineError: torch cannot trace this.
        StoppedError: the user interrupted; everything is as it was.
    """
    __tracebackhide__ = True
    trace = quietly(made, wanted, fault)
    if trace.is_interrupted:
        _say("Interrupted: what was found until then is kept; model and inputs are as they were before.")
    return trace


def quietly(made: Made, wanted: Wanted, fault: Fault) -> Trace:
    """The same, for who says himself that it was interrupted."""
    __tracebackhide__ = True
    options = {name: wanted.given[name] for name in ("backend", "probes", "seconds") if name in wanted.given}
    if wanted.given.get("dynamic-shapes") == "auto":
        options["dynamic_shapes"] = "auto"
    try:
        refuse(made.func)
    except UsageError as error:
        raise fault(error.what, error.cure, True) from None
    try:
        with made.around.again(), _mode(made, wanted.given.get("mode")):
            return _traced(ready(made.func, made.args, made.kwargs), options)
    except TracelabError as error:
        raise fault(error.what, error.cure, False) from None
    except KeyboardInterrupt:
        raise StoppedError("tracing was interrupted; model and inputs are as they were before") from None


def _traced(what: Ready, options: Mapping[str, Any]) -> Trace:
    by_name = bool(what.kwargs)
    if options.get("backend") == "export":
        func = what.func if what.method == "forward" else getattr(what.func, what.method)
        return tracelab.trace(func, what.args, example_kwarg_inputs=what.kwargs, **options)
    if what.method != "forward":
        inputs = {what.method: what.kwargs or what.args}
        return tracelab.trace_module(what.func, inputs, example_inputs_is_kwarg=by_name, **options)
    if by_name:
        return tracelab.trace(what.func, example_kwarg_inputs=what.kwargs, **options)
    return tracelab.trace(what.func, what.args, **options)


def _mode(made: Made, mode: str | None) -> contextlib.AbstractContextManager[None]:
    if mode is None:
        return contextlib.nullcontext()
    modules = [*modules_of(made.func)]
    if not modules:
        raise UsageError("A function has no mode", cure="Leave out --mode.")
    return training(dict.fromkeys(modules, mode == "train"))


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def too_many(count: int, most: int) -> None:
    """Say that more calls were made than are traced."""
    if count > most:
        _say(f"{count} calls were made; the first {most} of them are traced.")
