"""Looks for inputs that change one answer and no other."""

from __future__ import annotations

from tracelab.replay.prove import Prover


def search(prover: Prover) -> None:
    """Search for what is open."""
