"""Each notebook runs to its end in a real kernel, and shows what it says that it shows."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import torch

import tracelab
from tests.notebooks.running import WRONG, Ran, ran
from tests.renderers.pages import Page
from tracelab.detectors import RULES
from tracelab.jupyter.call import call_of
from tracelab.jupyter.form import FILL
from tracelab.wire import CHANNEL, Filled, Request


def first() -> Ran:
    return ran("01_first_trace.ipynb")


def frozen() -> Ran:
    return ran("02_what_was_frozen.ipynb")


def again() -> Ran:
    return ran("03_run_again.ipynb")


def real() -> Ran:
    return ran("04_real_models.ipynb")


def shared() -> Ran:
    return ran("05_share_a_report.ipynb")


# -- 01 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["trace", "column", "alternator"])
def test_what_is_shown_first_is_wrong(cell: str) -> None:
    assert {verdict for _, verdict in first().viewed(cell)} <= WRONG
    assert first().viewed(cell)


def test_what_is_mended_has_no_finding() -> None:
    assert first().viewed("fixed") == []
    assert first().said("fixed-run")["function"] == first().said("fixed-run")["program"]


@pytest.mark.parametrize("cell", ["witness", "column-run"])
def test_the_witness_parts_function_and_program(cell: str) -> None:
    assert first().said(cell)["function"] != first().said(cell)["program"]


def test_the_plain_trace_is_right_on_the_example_and_wrong_on_another_input() -> None:
    eager, captured, eager_else, captured_else = (
        line.split(":", 1)[1].strip() for line in first().printed("plain").splitlines()
    )
    assert eager == captured
    assert eager_else != captured_else


def test_the_module_did_not_count_while_it_was_tried() -> None:
    assert first().said("untouched") == {"calls": "0"}


# -- 02 ----------------------------------------------------------------------------------------------------------


def sections() -> dict[str, tuple[str, str]]:
    """Rule -> what the harmful and the harmless cell below its heading printed."""
    cells = frozen().cells
    found: dict[str, tuple[str, str]] = {}
    for at, cell in enumerate(cells):
        rule = re.search(r"^### `([\w-]+)`", cell["source"], re.MULTILINE)
        if rule:
            harmful, harmless = (frozen().printed(one["id"]) for one in cells[at + 1 : at + 3])
            found[rule[1]] = harmful, harmless
    return found


def test_every_rule_has_a_section() -> None:
    assert set(sections()) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_the_harmful_one_is_proven_and_the_harmless_one_is_clean(rule: str) -> None:
    harmful, harmless = sections()[rule]
    verdict = "guarded" if rule == "size-guard" else "(diverges|raises)"
    assert re.search(rf"^{verdict}: {rule} in line \d+: ", harmful, re.MULTILINE)
    assert harmless == "nothing was frozen"


def test_the_other_verdicts_are_shown() -> None:
    assert frozen().printed("holds").startswith("holds: ")
    assert frozen().printed("unproven").startswith("unproven: ")
    assert frozen().said("unproven-shown")["function"] != frozen().said("unproven-shown")["program"]
    assert {"diverges", "holds"} <= {verdict for _, verdict in frozen().viewed("viewer")}


# -- 03 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "outcomes"),
    [
        ("agrees", ["agrees"]),
        ("diverges", ["diverges"]),
        ("place", ["agrees", "agrees"]),
        ("mode", ["diverges"]),
        ("calls", ["agrees", "diverges"]),
        ("clicked", ["diverges"]),
        ("variables", ["diverges"]),
    ],
)
def test_a_run_has_the_outcome_that_the_text_gives_it(cell: str, outcomes: list[str]) -> None:
    assert re.findall(r"\b(?:agrees|diverges)\b", again().printed(cell).partition("to blame")[0]) == outcomes


def test_the_run_names_the_finding_to_blame() -> None:
    assert again().said("diverges")["to blame"].startswith("data-dependent-branch:")


def test_what_was_unproven_is_proven_by_the_search() -> None:
    assert again().printed("trace").startswith("unproven: ")
    assert again().printed("search").startswith("diverges: ")
    assert again().said("mode")["the model is in training mode now"] == "False"


def test_the_call_is_that_of_the_form() -> None:
    """What the text tells to fill in, given to what writes the form's call."""
    told = again().source("clicks-md")
    typed = [found[1] for found in re.finditer(r"`([^`]+)`", told)]
    shape, fill_range = "5, 3", "-50..50"
    assert {shape, fill_range, FILL["uniform"].title, "float32"} <= set(typed)
    field = Filled(id="x", shape=shape, dtype="float32", fill="uniform", text=fill_range, seed="0")
    trace = tracelab.trace(lambda x: x + 1, torch.ones(2, 3), probes=())
    call = call_of(trace, Request(version=CHANNEL, id="1", what="call", fields=(field,)), "t")
    assert f"run = {call.text}\n" in again().source("clicked")


def test_every_run_of_the_notebook_stays() -> None:
    numbers = [int(number) for number in re.findall(r"^Run (\d+): ", again().printed("history"), re.MULTILINE)]
    assert len(numbers) == 4
    assert all(after == before + 1 for before, after in pairwise(numbers))


# -- 04 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("swin-trace", ("shape-dependent-branch", "diverges")),
        ("mixtral-trace", ("data-dependent-loop", "raises")),
    ],
)
def test_a_real_model_s_worst_finding(cell: str, found: tuple[str, str]) -> None:
    assert real().viewed(cell)[0] == found


def test_swin_s_witness_is_wider_and_the_answers_part() -> None:
    said = real().said("swin-witness")
    assert said["image"] == "(1, 3, 64, 65)"
    assert said["function"] != said["program"]
    assert real().printed("swin-fits") == "agrees"


def test_the_first_operation_that_differs_is_that_of_the_patches() -> None:
    assert "patch_embeddings" in real().printed("swin-where")


def test_mixtral_fails_at_its_witness_and_is_right_without_the_loop() -> None:
    assert real().said("mixtral-witness")["program"].startswith("RuntimeError")
    assert real().printed("mixtral-ok") == "[]"


# -- 05 ----------------------------------------------------------------------------------------------------------


def words(cell: str) -> str:
    """Of the report in a frame, the words of its page."""
    (frame,) = Page(shared().data(cell)["text/html"]).values("srcdoc")
    return Page(frame or "").words


def test_a_report_without_source_and_values_does_not_show_them() -> None:
    whole, private = words("show"), words("private-shown")
    assert "shape-dependent-loop" in private
    for hidden in ("for i in range(x.shape[1])", "frozen: 3"):
        assert hidden in whole
        assert hidden not in private


def test_a_saved_trace_is_read_again() -> None:
    assert shared().printed("save") == "True"


def test_the_picture_is_a_drawing() -> None:
    assert "<svg" in shared().data("picture")["image/svg+xml"]


def test_ci_is_told() -> None:
    assert "shape-dependent-loop" in shared().printed("ci")
    assert shared().printed("exit") == "1"


def test_the_command_writes_a_report_a_target_and_an_index() -> None:
    assert shared().printed("command-index").splitlines() == ["columns.html", "index.html", "norm_loop.html"]
