"""The `.tracelab` file: write, read, digest.

A zip of three members. `manifest.json` says the version. `document.json` is a `schema.Capture` without its tensors.
`tensors.safetensors` holds those. Nothing in it is ever executed, and nothing of it needs torch or numpy.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import stat
from pathlib import Path
from typing import IO, overload

import msgspec

from tracelab import schema
from tracelab.document import archive, elements, text
from tracelab.document.consistency import check, validate
from tracelab.document.text import AnyCapture
from tracelab.errors import DocumentError

__all__ = ["digest", "dump", "load", "parse", "save", "validate"]


def dump(capture: schema.Capture) -> bytes:
    """The bytes of a `.tracelab` file. The same capture gives the same bytes, and `parse` reads them.

    Raises:
        DocumentError: the capture does not agree with itself or with the schema.
    """
    file = io.BytesIO()
    _write(capture, file)
    return file.getvalue()


def save(capture: schema.Capture, path: str | os.PathLike[str]) -> Path:
    """Write a `.tracelab` file; whatever goes wrong, a file that was there before stays whole.

    Raises:
        DocumentError: the capture does not agree with itself or with the schema.
        OSError: the file cannot be written.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    draft = target.with_name(f".tracelab-{secrets.token_hex(8)}")
    try:
        with draft.open("xb") as file:
            _write(capture, file)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return Path(path)


def _write(capture: schema.Capture, file: IO[bytes]) -> None:
    document, tensors = _stored(capture)
    archive.pack(file, document, tensors, sum(map(len, tensors)))


def _stored(capture: schema.Capture) -> tuple[bytes, list[bytes]]:
    """The two members that depend on the capture, checked as a reader will check them."""
    document, read_back = text.written(capture)
    validate(msgspec.structs.replace(read_back, tensors=capture.tensors))
    return document, elements.packed(capture.tensors)


def digest(capture: schema.Capture) -> str:
    """The sha256 of what is stored: two documents with one digest are the same."""
    document, tensors = _stored(capture)
    sha256 = hashlib.sha256(document)
    for piece in tensors if capture.tensors else ():
        sha256.update(piece)
    return sha256.hexdigest()


@overload
def parse(data: bytes, *, large: bool = False) -> schema.Capture: ...
@overload
def parse(data: bytes, kind: type[AnyCapture], *, large: bool = False) -> AnyCapture: ...
def parse(data: bytes, kind: type[schema.Capture] = schema.Capture, *, large: bool = False) -> schema.Capture:
    """The capture in the bytes of a `.tracelab` file.

    Args:
        data: what `dump` gave.
        kind: the class to build, `schema.Capture` or a child of it.
        large: lift the limits on size, for a file whose origin you know.

    Raises:
        DocumentError: the bytes are truncated, foreign, too new or hostile.
    """
    return _read(io.BytesIO(data), kind, large)


@overload
def load(path: str | os.PathLike[str], *, large: bool = False) -> schema.Capture: ...
@overload
def load(path: str | os.PathLike[str], kind: type[AnyCapture], *, large: bool = False) -> AnyCapture: ...
def load(
    path: str | os.PathLike[str], kind: type[schema.Capture] = schema.Capture, *, large: bool = False
) -> schema.Capture:
    """The capture in a `.tracelab` file.

    Args:
        path: the file that `save` wrote.
        kind: the class to build, `schema.Capture` or a child of it.
        large: lift the limits on size, for a file whose origin you know.

    Raises:
        FileNotFoundError: there is no such file.
        DocumentError: the file cannot be read, or is truncated, foreign, too new or hostile.
    """
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):  # a pipe would keep us waiting, a device never ends
            raise DocumentError("This is not a file")
        with Path(path).open("rb") as file:
            return _read(file, kind, large)
    except DocumentError as error:
        raise DocumentError(error.what, os.fspath(path), error.cure) from error.__cause__
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise DocumentError(f"The file cannot be read: {error}", os.fspath(path)) from error


def _read(file: IO[bytes], kind: type[AnyCapture], large: bool) -> AnyCapture:
    members = archive.Archive(file, large=large)
    begin, end = members.place(archive.TENSORS)
    entries = elements.layout(file, begin, end)
    members.check(archive.TENSORS)
    document = _document(members, kind, large)
    check(document, entries.keys())  # all that can be wrong is known before the tensors take memory
    return msgspec.structs.replace(document, tensors=elements.unpacked(file, end, entries))


def _document(members: archive.Archive, kind: type[AnyCapture], large: bool) -> AnyCapture:
    json = bytearray()
    for piece in members.pieces(archive.DOCUMENT, None if large else text.MOST_MEMORY_BYTES // 2):
        json += piece
    if not large and text.memory_bytes(json) > text.MOST_MEMORY_BYTES:
        raise DocumentError("The document claims more parts than are read", cure=archive.LARGE)
    return text.read(json, kind, members.version)
