from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch

import tracelab
from tests.cli.running import run
from tests.cli.targets import branch


@pytest.fixture
def file(tmp_path: Path) -> Path:
    trace = tracelab.trace(branch, torch.ones(3), probes=())
    trace.save(tmp_path / "branch.tracelab")
    return tmp_path / "branch.tracelab"


def test_a_file_that_is_not_there_is_told_before_anything_starts() -> None:
    result = run("lab", "no/such.tracelab")
    assert result.exit_code == 2
    assert result.stderr == "error: There is no file 'no/such.tracelab'\n  `Trace.save` writes one.\n"


def test_a_broken_file_is_told_before_anything_starts(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])
    result = run("lab", str(file))
    assert result.exit_code == 2
    assert "error: The file is truncated, or something was added at its end\n" in result.stderr


def test_another_kind_of_file_is_refused_by_its_name(file: Path) -> None:
    result = run("lab", str(file.rename(file.with_suffix(".zip"))))
    assert result.exit_code == 2
    assert "is no .tracelab file by its name" in result.stderr


def test_without_jupyterlab_it_says_how_to_get_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jupyterlab" else find(name))
    result = run("lab", str(file))
    assert result.exit_code == 2
    assert "pip install jupyterlab" in result.stderr


def test_jupyterlab_is_given_the_file_its_folder_and_further_options(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labapp: Any = pytest.importorskip("jupyterlab.labapp")
    given: list[str] = []
    monkeypatch.setattr(labapp.LabApp, "launch_instance", given.extend)
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        monkeypatch.setenv(name, "")
    monkeypatch.chdir(file.parent)
    assert run("lab", file.name, "--", "--no-browser", "--port", "9000").exit_code == 0
    assert given == [str(file), f"--ServerApp.root_dir={file.parent}", "--no-browser", "--port", "9000"]
