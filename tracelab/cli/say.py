"""How a command ends badly: three short parts on stderr, an exit code, and no traceback."""

from __future__ import annotations

import functools
import importlib
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import typer

from tracelab.errors import TracelabError
from tracelab.renderers.safe import path, visible

P = ParamSpec("P")

_OURS = Path(__file__).parents[1]

WRONG_USE, INTERNAL, INTERRUPTED = 2, 3, 130


def plainly(command: Callable[P, None]) -> Callable[P, None]:
    """A command whose errors are said, not thrown."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
            raise
        except TracelabError as error:
            say(error)
            raise typer.Exit(WRONG_USE) from error
        except KeyboardInterrupt as error:
            raise typer.Exit(INTERRUPTED) from error
        except Exception as error:
            if os.environ.get("TRACELAB_TRACEBACK"):
                raise
            say(_our_fault(error))
            raise typer.Exit(INTERNAL) from error

    return run


def say(error: TracelabError, of: str = "") -> None:
    """What happened, where, and what to do.

    Args:
        error: the error.
        of: what it is about, where one command does several things.
    """
    typer.echo(f"error: {visible(of, 200)}{visible(error.what, 600)}", err=True)
    for prefix, part in (("  at ", path(error.where)), ("  ", visible(error.cure, 600))):
        if part:
            typer.echo(prefix + part, err=True)


def _our_fault(error: Exception) -> TracelabError:
    return TracelabError(
        f"TraceLab itself failed: {described(error)}",
        place(error, ours=True),
        "This is a mistake of ours. With TRACELAB_TRACEBACK=1 set, the traceback is shown: please send it.",
    )


def described(error: BaseException) -> str:
    """The exception's type and text, as Python's last line says it."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def place(error: BaseException, ours: bool = False) -> str:
    """The innermost place that an exception came through, in the user's code or in ours."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_importer(frame.filename)]
    if not ours:
        frames = [frame for frame in frames if not _is_ours(frame.filename)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def comes_from_us(error: BaseException) -> bool:
    """Whether our own line raised it, and not one of torch's or of the user's."""
    frames = traceback.extract_tb(error.__traceback__)
    return not frames or _is_ours(frames[-1].filename)


def _is_importer(filename: str) -> bool:
    return filename.startswith("<frozen ") or filename == importlib.__file__


def _is_ours(filename: str) -> bool:
    return Path(filename).is_relative_to(_OURS)
