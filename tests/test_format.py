"""One spelling of shapes, dtypes, places and counts."""

from __future__ import annotations

import pytest
import torch

from tracelab.format import (
    LONG_DTYPES,
    SHORT_DTYPES,
    clip,
    dtype_text,
    joined,
    place_text,
    plural,
    shape_text,
    tensor_text,
)
from tracelab.schema import SourceRange, TensorMeta

PLACE = SourceRange(filename="model.py", lineno=12, end_lineno=14)


@pytest.mark.parametrize("name", SHORT_DTYPES)
def test_every_dtype_is_one_of_torchs_and_comes_back(name: str) -> None:
    assert isinstance(getattr(torch, name), torch.dtype)
    assert LONG_DTYPES[dtype_text(name)] == name


def test_dtypes_are_spelled_as_torch_fx_does() -> None:
    from torch.fx.graph import dtype_abbrs

    assert {
        str(key).removeprefix("torch."): text for key, text in dtype_abbrs.items() if text in LONG_DTYPES
    } == SHORT_DTYPES


def test_unknown_and_unlisted_dtypes() -> None:
    assert dtype_text(None) == "?"
    assert dtype_text("float8_e5m2") == "float8_e5m2"


@pytest.mark.parametrize(("shape", "text"), [((2, 10), "[2, 10]"), ((), "[]"), ((2, None), "[2, ?]"), (None, "[...]")])
def test_shapes(shape: tuple[int | None, ...] | None, text: str) -> None:
    assert shape_text(shape) == text


def test_a_tensor_names_its_device_unless_it_is_the_cpu() -> None:
    assert tensor_text(TensorMeta(dtype="float32", shape=(2, 10), device="cpu")) == "f32[2, 10]"
    assert tensor_text(TensorMeta(dtype="bool", shape=(), device="cuda:1")) == "b8[] on cuda:1"
    assert tensor_text(TensorMeta()) == "?[...]"


def test_a_place_is_a_file_or_a_cell() -> None:
    assert place_text(PLACE) == "model.py:12"
    assert place_text(SourceRange(filename="/tmp/1.py", lineno=2, end_lineno=2, cell="In [3]")) == "In [3]:2"
    assert place_text(None) == "(no source)"


def test_a_long_text_is_clipped_to_one_line() -> None:
    assert clip(" a\n  b\tc ") == "a b c"
    assert clip("x" * 80) == "x" * 80
    assert clip("x" * 81) == "x" * 79 + "…"
    assert len(clip("word " * 50, 20)) <= 20


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (1, "finding", "1 finding"),
        (0, "finding", "0 findings"),
        (2, "branch", "2 branches"),
        (3, "class", "3 classes"),
        (2, "box", "2 boxes"),
    ],
)
def test_plurals(count: int, noun: str, text: str) -> None:
    assert plural(count, noun) == text


@pytest.mark.parametrize(
    ("words", "text"),
    [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c"), ("abcdefg", "a, b, c and 4 more")],
)
def test_lists_of_words(words: str, text: str) -> None:
    assert joined(list(words)) == text


def test_a_list_may_be_shorter() -> None:
    assert joined(["a", "b", "c"], 2) == "a, b and 1 more"
