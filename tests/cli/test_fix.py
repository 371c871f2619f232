"""`tracelab check --fix` and `--diff`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import FILE, run
from tracelab.cli import fixing
from tracelab.errors import UsageError
from tracelab.repair.sources import Source

CODE = "import torch\n\n\ndef average(x):\n    return x.sum(0) / len(x)   # rows\n"
MENDED = CODE.replace("len(x)", "x.shape[0]")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "averaging_model.py"
    path.write_text(CODE)
    return path


def command(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which imports the file anew."""
    arguments = [sys.executable, "-m", "tracelab", "check", f"{file}:average", "--input", "f32[4,2]", *options]
    return subprocess.run(arguments, capture_output=True, text=True, cwd=file.parent, env=os.environ)


def test_diff_shows_and_writes_nothing(file: Path) -> None:
    result = command(file, "--diff")
    assert result.returncode == 1, result.stderr
    assert "-    return x.sum(0) / len(x)   # rows\n+    return x.sum(0) / x.shape[0]   # rows\n" in result.stdout
    assert "--- a/averaging_model.py\n" in result.stdout
    assert "nothing is written without --fix" in result.stdout
    assert file.read_text() == CODE


def test_fix_writes_and_then_nothing_is_wrong(file: Path) -> None:
    file.chmod(0o640)
    result = command(file, "--fix")
    assert result.returncode == 0, result.stderr
    assert f"wrote {file}" in result.stdout
    assert file.read_text() == MENDED
    assert file.stat().st_mode & 0o777 == 0o640
    assert command(file).returncode == 0


def test_other_ends_of_line_and_no_last_one_are_kept(file: Path) -> None:
    file.write_bytes(CODE.removesuffix("\n").replace("\n", "\r\n").encode())
    assert command(file, "--fix").returncode == 0
    assert file.read_bytes() == MENDED.removesuffix("\n").replace("\n", "\r\n").encode()


def test_a_refusal_to_export_is_mended_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "branching_model.py"
    path.write_text("def average(x):\n    if x.sum() > 0:\n        x = x * 2\n    return x + 1\n")
    options = ("--backend", "export")
    assert command(path, *options).returncode == 1
    assert command(path, *options, "--fix").returncode == 0
    assert "torch.where(x.sum() > 0, x * 2, x)" in path.read_text()
    assert command(path, *options).returncode == 0


def test_what_cannot_be_mended_stays_wrong() -> None:
    result = run("check", f"{FILE}:Perturbed", "--input", "f32[3]@ones", "--diff")
    assert result.exit_code == 1
    assert "0 findings mended, 1 left" in result.stdout


def test_a_file_that_has_changed_since_is_left(file: Path) -> None:
    file.write_text(f"{CODE}# more\n")
    with pytest.raises(UsageError, match="has changed since"):
        fixing.write([Source(str(file), CODE, MENDED)])
    assert file.read_text() == f"{CODE}# more\n"


def test_all_files_are_written_or_none(file: Path) -> None:
    with pytest.raises(UsageError, match="is no file"):
        fixing.write([Source(str(file), CODE, MENDED), Source("<ipython-input-1>", CODE, MENDED)])
    assert file.read_text() == CODE


def test_installed_packages_are_left(tmp_path: Path) -> None:
    file = tmp_path / "site-packages" / "model.py"
    file.parent.mkdir()
    file.write_text(CODE)
    with pytest.raises(UsageError, match="installed"):
        fixing.write([Source(str(file), CODE, MENDED)])


@pytest.mark.parametrize("arguments", [("a.tracelab", "--fix"), (f"{FILE}:branch", "--fix", "--format", "json")])
def test_what_does_not_go_together(arguments: tuple[str, ...]) -> None:
    assert run("check", *arguments).exit_code == 2
