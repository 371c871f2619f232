"""`tracelab compare`."""

from __future__ import annotations

import html
from pathlib import Path

from tests.cli.running import FILE, run


def test_both_are_told_and_written(tmp_path: Path) -> None:
    file = tmp_path / "move.html"
    result = run("compare", f"{FILE}:branch", "--input", "f32[3]", "-o", str(file))
    assert result.exit_code == 0
    assert result.stdout.startswith("branch: jit beside export\n")
    assert "refused, loudly" in result.stdout
    assert "torch.export.export(model, (x,)" in file.read_text(encoding="utf-8")


def test_the_source_can_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "move.html"
    line = next(text.strip() for text in Path(FILE).read_text(encoding="utf-8").splitlines() if "if x.sum()" in text)
    for option, is_told in (("--no-values", True), ("--no-source", False)):
        run("compare", f"{FILE}:branch", "--input", "f32[3]", "-o", str(file), option)
        assert (html.escape(line) in file.read_text(encoding="utf-8")) == is_told


def test_a_stored_capture_cannot_be_exported() -> None:
    result = run("compare", "stored.tracelab")
    assert result.exit_code == 2
    assert "is not run again" in result.stderr


def test_a_folder_that_is_not_there_is_told_before_anything_runs() -> None:
    result = run("compare", "no_such_module:f", "-o", "no/such/folder/out.html")
    assert result.exit_code == 2
    assert "There is no folder" in result.stderr
