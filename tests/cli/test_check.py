from __future__ import annotations

import json
from pathlib import Path

import pytest

import tracelab
from tests.cli.running import FILE, run
from tests.cli.targets import branch


def test_the_findings_are_printed_and_what_forward_prints_is_not_among_them() -> None:
    result = run("check", f"{FILE}:branch", "--input", "f32[3]@ones")
    assert result.exit_code == 1
    assert "error[data-dependent-branch] diverges" in result.stdout
    assert "return x + 1 if x.sum() > 0 else x - 1" in result.stdout
    assert "frozen: True" in result.stdout
    assert "forward says this" not in result.stdout
    assert "\x1b" not in result.stdout


def test_a_clean_model_has_nothing_to_say() -> None:
    result = run("check", f"{FILE}:built_with_inputs")
    assert result.exit_code == 0
    assert result.stdout.startswith("No frozen behaviour was seen")


def test_what_diverges_sets_the_exit_code() -> None:
    result = run("check", f"{FILE}:Perturbed", "--input", "f32[3]@ones")
    assert result.exit_code == 1
    assert "error[" in result.stdout


def test_a_function_that_raises_is_a_partial_capture() -> None:
    result = run("check", f"{FILE}:breaks", "--input", "f32[2]")
    assert "Partial capture" in result.stdout
    assert "shape '[7]' is invalid for input of size 2" in result.stdout


def test_json_holds_the_findings_and_nothing_else_is_printed() -> None:
    result = run("check", f"{FILE}:branch", "--input", "f32[3]", "--format", "json")
    document = json.loads(result.stdout)
    assert [finding["rule"] for finding in document["findings"]] == ["data-dependent-branch"]
    assert document["inputs"][0]["spec"] == "f32[3]"
    assert "graphs" not in document


def test_sarif_names_the_file_from_the_folder_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(FILE).parents[1])
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    result = run("check", f"{FILE}:branch", "--input", "f32[3]@ones", "--format", "sarif")
    (log,) = json.loads(result.stdout)["runs"]
    assert result.exit_code == log["invocations"][0]["exitCode"] == 1
    assert [artifact["location"]["uri"] for artifact in log["artifacts"]] == ["cli/targets.py"]


def test_in_a_workflow_names_start_at_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(FILE).parent)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path(FILE).parents[2]))
    result = run("check", f"{FILE}:branch", "--input", "f32[3]@ones", "--format", "github")
    assert result.stdout.startswith("::error file=tests/cli/targets.py,line=")


def test_a_file_takes_the_format_and_the_terminal_the_text(tmp_path: Path) -> None:
    file = tmp_path / "found.sarif"
    result = run("check", f"{FILE}:built_with_inputs", "--format", "sarif", "-o", str(file))
    assert result.stdout.startswith("No frozen behaviour was seen")
    assert json.loads(file.read_text(encoding="utf-8"))["version"] == "2.1.0"
    run("check", f"{FILE}:built_with_inputs", "-o", str(file))
    assert file.read_text(encoding="utf-8").startswith("No frozen behaviour was seen")


def test_what_is_allowed_does_not_fail_and_what_allows_nothing_is_told() -> None:
    given = ("check", f"{FILE}:branch", "--input", "f32[3]@ones")
    result = run(*given, "--allow", "data-dependent-branch@targets.py:branch", "--allow", "random-draw")
    assert result.exit_code == 0
    assert "error[data-dependent-branch] diverges" in result.stdout
    allowed, unused = result.stderr.splitlines()[-2:]
    assert allowed.startswith("allowed: data-dependent-branch at targets.py:")
    assert unused == "warning: --allow 'random-draw' matches no finding: take it out"
    assert run(*given, "--allow", "state-read@*").exit_code == 1


@pytest.mark.parametrize("limit", [("--probes", "0"), ("--seconds", "0")])
def test_without_probes_nothing_is_proven(limit: tuple[str, str]) -> None:
    result = run("check", f"{FILE}:branch", "--input", "f32[3]@ones", *limit)
    assert result.exit_code == 0
    assert "warning[data-dependent-branch] unproven" in result.stdout


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_the_mode_is_set_first(mode: str) -> None:
    assert f"{mode} mode" in run("check", f"{FILE}:Clean", "--input", "f32[2,4]", "--mode", mode).stdout


def test_positional_and_keyword_inputs_go_together() -> None:
    result = run("check", f"{FILE}:Two", "--input", "f32[2,4]", "--kwarg", "y=f32[4]")
    assert result.exit_code == 0
    assert "f32[2, 4]" in result.stdout
    assert "f32[4]" in result.stdout


def test_a_stored_capture_is_read_and_not_run(tmp_path: Path) -> None:
    import torch

    file = str(tmp_path / "branch.tracelab")
    tracelab.trace(branch, torch.ones(3)).save(file)
    result = run("check", file)
    assert result.exit_code == 1
    assert "error[data-dependent-branch] diverges" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([f"{FILE}:Clean"], "missing a required argument: 'x'"),
        ([f"{FILE}:Clean", "--input", "f32[2"], "describes no input"),
        ([f"{FILE}:Clean", "--input", "f32[2,4]", "--kwarg", "y"], "Write NAME=SPEC"),
        ([f"{FILE}:Clean", "--input", "f32[2,4]", "--kwarg", "z=f32[4]"], "unexpected keyword argument 'z'"),
        ([f"{FILE}:clean.encode", "--input", "f32[2,4]"], "torch.jit.trace refuses this"),
        ([f"{FILE}:branch", "--input", "f32[2]", "--mode", "eval"], "A function has no mode"),
        ([f"{FILE}:built_with_inputs", "--allow", "random-drew"], "Did you mean random-draw?"),
        ([f"{FILE}:nothing"], "names nothing"),
        (["gone.tracelab", "-o", "no/such/folder/x.sarif"], "There is no folder 'no/such/folder'"),
        ([f"{FILE}:built_with_inputs", "-o", "/"], "'/' cannot be written"),
        (["gone.tracelab"], "gone.tracelab"),
        (["gone.tracelab", "--input", "f32[2]"], "is not run again"),
        (["gone.tracelab", "--backend", "export"], "is not run again"),
        (["gone.tracelab", "--probes", "0"], "is not run again"),
    ],
)
def test_wrong_use_is_told_in_three_parts(arguments: list[str], said: str) -> None:
    result = run("check", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) <= 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--mode", "fast", "x:y"],
        ["chek", "x:y"],
        ["check", "--probes", "-1", "x:y"],
        ["check", "--format", "xml", "x:y"],
    ],
)
def test_what_the_command_does_not_know_is_refused(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_the_other_backend_guards_what_the_trace_freezes() -> None:
    given = ("check", f"{FILE}:Asking", "--input", "f32[3]@ones")
    assert run(*given).exit_code == 1
    result = run(*given, "--backend", "export", "--dynamic-shapes", "auto")
    assert result.exit_code == 0
    assert "backend  export" in result.stdout
    assert "shape-dependent-branch] guarded" in result.stdout


def test_what_export_refuses_sets_the_exit_code() -> None:
    result = run("check", f"{FILE}:branch", "--input", "f32[3]@ones", "--backend", "export")
    assert result.exit_code == 1
    assert "Refused by torch.export" in result.stdout
    assert "untraceable] refused" in result.stdout


def test_an_unknown_backend() -> None:
    result = run("check", f"{FILE}:branch", "--input", "f32[3]", "--backend", "onnx")
    assert result.exit_code == 2
