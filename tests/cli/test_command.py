from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tracelab
from tests.cli.running import FILE, run
from tracelab.cli import COMMANDS

ROOT = Path(__file__).parents[2]
NAMES = [command.__name__ for command in COMMANDS]


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=known, timeout=120)


@pytest.mark.parametrize("name", NAMES)
def test_every_subcommand_stands_in_the_readme(name: str) -> None:
    assert f"tracelab {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_option_has_a_sentence(name: str) -> None:
    command = next(command for command in COMMANDS if command.__name__ == name)
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        assert parameter.annotation.__metadata__[0].help.endswith(".")


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"tracelab {tracelab.__version__}\n"


def test_without_a_subcommand_the_help_is_shown() -> None:
    result = run()
    assert result.exit_code == 2
    assert all(name in result.output for name in NAMES)


def test_python_m_tracelab_is_the_command() -> None:
    assert python("-m", "tracelab", "--version").stdout == f"tracelab {tracelab.__version__}\n"


def test_explaining_loads_no_torch() -> None:
    code = "from typer.testing import CliRunner; from tracelab.cli import app; CliRunner().invoke(app, ['explain'])"
    assert python("-c", f"import sys; {code}; assert 'torch' not in sys.modules").returncode == 0


def test_control_c_exits_130(tmp_path: Path) -> None:
    file = tmp_path / "waits.py"
    file.write_text(f"import os, signal\ndef build():\n    os.kill(os.getpid(), {int(signal.SIGINT)})\n")
    result = python("-m", "tracelab", "check", f"{file}:build")
    assert result.returncode == 130
    assert result.stderr == ""


def test_a_terminal_without_unicode_is_no_reason_to_fail(tmp_path: Path) -> None:
    file = tmp_path / "unicode.py"
    file.write_text("def f(x):\n    return x + 1 if x.sum() > 0 else x  # 日本\n", encoding="utf-8")
    result = python("-m", "tracelab", "check", f"{file}:f", "--input", "f32[2]", PYTHONIOENCODING="ascii")
    assert result.returncode == 1
    assert "frozen: " in result.stdout


def test_our_own_mistakes_are_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracelab.renderers.text.render", lambda *_, **__: {}["missing"])
    result = run("check", f"{FILE}:built_with_inputs")
    assert result.exit_code == 3
    assert "TraceLab itself failed: KeyError: 'missing'" in result.stderr
    assert "TRACELAB_TRACEBACK=1" in result.stderr
