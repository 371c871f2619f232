"""`tracelab check --fix` and `--diff`: repairs that were proven, as a diff or written into the files."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
import tokenize
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tracelab.errors import UsageError
from tracelab.format import plural

if TYPE_CHECKING:
    from tracelab.handle import Repaired, Trace
    from tracelab.repair.sources import Source

_INSTALLED = {"site-packages", "dist-packages"}


def repaired(trace: Trace, seconds: float | None) -> Repaired:
    """What can be mended in the files alone. What the user's code prints goes to stderr."""
    with contextlib.redirect_stdout(sys.stderr):
        return trace.repair(30.0 if seconds is None else seconds, files_only=True)


def write(sources: Sequence[Source]) -> list[Path]:
    """Write changed texts into their files, all of them or none.

    Raises:
        UsageError: one is no file of the user's, or has another text by now.
    """
    files = [_checked(source) for source in sources]
    for file, source in zip(files, sources):
        _replace(file, source)
    return files


def _checked(source: Source) -> Path:
    file = Path(source.filename).resolve()
    if not file.is_file():
        raise UsageError(f"{source.filename!r} is no file", cure="Apply the diff by hand: --diff shows it.")
    if _INSTALLED & set(file.parts):
        cure = "Copy what you need of it into your own code, or apply the diff by hand: --diff shows it."
        raise UsageError("The change is to a package that is installed", str(file), cure)
    if _text(file) != source.original:
        raise UsageError("The file has changed since it was traced", str(file), "Run the command again.")
    if not os.access(file, os.W_OK):
        raise UsageError("The file cannot be written", str(file), "Make it writable, or apply the diff: --diff.")
    return file


def _text(file: Path) -> str:
    """A file's text with the ends of line that Python sees."""
    with tokenize.open(file) as stream:
        text = stream.read()
    # linecache ends the last line where the file does not.
    return text if text.endswith("\n") or not text else f"{text}\n"


def _replace(file: Path, source: Source) -> None:
    """Put another text in the place of a file, whole or not at all; encoding, ends of line and mode stay."""
    old = file.read_bytes()
    encoding = tokenize.detect_encoding(io.BytesIO(old).readline)[0]
    text = source.text if old.endswith(b"\n") else source.text.removesuffix("\n")
    new = text.replace("\n", "\r\n") if b"\r\n" in old else text
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(new.encode(encoding))
        shutil.copymode(file, name)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def told(found: Repaired, written: Iterable[Path] | None) -> str:
    """What came of it in a few lines: how much is mended, and what was written."""
    lines = [f"{plural(len(found.mended), 'finding')} mended, {len(found.left)} left"]
    lines += [f"wrote {file}" for file in written or ()]
    if written is None and found.sources:
        lines.append("nothing is written without --fix")
    return "\n".join(lines)
