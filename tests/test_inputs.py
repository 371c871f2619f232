from __future__ import annotations

import collections
import contextlib
import subprocess
import sys
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tracelab.errors import InputError
from tracelab.format import SHORT_DTYPES
from tracelab.inputs import FILLS, TensorSpec, ValueSpec, build, describe, parse


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("f32[1,3,224,224]", TensorSpec("float32", (1, 3, 224, 224))),
        (" i64 [ 2 , 16 ] ", TensorSpec("int64", (2, 16))),
        ("f32[]", TensorSpec("float32", ())),
        ("float64[0]", TensorSpec("float64", (0,))),
        ("f32[2]@zeros", TensorSpec("float32", (2,), "zeros")),
        ("i64[2]@0..1000", TensorSpec("int64", (2,), "", (0, 1000))),
        ("f32[2] @ -.5 .. 1.5", TensorSpec("float32", (2,), "", (-0.5, 1.5))),
        ("3", ValueSpec(3)),
        ("2.5", ValueSpec(2.5)),
        ("True", ValueSpec(True)),
        ("None", ValueSpec(None)),
        ("'bilinear'", ValueSpec("bilinear")),
        ("(1, 2)", ValueSpec((1, 2))),
    ],
)
def test_what_a_text_describes(text: str, spec: object) -> None:
    assert parse(text) == spec


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("f31[2]", "Did you mean f32?"),
        ("tensor[2]", "Known: f64, f32"),
        ("f32[2,]", "Sizes are whole numbers"),
        ("f32[-1]", "Sizes are whole numbers"),
        ("f32[s0]", "Sizes are whole numbers"),
        ("f32[2]@zeroes", "Did you mean @zeros?"),
        ("f32[2]@3..1", "A range has a lower end"),
        ("f32[2]@1.2.3..9", "A range has a lower end"),
        ("f32", "as f32[1,3,224,224]"),
        ("f32[2", "as f32[1,3,224,224]"),
        ("", "as f32[1,3,224,224]"),
        ("print()", "as f32[1,3,224,224]"),
        ("[" * 100_000, "as f32[1,3,224,224]"),
    ],
)
def test_a_text_that_describes_nothing_is_told_what_is_right(text: str, cure: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert cure in caught.value.cure
    assert len(str(caught.value)) < 400


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        parse(text)


@pytest.mark.parametrize("dtype", sorted(set(SHORT_DTYPES.values()) - {"c32"}))
@pytest.mark.parametrize("fill", ["", *(f"@{fill}" for fill in FILLS), "@0..2"])
def test_a_built_tensor_is_described_by_its_own_text(dtype: str, fill: str) -> None:
    assert describe(build(parse(f"{dtype}[2, 3]{fill}"))) == f"{dtype}[2, 3]"


@given(st.integers(-5, 5), st.integers(1, 20), st.sampled_from(["i64", "i8", "f32", "f64"]))
def test_a_range_leaves_out_its_end(low: int, width: int, dtype: str) -> None:
    built = build(parse(f"{dtype}[50]@{low}..{low + width}"))
    assert low <= built.min()
    assert built.max() < low + width or dtype == "f32"


def test_integers_stay_small_and_flags_are_both() -> None:
    assert build(parse("i64[1000]")).unique().tolist() == list(range(10))
    assert build(parse("b8[1000]")).unique().tolist() == [False, True]


def test_the_same_seed_builds_the_same_tensor_and_leaves_torchs_own_alone() -> None:
    before = torch.get_rng_state()
    first, again, other = (build(parse("f32[8]"), seed) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


def test_a_tensor_that_torch_cannot_make_is_refused() -> None:
    with pytest.raises(InputError, match=r"torch cannot make f32\[1000000, 1000000, 1000\]"):
        build(parse("f32[1000000,1000000,1000]"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (torch.ones(2, 10), "f32[2, 10]"),
        (torch.tensor(True), "b8[]"),
        ([torch.ones(2), (1,)], "[f32[2], (1,)]"),
        ({"mask": torch.ones(2), 3: None}, "{'mask': f32[2], 3: None}"),
        (collections.OrderedDict(a=1), "OrderedDict{'a': 1}"),
        (2.5, "2.5"),
        ((), "()"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        (object(), "object"),
        ([[[[[[1]]]]]], "[[[[[…]]]]]"),
    ],
)
def test_what_a_value_is_called(value: Any, text: str) -> None:
    assert describe(value) == text


def test_reading_a_text_loads_no_torch() -> None:
    code = "from tracelab.inputs import describe, parse; parse('f32[2]'); describe([1])"
    subprocess.run([sys.executable, "-c", f"import sys; {code}; assert 'torch' not in sys.modules"], check=True)
