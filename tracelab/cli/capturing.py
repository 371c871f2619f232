"""What `check` and `report` share: their arguments, and how a target becomes a capture."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import tracelab
from tracelab import inputs, schema
from tracelab.cli import target
from tracelab.cli.say import comes_from_us, described
from tracelab.errors import InputError, MissingToolError, TracelabError, UsageError
from tracelab.format import clip

if TYPE_CHECKING:
    from tracelab.handle import Trace


class Mode(str, Enum):
    """The mode that a module is traced in."""

    train = "train"
    eval = "eval"


_TARGET = (
    "What to trace: pkg.module:name or path/file.py:name, where name is a module, a function, a class, or a "
    "function without arguments that returns a model, (model, inputs) or (model, args, kwargs). "
    "Or a .tracelab file, which is read and not run."
)
TargetArgument = Annotated[str, typer.Argument(metavar="TARGET", help=_TARGET)]
TargetsArgument = Annotated[
    list[str], typer.Argument(metavar="TARGET...", help=f"{_TARGET} Several are traced with the same inputs.")
]
InputOption = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="SPEC",
        help="One positional input, once for each: 'f32[1,3,224,224]', 'i64[2,16]@0..1000', 'f32[2]@zeros', 3, None.",
    ),
]
KwargOption = Annotated[
    list[str] | None,
    typer.Option("--kwarg", metavar="NAME=SPEC", help="One keyword input, once for each: 'mask=b8[2,16]@ones'."),
]
ModeOption = Annotated[
    Mode | None, typer.Option("--mode", help="Put the module into this mode first. Without it, it stays as it is.")
]
ProbesOption = Annotated[
    int | None,
    typer.Option(
        "--probes",
        metavar="N",
        min=0,
        help="Run eager and captured side by side under so many probes at most. Without it, all that make sense.",
    ),
]
SecondsOption = Annotated[
    float | None,
    typer.Option(
        "--seconds",
        metavar="S",
        min=0,
        help="Look for proof for so long at most. Without it, as long as is in proportion to the capture.",
    ),
]


class Backend(str, Enum):
    """What captures."""

    jit = "jit"
    export = "export"


class Sizes(str, Enum):
    """Which sizes `torch.export` leaves open."""

    none = "none"
    auto = "auto"


BackendOption = Annotated[
    Backend, typer.Option("--backend", help="What captures: torch.jit.trace, or torch.export.export.")
]
SizesOption = Annotated[
    Sizes,
    typer.Option(
        "--dynamic-shapes", help="With --backend export: leave no size open, or every one that torch can leave open."
    ),
]

NoSourceOption = Annotated[bool, typer.Option("--no-source", help="Leave the text of the source files out.")]
NoValuesOption = Annotated[bool, typer.Option("--no-values", help="Leave values out: frozen, inputs, constants.")]


@dataclass(frozen=True)
class Asked:
    """How a target is to be traced: what the options say."""

    inputs: Sequence[str] | None = None
    kwargs: Sequence[str] | None = None
    mode: Mode | None = None
    probes: int | None = None
    seconds: float | None = None
    backend: Backend = Backend.jit
    sizes: Sizes = Sizes.none


def capture(text: str, asked: Asked) -> schema.Capture:
    """The capture of a target, or the one that a .tracelab file holds. What the user's code prints goes to stderr."""
    if text.endswith(".tracelab"):
        if asked != Asked():
            cure = (
                "Leave out what says how to trace: --input, --kwarg, --mode, --probes, --seconds, --backend and more."
            )
            raise UsageError(f"{text!r} is a capture, which is not run again", cure=cure)
        if not Path(text).is_file():
            raise UsageError(f"There is no file {text!r}", cure="`Trace.save` writes one.")
        return tracelab.load(text)
    return traced(text, asked).capture


def traced(text: str, asked: Asked) -> Trace:
    """The Trace of a target, which is run. What the user's code prints goes to stderr."""
    given = [inputs.parse(spec) for spec in asked.inputs or ()]
    named = dict(_named(item) for item in asked.kwargs or ())
    wish: dict[str, Any] = {"probes": asked.probes, "seconds": asked.seconds, "backend": asked.backend.value}
    wish |= {"dynamic_shapes": "auto"} if asked.sizes is Sizes.auto else {}
    with contextlib.redirect_stdout(sys.stderr):
        return _trace(target.resolve(text), given, named, asked.mode, wish)


def _named(text: str) -> tuple[str, inputs.Spec]:
    name, equals, spec = text.partition("=")
    if not equals or not name.strip().isidentifier():
        raise InputError(f"{clip(text)!r} is no keyword input", cure="Write NAME=SPEC, as mask=b8[2,16].")
    return name.strip(), inputs.parse(spec)


def _trace(
    what: target.Target,
    given: Sequence[inputs.Spec],
    named: Mapping[str, inputs.Spec],
    mode: Mode | None,
    wish: Mapping[str, Any],
) -> Trace:
    _need_torch()
    args = tuple(inputs.build(spec, seed) for seed, spec in enumerate(given)) if given else what.args
    kwargs = {name: inputs.build(spec, len(args) + seed) for seed, (name, spec) in enumerate(named.items())}
    kwargs = {**(what.kwargs or {}), **kwargs} if not given or named else kwargs
    _set_mode(what.func, mode)
    bound = _bound(what.func, args, kwargs)
    try:
        return tracelab.trace(
            what.func, None if kwargs else args, example_kwarg_inputs=bound if kwargs else None, **wish
        )
    except Exception as error:  # torch says in many types that its arguments are wrong
        if isinstance(error, TracelabError) or comes_from_us(error):
            raise
        name = "torch.export" if wish.get("backend") == "export" else "torch.jit.trace"
        raise UsageError(f"{name} refuses this: {described(error)}", cure="Choose another target.") from error


def _need_torch() -> None:
    if importlib.util.find_spec("torch") is None:
        raise MissingToolError("torch, which traces, is not installed", cure="Install it: pip install torch.")


def _set_mode(func: Callable[..., Any], mode: Mode | None) -> None:
    train = getattr(getattr(func, "__self__", func), "train", None)
    if mode is None:
        return
    if not callable(train):
        raise UsageError("A function has no mode", cure="Leave out --mode.")
    train(mode is Mode.train)


def _bound(func: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """All inputs by name: torch takes either positional or keyword inputs, and never both."""
    call = getattr(func, "forward", func)
    try:
        signature = inspect.signature(call)
    except (ValueError, TypeError):  # a builtin says nothing of its parameters
        return dict(kwargs)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        cure = "Give one --input for each positional argument, or --kwarg NAME=SPEC."
        raise UsageError(f"The inputs do not fit {call.__name__}{signature}: {error}", cure=cure) from error
    named = dict(bound.arguments)
    nameless = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.POSITIONAL_ONLY)
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            named.update(named.pop(parameter.name, {}))
        elif kwargs and parameter.kind in nameless and parameter.name in named:
            cure = "Give every input by name, or none."
            raise UsageError(f"{parameter.name!r} has no name that torch could pass it by", cure=cure)
    return named
