"""`backend="export"`: the program is torch's, and what escapes is seen as for `torch.jit.trace`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch._dynamo.exc import UserError

import tracelab
from tests.backends.exporting import Counting, Deciding, Moding, Sized, line_of, optional
from tracelab.errors import UsageError
from tracelab.live import Trace

X = torch.arange(12.0).reshape(4, 3) / 6 - 1


def exported(func: Any, *args: Any, probes: Any = (), **options: Any) -> Trace:
    """A Trace of which nothing is tried."""
    return tracelab.trace(func, args, backend="export", probes=probes, **options)


def rules(trace: Trace) -> dict[tuple[str, int], str]:
    """By rule and line, the verdict."""
    return {(f.rule, f.source.lineno if f.source else 0): f.verdict for f in trace.findings}


def test_the_program_is_torchs_own() -> None:
    model = Counting()
    trace = exported(model, X)
    assert isinstance(trace.program, torch.export.ExportedProgram)
    assert torch.equal(trace(X), trace.program.module()(X))
    assert trace.capture.backend == "export"
    assert model.calls == 0


def test_the_graph_names_parameters_lines_and_modules() -> None:
    graph = exported(Counting().eval(), X).capture.graph
    assert [node.target for node in graph.nodes if node.op == "call_function"] == [
        "aten::linear",
        "aten::sin",
        "aten::add",
    ]
    assert [(spec.kind, spec.target) for spec in graph.signature.inputs] == [
        ("input", "x"), ("parameter", "fc.weight"), ("parameter", "fc.bias"),
    ]  # fmt: skip
    linear = next(node for node in graph.nodes if node.target == "aten::linear")
    assert linear.source is not None
    assert (linear.module, linear.source.lineno) == ("fc", line_of(Counting, "self.fc(x)"))
    assert {info.fqn for info in graph.modules} == {"", "fc"}


def test_a_size_that_may_vary_has_a_name() -> None:
    relu = exported(Sized(), X, dynamic_shapes="auto").capture.graph.nodes[-2].outputs[0].tensor
    assert relu is not None
    assert relu.shape is not None
    assert isinstance(relu.shape[0], str)
    fixed = exported(Sized(), X).capture.graph.nodes[-2].outputs[0].tensor
    assert fixed is not None
    assert fixed.shape == (4, 3)


def test_given_dynamic_shapes_are_torchs() -> None:
    size = torch.export.Dim("rows", min=3, max=64)
    trace = exported(Sized(), X, dynamic_shapes={"x": {0: size}})
    assert torch.equal(trace(torch.ones(9, 3)), torch.full((9, 3), 2.0))


def test_numbers_and_both_kinds_of_arguments() -> None:
    trace = exported(optional, X, 3, example_kwarg_inputs={"mask": torch.ones(4, 3)})
    assert trace(X, 3, mask=torch.zeros(4, 3))["y"].abs().sum() == 0
    assert [given.name for given in trace.capture.inputs] == ["x", "scale", "mask"]


def test_a_bound_method_and_a_function_that_uses_a_module() -> None:
    linear = nn.Linear(3, 3)

    def uses(x: torch.Tensor) -> torch.Tensor:
        return linear(x) * 2

    assert {s.target for s in exported(uses, X).capture.graph.signature.inputs} == {"x", "linear.weight", "linear.bias"}
    method = exported(linear.forward, X)
    assert {s.target for s in method.capture.graph.signature.inputs} == {"input", "weight", "bias"}


def test_strict_mode() -> None:
    trace = exported(Sized(), X, export_strict=True)
    assert torch.equal(trace(X), (X + 1).relu())
    assert ("shape-dependent-branch", line_of(Sized, "x.shape[0]")) in rules(trace)


def test_a_refusal_names_the_line_and_gives_the_drafts_graph() -> None:
    trace = exported(Deciding(), X.abs())
    line = line_of(Deciding, "if x.sum()")
    assert rules(trace)["untraceable", line] == "refused"
    assert trace.program is None
    assert trace.capture.stop is not None
    assert trace.capture.stop.stage == "capture"
    assert "aten::add" in [node.target for node in trace.capture.graph.nodes]
    with pytest.raises(UsageError, match="no program"):
        trace(X)


def test_what_eager_raises_is_no_refusal() -> None:
    trace = exported(lambda x: x.view(77), X)
    assert trace.capture.stop is not None
    assert trace.capture.stop.stage == "eager"
    assert trace.program is None


@pytest.mark.parametrize("shapes", [{"zz": {0: torch.export.Dim.AUTO}}, ({}, {}, {})])
def test_wrong_dynamic_shapes_are_refused_as_torch_refuses_them(shapes: Any) -> None:
    with pytest.raises(UserError, match="dynamic_shapes"):
        exported(Sized(), X, dynamic_shapes=shapes)


def test_arguments_that_do_not_fit() -> None:
    with pytest.raises(TypeError):
        exported(Sized(), X, X, X)
    with pytest.raises(UsageError, match="nothing to call"):
        tracelab.trace(Sized(), 7, backend="export")


def test_only_one_method() -> None:
    with pytest.raises(UsageError, match="one method"):
        tracelab.trace_module(Sized(), {"forward": X}, backend="export")


def test_nothing_is_left_behind(capfd: pytest.CaptureFixture[str]) -> None:
    model, before = Moding().train(), {}
    before = {name: value.clone() for name, value in model.state_dict().items()}
    exported(model, X, probes=None)
    exported(Deciding(), X.abs(), probes=None)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model.training
    assert capfd.readouterr().err == ""


def test_a_capture_is_kept_and_shown(tmp_path: Path) -> None:
    trace = exported(Sized(), X, probes=None, dynamic_shapes="auto")
    trace.save(tmp_path / "it.tracelab")
    assert tracelab.load(tmp_path / "it.tracelab") == trace.capture
    page = trace.report(tmp_path / "it.html").read_text()
    assert "guarded" in page or "guard refuses" in page


def test_torchs_compiler_notes_no_stand_in_of_an_observers() -> None:
    """By its id it would take some function of the user's, made later, for numpy's."""
    code = """
import numpy, torch, tracelab
def f(x):
    return torch.cond(x.sum() > 0, lambda x: x + 1, lambda x: x - 1, (x,))
tracelab.trace(f, (torch.ones(2),), backend="export", probes=())
from torch._dynamo import trace_rules
assert id(numpy.random.rand) in trace_rules._numpy_function_ids()
assert numpy.random.rand.__module__ != "tracelab.observers.outside"
"""
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
