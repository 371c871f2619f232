"""Files that were made to hurt: each is refused with a DocumentError, at once, and without taking much memory."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from tests.document.confined import outcome
from tests.document.forging import MANIFEST, STORED, Member, bomb, deflated, documented, forged, replaced
from tracelab.document import archive, load, parse
from tracelab.errors import DocumentError

NODE = b'{"graphs":[{"nodes":[{"id":0,"op":"output","target":"",'


def refusal(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        parse(data)
    return str(caught.value)


def confined(folder: Path, data: bytes) -> str:
    path = folder / "hostile.tracelab"
    path.write_bytes(data)
    return outcome(path)


def test_the_forger_can_also_write_a_sound_file(tmp_path: Path):
    assert confined(tmp_path, replaced()) == "it was read\n"


# Bombs


def test_a_member_that_claims_gigabytes(tmp_path: Path):
    assert "is the most that is read" in confined(tmp_path, replaced(bomb(archive.DOCUMENT, 3000)))


def test_a_member_that_inflates_to_more_than_it_claims(tmp_path: Path):
    assert "more bytes than it claims" in confined(tmp_path, replaced(bomb(archive.DOCUMENT, 3000, claimed=100)))


def test_a_member_that_inflates_to_just_what_is_allowed(tmp_path: Path):
    assert "damaged" in confined(tmp_path, replaced(bomb(archive.DOCUMENT, 70)))


def test_a_manifest_that_claims_gigabytes(tmp_path: Path):
    assert "compresses manifest.json" in confined(tmp_path, replaced(bomb(archive.MANIFEST, 3000)))


def test_tensors_that_are_compressed(tmp_path: Path):
    assert "compresses tensors" in confined(tmp_path, replaced(bomb(archive.TENSORS, 3000)))


def test_a_hundred_thousand_members(tmp_path: Path):
    many = [Member(f"member{number}", b"") for number in range(100_000)]
    assert "put together in another way" in confined(tmp_path, forged(*many))


def test_a_file_of_two_gigabytes_of_nothing(tmp_path: Path):
    path = tmp_path / "sparse.tracelab"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(2 << 30)
    assert "is the most that is read" in outcome(path)


# Members


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "extra.json", "..\\x", "manifest.json/", "é", ""])
def test_a_member_that_does_not_belong(name: str):
    assert "which no .tracelab file does" in refusal(replaced(Member(name, b"")))


def test_a_long_hostile_name_is_cut():
    assert len(refusal(replaced(Member("../" * 500, b"")))) < 400


def test_two_members_of_one_name():
    twice = [Member(archive.MANIFEST, MANIFEST), Member(archive.DOCUMENT, b"{}"), Member(archive.DOCUMENT, b"{}")]
    assert "holds document.json twice" in refusal(forged(*twice))


@pytest.mark.parametrize("name", [archive.DOCUMENT, archive.TENSORS])
def test_a_member_that_is_missing(name: str):
    members = [Member(known, MANIFEST) for known in archive.METHODS if known != name]
    assert f"lacks {name}" in refusal(forged(*members))


@pytest.mark.parametrize("name", archive.METHODS)
def test_a_member_that_is_encrypted(name: str):
    assert f"encrypts {name}" in refusal(replaced(Member(name, b"", flags=1)))


@pytest.mark.parametrize("mode", [0o120777, 0o040755, 0o020644], ids=["link", "folder", "device"])
def test_a_member_that_is_not_a_file(mode: int):
    assert "as a link or a folder" in refusal(replaced(Member(archive.DOCUMENT, b"{}", mode=mode)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_a_compression_that_we_do_not_use(method: int):
    assert "in a way that is not read" in refusal(replaced(Member(archive.DOCUMENT, b"{}", method=method)))


def test_two_members_in_the_same_bytes():
    overlapping = Member(archive.TENSORS, b"{}", offset=0)
    assert "in the same bytes" in refusal(replaced(overlapping))


def test_a_member_that_reaches_over_the_next():
    assert "in the same bytes" in refusal(replaced(Member(archive.DOCUMENT, b"{}", offset=20)))


def test_a_member_outside_of_the_file():
    assert "not where the archive says" in refusal(replaced(Member(archive.TENSORS, b"", offset=1 << 31)))


def test_a_member_with_two_names():
    assert "another name" in refusal(replaced(Member(archive.DOCUMENT, b"{}", inner_name="document.jsox")))


def test_a_member_with_two_sizes():
    assert "two sizes" in refusal(replaced(Member(archive.TENSORS, b"", size=1 << 30)))


def test_a_member_whose_bytes_were_changed():
    assert "document.json is damaged" in refusal(replaced(Member(archive.DOCUMENT, b"{}", crc=7)))


def test_bytes_behind_a_compressed_stream():
    member = deflated(archive.DOCUMENT, b"{}")
    member.payload += b"hidden"
    assert "document.json is damaged" in refusal(replaced(member))


def test_garbage_in_a_compressed_stream():
    member = deflated(archive.DOCUMENT, b"{}")
    member.payload = b"\xff" * 20
    assert "damaged" in refusal(replaced(member))


# The end of the archive


def test_a_comment():
    members = Member(archive.MANIFEST, MANIFEST), Member(archive.DOCUMENT, b"{}")
    assert "truncated, or something was added" in refusal(forged(*members, comment=b"hello"))


def test_bytes_before_the_archive():
    assert "does not begin as one" in refusal(forged(Member(archive.MANIFEST, MANIFEST), prefix=b"#!/bin/sh\n"))


def test_a_directory_that_is_not_where_it_says():
    members = Member(archive.MANIFEST, MANIFEST), Member(archive.DOCUMENT, b"{}")
    assert "cut out of the file" in refusal(forged(*members, before_end=b"?" * 50))


def test_a_second_directory_that_only_some_readers_see():
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    data = forged(Member(archive.MANIFEST, MANIFEST), before_end=locator)
    assert "put together in another way" in refusal(data)


# The document


@pytest.mark.parametrize(
    "json",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"name":1}',
        b'{"graphs":{}}',
        b'{"unknown":1}',
        b'{"name":"\\ud800"}',
        b'{"name":"\xed\xa0\x80"}',
        b'{"name":"\xff"}',
        b"\xff\xfe{\x00}\x00",
        b'{"version":NaN}',
        b'{"version":1.5}',
        b'{"version":1e999}',
        b'{"version":true}',
        b'{"version":2}',
        b'{"version":36893488147419103232}',
        b'{"version":1' + b"0" * 5000 + b"}",
        b'{"runs":[{"id":0,"probe":"","outcome":"agrees","outputs":[{"max_abs":NaN}]}]}',
        b'{"runs":[{"id":0,"probe":"","outcome":"better"}]}',
        b'{"findings":[{"id":"f"}]}',
        b'{"tensors":{"x":{"dtype":"U8","shape":[1],"data":"AA=="}}}',
        NODE + b'"args":[{"type":"ref","value":-36893488147419103232}]}]}]}',
        NODE + b'"args":[{"type":"__import__","value":0}]}]}]}',
    ],
)
def test_json_that_is_no_document(json: bytes):
    refusal(documented(json))


@pytest.mark.parametrize("closed", [True, False])
def test_lists_in_lists(tmp_path: Path, closed: bool):
    end = b"]}" * 200_000 + b"]}]}]}" if closed else b""
    json = NODE + b'"args":[' + b'{"type":"list","items":[' * 200_000 + end
    assert "recursion" in confined(tmp_path, documented(json))


def test_blocks_in_blocks(tmp_path: Path):
    inner = b'"blocks":[{"nodes":[{"id":0,"op":"output","target":"",'
    assert "recursion" in confined(tmp_path, documented(NODE + inner * 200_000))


def test_a_manifest_of_nothing_but_brackets():
    manifest = b'{"format":"tracelab","version":1,"x":' + b"[" * 4000
    assert "manifest cannot be read" in refusal(documented(b"{}", manifest=manifest))


def test_a_manifest_that_is_too_long():
    assert "is the most that is read" in refusal(documented(b"{}", manifest=MANIFEST + b" " * 5000))


@pytest.mark.parametrize(
    ("start", "part", "end"),
    [
        (b'{"graphs":[', b"{}", b"]}"),
        (b'{"observations":[', b'{"id":1000,"kind":"ab"}', b"]}"),
        (b'{"graphs":[{"nodes":[', b'{"id":999,"op":"output","target":""}', b"]}]}"),
        (NODE + b'"stack":[', b"999", b"]}]}]}"),
        (NODE + b'"args":[', b'{"type":"list","items":[]}', b"]}]}],"),
        (b'{"runs":[{"blame":[', b'"ab"', b'],"id":0,"probe":"","outcome":""}]}'),
        (
            b'{"runs":[{"blame":[',
            b'"' + b"a" * 99 + "\U0001f600".encode() + b'"',
            b'],"id":0,"probe":"","outcome":""}]}',
        ),
    ],
    ids=["graphs", "observations", "nodes", "numbers", "lists", "strings", "wide strings"],
)
@pytest.mark.parametrize("megabytes", [6, 60])
def test_absurd_counts(tmp_path: Path, start: bytes, part: bytes, end: bytes, megabytes: int):
    many = (part + b",") * ((megabytes << 20) // (len(part) + 1)) + part
    assert "it was read" not in confined(tmp_path, documented(start + many + end))


def test_one_enormous_string(tmp_path: Path):
    json = b'{"name":"' + b"a" * (20 << 20) + b'\\ud83d\\ude00","version":2}'
    assert "says version 2" in confined(tmp_path, documented(json))


# The tensors


def header(text: bytes, length: int | None = None, rest: bytes = b"") -> bytes:
    return (len(text) if length is None else length).to_bytes(8, "little") + text + rest


@pytest.mark.parametrize(
    "tensors",
    [
        b"",
        b"1234567",
        header(b"{}", length=2**63),
        header(b"{}", length=3),
        header(b"{}", rest=b"hidden"),
        header(b"[]"),
        header(b"{"),
        header(b'{"a":' + b"[" * 100_000),
        header(b" " * (2 << 20) + b"{}"),
        header(b'{"__metadata__":{"a":"b"}}'),
        header(b'{"a":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]}}'),
        header(b'{"a":{"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1]}}', rest=b"1"),
        header(b'{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,-1]}}'),
        header(b'{"a":{"dtype":"U8","shape":[-1,-1],"data_offsets":[0,1]}}', rest=b"1"),
        header(b'{"a":{"dtype":"U8","shape":[2],"data_offsets":[-1,1]}}', rest=b"1"),
        header(b'{"a":{"dtype":"U8","shape":[1e30],"data_offsets":[0,1]}}', rest=b"1"),
        header(b'{"a":{"dtype":"U8","shape":[' + b"9" * 4000 + b'],"data_offsets":[0,1]}}', rest=b"1"),
        header(b'{"a":{"dtype":"U8","shape":[' + b"99999," * 100_000 + b'0],"data_offsets":[0,1]}}', rest=b"1"),
        header(b'{"a":{"dtype":"object","shape":[1],"data_offsets":[0,1]}}', rest=b"1"),
        header(b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', rest=b"12"),
        header(
            b'{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
            rest=b"123",
        ),
    ],
    ids=range(21),
)
def test_tensors_that_cannot_be(tmp_path: Path, tensors: bytes):
    assert "ensor" in confined(tmp_path, documented(b"{}", tensors))


# What is not a file


def test_a_folder(tmp_path: Path):
    with pytest.raises(DocumentError, match="not a file"):
        load(tmp_path)


def test_a_device_that_never_ends():
    with pytest.raises(DocumentError, match="not a file"):
        load("/dev/zero")


def test_a_name_that_no_file_has():
    with pytest.raises(DocumentError, match="null"):
        load("a\0b")


def test_a_plain_zip():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as plain:
        plain.writestr("notes.txt", "hello", STORED)
    assert "holds something else" in refusal(file.getvalue())
