"""What torch.export itself says of a function: guards, sizes that only data tell, refusals, draft_export's report."""

from __future__ import annotations

import re
import traceback
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import torch

from tracelab.backends.fx_graph import kind_of, stack_of
from tracelab.bindings import interned_names
from tracelab.format import clip
from tracelab.observers import Sighting
from tracelab.schema import SourceRange
from tracelab.source import is_user_file, line_range, stack_places
from tracelab.syntax import Site

_PLACE = re.compile(r"^\(?(?:\.\.\.)?(.*):(\d+) in (\w+)\)?$")
_FRAME = re.compile(r'^\s*File "(.*)", line (\d+), in (.*)$', re.MULTILINE)
_SOURCE = re.compile(r"L\['(\w+)'\]")
_ADVICE = ("\n", "  (Size-like symbols", " For more information", "The error above occurred")


def of_program(program: Any, files: Collection[str]) -> Iterator[Sighting]:
    """Where Python's questions of sizes became checks of the program, and where data alone tell a size.

    Args:
        program: the exported program.
        files: those of the user's functions that ran: torch tells only the end of a path.
    """
    shapes = _shape_env(program)
    if shapes is not None:
        names = {str(symbol): _spelled(str(source)) for source, symbol in shapes.source_to_var.items()}
        for guard in shapes.guards:
            place = _place(str(guard.sloc), files)
            if place is not None:
                text = _in_words(str(guard.expr), names)
                yield _at("guard", text, place, value="True")
    for node in program.graph.nodes:
        places = stack_places(stack_of(node)) if node.meta.get("unbacked_bindings") else ()
        if places:
            symbols = ", ".join(str(symbol) for symbol in node.meta["unbacked_bindings"])
            yield _at("unbacked", kind_of(node.target), places[0], value=symbols)


def of_refusal(error: BaseException) -> Iterator[Sighting]:
    """Why torch refuses, at the user's line where there is one."""
    yield _at("refusal", reason_of(error), place_of(error), detail="export")


def reason_of(error: BaseException) -> str:
    """The first sentence of torch's error, without its advice."""
    text = str(error).strip() or type(error).__name__
    for mark in _ADVICE:
        text = text.partition(mark)[0]
    return clip(f"{type(error).__name__}: {text}", 240)


def place_of(error: BaseException) -> SourceRange | None:
    """The user's innermost line that an error passed, or that its text names."""
    seen: set[int] = set()
    chain: BaseException | None = error
    while chain is not None and id(chain) not in seen:
        seen.add(id(chain))
        frames = [frame for frame in traceback.extract_tb(chain.__traceback__) if is_user_file(frame.filename)]
        if frames:
            return line_range(frames[-1].filename, frames[-1].lineno or 1, frames[-1].name)
        chain = chain.__cause__ or chain.__context__
    named = [found for found in _FRAME.findall(str(error)) if is_user_file(found[0])]
    return line_range(named[-1][0], int(named[-1][1]), named[-1][2]) if named else None


def of_report(program: Any) -> Iterator[Sighting]:
    """What draft_export found unsound, each at the user's line."""
    report = getattr(program, "_report", None)
    names: Mapping[int, str] = {**interned_names(), **getattr(report, "str_to_filename", {})}
    for failure in getattr(report, "failures", ()):
        frames = failure.data.get("user_stack") or failure.data.get("stack") or ()
        told = [(names.get(frame["filename"], ""), int(frame["line"]), str(frame["name"])) for frame in frames]
        own = [frame for frame in told if frame[0] and is_user_file(frame[0])]
        place = line_range(*own[-1]) if own else None
        kind = str(failure.failure_type).lower().replace("_", " ")
        expression = clip(str(failure.data.get("expr") or failure.data.get("op") or ""), 120)
        asked = f"{kind}: {expression}" if expression else kind
        yield _at("refusal", asked, place, value=clip(str(failure.data.get("result", ""))), detail="draft_export")


def _at(kind: str, asked: str, place: SourceRange | None, value: str = "", detail: str = "") -> Sighting:
    site = None if place is None else Site(place)
    return Sighting(kind, asked, value, site, () if place is None else (place,), detail=detail)


def _shape_env(program: Any) -> Any:
    """Where torch kept what it was asked of symbolic sizes; None where every size is a number."""
    for node in program.graph.nodes:
        value = node.meta.get("val")
        if isinstance(value, torch.Tensor):
            return getattr(getattr(value, "fake_mode", None), "shape_env", None)
    return None


def _place(text: str, files: Collection[str]) -> SourceRange | None:
    found = _PLACE.match(text.strip())
    if found is None:
        return None
    whole = next((name for name in sorted(files) if name.endswith(found[1])), None)
    return None if whole is None else line_range(whole, int(found[2]), found[3])


def _spelled(source: str) -> str:
    """`L['x'].size()[0]` as a user writes it: `x.size()[0]`."""
    return _SOURCE.sub(r"\1", source)


def _in_words(expression: str, names: Mapping[str, str]) -> str:
    """`Eq(s27, 4)` with the names of the inputs: `Eq(x.size()[1], 4)`."""
    return re.sub(r"\b[su]\d+\b", lambda found: names.get(found[0], found[0]), expression)
