"""`tracelab`, the command. One subcommand a file; this file only lists them."""

from __future__ import annotations

from typing import Annotated

import typer

from tracelab import __version__
from tracelab.cli import check, compare, explain, lab, report

COMMANDS = (check.check, report.report, compare.compare, lab.lab, explain.explain)

app = typer.Typer(
    name="tracelab",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in COMMANDS:
    app.command()(command)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tracelab {__version__}")
        raise typer.Exit


@app.callback()
def tracelab(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Show what torch.jit.trace freezes of a model: each place, its line, and the value that it keeps."""


def main() -> None:
    """Run the command that the arguments name; the exit code is the answer."""
    app(prog_name="tracelab")
