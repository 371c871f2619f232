"""For each rule: what must be claimed, how loudly, and what must stay silent."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.detectors.samples import (
    AGREES,
    DIVERGES,
    NOTHING,
    OTHER,
    PARAMETERS,
    RAISES,
    RANDOM,
    SIZES,
    VALUES,
    at,
    claimed,
    converted,
    found,
    note,
    seen,
    warning,
)
from tracelab.detectors import DETECTORS, RULES, Facts
from tracelab.detectors.base import SECTIONS, is_suspect
from tracelab.schema import Observation, Run, Stop

TORCHS = "/venv/site-packages/torch/nn/functional.py"

CLAIMED: list[tuple[Observation, list[tuple[str, str, str]]]] = [
    (converted(), warning("data-dependent-branch")),
    (converted(syntax="if"), warning("data-dependent-branch")),
    (converted(origin=PARAMETERS), note("data-dependent-branch")),
    (converted(origin=NOTHING, parameters=("fc.bias",)), note("data-dependent-branch")),
    (converted(inside=TORCHS), note("data-dependent-branch")),
    (converted(syntax="assert", guard=True), warning("data-dependent-branch")),
    (converted("torch.equal"), warning("data-dependent-branch")),
    (converted("Tensor.__contains__"), warning("data-dependent-branch")),
    (converted("Tensor.item", syntax="if"), warning("data-dependent-branch")),
    (converted("Tensor.__index__", syntax="for", called="range"), warning("data-dependent-loop")),
    (converted(syntax="while"), warning("data-dependent-loop")),
    (converted("Tensor.item"), warning("data-dependent-scalar")),
    (converted("Tensor.item", origin=PARAMETERS), note("data-dependent-scalar")),
    (converted("Tensor.item", syntax="format"), note("data-dependent-scalar")),
    (converted("Tensor.__repr__"), note("data-dependent-scalar")),
    (converted("Tensor.tolist", syntax="for"), warning("data-dependent-scalar")),
    (converted(origin=SIZES), warning("shape-dependent-branch")),
    (converted(origin=SIZES, syntax="assert", guard=True), note("shape-dependent-branch")),
    (seen("rank", "Tensor.dim", value="2", origin=SIZES, syntax="if"), warning("shape-dependent-branch")),
    (seen("rank", "Tensor.dim", value="2", origin=SIZES, syntax="if", guard=True), note("shape-dependent-branch")),
    (converted("Tensor.__index__", origin=SIZES, syntax="for"), warning("shape-dependent-loop")),
    (seen("list-length", "Tensor.split", value="2", origin=SIZES), warning("shape-dependent-loop")),
    (seen("list-length", "Tensor.split", value="2", origin=VALUES), warning("data-dependent-loop")),
    (converted("Tensor.__int__", origin=SIZES), warning("shape-dependent-constant")),
    (seen("guard", "x.size()[0] > 2"), [("size-guard", "note", "guarded")]),
    (seen("refusal", "Eq(u0, 1)", detail="export"), [("untraceable", "warning", "refused")]),
    (converted("Tensor.numpy", origin=SIZES), warning("shape-dependent-constant")),
    (seen("size-read", "torch.Size.numel"), warning("shape-dependent-constant")),
    (converted(origin=RANDOM), warning("random-draw")),
    (converted("Tensor.item", origin=RANDOM), warning("random-draw")),
    (seen("outside-read", "random.random"), warning("random-draw")),
    (seen("outside-read", "numpy.random.rand"), warning("random-draw")),
    (seen("reseed", "torch.manual_seed"), warning("random-draw")),
    (seen("generator", "torch.rand"), warning("random-draw")),
    (seen("outside-read", "time.time"), warning("outside-read")),
    (seen("outside-read", "os.environ"), warning("outside-read")),
    (converted("Tensor.numpy"), warning("constant-tensor")),
    (converted("Tensor.numpy", origin=PARAMETERS), note("constant-tensor")),
    (seen("constant-tensor", "torch.tensor", origin=VALUES, detail="made"), warning("constant-tensor")),
    (seen("constant-tensor", "torch.tensor", origin=SIZES, detail="made"), warning("constant-tensor")),
    (seen("constant-tensor", "Tensor.data", origin=PARAMETERS, detail="left"), note("constant-tensor")),
    (seen("constant-tensor", "torch.add", detail="kept:self.mask"), warning("constant-tensor")),
    (seen("lost-write", "Tensor.add_", detail="in-place"), warning("lost-mutation")),
    (seen("lost-write", "Tensor.__iadd__", detail="size"), note("lost-mutation")),
    (seen("memory", "Tensor.untyped_storage"), note("lost-mutation")),
    (seen("state-write", "self.calls"), warning("state-write")),
    (seen("state-read", "self.calls", detail="changed by the function"), warning("state-read")),
    (seen("state-read", "self.scale", value="2"), note("state-read")),
    (seen("cache", "slow", nodes=(4,)), warning("state-read")),
    (seen("cache", "slow"), note("state-read")),
    (seen("state-read", "self.training", value="True"), warning("training-mode")),
    (seen("ambient-read", "torch.is_grad_enabled"), warning("ambient-context")),
    (seen("ambient-read", "torch.jit.is_tracing"), note("ambient-context")),
    (seen("ambient-write", "torch.no_grad"), warning("ambient-context")),
    (seen("ambient-write", "torch.inference_mode"), warning("ambient-context")),
    (seen("ambient-write", "torch.autocast"), note("ambient-context")),
    (seen("gradient", "Tensor.requires_grad", origin=VALUES, value="False"), warning("ambient-context")),
    (seen("input-structure", "mask is None", value="None", detail="none"), warning("input-structure")),
    (seen("input-structure", "mask is None", value="Tensor", detail="none"), note("input-structure")),
    (seen("input-structure", "deep", value="3", detail="default"), note("input-structure")),
    (seen("input-structure", "len(x)", value="[1, 2]", detail="length"), warning("input-structure")),
    (seen("input-structure", "isinstance(x, list)", value="list", detail="type", guard=True), note("input-structure")),
    (seen("dtype", "Tensor.dtype", origin=VALUES, syntax="if"), warning("dtype-dependent")),
    (seen("dtype", "Tensor.dtype", origin=VALUES, called="finfo"), warning("dtype-dependent")),
    (seen("dtype", "Tensor.dtype", origin=VALUES, called="zeros"), note("dtype-dependent")),
    (seen("dtype", "Tensor.dtype", parameters=("fc.weight",), syntax="if"), note("dtype-dependent")),
    (seen("device", "Tensor.device", origin=VALUES), warning("device-dependent")),
    (seen("device", "Tensor.device", parameters=("fc.weight",)), note("device-dependent")),
    (seen("layout", "Tensor.is_contiguous", origin=VALUES), warning("layout-dependent")),
    (seen("layout", "Tensor.is_contiguous", origin=VALUES, inside=TORCHS), note("layout-dependent")),
    (seen("try", "x.view(7)", value="no error", nodes=(1,)), warning("swallowed-error")),
    (seen("try", "x.view(7)", value="an error", nodes=(1,)), warning("swallowed-error")),
    (seen("stop", "eager", value="KeyError: 'a'", detail="eager"), warning("untraceable")),
    (seen("tracer-warning", "Converting a tensor to a Python boolean might"), warning("data-dependent-branch")),
    (seen("tracer-warning", "Converting a tensor to a Python integer might"), warning("data-dependent-scalar")),
]


@pytest.mark.parametrize(
    ("observation", "expected"), CLAIMED, ids=lambda v: f"{v.kind} {v.asked}" if isinstance(v, Observation) else ""
)
def test_what_is_claimed(observation: Observation, expected: list[tuple[str, str, str]]) -> None:
    assert claimed(observation) == expected


SILENT = [
    seen("rank", "Tensor.dim", value="2", origin=SIZES),
    seen("rank", "Tensor.dim", value="2", origin=PARAMETERS, syntax="if"),
    seen("list-length", "Tensor.split", value="2", origin=PARAMETERS),
    seen("constant-tensor", "torch.tensor", origin=NOTHING, detail="made"),
    seen("try", "x.view(7)", value="no error"),
    seen("ambient-read", "torch.is_grad_enabled", called="set_grad_enabled"),
    seen("tracer-warning", "torch.tensor results are registered as constants in the trace"),
    seen("unbacked", "aten::nonzero", value="u0"),
    seen("remark", "`torch.jit.trace` is deprecated"),
    seen("something new", "of a later version"),
]


@pytest.mark.parametrize("observation", SILENT, ids=lambda o: f"{o.kind} {o.asked}")
def test_what_stays_silent(observation: Observation) -> None:
    assert claimed(observation) == []


def test_every_rule_is_claimed_somewhere() -> None:
    rules = {rule for _, expected in CLAIMED for rule, _, _ in expected}
    assert rules == set(RULES) - {"unexplained-divergence"}


def test_a_warning_that_something_else_explains_is_not_repeated() -> None:
    told = seen("tracer-warning", "Converting a tensor to a Python boolean might")
    assert claimed(converted(), told) == warning("data-dependent-branch")
    assert len(claimed(converted(source=at(9)), told)) == 2


def test_an_error_that_was_swallowed_before_a_crash_is_claimed() -> None:
    attempt = seen("try", "x.view(7)", value="an error")
    assert claimed(attempt) == []
    assert claimed(attempt, stop=Stop(stage="capture", error="SIGSEGV")) == warning("swallowed-error")


def test_a_capture_that_stopped_while_tracing_is_proven() -> None:
    stop = seen("stop", "capture", value="TypeError: no", detail="capture")
    assert claimed(stop, runs=(RAISES,)) == [("untraceable", "error", "raises")]
    assert found(stop)[0].witness is None


@pytest.mark.parametrize(("run", "verdict"), [(DIVERGES, "diverges"), (RAISES, "raises"), (OTHER, "diverges")])
def test_a_run_that_disagrees(run: Any, verdict: str) -> None:
    sighting = seen("disagreement", run.probe, value=run.outcome, detail=str(run.id))
    assert claimed(sighting, runs=(AGREES, run)) == [("unexplained-divergence", "error", verdict)]


SUSPECTS = [
    seen("reseed", "torch.manual_seed"),
    seen("generator", "torch.rand"),
    seen("lost-write", "Tensor.add_", detail="in-place"),
    seen("memory", "Tensor.untyped_storage"),
    seen("ambient-read", "torch.jit.is_tracing"),
    converted("Tensor.__hash__", origin=SIZES, detail="lost"),
]
DISAGREEMENT = seen("disagreement", DIVERGES.probe, value="diverges", detail=str(DIVERGES.id), source=at(1))


def test_a_disagreement_has_its_witness() -> None:
    (finding,) = found(DISAGREEMENT, facts=Facts(runs=(AGREES, DIVERGES)))
    assert finding.witness is DIVERGES


@pytest.mark.parametrize(("run", "verdict"), [(DIVERGES, "diverges"), (RAISES, "raises")])
def test_a_module_that_works_otherwise_in_the_other_mode(run: Run, verdict: str) -> None:
    mode = seen("mode-op", "drop", value=run.outcome, detail=str(run.id))
    assert claimed(mode, runs=(AGREES, run)) == [("training-mode", "error", verdict)]


@pytest.mark.parametrize("suspect", SUSPECTS, ids=lambda o: o.asked)
def test_what_can_part_the_sides_on_the_example_itself(suspect: Observation) -> None:
    assert is_suspect(suspect)
    assert [level for _, level, _ in claimed(suspect, DISAGREEMENT, runs=(DIVERGES,))].count("error") == 1


@pytest.mark.parametrize("observation", [converted(), seen("state-read", "self.gain"), seen("dtype", "Tensor.dtype")])
def test_what_cannot(observation: Observation) -> None:
    assert not is_suspect(observation)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_explained_under_five_headings(rule: str) -> None:
    help_of_rule = RULES[rule]
    assert help_of_rule.rule == rule
    assert help_of_rule.summary.endswith(".")
    assert tuple(help_of_rule.sections) == SECTIONS
    assert all(help_of_rule.sections.values())


def test_an_example_keeps_its_lines() -> None:
    lines = RULES["swallowed-error"].sections["Example"].splitlines()
    assert (lines[0], lines[1].startswith("    return")) == ("try:", True)


def test_a_rule_stands_in_a_file_of_its_name() -> None:
    assert [module.__name__.rpartition(".")[2].replace("_", "-") for module in DETECTORS] == list(RULES)


def test_rules_are_read_without_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; from tracelab.detectors import RULES, detect; assert len(RULES) > 20"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
