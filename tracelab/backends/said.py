"""What torch.export itself says of a function: guards, sizes that only data tell, refusals, draft_export's report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracelab.observers import Sighting


def of_program(program: Any) -> Iterator[Sighting]:
    """What a program checks when it runs."""
    yield from ()


def of_refusal(error: BaseException) -> Iterator[Sighting]:
    """Why torch refuses."""
    yield from ()


def of_report(program: Any) -> Iterator[Sighting]:
    """What draft_export found unsound."""
    yield from ()
