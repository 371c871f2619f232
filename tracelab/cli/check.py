"""`tracelab check`: the findings on the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tracelab import schema
from tracelab.cli import fixing
from tracelab.cli.capturing import (
    InputOption,
    KwargOption,
    ModeOption,
    ProbesOption,
    SecondsOption,
    TargetArgument,
    capture,
    traced,
)
from tracelab.cli.say import plainly
from tracelab.errors import UsageError
from tracelab.renderers import tally, text

if TYPE_CHECKING:
    from tracelab.handle import Trace


@plainly
def check(
    target: TargetArgument,
    inputs: InputOption = None,
    kwargs: KwargOption = None,
    mode: ModeOption = None,
    probes: ProbesOption = None,
    seconds: SecondsOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Show each finding whole, and each run on a line.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings and what they rest on as JSON.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the repairs that are proven into your files, and show the diff.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show as a diff what --fix would write, and write nothing.")
    ] = False,
    no_colour: Annotated[bool, typer.Option("--no-colour", "--no-color", help="Print without colours.")] = False,
) -> None:
    """Trace a model and print what the trace froze.

    The exit code is 1 when a finding diverges or raises, or when the capture stopped early; 0 when all went well; and
    2 when the command was used wrongly. With --fix it is 0, too, when all that diverged or raised is mended and
    written, and 2 when a file has changed since, so that nothing was written.
    """
    if fix or diff:
        if as_json or target.endswith(".tracelab"):
            what = "--json" if as_json else f"{target!r}, a capture that is not run again,"
            raise UsageError(f"{what} does not go with --fix and --diff", cure="Leave out one of them.")
        _mend(traced(target, inputs, kwargs, mode, probes, seconds), seconds, fix, everything, no_colour)
        return
    found = capture(target, inputs, kwargs, mode, probes, seconds)
    typer.echo(_json(found) if as_json else _text(found, everything, no_colour))
    if found.stop is not None or any(map(tally.is_wrong, found.findings)):
        raise typer.Exit(1)


def _mend(trace: Trace, seconds: float | None, writes: bool, everything: bool, no_colour: bool) -> None:
    found = fixing.repaired(trace, seconds) if trace.can_run else None
    typer.echo(_text(trace.capture, everything, no_colour))
    wrong = {finding.id for finding in trace.findings if tally.is_wrong(finding)}
    if found is not None:
        typer.echo(f"\n{found.diff}" if found.diff else "")
        typer.echo(fixing.told(found, fixing.write(found.sources) if writes else None))
        wrong -= set(found.mended) if writes else set()
    if trace.capture.stop is not None or wrong:
        raise typer.Exit(1)


def _json(found: schema.Capture) -> str:
    """The capture without its graphs, texts and tensors."""
    return msgspec.json.encode(msgspec.structs.replace(found, graphs=(), sources=(), tensors={})).decode()


def _text(found: schema.Capture, everything: bool, no_colour: bool) -> str:
    terminal = sys.stdout.isatty()
    colour = terminal and not no_colour and not os.environ.get("NO_COLOR")
    width = shutil.get_terminal_size().columns if terminal else 100
    return text.render(found, everything=everything, colour=colour, width=width)
