"""Zip files as an enemy writes them: every field is free to lie."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import dataclass

from tracelab.document import archive, elements

MANIFEST = b'{"format":"tracelab","version":1}'
NO_TENSORS = b"".join(elements.packed({}))
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


@dataclass
class Member:
    """One member; what is None is as it should be."""

    name: str
    payload: bytes
    size: int | None = None
    crc: int | None = None
    method: int = STORED
    flags: int = 0
    mode: int = 0o100644
    offset: int | None = None
    inner_name: str | None = None


def forged(*members: Member, comment: bytes = b"", prefix: bytes = b"", before_end: bytes = b"") -> bytes:
    """A zip file of these members."""
    body, directory = bytearray(prefix), bytearray()
    for member in members:
        name, packed = member.name.encode(), len(member.payload)
        size = packed if member.size is None else member.size
        crc = zlib.crc32(member.payload) if member.crc is None else member.crc
        offset = len(body) if member.offset is None else member.offset
        common = struct.pack("<5H3L", 20, member.flags, member.method, 0, 33, crc, packed, size)
        inner = name if member.inner_name is None else member.inner_name.encode()
        if member.offset is None:
            body += b"PK\x03\x04" + common + struct.pack("<2H", len(inner), 0) + inner + member.payload
        directory += b"PK\x01\x02" + struct.pack("<H", 0x0314) + common
        directory += struct.pack("<5H2L", len(name), 0, 0, 0, 0, member.mode << 16, offset) + name
    count = min(len(members), 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), len(comment))
    return bytes(body + directory) + before_end + end + comment


def documented(json: bytes, tensors: bytes = NO_TENSORS, manifest: bytes = MANIFEST) -> bytes:
    """A file whose frame is sound and whose contents are given; the JSON is compressed."""
    return forged(
        Member(archive.MANIFEST, manifest), deflated(archive.DOCUMENT, json), Member(archive.TENSORS, tensors)
    )


def replaced(*members: Member) -> bytes:
    """A sound file of an empty capture, with these members in the place of those of the same name, or added."""
    known = {name: Member(name, payload) for name, payload in _EMPTY.items()}
    known.update({member.name: member for member in members})
    return forged(*known.values())


_EMPTY = {archive.MANIFEST: MANIFEST, archive.DOCUMENT: b"{}", archive.TENSORS: NO_TENSORS}


def deflated(name: str, data: bytes) -> Member:
    """A member that is compressed."""
    deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
    payload = deflater.compress(data) + deflater.flush()
    return Member(name, payload, len(data), zlib.crc32(data), DEFLATED)


def bomb(name: str, megabytes: int, claimed: int | None = None) -> Member:
    """A member that inflates to so many megabytes of spaces, a thousandth of that in the file."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = deflater.compress(b" " * (1 << 20)) + deflater.flush(zlib.Z_FULL_FLUSH)
    size = megabytes << 20 if claimed is None else claimed
    return Member(name, piece * megabytes + b"\x03\x00", min(size, 0xFFFFFFFE), 0, DEFLATED)
