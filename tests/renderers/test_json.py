from __future__ import annotations

import json
import os
from typing import Any

import pytest

from tests.renderers.pages import hostile
from tests.renderers.samples import capture, held, place, proven, stopped
from tracelab.renderers import json as renderer
from tracelab.schema import Capture, Finding, Run


def told(document: Capture) -> dict[str, Any]:
    return json.loads(renderer.render(document))


def test_the_answer_stands_beside_the_findings() -> None:
    answer = told(capture(proven(), held()))
    assert (answer["version"], answer["failed"], answer["stop"]) == (1, True, None)
    assert answer["tallies"] == {"diverges": 1, "raises": 0, "refused": 0, "guarded": 0, "holds": 1, "unproven": 0}
    assert answer["findings"][0]["source"]["lineno"] == 2
    assert answer["findings"][0]["witness"]["probe"] == "x negated"


def test_every_field_is_there() -> None:
    found = told(capture(held()))["findings"][0]
    assert set(found) == set(Finding.__struct_fields__)
    assert set(told(capture(proven()))["findings"][0]["witness"]) == set(Run.__struct_fields__)


def test_the_documented_keys_are_those_that_are_written() -> None:
    assert all(key in (renderer.__doc__ or "") for key in told(capture()))


@pytest.mark.parametrize(("document", "failed"), [(capture(held()), False), (stopped(), True), (Capture(), False)])
def test_failed_is_what_check_says(document: Capture, failed: bool) -> None:
    assert told(document)["failed"] is failed


def test_what_is_allowed_is_told_and_does_not_fail() -> None:
    answer = json.loads(renderer.render(capture(proven()), ["data-dependent-branch"]))
    assert (answer["failed"], answer["allowed"]) == (False, ["a"])


def test_strange_text_is_no_reason_to_fail() -> None:
    assert told(hostile())["failed"]
    assert told(capture(held(message=os.fsdecode(b"caf\xe9"), source=place())))["findings"][0]["message"]
