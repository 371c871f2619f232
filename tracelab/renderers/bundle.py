"""The built viewer, which comes with the package."""

from __future__ import annotations

from importlib import resources

HOW_TO_BUILD = "`make viewer` in a checkout of the source builds it, and a wheel that `make wheel` made has it"


def script() -> str | None:
    """The viewer as one script; None in a checkout of the source where it was not built."""
    built = resources.files("tracelab").joinpath("static/report.js")
    return built.read_bytes().decode() if built.is_file() else None
