"""A witness as Python that needs no TraceLab: each that is written is run, and shows what the Run said."""

from __future__ import annotations

import re
import warnings
from typing import Any

import pytest

from tests.replay.isolated import isolated
from tests.specimens import ALL
from tests.specimens.base import Specimen
from tests.specimens.running import captured, same, seed

_MODEL = re.compile(r"^(model = .*|from .* import .* as model)$", re.MULTILINE)
UNSHOWN = {
    "doubles_through_data": "eager writes into the input that captured is then given",
    "NormalisesItsWeight": "tracing has changed the weights of the copy that captured starts with",
    "ScalesItsWeight": "tracing has changed the weights of the copy that captured starts with",
}
"""Where running the snippet does not show what the Run did, and why."""
SHOWN = [s for s in ALL if s.finds and not s.crashes and not s.refuses]


def played(text: str, model: Any) -> tuple[dict[str, Any], Exception | None]:
    """What a snippet prints, by the words before it, and what it raises."""
    printed: dict[str, Any] = {}
    scope = {"model": model, "print": lambda label, value: printed.update({label: value})}
    seed(0)
    warnings.simplefilter("ignore")
    try:
        exec(_MODEL.sub("", text), scope)
    except Exception as error:  # noqa: BLE001 (the answer to compare)
        return printed, error
    return printed, None


def shows(text: str, model: Any, outcome: str) -> bool:
    """Whether what a snippet prints or raises is what its Run says."""
    printed, error = played(text, model)
    if outcome == "captured_raises":
        return list(printed) == ["eager:"] and error is not None
    if error is not None:
        raise error
    if outcome == "eager_raises":
        return list(printed) == ["eager refuses:", "captured:"]
    return not same(printed["eager:"], printed["captured:"], grad=True)


@pytest.mark.parametrize("specimen", SHOWN, ids=lambda s: s.name)
def test_the_snippet_of_a_witness_shows_it(specimen: Specimen) -> None:
    """Each in a copy of this process: some replace the clock."""
    runs = [finding.witness for finding in captured(specimen).findings if finding.witness is not None]
    shown = [isolated(lambda run=run: shows(run.snippet, specimen.make(), run.outcome)) for run in runs]
    assert all(shown) is (specimen.name not in UNSHOWN), [run.snippet for run in runs]
