"""`tracelab check`: the findings on the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracelab import schema
from tracelab.allowed import Sorted, sort_out, unused_text
from tracelab.cli import fixing
from tracelab.cli.capturing import (
    Asked,
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
    traced,
)
from tracelab.cli.say import plainly
from tracelab.cli.writing import destination, written
from tracelab.errors import UsageError
from tracelab.renderers import github, json, proof, sarif, text
from tracelab.renderers.safe import visible


class Format(str, Enum):
    """How the findings are written."""

    text = "text"
    json = "json"
    sarif = "sarif"
    github = "github"


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
    fix: Annotated[
        bool, typer.Option("--fix", help="Write the repairs that are proven into your files, and show the diff.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show as a diff what --fix would write, and write nothing.")
    ] = False,
    no_colour: Annotated[bool, typer.Option("--no-colour", "--no-color", help="Print without colours.")] = False,
) -> None:
    """Trace a model and print what the trace froze.

    The exit code is 1 when a finding diverges or raises that is not allowed, or when the capture stopped early; 0 when
    all went well; and 2 when the command was used wrongly. With --fix it is 0, too, when all that failed is mended and
    written, and 2 when a file has changed since, so that nothing was written.
    """
    asked = Asked(inputs, kwargs, mode, probes, seconds, backend, dynamic_shapes)
    shown = _Shown(everything, no_colour, allow or [])
    if fix or diff:
        _refuse_beside_fix(target, form, output)
        _mend(traced(target, asked), seconds, fix, shown)
        return
    file = destination(output) if output is not None else None
    found = capture(target, asked)
    parted = sort_out(found, shown.allow)
    rendered = _rendered(found, form, everything, shown.allow)
    if file is not None:
        whole = rendered or text.render(found, everything=everything)
        written(file, lambda: file.write_text(whole + "\n", encoding="utf-8", errors="backslashreplace"))
    typer.echo(rendered if rendered and file is None else shown.text(found))
    for line in _told(parted):
        typer.echo(line, err=True)
    if parted.failed:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Shown:
    """How findings come to the terminal."""

    everything: bool
    no_colour: bool
    allow: list[str]

    def text(self, found: schema.Capture) -> str:
        """The capture, as wide and as colourful as the terminal is."""
        terminal = sys.stdout.isatty()
        colour = terminal and not self.no_colour and not os.environ.get("NO_COLOR")
        width = shutil.get_terminal_size().columns if terminal else 100
        return text.render(found, everything=self.everything, colour=colour, width=width)


def _rendered(found: schema.Capture, form: Format, everything: bool, allow: list[str]) -> str:
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


def _refuse_beside_fix(target: str, form: Format, output: str | None) -> None:
    beside = {f"--format {form.value}": form is not Format.text, "--output": output is not None}
    wrong = [name for name, given in beside.items() if given]
    wrong += [f"{target!r}, a capture that is not run again,"] if target.endswith(".tracelab") else []
    if wrong:
        raise UsageError(f"{wrong[0]} does not go with --fix and --diff", cure="Leave out one of them.")


def _mend(trace: Trace, seconds: float | None, writes: bool, shown: _Shown) -> None:
    found = fixing.repaired(trace, seconds) if trace.can_be_repaired else None
    typer.echo(shown.text(trace.capture))
    parted = sort_out(trace.capture, shown.allow)
    left = {finding.id for finding in parted.failing}
    if found is not None:
        typer.echo(f"\n{found.diff}" if found.diff else "")
        typer.echo(fixing.told(found, fixing.write(found.sources) if writes else None))
        left -= set(found.mended) if writes else set()
    for line in _told(parted):
        typer.echo(line, err=True)
    is_told = bool(parted.failing) or not parted.failed
    if left or not is_told:
        raise typer.Exit(1)
