"""What a backend saw and what was tried -> the Capture."""

from __future__ import annotations

import platform
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from msgspec.structs import replace

import tracelab
from tracelab.backends import export, jit
from tracelab.backends.base import Captured, Request, Stopped
from tracelab.backends.observe import Assembled, assemble, filenames
from tracelab.capture import Capture
from tracelab.detectors import Facts, detect, sorted_findings
from tracelab.detectors.base import EXAMPLE
from tracelab.observers import Sighting
from tracelab.probes.base import Probe, Subject, given_by
from tracelab.replay import Prover
from tracelab.replay.closing import Closing
from tracelab.replay.localize_export import ExportedGraph
from tracelab.replay.record import Keeper, as_run
from tracelab.replay.snippet import snippet
from tracelab.replay.stage import Result
from tracelab.schema import Finding, Input, Observation, Repair, Run, Stop
from tracelab.source import is_user_file, line_range, source_files
from tracelab.syntax import Site


@dataclass
class Case:
    """A capture before anything is tried."""

    request: Request
    captured: Captured
    assembled: Assembled
    subject: Subject
    findings: tuple[Finding, ...]
    stop: Stop | None
    closing: Closing | None = None
    """Explains Runs, once there are any."""
    asked: dict[int, Run] = field(default_factory=dict[int, Run])
    """The Runs that the user asked for, by their ids: they stand in every document from then on."""
    keeper: Keeper = field(default_factory=Keeper)
    """Has the inputs of those."""
    repairs: tuple[Repair, ...] = ()
    """What was offered: it stands in every document from then on."""
    left: dict[str, str] = field(default_factory=dict[str, str])
    """The id of each finding that could not be mended then, and why."""


def case_of(request: Request, captured: Captured) -> Case:
    """What was seen, and what may be frozen; what stopped the capture is added to what was seen."""
    stop = _stop(captured.stopped) if captured.stopped is not None else None
    is_refused = any(sighting.kind == "refusal" for sighting in captured.sightings.seen)
    if stop is not None and not is_refused:
        captured.sightings.seen.append(_stop_sighting(stop, captured))
    module = _module_of(request.func)
    assembled = assemble(captured, module)
    subject = Subject(
        request.func, module, captured.methods, assembled.observations, assembled.sightings, captured.ran,
        captured.eager_seconds,
    )  # fmt: skip
    if captured.exported is not None:
        subject.exporting, subject.exporting_options = export.called(request, captured)
    runs = (_stopped_run(stop),) if stop is not None and stop.stage != "eager" and not is_refused else ()
    findings = detect(assembled.observations, assembled.graphs, Facts(runs=runs, stop=stop))
    return Case(request, captured, assembled, subject, findings, stop)


def document(case: Case, prover: Prover) -> Capture:
    """The document of a capture and of all that was tried."""
    keeper = Keeper()
    inputs = _inputs(case, keeper)
    runs, findings, unexplained = _judged(case, prover, keeper, inputs)
    observations = (*case.assembled.observations, *unexplained)
    module, graphs = case.subject.module, case.assembled.graphs
    return Capture(
        tracelab=tracelab.__version__,
        torch=str(torch.__version__),
        python=platform.python_version(),
        backend=case.captured.backend,
        name=_name_of(case.request.func),
        mode=("train" if module.training else "eval") if module is not None else "",
        inputs=inputs,
        graphs=graphs,
        observations=observations,
        findings=findings,
        runs=runs,
        constraints=tuple(text for texts in case.subject.constraints.values() for text in texts),
        sources=source_files({name for name in filenames(observations, graphs) if is_user_file(name)}),
        repairs=case.repairs,
        left=case.left,
        stop=case.stop,
        tensors={**keeper.tensors, **case.keeper.tensors},
    )


def _judged(
    case: Case, prover: Prover, keeper: Keeper, inputs: tuple[Input, ...]
) -> tuple[tuple[Run, ...], tuple[Finding, ...], list[Observation]]:
    """The Runs, the findings with their verdicts, and observations of what nothing had foreseen."""
    case.closing = closing = case.closing or closing_of(case, prover)
    try:
        closing.explain()
    except KeyboardInterrupt:  # what was found until then stays
        prover.interrupted = True
    witnesses = [trial.witness for trial in prover.trials if trial.witness is not None]
    witnesses += [discovery.result for discovery in closing.discoveries]
    runs = [case.asked.get(number) or as_run(result, number, keeper) for number, result in enumerate(prover.results)]
    for result in witnesses:
        number = next(number for number, one in enumerate(prover.results) if one is result)
        runs[number] = _explained(case, prover, closing, result, runs[number])
    if case.stop is not None and case.stop.stage != "eager" and case.captured.backend == jit.name:
        runs.append(replace(_stopped_run(case.stop), id=len(runs), inputs=inputs))
    numbers = {id(result): number for number, result in enumerate(prover.results)}
    wrong, found = prover.wrong, list[Finding]()
    for trial in prover.trials:
        run = runs[numbers[id(trial.witness)]] if trial.witness is not None else None
        found.append(trial.judged(run, prover.played, wrong))
    discovered = [discovery.observation for discovery in closing.discoveries]
    late = detect(discovered, case.assembled.graphs, Facts(runs=tuple(runs), stop=case.stop))
    found += _renumbered(late, {finding.id for finding in found})
    runs = _blamed(runs, found)
    named = [replace(f, witness=runs[f.witness.id] if f.witness is not None else None) for f in found]
    return tuple(runs), sorted_findings(named), discovered


def _renumbered(findings: Iterable[Finding], taken: set[str]) -> Iterator[Finding]:
    """The same; one whose name an earlier finding has, of the same rule on the same line, gets a number."""
    for finding in findings:
        name, number = finding.id, 2
        while name in taken:
            name, number = f"{finding.id}:{number}", number + 1
        taken.add(name)
        yield replace(finding, id=name)


def rerun(case: Case, prover: Prover, probe: Probe) -> Run:
    """Both sides under a Probe that the user asked for, explained.

    Where nothing but the inputs of one call is other than traced it counts for the findings, as those do that were made
    unasked: the next document says so.

    Raises:
        KeyboardInterrupt: the user interrupted it; it is not kept.
    """
    before, prover.interrupted, number = prover.interrupted, False, len(prover.results)
    try:
        run = _rerun(case, prover, probe, number)
        if prover.interrupted:
            raise KeyboardInterrupt
    except BaseException:
        del prover.results[number:]
        raise
    finally:
        prover.interrupted = before
    case.asked[run.id] = run
    return run


def _rerun(case: Case, prover: Prover, probe: Probe, number: int) -> Run:
    closing = case.closing or closing_of(case, prover)
    prover.learn()
    result = prover.stage.run(probe)
    watch = prover.watches.get(probe.method)
    if result.disagrees and watch is not None and watch.covers(probe):
        result.captured.asked = prover.stage.asked(probe, watch)
    run = as_run(result, number, case.keeper)
    if result.disagrees:
        run = _explained(case, prover, closing, result, run)
    blame = prover.explained(result) or (closing.guess(result) if result.disagrees else [])
    if not (probe.by_inputs and prover.weigh(result)):
        del prover.results[number:]
        result.forget()
        prover.results.append(result)
    return replace(run, blame=tuple(dict.fromkeys(result.blame or blame)))


def closing_of(case: Case, prover: Prover) -> Closing:
    """What explains the Runs of a Prover."""
    top = next((ran for ran in case.captured.ran if ran.top), None)
    recorded = {recording.method: recording.recorded for recording in case.captured.recordings}
    place = top.site.source if top is not None else None
    return Closing(prover, recorded, case.assembled.node_ids, place, _exported_graph(case))


def _exported_graph(case: Case) -> ExportedGraph | None:
    """The graph that the captured side of each Run has, where it is no recording."""
    recording = next(iter(case.captured.recordings), None)
    if case.captured.exported is None or recording is None or recording.finished is None:
        return None
    return ExportedGraph(recording.finished, case.assembled.shown_ids[recording.method], recording.recorded)


def _explained(case: Case, prover: Prover, closing: Closing, result: Result, run: Run) -> Run:
    """The Run of a witness, with where it parts and how to see it without TraceLab."""
    try:
        run = replace(run, snippet=snippet(case.subject, result))
        divergence = None if prover.interrupted else closing.divergence(result)
    except KeyboardInterrupt:
        prover.interrupted = True
        return run
    except Exception as fault:  # noqa: BLE001  told by the capture, which must go on
        case.captured.sightings.faults.append(fault)
        return run
    if divergence is None:
        return run
    return replace(run, first_divergence=divergence.node, along=divergence.along, only_eager=divergence.only_eager)


def _blamed(runs: list[Run], findings: list[Finding]) -> list[Run]:
    """The Runs with the findings that nothing had foreseen, too."""
    blame: dict[int, list[str]] = {}
    for finding in findings:
        if finding.witness is not None and finding.id not in runs[finding.witness.id].blame:
            blame.setdefault(finding.witness.id, []).append(finding.id)
    return [replace(run, blame=(*run.blame, *blame.get(run.id, ()))) for run in runs]


def _inputs(case: Case, keeper: Keeper) -> tuple[Input, ...]:
    methods = case.subject.methods
    several = len(methods) > 1
    return tuple(
        part for method in methods for part in keeper.inputs(given_by(method), "inputs", method.name if several else "")
    )


def _stop(stopped: Stopped) -> Stop:
    error = stopped.error
    if isinstance(error, str):
        return Stop(stage=stopped.stage, error=error)
    said = str(error).strip().splitlines() or [""]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if is_user_file(frame.filename)]
    inner = frames[-1] if frames and stopped.stage != "output" else None
    source = line_range(inner.filename, inner.lineno or 1, inner.name) if inner is not None else None
    return Stop(stage=stopped.stage, error=f"{type(error).__name__}: {said[0]}", source=source)


def _stopped_run(stop: Stop) -> Run:
    return Run(id=0, probe=EXAMPLE, axis="example", outcome="captured_raises", error=stop.error)


def _stop_sighting(stop: Stop, captured: Captured) -> Sighting:
    top = next((ran for ran in captured.ran if ran.top), None)
    site = Site(stop.source) if stop.source is not None else None
    if site is None and top is not None:
        site = top.return_site if stop.stage == "output" else top.site
    return Sighting("stop", stop.stage, stop.error, site, () if site is None else (site.source,), detail=stop.stage)


def _module_of(func: Any) -> torch.nn.Module | None:
    owner = getattr(func, "__self__", func)
    return owner if isinstance(owner, torch.nn.Module) else None


def _name_of(func: Any) -> str:
    target: Any = type(func) if isinstance(func, torch.nn.Module) else func
    return str(getattr(target, "__qualname__", type(func).__qualname__))
