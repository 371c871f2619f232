"""The sentences that every renderer says, so that terminal and page never disagree."""

from __future__ import annotations

from collections.abc import Sequence

from tracelab import schema
from tracelab.format import joined, place_text, plural
from tracelab.renderers import proof
from tracelab.renderers.reading import Reader, place_of, short
from tracelab.renderers.safe import visible

_STAGES = {
    "eager": "while the function ran eagerly",
    "capture": "while torch captured it",
    "output": "at the output, which a trace cannot return",
}


def frozen_value(finding: schema.Finding, limit: int = 120) -> str:
    """The value that was frozen; none where the capture only stopped."""
    return "" if finding.rule == "untraceable" else visible(finding.frozen, limit)


def witness(finding: schema.Finding) -> schema.Run | None:
    """The Run that proves it; none where tracing failed, which the finding tells itself."""
    return None if finding.rule == "untraceable" else finding.witness


def facts(capture: schema.Capture) -> list[tuple[str, str]]:
    """What was captured and how, as labels and texts."""
    mode = f", {capture.mode} mode" if capture.mode else ""
    versions = [f"torch {visible(capture.torch, 40)}"] if capture.torch else []
    versions += [f"Python {visible(capture.python, 40)}"] if capture.python else []
    rows = [
        ("model", visible(capture.name, 120) + mode if capture.name else "(without a name)" + mode),
        ("backend", ", ".join([visible(capture.backend, 40), *versions])),
        ("inputs", proof.inputs(capture.inputs)),
    ]
    rows += [("sizes", "; ".join(map(visible, capture.constraints)))] if capture.constraints else []
    return rows + [("" if at else "runs", line) for at, line in enumerate(runs(capture))]


def runs(capture: schema.Capture, most: int = 4) -> list[str]:
    """How the runs went, and a line for each that disagrees or was asked for and that no finding tells of."""
    told = capture.stop.error if capture.stop else None
    made = [run for run in capture.runs if not run.error or run.error != told]
    untold = [*proof.unexplained(capture), *[run for run in made if run.outcome == "eager_raises" and not run.axis]]
    lines = [f"{visible(run.probe, 60)}: {proof.outcome(run)}" for run in untold[:most]]
    lines += [f"and {len(untold) - most} more that no finding explains"] if len(untold) > most else []
    return ([proof.counts(made)] if made else []) + lines


def stop(why: schema.Stop) -> str:
    """Where a partial capture stopped, and why."""
    place = f" at {place_of(why.source)}" if why.source else ""
    return f"The capture stopped {_STAGES[why.stage]}{place}: {visible(why.error, 600)}"


def origin(of: schema.Origin) -> str:
    """What a value is computed from."""
    known = [
        (of.values, "the values of {}"),
        (of.shapes, "only the sizes of {}"),
        (of.parameters, "parameters {}" if len(of.parameters) > 1 else "parameter {}"),
        (("draw",) if of.random else (), "a random draw"),
    ]
    parts = [text.format(joined([visible(name, 80) for name in names], 4)) for names, text in known if names]
    return "; ".join(parts) or "nothing that a call can change"


def remarks(reader: Reader, finding: schema.Finding) -> list[tuple[str, str]]:
    """What else there is to say of a finding, as labels and texts."""
    seen = reader.observations(finding)
    rows = [("not run", _not_run(reader.untaken(finding)))]
    rows += [("computed from", origin(seen[0].origin))] if seen and seen[0].origin else []
    rows += [("asked", _asked(seen[0]))] if seen and finding.rule != "untraceable" else []
    rows += [("passed", plural(finding.count, "time") + " while capturing")] if finding.count > 1 else []
    rows += [("called from", _callers(finding, seen[0]))] if seen else []
    rows += [("in module", visible(finding.module, 120))]
    rows += [("tried", phrase) for phrase in ([] if finding.witness else proof.tried(reader, finding))]
    # A witness says more than the reason, which only names it.
    rows += [("note", "" if finding.witness else visible(finding.reason, 600))]
    return [row for row in rows if row[1]]


def _not_run(spans: Sequence[tuple[int, int]]) -> str:
    texts = [f"line {first}" if first == last else f"lines {first} to {last}" for first, last in spans]
    return joined(texts, 6)


def _asked(seen: schema.Observation) -> str:
    asked = visible(seen.asked, 120)
    return f"{asked}, inside {short(seen.inside)}" if seen.inside and asked else asked


def _callers(finding: schema.Finding, seen: schema.Observation) -> str:
    own = (finding.source.filename, finding.source.lineno) if finding.source else ("", 0)
    outer = [frame for frame in seen.stack if (frame.filename, frame.lineno) != own]
    return joined([short(place_text(frame)) for frame in outer], 3)
