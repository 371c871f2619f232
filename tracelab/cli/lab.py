"""`tracelab lab`: a `.tracelab` file, open in JupyterLab."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

import tracelab
from tracelab.cli.say import plainly
from tracelab.errors import MissingToolError, UsageError

_PACKAGE = Path(tracelab.__file__).parent
_OURS = {"JUPYTER_PATH": _PACKAGE / "static", "JUPYTER_CONFIG_PATH": _PACKAGE / "jupyter" / "etc"}
"""Where the two extensions stand in a checkout. What pip installed, JupyterLab finds by itself."""


@plainly
def lab(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The .tracelab file to open. It is read and not run.")],
    options: Annotated[
        list[str] | None, typer.Argument(metavar="[-- OPTION...]", help="Options of `jupyter lab`: -- --port 9000.")
    ] = None,
) -> None:
    """Open a .tracelab file in JupyterLab, without a kernel.

    JupyterLab is started here, and shows the folder that the file is in.
    """
    path = _checked(file)
    _need_jupyterlab()
    for name, folder in _OURS.items():
        os.environ[name] = os.pathsep.join([*filter(None, [os.environ.get(name)]), str(folder)])
    from jupyterlab.labapp import LabApp  # pyright: ignore[reportMissingTypeStubs]

    sys.exit(LabApp.launch_instance([str(path), *_root(path, options or ()), *(options or ())]))


def _root(path: Path, options: Sequence[str]) -> list[str]:
    """The file's folder, unless the options name another: JupyterLab takes one."""
    is_given = any(option.startswith(("--ServerApp.root_dir", "--notebook-dir")) for option in options)
    return [] if is_given else [f"--ServerApp.root_dir={path.parent}"]


def _checked(file: str) -> Path:
    """The whole path of a file that can be read; what is wrong with it is told before a server starts."""
    path = Path(file)
    if not path.is_file():
        raise UsageError(f"There is no file {file!r}", cure="`Trace.save` writes one.")
    if path.suffix != ".tracelab":
        cure = "Name a file that `Trace.save` wrote: `tracelab report` makes a page of a model."
        raise UsageError(f"{file!r} is no .tracelab file by its name", cure=cure)
    tracelab.load(path)
    return path.absolute()


def _need_jupyterlab() -> None:
    if importlib.util.find_spec("jupyterlab") is None:
        cure = "pip install jupyterlab; or read the file here: tracelab check FILE, tracelab report FILE."
        raise MissingToolError("JupyterLab is not installed in this environment", cure=cure)
