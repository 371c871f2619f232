"""`tracelab compare`: what torch.jit.trace and torch.export make of the same model."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tracelab.cli.capturing import InputOption, KwargOption, ModeOption, SecondsOption, traced
from tracelab.cli.say import plainly
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
) -> None:
    """Trace a model and export it: what freezes in the one and not in the other, and what to write instead."""
    if target.endswith(".tracelab"):
        raise UsageError(f"{target!r} is a capture, which is not run again", cure="Name the model: model.py:build.")
    if output is not None and not Path(output).absolute().parent.is_dir():
        raise UsageError(f"There is no folder for {output!r}", cure="Make it, or choose another place with -o.")
    trace = traced(target, inputs, kwargs, mode, seconds=seconds)
    with contextlib.redirect_stdout(sys.stderr):
        found = trace.compare(seconds=seconds)
    typer.echo(found.summary())
    if output is not None:
        _write(output, found.report)


def _write(output: str, report: Callable[[str], object]) -> None:
    try:
        report(output)
    except OSError as error:
        raise UsageError(
            f"{output!r} cannot be written: {error.strerror}", cure="Choose another file with -o."
        ) from error
    typer.echo(f"{output}: both side by side", err=True)
