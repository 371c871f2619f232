"""`tracelab check`: the findings on the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Annotated

import msgspec
import typer

from tracelab import schema
from tracelab.cli.capturing import (
    Backend,
    BackendOption,
    InputOption,
    KwargOption,
    ModeOption,
    ProbesOption,
    SecondsOption,
    Sizes,
    SizesOption,
    TargetArgument,
    capture,
)
from tracelab.cli.say import plainly
from tracelab.renderers import tally, text


@plainly
def check(
    target: TargetArgument,
    inputs: InputOption = None,
    kwargs: KwargOption = None,
    mode: ModeOption = None,
    probes: ProbesOption = None,
    seconds: SecondsOption = None,
    backend: BackendOption = Backend.jit,
    dynamic_shapes: SizesOption = Sizes.none,
    everything: Annotated[bool, typer.Option("--all", help="Show each finding whole, and each run on a line.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings and what they rest on as JSON.")] = False,
    no_colour: Annotated[bool, typer.Option("--no-colour", "--no-color", help="Print without colours.")] = False,
) -> None:
    """Trace a model and print what the trace froze.

    The exit code is 1 when a finding diverges or raises, or when the capture stopped early; 0 when all went well; and
    2 when the command was used wrongly.
    """
    found = capture(target, inputs, kwargs, mode, probes, seconds, backend, dynamic_shapes)
    typer.echo(_json(found) if as_json else _text(found, everything, no_colour))
    if found.stop is not None or any(map(tally.is_wrong, found.findings)):
        raise typer.Exit(1)


def _json(found: schema.Capture) -> str:
    """The capture without its graphs, texts and tensors."""
    return msgspec.json.encode(msgspec.structs.replace(found, graphs=(), sources=(), tensors={})).decode()


def _text(found: schema.Capture, everything: bool, no_colour: bool) -> str:
    terminal = sys.stdout.isatty()
    colour = terminal and not no_colour and not os.environ.get("NO_COLOR")
    width = shutil.get_terminal_size().columns if terminal else 100
    return text.render(found, everything=everything, colour=colour, width=width)
