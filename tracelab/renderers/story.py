"""The sentences that every renderer says, so that terminal and page never disagree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tracelab import schema
from tracelab.format import joined, place_text, plural
from tracelab.renderers.reading import Reader
from tracelab.renderers.safe import path, visible

LEVELS: tuple[schema.Level, ...] = ("error", "warning", "note")
_VERDICTS: tuple[schema.Verdict, ...] = ("diverges", "raises", "unproven", "holds")
_STAGES = {
    "eager": "while the function ran eagerly",
    "capture": "while torch captured it",
    "output": "at the output, which a trace cannot return",
}
_OUTCOMES = {
    "agrees": "eager and captured agree",
    "diverges": "eager and captured differ",
    "captured_raises": "the captured program raises where eager works",
    "eager_raises": "eager raises",
}


def frozen(capture: schema.Capture) -> list[schema.Finding]:
    """The findings that claim something frozen; a capture that stopped is told apart."""
    return [finding for finding in capture.findings if finding.rule != "untraceable"]


def frozen_value(finding: schema.Finding, limit: int = 120) -> str:
    """The value that was frozen; none where the capture only stopped."""
    return "" if finding.rule == "untraceable" else visible(finding.frozen, limit)


def of_level(findings: Iterable[schema.Finding], level: schema.Level) -> list[schema.Finding]:
    """The findings of one level, in their order."""
    return [finding for finding in findings if finding.level == level]


def headline(capture: schema.Capture) -> str:
    """The answer in one line."""
    answer = _frozen_headline(frozen(capture))
    return f"Partial capture: up to where it stopped, {answer[0].lower()}{answer[1:]}" if capture.stop else answer


def _frozen_headline(findings: Sequence[schema.Finding]) -> str:
    if not findings:
        return "No frozen behaviour was seen"
    wrong, reachable = (len(of_level(findings, level)) for level in ("error", "warning"))
    if wrong:
        return f"{_some(wrong, len(findings))} {'makes' if wrong == 1 else 'make'} the program wrong"
    if reachable:
        return f"{_some(reachable, len(findings))} may make the program wrong; not proven yet"
    if len(findings) == 1:
        return "The one frozen behaviour can be reached by no input, as far as is known"
    return f"None of {len(findings)} frozen behaviours can be reached by an input, as far as is known"


def _some(part: int, whole: int) -> str:
    if part == whole:
        return {1: "The one frozen behaviour", 2: "Both frozen behaviours"}.get(whole, f"All {whole} frozen behaviours")
    return f"{part} of {whole} frozen behaviours"


def counts(findings: Iterable[schema.Finding]) -> str:
    """`1 error (diverges), 3 warnings (unproven), 2 notes (1 unproven, 1 holds)`."""
    findings = list(findings)
    return ", ".join(
        f"{plural(len(found), level)} ({verdicts(found)})" for level in LEVELS if (found := of_level(findings, level))
    )


def verdicts(findings: Sequence[schema.Finding]) -> str:
    """`diverges`, or `2 unproven, 1 holds` where verdicts differ."""
    number = Counter(finding.verdict for finding in findings)
    if len(number) == 1:
        return next(iter(number))
    return ", ".join(f"{number[verdict]} {verdict}" for verdict in _VERDICTS if number[verdict])


def facts(capture: schema.Capture) -> list[tuple[str, str]]:
    """What was captured and how, as labels and texts."""
    mode = f", {capture.mode} mode" if capture.mode else ""
    versions = [f"torch {visible(capture.torch, 40)}"] if capture.torch else []
    versions += [f"Python {visible(capture.python, 40)}"] if capture.python else []
    rows = [
        ("model", visible(capture.name, 120) + mode if capture.name else "(without a name)" + mode),
        ("backend", ", ".join([visible(capture.backend, 40), *versions])),
        ("inputs", inputs(capture.inputs)),
    ]
    told = capture.stop.error if capture.stop else None
    return rows + [("runs", run) for run in runs([run for run in capture.runs if not run.error or run.error != told])]


def inputs(given: Sequence[schema.Input]) -> str:
    """`x: f32[2, 10], mask=b8[2]`."""
    shown = [f"{visible(i.name, 60)}{'=' if i.keyword else ': '}{visible(i.spec, 120)}" for i in given[:12]]
    more = [f"and {len(given) - 12} more"] if len(given) > 12 else []
    return ", ".join(shown + more) or "none"


def runs(made: Sequence[schema.Run]) -> list[str]:
    """A line for each run that does not agree, and one for all that do."""
    agreeing = [visible(run.probe, 60) for run in made if run.outcome == "agrees"]
    lines = [f"{visible(run.probe, 60)}: {outcome(run)}" for run in made if run.outcome != "agrees"]
    return ([f"eager and captured agree on {joined(agreeing)}"] if agreeing else []) + lines[:8]


def outcome(run: schema.Run) -> str:
    """What a run showed, with the worst output or the error."""
    worst = next((out for out in run.outputs if not out.agrees), None)
    text = _OUTCOMES[run.outcome]
    if run.error:
        return f"{text}: {visible(run.error, 300)}"
    if worst is None:
        return text
    apart = f" by {worst.max_abs:.3g}" if worst.max_abs is not None else ""
    return f"{text}{apart} at output {visible(worst.path or '[0]', 80)}"


def stop(why: schema.Stop) -> str:
    """Where a partial capture stopped, and why."""
    place = f" at {place_of(why.source)}" if why.source else ""
    return f"The capture stopped {_STAGES[why.stage]}{place}: {visible(why.error, 600)}"


def place_of(source: schema.SourceRange | None) -> str:
    """`model.py:12:8` with a 1-based column, safe to print."""
    column = f":{source.col_offset + 1}" if source else ""
    return path(place_text(source)) + column


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
    rows += [("witness", _witness(finding.witness))] if finding.witness else []
    rows += [("note", visible(finding.reason, 600))]
    return [row for row in rows if row[1]]


def _witness(run: schema.Run) -> str:
    given = f" ({inputs(run.inputs)})" if run.inputs else ""
    return f"{visible(run.probe, 80)}{given}: {outcome(run)}"


def _not_run(spans: Sequence[tuple[int, int]]) -> str:
    texts = [f"line {first}" if first == last else f"lines {first} to {last}" for first, last in spans]
    return joined(texts, 6)


def _asked(seen: schema.Observation) -> str:
    asked = visible(seen.asked, 120)
    return f"{asked}, inside {_short(seen.inside)}" if seen.inside and asked else asked


def _callers(finding: schema.Finding, seen: schema.Observation) -> str:
    own = (finding.source.filename, finding.source.lineno) if finding.source else ("", 0)
    outer = [frame for frame in seen.stack if (frame.filename, frame.lineno) != own]
    return joined([_short(place_text(frame)) for frame in outer], 3)


def _short(place: str) -> str:
    """A place within the package that it belongs to."""
    return path(re.split(r"[/\\](?:site|dist)-packages[/\\]", place)[-1])
