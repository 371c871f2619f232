from __future__ import annotations

from pathlib import Path

import torch

import tracelab
from tests.cli.running import FILE, run
from tests.cli.targets import branch


def test_a_report_is_written_and_named(tmp_path: Path) -> None:
    file = tmp_path / "out.html"
    result = run("report", f"{FILE}:branch", "--input", "f32[3]", "-o", str(file), "--title", "Mine")
    assert result.exit_code == 0
    assert result.stdout == f"{file}: The one frozen behaviour makes the program wrong\n"
    text = file.read_text(encoding="utf-8")
    assert "<title>Mine - TraceLab</title>" in text
    assert "data-dependent-branch" in text


def test_a_stored_capture_gives_the_same_report(tmp_path: Path) -> None:
    trace = tracelab.trace(branch, torch.ones(3))
    trace.save(str(tmp_path / "branch.tracelab"))
    trace.report(str(tmp_path / "first.html"))
    run("report", str(tmp_path / "branch.tracelab"), "-o", str(tmp_path / "second.html"))
    assert (tmp_path / "first.html").read_text() == (tmp_path / "second.html").read_text()


def test_a_folder_that_is_not_there_is_told_before_anything_runs() -> None:
    result = run("report", "no_such_module:f", "-o", "no/such/folder/out.html")
    assert result.exit_code == 2
    assert "There is no folder 'no/such/folder'" in result.stderr


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    result = run("report", f"{FILE}:built_with_inputs", "-o", str(tmp_path))
    assert result.exit_code == 2
    assert "cannot be written: Is a directory" in result.stderr


def test_source_and_values_can_be_left_out(tmp_path: Path) -> None:
    whole, told = tmp_path / "whole.html", tmp_path / "told.html"
    tracelab.trace(branch, torch.ones(3)).save(str(tmp_path / "branch.tracelab"))
    run("report", str(tmp_path / "branch.tracelab"), "-o", str(whole))
    result = run("report", str(tmp_path / "branch.tracelab"), "--no-source", "--no-values", "-o", str(told))
    assert result.exit_code == 0
    assert "frozen: True" in whole.read_text(encoding="utf-8")
    assert "frozen: True" not in told.read_text(encoding="utf-8")
    assert "branch(x" in whole.read_text(encoding="utf-8")
    assert "branch(x" not in told.read_text(encoding="utf-8")
