"""The command, run in this process."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from tracelab.cli import app

FILE = str(Path(__file__).with_name("targets.py"))


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert "Traceback" not in result.output
    return result
