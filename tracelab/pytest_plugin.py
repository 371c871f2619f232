"""pytest's fixture `trace_check`: `def test_model(trace_check): trace_check(model, x)`.

pytest loads this file wherever TraceLab is installed, so it imports nothing of weight: torch comes with the first
check.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from tracelab.capture import Capture
    from tracelab.handle import Trace

_OPTION, _INI = "tracelab_report", "tracelab_allow"


class TraceCheck(Protocol):
    """What the fixture gives: `tracelab.assert_faithful`, which lets pass what `tracelab_allow` says too."""

    def __call__(
        self, func: Any, example_inputs: Any = None, *, allow: Sequence[str] = (), **options: Any
    ) -> Trace:  # pragma: no cover
        """Trace, and fail where a finding diverges or raises, or where the capture stopped early."""
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make the options known."""
    parser.getgroup("tracelab", "what torch.jit.trace freezes").addoption(
        "--tracelab-report",
        dest=_OPTION,
        metavar="DIR",
        help="write the HTML report of each trace that fails `trace_check` into this folder",
    )
    told = "findings that every `trace_check` lets pass, one a line: RULE, or RULE@WHERE (net.py:forward, encoder.*)"
    parser.addini(_INI, told, type="linelist", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Tell at once that reports have no place."""
    folder = _folder(config)
    if folder is not None and folder.exists() and not folder.is_dir():
        raise pytest.UsageError(f"--tracelab-report: {str(folder)!r} is a file, not a folder")


@pytest.fixture
def trace_check(request: pytest.FixtureRequest) -> TraceCheck:
    """Trace a model and fail where the trace is not faithful: takes what `tracelab.assert_faithful` takes."""
    failed: list[Capture] = []

    def check(func: Any, example_inputs: Any = None, *, allow: Sequence[str] = (), **options: Any) -> Trace:
        __tracebackhide__ = True
        import tracelab
        from tracelab.allowed import sort_out

        found = tracelab.trace(func, example_inputs, **options)
        # What is let pass everywhere need not be everywhere: only a test's own entries must match something.
        everywhere: list[str] = request.config.getini(_INI)
        unused = sort_out(found.capture, everywhere).unused
        own = [allow] if isinstance(allow, str) else allow
        try:
            found.raise_for_findings([*own, *(entry for entry in everywhere if entry not in unused)])
        except tracelab.FrozenError:
            failed.append(found.capture)
            _report(request, found.capture, len(failed))
            raise
        return found

    return check


def _folder(config: pytest.Config) -> Path | None:
    """Where reports are written; None where none are wanted."""
    folder: str | None = config.getoption(_OPTION)
    return config.invocation_params.dir / folder if folder else None


def _report(request: pytest.FixtureRequest, capture: Capture, number: int) -> None:
    """Write the report of a check that failed, and name it in the test's output."""
    folder = _folder(request.config)
    if folder is None:
        return
    file = folder / f"{_name(request.node.nodeid)}{f'-{number}' if number > 1 else ''}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        said = f"report: {capture.report(file, title=request.node.nodeid)}"
    except OSError as error:
        said = f"no report: {file} cannot be written: {error.strerror}"
    request.node.add_report_section("call", "tracelab", said)


def _name(nodeid: str) -> str:
    """`test_net.py-test_it`; the ids of parameters may look alike when they are spelled for a file."""
    spelled = re.sub(r"[^\w.-]+", "-", nodeid).strip("-")
    is_alike = "[" in nodeid or len(spelled) > 120
    return f"{spelled[:120]}-{hashlib.sha256(nodeid.encode()).hexdigest()[:6]}" if is_alike else spelled
