"""Writing and reading `.tracelab` files."""

from __future__ import annotations

import hashlib
import io
import math
import os
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings

from tests.document.confined import outcome
from tests.document.forging import MANIFEST, Member, documented, forged
from tests.strategies import captures
from tracelab import schema
from tracelab.document import archive, digest, dump, load, parse, save, text
from tracelab.errors import DocumentError
from tracelab.schema import Capture, OutputError, Run, SourceFile, Tensor

TENSOR = Tensor(dtype="U8", shape=(3,), data=b"abc")
SAMPLE = Capture(name="model", tensors={"inputs.x": TENSOR}, sources=(SourceFile(filename="model.py", text="x = 1\n"),))


@settings(max_examples=80, deadline=None)
@given(captures())
def test_what_is_read_is_what_was_written(capture: Capture):
    data = dump(capture)
    assert parse(data) == capture
    assert dump(parse(data)) == data


def test_the_file_holds_the_bytes_of_dump(tmp_path: Path):
    path = save(SAMPLE, tmp_path / "model.tracelab")
    assert path.read_bytes() == dump(SAMPLE)
    assert load(path) == SAMPLE


def test_reading_needs_neither_torch_nor_numpy(tmp_path: Path):
    assert outcome(save(SAMPLE, tmp_path / "model.tracelab")) == "it was read\n"


def test_the_order_of_tensors_does_not_matter():
    others = {"a": TENSOR, "b": Tensor(dtype="F64", shape=(), data=b"12345678")}
    one, two = Capture(tensors=others), Capture(tensors=dict(reversed(others.items())))
    assert dump(one) == dump(two)
    assert digest(one) == digest(two)


def test_a_class_of_ones_own_can_be_read():
    class Mine(Capture, frozen=True):
        pass

    assert type(parse(dump(SAMPLE), Mine)) is Mine


# What JSON cannot say


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_number_that_json_has_not_is_left_out(number: float):
    error = OutputError(path="", eager="", captured="", max_abs=number)
    data = dump(Capture(runs=(Run(id=0, probe="", outcome="diverges", outputs=(error,)),)))
    assert parse(data).runs[0].outputs[0].max_abs is None
    assert dump(parse(data)) == data


def test_a_file_name_that_is_not_utf_8_is_spelled_out():
    data = dump(Capture(name=os.fsdecode(b"caf\xe9"), sources=(SourceFile(filename="\ud800", text="é"),)))
    assert parse(data).name == "caf\\udce9"
    assert dump(parse(data)) == data


@pytest.mark.parametrize("name", [object(), 1, None], ids=["object", "int", "None"])
def test_a_capture_of_wrong_types_is_not_written(name: object):
    with pytest.raises(DocumentError):
        dump(Capture(name=name))  # pyright: ignore[reportArgumentType]


# Where and how it is saved


def test_what_fails_leaves_the_old_file_whole(tmp_path: Path):
    path = save(SAMPLE, tmp_path / "model.tracelab")
    with pytest.raises(DocumentError):
        save(Capture(version=7), path)
    assert load(path) == SAMPLE
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path):
    link = tmp_path / "link.tracelab"
    link.symlink_to(tmp_path / "model.tracelab")
    save(SAMPLE, link)
    assert link.is_symlink()
    assert load(tmp_path / "model.tracelab") == SAMPLE


def test_a_file_has_the_permissions_of_any_new_file(tmp_path: Path):
    (tmp_path / "plain").touch()
    path = save(SAMPLE, tmp_path / "model.tracelab")
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_the_longest_name_can_be_saved(tmp_path: Path):
    assert load(save(SAMPLE, tmp_path / ("m" * 255))) == SAMPLE


def test_a_missing_folder_is_what_python_says(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        save(SAMPLE, tmp_path / "none" / "model.tracelab")


def test_a_missing_file_is_what_python_says(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.tracelab")


# Other people's files


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "is empty"), (b"import torch\n", "does not begin as one"), (b"\x80\x02}q\x00.", "does not begin as one")],
    ids=["empty", "text", "pickle"],
)
def test_a_foreign_file_is_named(tmp_path: Path, data: bytes, why: str):
    path = tmp_path / "model.tracelab"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=f"(?s){why}.*at {path}"):
        load(path)


def test_a_file_of_torch_save_says_what_opens_it():
    file = io.BytesIO()
    torch.save({"epoch": 3}, file)
    with pytest.raises(DocumentError, match=r"torch\.load"):
        parse(file.getvalue())


def test_a_file_of_torch_jit_save_says_what_opens_it():
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), file)
    with pytest.raises(DocumentError, match=r"torch\.jit\.load"):
        parse(file.getvalue())


@pytest.mark.parametrize("length", range(1, len(dump(SAMPLE)), 7))
def test_a_truncated_file(length: int):
    with pytest.raises(DocumentError):
        parse(dump(SAMPLE)[:length])


# Versions


def test_a_newer_document_says_to_upgrade():
    members = Member(archive.MANIFEST, b'{"format":"tracelab","version":12,"new":[]}'), Member("new.bin", b"")
    with pytest.raises(DocumentError, match=r"(?s)version 12.*up to 1.*Upgrade"):
        parse(forged(*members))


@pytest.mark.parametrize(
    "manifest",
    [b"{}", b"[", b'{"format":"zip","version":1}', MANIFEST.replace(b"1", b"0"), MANIFEST.replace(b"1", b"-1")],
)
def test_a_manifest_that_is_not_ours(manifest: bytes):
    with pytest.raises(DocumentError, match=r"not a \.tracelab file"):
        parse(documented(b"{}", manifest=manifest))


def test_each_older_version_has_a_step():
    assert len(text.UPGRADES) == schema.VERSION - 1


def test_an_older_document_goes_through_the_steps(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schema, "VERSION", 3)
    monkeypatch.setattr(text, "UPGRADES", (lambda d: {"label": d["title"]}, lambda d: {"name": d["label"]}))
    assert text.read(b'{"title":"model"}', Capture, 1).name == "model"
    assert text.read(b'{"label":"model"}', Capture, 2).name == "model"
    with pytest.raises(DocumentError, match="not of version 1"):
        text.read(b"{}", Capture, 1)


# Sizes


def big(nodes: int) -> Capture:
    made = (schema.Node(id=number, op="call_function", target="aten::add") for number in range(nodes))
    return Capture(graphs=(schema.Graph(nodes=tuple(made)),))


def test_ten_thousand_nodes_are_read_without_being_asked():
    assert len(parse(dump(big(10_000))).graph.nodes) == 10_000


def test_a_document_above_the_limit_is_written_and_read_when_asked():
    data = dump(big(600_000))
    with pytest.raises(DocumentError, match="large=True"):
        parse(data)
    assert len(parse(data, large=True).graph.nodes) == 600_000


# Digests


def test_the_digest_is_of_the_canonical_json():
    assert digest(Capture(name="é")) == hashlib.sha256('{"name":"é"}'.encode()).hexdigest()


def test_the_digest_knows_the_tensors():
    assert digest(SAMPLE) != digest(Capture(name="model", sources=SAMPLE.sources))
