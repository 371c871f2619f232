"""What commands write with `-o`, and how they say that it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tracelab.errors import UsageError


def destination(output: str | Path) -> Path:
    """The path to write. That its folder is missing is told before anything runs.

    Raises:
        UsageError: there is no such folder.
    """
    path = Path(output)
    if not path.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {str(path.parent)!r}", cure="Make it, or choose another place with -o.")
    return path


def written(path: Path, write: Callable[[], object]) -> None:
    """Call what writes a path.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        write()
    except OSError as error:
        cure = "Choose another place with -o."
        raise UsageError(f"{str(path)!r} cannot be written: {error.strerror}", cure=cure) from error
