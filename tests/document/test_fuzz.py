"""Bytes that were changed at random: a DocumentError or a capture that can be written again, and nothing else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.document.forging import documented
from tests.strategies import captures
from tracelab import schema
from tracelab.document import dump, elements, parse, text
from tracelab.errors import DocumentError


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """The data after a few flips, cuts and splices."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(changed)))
        kind = draw(st.sampled_from(["flip", "cut", "truncate", "splice", "repeat"]))
        if kind == "flip" and at < len(changed):
            changed[at] ^= draw(st.integers(1, 255))
        elif kind == "cut":
            del changed[at : at + draw(st.integers(1, 30))]
        elif kind == "truncate":
            del changed[at:]
        elif kind == "splice":
            changed[at:at] = draw(st.binary(max_size=8) | st.sampled_from(TOKENS))
        else:
            changed[at:at] = changed[at : at + draw(st.integers(1, 60))]
    return bytes(changed)


TOKENS = [b"null", b"-1", b"1e9", b"[]", b"{}", b'"', b"\\u0000", b",", b"9" * 30, b"PK\x05\x06", b"PK\x06\x07"]


def is_read_or_refused(data: bytes) -> None:
    try:
        capture = parse(data)
    except DocumentError:
        return
    assert parse(dump(capture)) == capture


DATA = dump(schema.Capture(name="é" * 9, tensors={"x": schema.Tensor(dtype="F32", shape=(2,), data=b"12345678")}))


@settings(max_examples=400, deadline=None)
@given(mutated(DATA))
def test_a_changed_file(data: bytes):
    is_read_or_refused(data)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_changed_document(data: st.DataObject):
    capture = data.draw(captures())
    json, _ = text.written(capture)
    tensors = b"".join(elements.packed(capture.tensors))
    is_read_or_refused(documented(data.draw(mutated(json)), tensors))


@settings(max_examples=200, deadline=None)
@given(mutated(b"".join(elements.packed({"x": schema.Tensor(dtype="F32", shape=(2,), data=b"12345678")}))))
def test_changed_tensors(tensors: bytes):
    is_read_or_refused(documented(b"{}", tensors))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_at_all(data: bytes):
    is_read_or_refused(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_json_at_all(json: bytes):
    is_read_or_refused(documented(json))
