"""Sparse tensors, as graphs have them: inputs and buffers that have no strides, and no storage of their own."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest
import torch
from torch import nn

import tracelab
from tests.replay.test_snippet import shows

pytestmark = pytest.mark.filterwarnings("ignore:Sparse CSR")
LAYOUTS: list[Callable[[torch.Tensor], torch.Tensor]] = [torch.Tensor.to_sparse, torch.Tensor.to_sparse_csr]
X = torch.eye(3)


def doubles(x: torch.Tensor) -> torch.Tensor:
    dense = x.to_dense()
    if dense.sum() > 0:
        return dense * 2
    return dense


class Graph(nn.Module):
    """A layer over neighbours."""

    near: torch.Tensor

    def __init__(self, near: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("near", near)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.sparse.mm(self.near, x)
        return y if y.sum() > 0 else -y


class Grows(Graph):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.near.mul_(2)
        return super().forward(x)


@pytest.mark.parametrize("sparse", LAYOUTS)
def test_an_input_is_tried_with_other_values_and_sizes(sparse: Callable[[torch.Tensor], torch.Tensor]) -> None:
    trace = tracelab.trace(doubles, sparse(X))
    assert [(f.rule, f.verdict) for f in trace.findings] == [("data-dependent-branch", "diverges")]
    assert {run.axis for run in trace.capture.runs} >= {"values", "shapes"}


@pytest.mark.parametrize("sparse", LAYOUTS)
def test_a_witness_is_sparse_too_and_its_snippet_shows_it(sparse: Callable[[torch.Tensor], torch.Tensor]) -> None:
    trace = tracelab.trace(doubles, sparse(X))
    (finding,) = trace.findings
    inputs, run = trace.witness_inputs(finding), finding.witness
    assert inputs is not None
    assert inputs[0][0].layout == sparse(X).layout
    assert run is not None
    with warnings.catch_warnings():
        assert shows(run.snippet, doubles, run.outcome)


@pytest.mark.parametrize("sparse", LAYOUTS)
def test_a_buffer_s_module_is_traced_mended_and_left_as_it_was(sparse: Callable[[torch.Tensor], torch.Tensor]) -> None:
    trace = tracelab.trace(Graph(sparse(X)), X)
    assert [f.verdict for f in trace.findings] == ["diverges"]
    repaired = trace.repair(20)
    assert repaired.left == {}
    assert torch.equal(repaired.program(-X), trace.func(-X))


@pytest.mark.parametrize("sparse", LAYOUTS)
def test_a_buffer_that_is_written_is_put_back(sparse: Callable[[torch.Tensor], torch.Tensor]) -> None:
    model = Grows(sparse(X))
    version = model.near._version
    tracelab.trace(model, X)
    assert torch.equal(model.near.to_dense(), X)
    assert model.near._version == version
