"""The README's examples for CI do what it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.running import run

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## In CI and in the editor")[2].partition("\n## ")[0]


def blocks(text: str, language: str) -> list[str]:
    """What stands in the fences of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def model() -> str:
    """The first example's module, and a function that builds it."""
    code = blocks(README, "python")[0].partition("t = tracelab.trace(")[0]
    return f"{code}\n\ndef build():\n    return Repeat()\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "model.py").write_text(model(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    return tmp_path


def test_the_tests_pass_and_without_allow_one_fails_as_shown(pytester: pytest.Pytester) -> None:
    (code,) = blocks(SECTION, "python")
    pytester.makepyfile(model=model(), test_allowed=code, test_fails=re.sub(r", allow=\[.*?\]", "", code))
    pytester.syspathinsert()
    pytester.runpytest_inprocess("test_allowed.py").assert_outcomes(passed=2)
    result = pytester.runpytest_inprocess("test_fails.py")
    result.assert_outcomes(passed=1, failed=1)
    shown = [line for line in blocks(SECTION, "text")[0].splitlines() if "witness" not in line]
    said = [re.sub(r"at \S*/model\.py", "at model.py", line) for line in result.outlines]
    assert len(shown) == 5
    assert [line for line in shown if line not in said] == []


def test_the_workflow_s_steps_run(project: Path) -> None:
    steps = re.findall(r"- run: tracelab (.*)", "".join(blocks(SECTION, "yaml")))
    annotations, code_scanning = (run(*shlex.split(step)) for step in steps)
    assert annotations.stdout.startswith("::error file=model.py,line=")
    assert "error[data-dependent-loop] diverges" in code_scanning.stdout
    assert json.loads((project / "traces.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
