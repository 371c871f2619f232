"""Eager and captured, side by side."""

from tracelab.replay.check import Checked, check
from tracelab.replay.compare import compare

__all__ = ["Checked", "check", "compare"]
