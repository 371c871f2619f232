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
    (tmp_path / "clean.html").mkdir()
    result = run("report", f"{FILE}:clean", "--input", "f32[4]", "-o", f"{tmp_path}/")
    assert result.exit_code == 2
    assert "cannot be written: Is a directory" in result.stderr


def test_several_targets_are_written_into_a_folder_with_an_index(tmp_path: Path) -> None:
    trace = tracelab.trace(branch, torch.ones(4))
    trace.save(str(tmp_path / "stored.tracelab"))
    folder = tmp_path / "reports"
    result = run("report", f"{FILE}:built_with_inputs", str(tmp_path / "stored.tracelab"), "-o", f"{folder}/")
    assert result.exit_code == 0
    assert sorted(file.name for file in folder.iterdir()) == ["built_with_inputs.html", "index.html", "stored.html"]
    assert result.stdout.splitlines()[-1] == f"{folder}/index.html: 2 of 2 reports"
    assert 'href="stored.html"' in (folder / "index.html").read_text(encoding="utf-8")


def test_two_targets_of_one_name_have_two_files(tmp_path: Path) -> None:
    given = [f"{FILE}:branch", f"{FILE}:branch", "--input", "f32[4]", "--probes", "0", "--title", "Mine"]
    assert run("report", *given, "-o", f"{tmp_path}/").exit_code == 0
    assert {"branch.html", "branch-2.html"} < {file.name for file in tmp_path.iterdir()}
    assert "<title>Mine - TraceLab</title>" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_target_that_fails_is_named_and_the_others_are_written(tmp_path: Path) -> None:
    result = run("report", f"{FILE}:fails", f"{FILE}:built_with_inputs", "-o", f"{tmp_path}/")
    assert result.exit_code == 2
    assert f"error: {FILE}:fails: " in result.stderr
    assert result.stdout.splitlines()[-1] == f"{tmp_path}/index.html: 1 of 2 reports"


def test_where_every_target_fails_there_is_no_index(tmp_path: Path) -> None:
    result = run("report", f"{FILE}:fails", f"{FILE}:nobody", "-o", f"{tmp_path}/")
    assert result.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_several_reports_do_not_go_into_one_file() -> None:
    result = run("report", "no_such_module:f", "no_such_module:g", "-o", "out.html")
    assert result.exit_code == 2
    assert result.stderr == "error: 2 reports do not go into one file, 'out.html'\n  Name a folder: -o reports/\n"


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    result = run("report", "no_such_module:f", "no_such_module:g", "-o", str(tmp_path / "taken"))
    assert result.exit_code == 2
    assert "is a file, not a folder" in result.stderr


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
