"""`tracelab compare`: what torch.jit.trace and torch.export make of the same model."""

from __future__ import annotations

import contextlib
import sys
from typing import Annotated

import typer

from tracelab.cli.capturing import (
    Asked,
    InputOption,
    KwargOption,
    ModeOption,
    NoSourceOption,
    NoValuesOption,
    SecondsOption,
    traced,
)
from tracelab.cli.say import plainly
from tracelab.cli.writing import destination, written
from tracelab.errors import UsageError


@plainly
def compare(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="module:name or file.py:name.")],
    inputs: InputOption = None,
    kwargs: KwargOption = None,
    mode: ModeOption = None,
    seconds: SecondsOption = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write both, side by side, as one HTML file.")
    ] = None,
    no_source: NoSourceOption = False,
    no_values: NoValuesOption = False,
) -> None:
    """Trace a model and export it: what freezes in the one and not in the other, and what to write instead."""
    if target.endswith(".tracelab"):
        raise UsageError(f"{target!r} is a capture, which is not run again", cure="Name the model: model.py:build.")
    file = destination(output) if output is not None else None
    trace = traced(target, Asked(inputs, kwargs, mode, seconds=seconds))
    with contextlib.redirect_stdout(sys.stderr):
        found = trace.compare(seconds=seconds)
    typer.echo(found.summary())
    if file is not None:
        written(file, lambda: found.report(file, source=not no_source, values=not no_values))
        typer.echo(f"{file}: both side by side", err=True)
