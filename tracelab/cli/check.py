"""`tracelab check`: the findings on the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from tracelab import schema
from tracelab.allowed import Sorted, sort_out, unused_text
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
from tracelab.errors import UsageError
from tracelab.renderers import github, json, proof, sarif, text
from tracelab.renderers.safe import visible


class Format(str, Enum):
    """How the findings are written."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


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
    everything: Annotated[
        bool, typer.Option("--all", help="Show each finding whole, and each run on a line; as github, notices too.")
    ] = False,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="text for people, json for programs, sarif for code scanning and editors, github for the annotations "
            "of a GitHub workflow.",
        ),
    ] = Format.text,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write that to a file, and the text to the terminal all the same."
        ),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow",
            metavar="RULE[@WHERE]",
            help="Let findings pass, once for each: 'random-draw', 'random-draw@net.py:forward', '*@encoder.layers.*'.",
        ),
    ] = None,
    no_colour: Annotated[bool, typer.Option("--no-colour", "--no-color", help="Print without colours.")] = False,
) -> None:
    """Trace a model and print what the trace froze.

    The exit code is 1 when a finding diverges or raises that is not allowed, or when the capture stopped early; 0 when
    all went well; and 2 when the command was used wrongly.
    """
    file, allow = _writable(output), allow or []
    found = capture(target, inputs, kwargs, mode, probes, seconds, backend, dynamic_shapes)
    parted = sort_out(found, allow)
    written = _written(found, form, everything, allow)
    if file is not None:
        _write(file, written or text.render(found, everything=everything))
    typer.echo(written if written and file is None else _text(found, everything, no_colour))
    for line in _told(parted):
        typer.echo(line, err=True)
    if parted.failed:
        raise typer.Exit(1)


def _written(found: schema.Capture, form: Format, everything: bool, allow: list[str]) -> str:
    """The capture for a machine; empty where it is for people."""
    if form is Format.json:
        return json.render(found, allow)
    if form is Format.sarif:
        return sarif.render(found, _checkout(), allow=allow)
    if form is Format.github:
        return github.render(found, _checkout(), everything=everything, allow=allow)
    return ""


def _told(parted: Sorted) -> list[str]:
    """What --allow let pass, and what it names in vain."""
    allowed = [f"allowed: {visible(proof.place_name(finding))}" for finding in parted.allowed]
    return [*allowed, *(f"warning: --{visible(unused_text(entry))}" for entry in parted.unused)]


def _checkout() -> str:
    """The folder that names of files start from; in a GitHub workflow the checkout, wherever in it this runs."""
    here, workspace = Path.cwd(), os.environ.get("GITHUB_WORKSPACE")
    return str(Path(workspace).resolve() if workspace and here.is_relative_to(Path(workspace).resolve()) else here)


def _writable(output: str | None) -> Path | None:
    """The file to write. What cannot be is told before anything runs."""
    if output is None:
        return None
    if not Path(output).absolute().parent.is_dir():
        raise UsageError(f"There is no folder {str(Path(output).parent)!r}", cure="Make it, or choose another place.")
    return Path(output)


def _write(file: Path, written: str) -> None:
    try:
        file.write_text(written + "\n", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        cure = "Choose another place with -o."
        raise UsageError(f"{str(file)!r} cannot be written: {error.strerror}", cure=cure) from error


def _text(found: schema.Capture, everything: bool, no_colour: bool) -> str:
    terminal = sys.stdout.isatty()
    colour = terminal and not no_colour and not os.environ.get("NO_COLOR")
    width = shutil.get_terminal_size().columns if terminal else 100
    return text.render(found, everything=everything, colour=colour, width=width)
