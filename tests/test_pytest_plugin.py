"""The fixture, in tests of their own."""

from __future__ import annotations

import re
from importlib.metadata import entry_points

import pytest

MODEL = """
    import torch

    def good(x):
        return x * 2

    def bad(x):
        return x + 1 if x.sum() > 0 else x - 1

    X = torch.ones(3)
"""
FAILS = """
    from model import X, bad

    def test_bad(trace_check):
        trace_check(bad, X)
"""


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makepyfile(model=MODEL)
    pytester.syspathinsert()
    return pytester


def said(result: pytest.RunResult) -> str:
    return "\n".join(result.outlines)


def test_pytest_finds_the_plugin() -> None:
    (found,) = entry_points(group="pytest11", name="tracelab")
    assert found.value == "tracelab.pytest_plugin"


def test_a_faithful_trace_passes_and_is_given(inner: pytest.Pytester) -> None:
    inner.makepyfile("""
        from model import X, bad, good

        def test_good(trace_check):
            assert trace_check(good, X)(X).tolist() == [2, 2, 2]

        def test_allowed(trace_check):
            assert trace_check(bad, X, allow=["data-dependent-branch@model.py:bad"]).findings

        def test_not_tried(trace_check):
            trace_check(bad, example_kwarg_inputs={"x": X}, probes=())
    """)
    inner.runpytest_inprocess("-W", "error::tracelab.TracelabWarning").assert_outcomes(passed=3)


def test_a_failure_is_short_and_shows_the_line(inner: pytest.Pytester) -> None:
    inner.makepyfile(FAILS)
    result = inner.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        ">       trace_check(bad, X)",
        "E       tracelab.errors.FrozenError: 1 finding in bad:",
        "E         data-dependent-branch diverges at */model.py:7: *",
        "E             return x + 1 if x.sum() > 0 else x - 1",
        "E                             ^^^^^^^^^^^ frozen: True",
        "E           witness: * (x: f32[[]3]): eager and captured differ by 2 *",
        "E         `tracelab explain data-dependent-branch` *",
        "test_a_failure_is_short_and_shows_the_line.py:4: FrozenError",
    ])  # fmt: skip
    assert not re.search(r"tracelab/\w+\.py:\d", said(result)), "no frame of ours is shown"


def test_what_the_project_allows_passes_and_need_not_match(inner: pytest.Pytester) -> None:
    inner.makeini("""
        [pytest]
        filterwarnings = error
            ignore:`torch.jit.*` is (deprecated|not supported):DeprecationWarning
        tracelab_allow =
            random-draw
            data-dependent-*@model.py
    """)
    inner.makepyfile(FAILS)
    inner.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_test_s_own_entry_that_matches_nothing_is_a_warning(inner: pytest.Pytester) -> None:
    inner.makepyfile("""
        from model import X, good

        def test_good(trace_check):
            trace_check(good, X, allow="random-draw")
    """)
    result = inner.runpytest_inprocess("-W", "default")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*.py:4: TracelabWarning: allow 'random-draw' matches no finding: take it out"])


def test_a_rule_that_is_none_is_told(inner: pytest.Pytester) -> None:
    inner.makeini("[pytest]\ntracelab_allow = data-dependant-branch")
    inner.makepyfile(FAILS)
    result = inner.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*UsageError: There is no rule 'data-dependant-branch' to allow"])


def test_reports_are_written_of_what_fails_under_xdist_too(inner: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    inner.makepyfile("""
        import pytest
        from model import X, bad, good

        @pytest.mark.parametrize("name", ["a/b", "a-b"])
        def test_bad(trace_check, name):
            trace_check(bad, X)

        def test_twice(trace_check):
            with pytest.raises(AssertionError):
                trace_check(bad, X)
            trace_check(bad, X)

        def test_good(trace_check):
            trace_check(good, X)
    """)
    result = inner.runpytest_subprocess("--tracelab-report", "out/reports", "-n", "1")
    result.assert_outcomes(failed=3, passed=1)
    files = sorted(file.name for file in (inner.path / "out" / "reports").iterdir())
    stem = "test_reports_are_written_of_what_fails_under_xdist_too.py"
    assert len(files) == 4
    assert [re.sub(r"-\w{6}\.html", "", name) for name in files[:2]] == [f"{stem}-test_bad-a-b"] * 2
    assert files[2:] == [f"{stem}-test_twice-2.html", f"{stem}-test_twice.html"]
    assert "<title>" in (inner.path / "out" / "reports" / files[3]).read_text(encoding="utf-8")
    result.stdout.fnmatch_lines(["*Captured tracelab call*", f"report: *{files[3]}"])


def test_a_report_that_cannot_be_written_does_not_hide_the_failure(inner: pytest.Pytester) -> None:
    inner.makepyfile(FAILS)
    (inner.path / "taken").write_text("")
    result = inner.runpytest_inprocess("--tracelab-report=taken/reports")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["no report: */taken/reports/*.html cannot be written: Not a directory"])


def test_a_folder_that_is_a_file_is_told_at_once(inner: pytest.Pytester) -> None:
    (inner.path / "taken").write_text("")
    result = inner.runpytest_inprocess("--tracelab-report=taken")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tracelab-report: */taken' is a file, not a folder"])


def test_who_does_not_use_it_does_not_notice_it(inner: pytest.Pytester) -> None:
    inner.makepyfile("""
        import sys

        def test_light():
            assert not {"torch", "numpy", "msgspec", "rich", "tracelab.live"} & set(sys.modules)
    """)
    with_it = inner.runpytest_subprocess()
    without = inner.runpytest_subprocess("-p", "no:tracelab")
    with_it.assert_outcomes(passed=1)
    assert _timeless(with_it) == _timeless(without)


def _timeless(result: pytest.RunResult) -> str:
    return re.sub(r"in \d+\.\d+s|tracelab-[\d.]+(, )?", "", said(result))
