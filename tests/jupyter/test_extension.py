"""Loading, unloading and the page of help."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.jupyter.shells import Shell
from tracelab.jupyter.magic import page
from tracelab.jupyter.magic_options import OPTIONS


def test_it_is_loaded_once_and_taken_away(bare: Shell) -> None:
    magics, matchers = bare.ipython.magics_manager.magics, bare.ipython.Completer.custom_matchers
    bare.run("%load_ext tracelab")
    bare.run("%reload_ext tracelab")
    assert "trace" in magics["line"]
    assert "trace" in magics["cell"]
    assert len(matchers) == 1
    bare.run("%unload_ext tracelab")
    assert ("trace" in magics["line"], "trace" in magics["cell"], matchers) == (False, False, [])


def test_loading_it_loads_no_torch() -> None:
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as Shell; s = Shell.instance()\n"
        "s.run_cell('%load_ext tracelab'); s.run_cell('%trace --moed eval f(x)'); print('torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "There is no option '--moed'" in said
    assert said.split()[-1] == "False"


@pytest.mark.parametrize("asked", ["%trace?", "%%trace?", "?%trace"])
def test_help_is_a_page_with_examples(shell: Shell, asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run(asked)
    shown = capsys.readouterr().out
    assert "t = %trace model(x)" in shown
    assert "--probes N|AXIS" in shown


def test_help_tells_of_every_option_and_fits_a_screen() -> None:
    assert [name for name in OPTIONS if f"  --{name} " not in page()] == []
    assert max(map(len, page().splitlines())) <= 120


def test_options_that_the_command_has_too_have_its_name() -> None:
    from typer.testing import CliRunner

    from tracelab.cli import app

    shown = CliRunner().invoke(app, ["check", "--help"]).output
    assert [name for name in ("mode", "probes", "seconds") if f"--{name}" not in shown or name not in OPTIONS] == []
