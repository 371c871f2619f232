"""`tracelab report`: the findings as HTML: one file, or a folder of several with a page that leads to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from tracelab import schema
from tracelab.capture import Capture
from tracelab.cli.capturing import (
    Asked,
    Backend,
    BackendOption,
    InputOption,
    KwargOption,
    ModeOption,
    NoSourceOption,
    NoValuesOption,
    ProbesOption,
    SecondsOption,
    Sizes,
    SizesOption,
    TargetsArgument,
    capture,
)
from tracelab.cli.say import WRONG_USE, plainly, say
from tracelab.cli.writing import destination, written
from tracelab.errors import TracelabError, UsageError
from tracelab.renderers import html, tally

_FILE, _FOLDER, _INDEX = Path("tracelab-report.html"), Path("tracelab-reports"), "index.html"


@plainly
def report(
    targets: TargetsArgument,
    inputs: InputOption = None,
    kwargs: KwargOption = None,
    mode: ModeOption = None,
    probes: ProbesOption = None,
    seconds: SecondsOption = None,
    backend: BackendOption = Backend.jit,
    dynamic_shapes: SizesOption = Sizes.none,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help=f"The HTML file to write, {_FILE} without it. Or a folder, reports/, for a file a target and an "
            f"index.html; several targets go to {_FOLDER}/ without it.",
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option("--title", help="The page's title; the model's name without it. Of several, the index's."),
    ] = None,
    no_source: NoSourceOption = False,
    no_values: NoValuesOption = False,
) -> None:
    """Trace models and write what each trace froze as one HTML file, which needs no network to be read."""
    file, folder = _places(targets, output)
    asked = Asked(inputs, kwargs, mode, probes, seconds, backend, dynamic_shapes)

    def write(target: str, file: Path, title: str | None) -> schema.Capture:
        found = capture(target, asked)
        written(file, lambda: Capture.of(found).report(file, title=title, source=not no_source, values=not no_values))
        typer.echo(f"{file}: {tally.headline(found)}")
        return found

    if folder is None:
        write(targets[0], file, title)
    else:
        _write_all(targets, folder, title, lambda target, file: write(target, file, None))


def _places(targets: Sequence[str], output: str | None) -> tuple[Path, Path | None]:
    """The one file to write, or the folder. What cannot be is told before anything runs."""
    is_folder = output is not None and (output.endswith(("/", "\\")) or Path(output).is_dir())
    if len(targets) > 1 and output is not None and not is_folder and Path(output).suffix:
        what = f"{len(targets)} reports do not go into one file, {output!r}"
        raise UsageError(what, cure="Name a folder: -o reports/")
    place = destination(output if output is not None else _FILE if len(targets) == 1 else _FOLDER)
    if not is_folder and len(targets) == 1:
        return place, None
    if place.exists() and not place.is_dir():
        raise UsageError(f"{str(place)!r} is a file, not a folder", cure="Choose a folder with -o.")
    return place / _INDEX, place


def _write_all(
    targets: Sequence[str], folder: Path, title: str | None, write: Callable[[str, Path], schema.Capture]
) -> None:
    """A target that fails does not keep the others from being written; the exit code says so."""
    written(folder, lambda: folder.mkdir(exist_ok=True))
    entries: list[tuple[str, schema.Capture]] = []
    for target, name in zip(targets, _names(targets), strict=True):
        try:
            entries.append((name, write(target, folder / name)))
        except TracelabError as error:
            say(error, f"{target}: ")
    if entries:
        index, page = folder / _INDEX, html.index(entries, title=title or "TraceLab reports")
        written(index, lambda: index.write_text(page, encoding="utf-8"))
        typer.echo(f"{index}: {len(entries)} of {len(targets)} reports")
    if len(entries) < len(targets):
        raise typer.Exit(WRONG_USE)


def _names(targets: Sequence[str]) -> list[str]:
    """A file name for each: `model.html`, then `model-2.html`."""
    taken = {_INDEX}
    names: list[str] = []
    for target in targets:
        short = Path(target).stem if target.endswith(".tracelab") else target.rpartition(":")[2]
        stem = re.sub(r"[^\w.-]+", "-", short).strip("-.")[:80] or "report"
        several = (f"{stem}{f'-{number}' if number > 1 else ''}.html" for number in range(1, len(targets) + 2))
        names.append(next(name for name in several if name.lower() not in taken))
        taken.add(names[-1].lower())
    return names
