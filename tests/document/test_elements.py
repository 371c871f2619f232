"""Our reading and writing of safetensors, held against the package's own."""

from __future__ import annotations

import io

import pytest
import safetensors
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import tensors, words
from tracelab.document import elements
from tracelab.schema import Capture, Tensor

many = st.dictionaries(words.filter(lambda name: name != "__metadata__"), tensors(), max_size=5)


def read(data: bytes) -> dict[str, Tensor]:
    file = io.BytesIO(b"before" + data)
    return elements.unpacked(file, len(data) + 6, elements.layout(file, 6, len(data) + 6))


@settings(max_examples=60, deadline=None)
@given(many)
def test_the_package_reads_what_we_write(kept: dict[str, Tensor]):
    theirs = {
        name: Tensor(dtype=part["dtype"], shape=tuple(part["shape"]), data=bytes(part["data"]))
        for name, part in safetensors.deserialize(b"".join(elements.packed(kept)))
    }
    assert theirs == kept


@settings(max_examples=60, deadline=None)
@given(many)
def test_we_read_what_we_write(kept: dict[str, Tensor]):
    assert read(b"".join(elements.packed(kept))) == kept


@pytest.mark.parametrize(
    "dtype",
    [
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.int64,
        torch.uint8,
        torch.bool,
        torch.complex64,
    ],
)
def test_we_write_and_read_what_the_package_writes(dtype: torch.dtype):
    theirs = safetensors.torch.save({"b": torch.ones(2, 3, dtype=dtype), "a": torch.ones(1, dtype=torch.uint8)})
    assert b"".join(elements.packed(read(theirs))) == theirs


def test_the_elements_are_those_of_torch():
    kept = read(safetensors.torch.save({"x": torch.tensor([1, -2], dtype=torch.int16)}))
    assert kept == {"x": Tensor(dtype="I16", shape=(2,), data=b"\x01\x00\xfe\xff")}
    assert Capture(tensors=kept).tensors["x"].shape == (2,)
