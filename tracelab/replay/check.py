"""What `check_trace` and `check_inputs` ask for, without the second trace that torch's checker always makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracelab.backends.base import Captured, Method, Request
from tracelab.backends.jit import methods_of, record
from tracelab.backends.raw import RawGraph
from tracelab.detectors.base import EXAMPLE
from tracelab.nesting import MAPPING, SEQUENCE
from tracelab.observers import Sighting
from tracelab.preserve import Preserved, cloned, quiet
from tracelab.replay.compare import compare
from tracelab.schema import OutputError, Run
from tracelab.source import stack_places
from tracelab.syntax import Site


@dataclass
class Checked:
    """Runs, what they say, and the inputs of each."""

    runs: list[Run] = field(default_factory=list[Run])
    inputs: dict[int, Method] = field(default_factory=dict[int, Method])
    sightings: list[Sighting] = field(default_factory=list[Sighting])
    isolated: bool = False
    """Whether the Runs hold only where each side starts from the state that was there before the other ran."""


@dataclass
class _Side:
    output: Any = None
    error: str = ""


def check(request: Request, captured: Captured, preserved: Preserved) -> Checked:
    """Compare eager and captured on the example inputs, or on `check_inputs` where they are given."""
    checked = Checked()
    if request.check_trace and captured.program is not None and captured.stopped is None and captured.outputs:
        for probe, method in _asked(request):
            _check_one(probe, method, request, captured, preserved, checked)
    return checked


def _asked(request: Request) -> Iterator[tuple[str, Method]]:
    methods = methods_of(request) or []
    if request.check_inputs is None:
        yield from ((EXAMPLE, method) for method in methods)
        return
    for index, inputs in enumerate(request.check_inputs):
        for method in methods:
            given = inputs[method.name] if request.many and isinstance(inputs, MAPPING) else inputs
            yield f"check_inputs[{index}]", _with_inputs(method, given)


def _with_inputs(method: Method, given: Any) -> Method:
    if method.kwargs and isinstance(given, MAPPING):
        return Method(method.name, method.func, (), given)
    return Method(method.name, method.func, tuple(given) if isinstance(given, SEQUENCE) else (given,), {})


def _check_one(
    probe: str, method: Method, request: Request, captured: Captured, preserved: Preserved, checked: Checked
) -> None:
    eager = _Side(captured.outputs[method.name]) if probe == EXAMPLE else _run(method.func, method, preserved)
    program = captured.program if method.name == "forward" else getattr(captured.program, method.name)
    run = _judged(len(checked.runs), probe, eager, _run(program, method, preserved), request.check_tolerance)
    if run.outcome in ("diverges", "captured_raises"):
        again = _run(method.func, method, preserved)
        if again.error != eager.error or not _agree(compare(eager.output, again.output, request.check_tolerance)):
            return  # eager does not agree with itself
        checked.sightings.append(_disagreement(run, method, captured))
        preserved.restore()
    checked.runs.append(run)
    checked.inputs[run.id] = Method(method.name, method.func, *cloned((method.args, method.kwargs)))
    checked.isolated |= captured.changes_state


def _run(target: Any, method: Method, preserved: Preserved) -> _Side:
    args, kwargs = cloned((method.args, method.kwargs))
    try:
        with quiet():
            return _Side(target(*args, **kwargs))
    except Exception as error:  # noqa: BLE001  the answer to compare
        said = str(error).strip().splitlines() or [""]
        return _Side(error=f"{type(error).__name__}: {said[-1]}")
    finally:
        preserved.restore()


def _judged(number: int, probe: str, eager: _Side, captured: _Side, tolerance: float) -> Run:
    if eager.error:
        return Run(id=number, probe=probe, outcome="eager_raises", error=eager.error)
    if captured.error:
        return Run(id=number, probe=probe, outcome="captured_raises", error=captured.error)
    outputs = compare(eager.output, captured.output, tolerance)
    return Run(id=number, probe=probe, outcome="agrees" if _agree(outputs) else "diverges", outputs=outputs)


def _agree(outputs: tuple[OutputError, ...]) -> bool:
    return all(output.agrees for output in outputs)


def _disagreement(run: Run, method: Method, captured: Captured) -> Sighting:
    """Where a second trace, at the inputs that disagree, first differs from the first one."""
    first = next((r.recorded for r in captured.recordings if r.method == method.name), None)
    second = record(method)
    site = _first_difference(first, second) if first is not None and second is not None else None
    top = next((ran for ran in captured.ran if ran.top), None)
    if site is None and top is not None:
        site = top.site
    stack = () if site is None else (site.source,)
    return Sighting("disagreement", run.probe, run.outcome, site, stack, method=method.name, detail=str(run.id))


def _first_difference(first: RawGraph, second: RawGraph) -> Site | None:
    ours = [(node.kind, stack_places(node.stack)) for node in first.nodes]
    theirs = [(node.kind, stack_places(node.stack)) for node in second.nodes]
    for one, other in zip(ours, theirs):
        if one != other:
            places = other[1] or one[1]
            return Site(places[0]) if places else None
    longer = ours[len(theirs) :] or theirs[len(ours) :]
    return Site(longer[0][1][0]) if longer and longer[0][1] else None
