"""The JSON of a document: one spelling for one capture, and a reader that knows what reading will cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from tracelab import schema
from tracelab.errors import DocumentError
from tracelab.format import clip

AnyCapture = TypeVar("AnyCapture", bound=schema.Capture)

MOST_MEMORY_BYTES = 150 << 20
"""A document that may take more memory is read only when it is asked for. Swin has 3,500 nodes and counts as 25 MB."""

UPGRADES: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()
"""The step at index 0 turns the JSON of version 1 into that of version 2, and so on up to `schema.VERSION`."""

_ENCODER = msgspec.json.Encoder(order="deterministic")
_UNREADABLE = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


def written(capture: schema.Capture) -> tuple[bytes, schema.Capture]:
    """The canonical JSON of a capture without its tensors, and what a reader will make of it.

    What JSON cannot say is said as nearly as it can: an infinite number is absent, a lone surrogate is spelled out.

    Raises:
        DocumentError: a part of the capture is not of the type that the schema gives it.
    """
    bare = msgspec.structs.replace(capture, tensors={})
    try:
        try:
            text = _ENCODER.encode(bare)
        except UnicodeEncodeError:
            text = _ENCODER.encode(_spelled_out(msgspec.to_builtins(bare)))
    except (*_UNREADABLE, TypeError) as error:
        raise DocumentError(f"The capture cannot be stored: {clip(str(error))}") from error
    document = read(text, schema.Capture, schema.VERSION)
    return _ENCODER.encode(document), document


def _spelled_out(part: Any) -> Any:
    if isinstance(part, str):
        return part.encode("utf-8", "backslashreplace").decode()
    if isinstance(part, dict):
        return {key: _spelled_out(inner) for key, inner in part.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(part, (list, tuple)):
        return [_spelled_out(inner) for inner in part]  # pyright: ignore[reportUnknownVariableType]
    return part


def read(text: bytes | bytearray, kind: type[AnyCapture], version: int) -> AnyCapture:
    """The capture that a JSON text of some version says.

    Raises:
        DocumentError: it is not JSON, or not of the types of the schema.
    """
    try:
        if version == schema.VERSION:
            capture = msgspec.json.decode(text, type=kind)
        else:
            capture = msgspec.convert(_upgraded(text, version), kind)
    except _UNREADABLE as error:
        raise DocumentError(f"The document cannot be read: {clip(str(error), 160)}") from error
    if capture.tensors:
        raise DocumentError("The document holds tensors in its JSON")
    return capture


def _upgraded(text: bytes | bytearray, version: int) -> dict[str, Any]:
    document = msgspec.json.decode(text, type=dict[str, Any])
    try:
        for step in UPGRADES[version - 1 :]:
            document = step(document)
    except (LookupError, TypeError, AttributeError) as error:  # the step met something else than its version has
        raise ValueError(f"it is not of version {version}") from error
    return document


def memory_bytes(text: bytes | bytearray) -> int:
    """The most memory that reading a JSON text can take, counted without reading it.

    Three bytes may be an object of a hundred bytes, so a small text is no proof of a small document.

    Raises:
        DocumentError: it is not JSON. The counting trusts its grammar: each quote inside of a string has a backslash.
    """
    try:
        msgspec.json.decode(text, type=_Skipped)
    except _UNREADABLE as error:
        raise DocumentError(f"The document is not JSON: {clip(str(error))}") from error
    objects, lists = text.count(b"{"), text.count(b"[")
    keys = text.count(b'":') - text.count(b'\\":')
    strings = text.count(b'"') // 2 - keys
    items = text.count(b",") + objects + lists - keys
    return len(text) * _factor(text) + 64 * strings + 140 * objects + 60 * lists + 50 * items


class _Skipped(msgspec.Struct):
    """Nothing: to decode a text as this checks its grammar and keeps nothing."""


_UNESCAPED_QUOTE = re.compile(rb'[^\\]"')


def _factor(text: bytes | bytearray) -> int:
    """Bytes of memory for one of text: one wide character makes each of its string take four, and a long string is
    copied once more on the way.
    """
    wide = not text.isascii() or b"\\u" in text
    step = 1 << 20
    long = any(not _UNESCAPED_QUOTE.search(text, at, at + step) for at in range(0, len(text) - step, step))
    return (5 if wide else 2) + (2 if long else 0)
