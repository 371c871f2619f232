"""`tracelab report`: the findings as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tracelab.capture import Capture
from tracelab.cli.capturing import (
    InputOption,
    KwargOption,
    ModeOption,
    ProbesOption,
    SecondsOption,
    TargetArgument,
    capture,
)
from tracelab.cli.say import plainly
from tracelab.errors import UsageError
from tracelab.renderers import tally


@plainly
def report(
    target: TargetArgument,
    inputs: InputOption = None,
    kwargs: KwargOption = None,
    mode: ModeOption = None,
    probes: ProbesOption = None,
    seconds: SecondsOption = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The HTML file to write.")] = Path(
        "tracelab-report.html"
    ),
    title: Annotated[str | None, typer.Option("--title", help="The page's title; the model's name without it.")] = None,
    no_source: Annotated[bool, typer.Option("--no-source", help="Leave the text of the source files out.")] = False,
    no_values: Annotated[
        bool, typer.Option("--no-values", help="Leave values out: frozen, inputs, constants.")
    ] = False,
) -> None:
    """Trace a model and write what the trace froze as one HTML file, which needs no network to be read."""
    if not output.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {str(output.parent)!r}", cure="Make it, or choose another file with -o.")
    found = capture(target, inputs, kwargs, mode, probes, seconds)
    try:
        Capture.of(found).report(output, title=title, source=not no_source, values=not no_values)
    except OSError as error:
        raise UsageError(
            f"{str(output)!r} cannot be written: {error.strerror}", cure="Choose another file with -o."
        ) from error
    typer.echo(f"{output}: {tally.headline(found)}")
