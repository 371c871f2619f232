"""What a live tensor tells, untraced."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import pytest
import torch

from tracelab.tensors import bytes_of, describe, dtype_name, meta_of, stored, trace_state, untraced

Pair = namedtuple("Pair", "first second")


def recorded(look: Callable[[torch.Tensor], object]) -> list[str]:
    """The operators of a program in whose making something looked at the input."""

    def watched(x: torch.Tensor) -> torch.Tensor:
        look(x)
        return x + 1

    program: Any = torch.jit.trace(watched, torch.ones(2, 3), check_trace=False)
    return [node.kind() for node in program.graph.nodes() if node.kind() != "prim::Constant"]


@pytest.mark.parametrize("look", [meta_of, describe, lambda x: describe([x, {"a": x}])])
def test_looking_at_a_tensor_records_nothing(look: Callable[[torch.Tensor], object]) -> None:
    assert recorded(look) == ["aten::add"]


@pytest.mark.parametrize(
    ("keep", "count"),
    [
        (torch.clone, 36),
        (torch.Tensor.to_sparse, 12),
        (torch.Tensor.to_sparse_csr, 12),
        (torch.Tensor.to_mkldnn, 36),
        (lambda x: x.to("meta"), 36),
    ],
)
@pytest.mark.filterwarnings("ignore:Sparse CSR")
def test_elements_take_bytes_however_they_are_kept(keep: Callable[[torch.Tensor], torch.Tensor], count: int) -> None:
    assert bytes_of(keep(torch.eye(3))) == count


def test_untraced_code_records_nothing_and_tracing_goes_on() -> None:
    states: list[Any] = []

    def look(x: torch.Tensor) -> None:
        with untraced():
            states.append(trace_state())
            x.mul_(1)
        states.append(trace_state())

    assert recorded(look) == ["aten::add"]
    assert states[0] is None
    assert states[1] is not None
    assert trace_state() is None


def test_tracing_goes_on_after_an_error() -> None:
    def look(x: torch.Tensor) -> None:
        with pytest.raises(KeyError), untraced():
            raise KeyError("on purpose")
        assert trace_state() is not None

    assert recorded(look) == ["aten::add"]


def test_what_is_known_of_a_tensor() -> None:
    meta = meta_of(torch.ones(4, 3, dtype=torch.float16, requires_grad=True).t())
    assert (meta.dtype, meta.shape, meta.strides) == ("float16", (3, 4), (1, 3))
    assert (meta.device, meta.requires_grad) == ("cpu", True)


def test_a_sparse_tensor_has_no_strides() -> None:
    meta = meta_of(torch.eye(3).to_sparse())
    assert (meta.shape, meta.strides) == ((3, 3), None)


def test_dtypes_have_torchs_names() -> None:
    assert dtype_name(torch.bfloat16) == "bfloat16"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.ones(2, 10), "f32[2, 10]"),
        (torch.ones(2, device="meta"), "f32[2] on meta"),
        ([torch.ones(2), (torch.tensor(True), 1)], "[f32[2], (b8[], 1)]"),
        ({"mask": torch.ones(1), 3: None}, "{'mask': f32[1], 3: None}"),
        (Pair(1, 2), "(1, 2)"),
        ("text", "'text'"),
        ("x" * 200, "'" + "x" * 78 + "…"),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    assert describe(value) == text


@pytest.mark.parametrize(
    ("dtype", "name"),
    [(torch.float32, "F32"), (torch.bfloat16, "BF16"), (torch.int64, "I64"), (torch.uint8, "U8"), (torch.bool, "BOOL")],
)
def test_elements_are_kept_in_row_major_order(dtype: torch.dtype, name: str) -> None:
    tensor = torch.arange(6).reshape(2, 3).to(dtype).t()
    kept = stored(tensor)
    assert kept is not None
    assert (kept.dtype, kept.shape) == (name, (3, 2))
    assert torch.equal(torch.frombuffer(bytearray(kept.data), dtype=dtype).reshape(3, 2), tensor)


@pytest.mark.parametrize("tensor", [torch.ones(0, 3), torch.tensor(2.5), torch.ones(2, requires_grad=True) * 2])
def test_empty_scalar_and_computed_tensors_are_kept(tensor: torch.Tensor) -> None:
    kept = stored(tensor)
    assert kept is not None
    assert kept.shape == tuple(tensor.shape)
    assert len(kept.data) == tensor.nbytes


@pytest.mark.parametrize(
    "tensor", [torch.ones(2, dtype=torch.complex64), torch.eye(2).to_sparse(), torch.ones(2, device="meta")]
)
def test_what_the_document_cannot_keep(tensor: torch.Tensor) -> None:
    assert stored(tensor) is None
