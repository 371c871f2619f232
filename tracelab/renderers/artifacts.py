"""Where a file is for who reads elsewhere: a name in the checkout, an address on this machine, or no file at all."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import quote

from tracelab import schema

_DRIVE = re.compile(r"[A-Za-z]:[\\/]|\\\\")


def is_file(source: schema.SourceRange) -> bool:
    """Whether a place is in a file, and not in a notebook's cell or in code that was never in one."""
    return source.cell is None and not source.filename.startswith("<")


def inside(filename: str, root: str) -> str | None:
    """The name of a file from a folder on, with `/`; None where it is not in it."""
    try:
        return _path(filename, root).relative_to(_path(root)).as_posix() if root else None
    except ValueError:
        return None


def uri(source: schema.SourceRange, root: str) -> tuple[str, bool]:
    """The address of a file, and whether it is relative to the folder.

    A cell and what has no file get a scheme of their own, so that nobody looks for them on a disk.
    """
    if not is_file(source):
        scheme, name = ("no-file", source.filename) if source.cell is None else ("notebook-cell", source.cell)
        return f"{scheme}:{_quoted(name, '')}", False
    name = inside(source.filename, root)
    return (_quoted(name, "/"), True) if name is not None else (absolute(source.filename, root), False)


def absolute(filename: str, root: str = "") -> str:
    """`file:///models/net.py`; a name that leads nowhere without a folder stays as it is."""
    path = _path(filename, root)
    name = path.as_posix()
    if not path.is_absolute():
        return _quoted(name, "/")
    if name.startswith("//"):
        return "file:" + _quoted(name, "/")
    return "file:///" + _quoted(name.lstrip("/"), "/:" if path.drive else "/")


def _path(filename: str, root: str = "") -> PurePath:
    kind = PureWindowsPath if _DRIVE.match(root or filename) else PurePosixPath
    return kind(posixpath.normpath((kind(root) / filename).as_posix()))


def _quoted(name: str, safe: str) -> str:
    # A file's name need not be UTF-8: Python then has lone surrogates in it.
    return quote(name, safe=safe, errors="surrogatepass")
