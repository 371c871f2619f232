"""The frame of a `.tracelab` file: a zip of three members that tells neither when nor where it was written.

The reader expects an enemy. It looks at the last bytes before anything else, so that the list of members stays short,
and inflates no more than a member says it holds.
"""

from __future__ import annotations

import contextlib
import itertools
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from typing import IO, NoReturn

import msgspec

from tracelab.errors import DocumentError
from tracelab.format import clip
from tracelab.schema import VERSION

MANIFEST, DOCUMENT, TENSORS = "manifest.json", "document.json", "tensors.safetensors"
METHODS = {MANIFEST: zipfile.ZIP_STORED, DOCUMENT: zipfile.ZIP_DEFLATED, TENSORS: zipfile.ZIP_STORED}
"""How each member is stored, in the order of the file. Tensors lie uncompressed, so that they cannot be a bomb."""

MOST_FILE_BYTES = 1 << 30
"""A larger file is read only when it is asked for."""

CURE = (
    "tracelab.load reads what Trace.save wrote; "
    "a file of torch.save or torch.jit.save is for torch.load or torch.jit.load."
)
DAMAGED = "Write it again with Trace.save, or fetch it again where it was copied from."
LARGE = "If you know where it comes from, read it with load(path, large=True)."

_MOST_MANIFEST_BYTES, _MOST_DIRECTORY_BYTES, _PIECE_BYTES = 4096, 4096, 1 << 16
_END = struct.Struct("<4s4H2LH")  # the end of the central directory, zip's last record
_LOCAL = struct.Struct("<4s5H3L2H")  # what stands before each member's bytes
_ZIP64_LOCATOR_BYTES, _ZIP64_FROM_BYTES = 20, 1 << 31


class Manifest(msgspec.Struct, frozen=True):
    """What every version of the file begins with."""

    format: str
    version: int


def pack(file: IO[bytes], document: bytes, tensors: Iterable[bytes], tensor_bytes: int) -> None:
    """Write the three members to a seekable file."""
    manifest = msgspec.json.encode(Manifest("tracelab", VERSION))
    with zipfile.ZipFile(file, "w") as archive:
        _add(archive, MANIFEST, [manifest], len(manifest))
        _add(archive, DOCUMENT, [document], len(document))
        _add(archive, TENSORS, tensors, tensor_bytes)


def _add(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], size: int) -> None:
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.create_system = 3  # Unix, whichever system writes
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.compress_type = METHODS[name]
    info.file_size = size
    with archive.open(info, "w") as member:
        for piece in pieces:
            member.write(piece)


class Archive:
    """A file whose frame is sound; nothing but the manifest has been read yet.

    Args:
        file: a seekable file.
        large: whether a file above `MOST_FILE_BYTES` is read.

    Raises:
        DocumentError: the file is empty, foreign, truncated, too new, or not framed as `pack` does it.
    """

    def __init__(self, file: IO[bytes], *, large: bool = False) -> None:
        self._file = file
        _check_ends(file, large)
        members = _directory(file)
        found = {info.filename: info for info in members}
        if MANIFEST not in found:
            raise foreign("it is a zip archive that holds something else")
        _check_member(found[MANIFEST])
        self._members = found
        self.version = _version(b"".join(self.pieces(MANIFEST, _MOST_MANIFEST_BYTES)))
        _check_members(members)

    def pieces(self, name: str, limit: int | None = None) -> Iterator[bytes]:
        """The bytes of a member, piece by piece; what is wrong with them is raised after the last one or before."""
        info = self._members[name]
        if limit is not None and info.file_size > limit:
            raise DocumentError(
                f"{name} claims {info.file_size} bytes, and {limit} is the most that is read", cure=LARGE
            )
        inflater = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        size = crc = 0
        for piece in self._stored(info):
            piece = _inflated(inflater, piece, info.file_size + 1 - size) if inflater else piece
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            if size > info.file_size:
                raise DocumentError(f"{name} holds more bytes than it claims", cure=DAMAGED)
            yield piece
        ended = inflater is None or (inflater.eof and not inflater.unused_data)
        if not ended or (size, crc) != (info.file_size, info.CRC):
            raise DocumentError(f"{name} is damaged", cure=DAMAGED)

    def check(self, name: str) -> None:
        """Read a member to its end and keep nothing of it."""
        for _ in self.pieces(name):
            pass

    def place(self, name: str) -> tuple[int, int]:
        """Where in the file a member that is not compressed begins and ends."""
        begin = self._begin(self._members[name])
        return begin, begin + self._members[name].file_size

    def _stored(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        position, left = self._begin(info), info.compress_size
        while left > 0:
            self._file.seek(position)
            piece = self._file.read(min(left, _PIECE_BYTES))
            if not piece:
                raise DocumentError(f"{info.filename} is truncated", cure=DAMAGED)
            yield piece
            position, left = position + len(piece), left - len(piece)

    def _begin(self, info: zipfile.ZipInfo) -> int:
        self._file.seek(max(info.header_offset, 0))
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise DocumentError(f"{info.filename} is not where the archive says", cure=DAMAGED)
        name_bytes, extra_bytes = _LOCAL.unpack(header)[-2:]
        if self._file.read(name_bytes) != info.filename.encode():
            raise DocumentError(f"{info.filename} has another name where its bytes stand", cure=DAMAGED)
        return info.header_offset + _LOCAL.size + name_bytes + extra_bytes


def foreign(why: str) -> DocumentError:
    """The error for a file that never was ours."""
    return DocumentError(f"This is not a .tracelab file: {why}", cure=CURE)


def _check_ends(file: IO[bytes], large: bool) -> None:
    """Refuse from the first and the last bytes what zipfile would take long, or much memory, to understand."""
    size = file.seek(0, 2)
    if size == 0:
        raise foreign("it is empty")
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        raise foreign("it does not begin as one")
    if size > MOST_FILE_BYTES and not large:
        raise DocumentError(f"The file has {size} bytes, and {MOST_FILE_BYTES} is the most that is read", cure=LARGE)
    file.seek(max(size - _END.size - _ZIP64_LOCATOR_BYTES, 0))
    tail = file.read()
    if len(tail) < _END.size or tail[-_END.size :][:4] != b"PK\x05\x06":
        raise DocumentError("The file is truncated, or something was added at its end", cure=DAMAGED)
    *_, directory_bytes, directory, comment_bytes = _END.unpack(tail[-_END.size :])
    many = directory_bytes > _MOST_DIRECTORY_BYTES
    if many or comment_bytes or (tail[:4] == b"PK\x06\x07" and size < _ZIP64_FROM_BYTES):
        raise foreign("it is a zip archive that was put together in another way")
    if directory + directory_bytes + _END.size != size < _ZIP64_FROM_BYTES:
        raise DocumentError("Something was cut out of the file, or added to it", cure=DAMAGED)


def _directory(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    with _as_damage(), zipfile.ZipFile(file) as archive:
        return archive.infolist()


@contextlib.contextmanager
def _as_damage() -> Generator[None]:
    """What zipfile and zlib raise for bytes that make no sense, as one error."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, ValueError, EOFError, OSError) as error:
        raise DocumentError(f"The archive is damaged: {clip(str(error))}", cure=DAMAGED) from error


def _inflated(inflater: zlib._Decompress, piece: bytes, most: int) -> bytes:  # pyright: ignore[reportPrivateUsage]
    with _as_damage():
        return inflater.decompress(piece, most)


def _version(text: bytes) -> int:
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise foreign(f"its manifest cannot be read ({clip(str(error))})") from error
    if manifest.format != "tracelab" or manifest.version < 1:
        raise foreign(f"its manifest says {clip(manifest.format, 20)!r}, version {clip(str(manifest.version), 20)}")
    if manifest.version > VERSION:
        raise DocumentError(
            f"The document has version {clip(str(manifest.version), 20)}, and this TraceLab reads up to {VERSION}",
            cure="Upgrade it: pip install --upgrade tracelab.",
        )
    return manifest.version


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [info.filename for info in members]
    for name in names:
        if name not in METHODS:
            _refuse(f"holds {clip(name, 60)!r}, which no .tracelab file does")
        if names.count(name) > 1:
            _refuse(f"holds {name} twice")
    for name in METHODS:
        if name not in names:
            _refuse(f"lacks {name}")
    for info in members:
        _check_member(info)
    ordered = sorted(members, key=lambda info: info.header_offset)
    for first, second in itertools.pairwise(ordered):
        if first.header_offset + _LOCAL.size + len(first.filename) + first.compress_size > second.header_offset:
            _refuse(f"stores {first.filename} and {second.filename} in the same bytes")


def _check_member(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x1:
        _refuse(f"encrypts {info.filename}")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        _refuse(f"holds {info.filename} as a link or a folder")
    if info.compress_type not in (zipfile.ZIP_STORED, METHODS[info.filename]):
        _refuse(f"compresses {info.filename} in a way that is not read")
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
        _refuse(f"gives two sizes for {info.filename}")


def _refuse(what: str) -> NoReturn:
    raise DocumentError(f"The archive {what}", cure=CURE)
