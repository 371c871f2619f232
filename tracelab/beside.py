"""Two captures of one function -> a Comparison: their findings matched, each one's witnesses against the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch

from tracelab.assembly import Case
from tracelab.backends import dynamic, export
from tracelab.comparison import Checked, Dimension, Place, Side, Which, fate_of
from tracelab.detectors.base import EXAMPLE
from tracelab.format import clip, place_text
from tracelab.pair import Comparison
from tracelab.replay import Prover
from tracelab.schema import Capture, Finding, Run, SourceRange

_SHAPE = re.compile(r"^\w+\[([\d, ]*)\]")


@dataclass(frozen=True)
class Sided:
    """One of the two, live."""

    case: Case
    prover: Prover
    capture: Capture
    reopened: Callable[[], AbstractContextManager[None]]
    """A block in which its program can be run, and after which all is as before."""


def compared(first: Sided, second: Sided) -> Comparison:
    """What two captures of one function have in common, and what not."""
    checked = (*_checked(first, second, "first"), *_checked(second, first, "second"))
    exported = next((side for side in (second, first) if side.capture.backend == export.name), None)
    dimensions = tuple(_dimensions(exported, (first, second))) if exported is not None else ()
    shapes = _proposed(exported, dimensions) if exported is not None else ""
    return Comparison(
        name=first.capture.name,
        first=_side(first),
        second=_side(second),
        places=tuple(_places(first.capture.findings, second.capture.findings)),
        checked=checked,
        dimensions=dimensions,
        dynamic_shapes=shapes,
        to_write=_call(exported, shapes) if exported is not None else "",
        left=tuple(_left(second, checked, dimensions)),
    )


def _side(one: Sided) -> Side:
    capture, program = one.capture, one.case.captured.program
    return Side(
        backend=capture.backend,
        findings=capture.findings,
        stop=capture.stop,
        program=program is not None,
        capture=Capture(**{name: getattr(capture, name) for name in capture.__struct_fields__}),
    )


# -- places ---------------------------------------------------------------------------------------------------


def _places(ours: tuple[Finding, ...], theirs: tuple[Finding, ...]) -> Iterator[Place]:
    """The lines of both, in the order of the source; what has no line stands last."""
    lines: dict[tuple[str, int], tuple[list[Finding], list[Finding]]] = defaultdict(lambda: ([], []))
    for which, findings in enumerate((ours, theirs)):
        for finding in findings:
            lines[_key(finding.source)][which].append(finding)
    for key in sorted(lines, key=lambda key: (not key[0], *key)):
        one, other = lines[key]
        yield Place(
            source=[*one, *other][0].source,
            rules=tuple(dict.fromkeys(finding.rule for finding in (*one, *other))),
            first=tuple(finding.id for finding in one),
            second=tuple(finding.id for finding in other),
            first_fate=fate_of(tuple(one)),
            second_fate=fate_of(tuple(other)),
        )


def _key(source: SourceRange | None) -> tuple[str, int]:
    return ("", 0) if source is None else (source.filename, source.lineno)


# -- witnesses ------------------------------------------------------------------------------------------------


def _checked(one: Sided, other: Sided, whose: Which) -> Iterator[Checked]:
    """Each witness once, with the worst finding that it proves."""
    seen: set[int] = set()
    for finding in one.capture.findings:
        run = finding.witness
        if run is None or run.id in seen:
            continue
        seen.add(run.id)
        yield _check(one, other, whose, finding, run)


def _check(one: Sided, other: Sided, whose: Which, finding: Finding, run: Run) -> Checked:
    results = one.prover.results
    probe = results[run.id].probe if run.id < len(results) else None
    able = probe is not None and bool(probe.calls) and other.case.captured.runnable is not None
    if probe is None or not able:
        return Checked(whose=whose, finding=finding.id, probe=run.probe, here=run.outcome, there="")
    with other.reopened():
        result = other.prover.stage.run(probe)
    if result.refused:
        return Checked(
            whose=whose, finding=finding.id, probe=run.probe, here=run.outcome, there="", error=result.refused
        )
    said = clip(result.captured.said or result.eager.said, 200)
    return Checked(whose=whose, finding=finding.id, probe=run.probe, here=run.outcome, there=result.outcome, error=said)


# -- sizes ----------------------------------------------------------------------------------------------------


def _dimensions(exported: Sided, both: tuple[Sided, Sided]) -> Iterator[Dimension]:
    """Every dimension of every tensor that is an argument of its own."""
    method = exported.case.subject.methods[0].name
    taken, known = _taken(both), dynamic.sizes(_with_open_sizes(exported))
    for name, value, _ in exported.case.subject.example(method).named():
        if not isinstance(value, torch.Tensor):
            continue
        for dim, size in enumerate(value.shape):
            text = known.get((name, dim))
            reason = text or _fixed(exported, name, dim, int(size))
            yield Dimension(
                input=name, dim=dim, size=int(size), taken=(name, dim) in taken, open=text is not None, text=reason
            )


def _with_open_sizes(exported: Sided) -> Any:
    """The exported program, or another one where this one was made with every size fixed."""
    captured = exported.case.captured
    made = None if captured.exported is None else captured.exported.program
    if captured.dynamic_shapes is not None or captured.stopped is not None:
        return made
    with exported.reopened():
        other = export.opened(exported.case.request)
        exported.prover.stage.restore()
    return made if other is None else other


def _taken(both: tuple[Sided, Sided]) -> set[tuple[str, int]]:
    """The dimensions of which eager took another size than the example's."""
    found: set[tuple[str, int]] = set()
    for side in both:
        example = next((run for run in side.capture.runs if run.probe == EXAMPLE), None)
        before = {given.name: _sizes(given.spec) for given in (example.inputs if example else side.capture.inputs)}
        for run in side.capture.runs:
            if run.outcome == "eager_raises" or run.axis not in ("shapes", "given", "rerun"):
                continue
            for given in run.inputs:
                ours, theirs = before.get(given.name), _sizes(given.spec)
                if ours is not None and theirs is not None and len(ours) == len(theirs):
                    found |= {(given.name, dim) for dim, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]}
    return found


def _sizes(spec: str) -> tuple[int, ...] | None:
    match = _SHAPE.match(spec)
    return None if match is None else tuple(int(part) for part in match[1].split(",") if part.strip())


def _fixed(exported: Sided, name: str, dim: int, size: int) -> str:
    """Why a size is fixed: by a line that asked, by being 0 or 1, or by nobody's wish."""
    asked = f"{name}.size()[{dim}]"
    for observation in exported.capture.observations:
        is_fixing = observation.asked.startswith(f"Eq({asked},") or observation.asked == f"{asked} == {size}"
        if observation.kind == "guard" and is_fixing:
            return f"fixed at {size} by {place_text(observation.source)}"
    if size in (0, 1):
        return f"fixed at {size}: torch.export takes 0 and 1 for special; give an example with 2 or more"
    return f"fixed at {size} by torch.export"


def _proposed(exported: Sided, dimensions: tuple[Dimension, ...]) -> str:
    """Every size that eager takes and torch.export leaves open; empty where there is none."""
    wanted: dict[str, dict[int, str]] = defaultdict(dict)
    for one in dimensions:
        if one.taken and one.open:
            wanted[one.input][one.dim] = "torch.export.Dim.AUTO"
    if not wanted:
        return ""
    method = exported.case.subject.methods[0].name
    parts: list[str] = []
    for name, _, _ in exported.case.subject.example(method).named():
        dims = ", ".join(f"{dim}: {text}" for dim, text in wanted.get(name, {}).items())
        parts.append(f'"{name}": {{{dims}}}' if dims else f'"{name}": None')
    return "{" + ", ".join(parts) + "}"


def _call(exported: Sided, shapes: str) -> str:
    method = exported.case.subject.methods[0].name
    named = list(exported.case.subject.example(method).named())
    args = [name for name, _, keyword in named if not keyword]
    kwargs = ", ".join(f'"{name}": {name}' for name, _, keyword in named if keyword)
    given = f"({', '.join(args)}{',' if len(args) == 1 else ''})" + (f", {{{kwargs}}}" if kwargs else "")
    options = f", dynamic_shapes={shapes}" if shapes else ""
    return f"program = torch.export.export(model, {given}{options})"


# -- what is left ---------------------------------------------------------------------------------------------


def _left(second: Sided, checked: tuple[Checked, ...], dimensions: tuple[Dimension, ...]) -> Iterator[str]:
    """What one who moves to the second has to mend or to live with."""
    name = second.capture.backend
    if second.capture.stop is not None:
        yield f"{name} refuses to capture it: {clip(second.capture.stop.error, 160)}"
    for finding in second.capture.findings:
        if finding.verdict in ("diverges", "raises"):
            yield f"{place_text(finding.source)}: {finding.message}"
    for finding in second.capture.findings:
        if finding.verdict == "unproven" and finding.level == "warning":
            yield f"{place_text(finding.source)}: not proven: {finding.message}"
    told = {finding.id for finding in second.capture.findings if finding.verdict in ("diverges", "raises")}
    for check in checked:
        is_wrong = check.whose == "first" and check.there in ("diverges", "captured_raises")
        if is_wrong and check.finding not in told:
            yield f"the witness of {check.finding} ({check.probe}) is wrong there too"
    for one in dimensions:
        if one.taken and not one.open:
            yield f"eager takes other sizes of {one.input}[{one.dim}], and the program does not: {one.text}"
