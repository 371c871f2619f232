"""What TraceLab finds in the zoo: a table of real architectures, with every claim that a Run proves.

Each is traced in a process of its own, with a limit on its time: one that crashes costs only its own line.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import select
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

import torch  # noqa: E402 (the lines above say where the rest is)
from zoo import ZOO  # noqa: E402

import tracelab  # noqa: E402
from tracelab.errors import TracelabWarning  # noqa: E402
from tracelab.nesting import tensors_in  # noqa: E402
from tracelab.schema import Finding  # noqa: E402

VERDICTS = ("diverges", "raises", "unproven", "holds")


@dataclass
class Claim:
    """A finding that diverges or raises."""

    rule: str
    verdict: str
    place: str
    """`transformers/models/swin/modeling_swin.py:590`."""
    line: str
    """The text of that line."""
    message: str
    probe: str
    axis: str
    witness: str
    """How far its inputs are from the example's."""


@dataclass
class Row:
    """One architecture. `said` tells what went wrong with it, where something did."""

    name: str
    area: str
    said: str = ""
    operations: int = 0
    seconds: float = 0.0
    runs: int = 0
    open: int = 0
    """Warnings that no Run has decided: what a reader still has to judge."""
    verdicts: dict[str, int] = field(default_factory=dict[str, int])
    rules: dict[str, int] = field(default_factory=dict[str, int])
    claims: list[Claim] = field(default_factory=list[Claim])


def main() -> None:
    """Traces the architectures that are named, or all, and prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="of zoo.py; all where none is named")
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument("--limit", type=float, default=180.0, help="seconds that one architecture may take")
    parser.add_argument("--markdown", action="store_true", help="Markdown in place of plain text")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it there too")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    warnings.simplefilter("ignore")
    tracelab.trace(torch.nn.Linear(2, 2), torch.ones(1, 2))  # what is imported only when it is needed, is now
    print(HEAD_MARKDOWN if given.markdown else HEAD, flush=True)
    rows: list[Row] = []
    for name in given.names or ZOO:
        rows.append(in_child(name, given.limit))
        print(line_of(rows[-1], given.markdown), flush=True)
        if given.json:  # what was found so far stays, whatever comes
            given.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    print(*claims_text(rows, given.markdown), "", *totals(rows), sep="\n")


# -- one architecture -----------------------------------------------------------------------------------------


def in_child(name: str, limit: float) -> Row:
    """What a forked process found; where it did not come to its end, why."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _answer(name, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        # An answer is written at once, when all is done.
        in_time = bool(select.select([answers], [], [], limit)[0])
        if not in_time:
            os.kill(child, signal.SIGKILL)
        data = answers.read() if in_time else b""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if data:
        return pickle.loads(data)
    return Row(name, ZOO[name].area, f"the process ended: {code}" if in_time else f"not done after {limit:g} s")


def _answer(name: str, writing: int) -> None:
    try:
        row = traced(name)
    except BaseException:  # noqa: BLE001  the parent prints it
        row = Row(name, ZOO[name].area, traceback.format_exc().strip().splitlines()[-1][:300])
        sys.stderr.write(f"{name}: {traceback.format_exc()}")
    with os.fdopen(writing, "wb") as answers:
        pickle.dump(row, answers)
    os._exit(0)  # neither the parent's output nor its exit handlers a second time


def traced(name: str) -> Row:
    """Trace one and read its document."""
    entry = ZOO[name]
    model, args, kwargs = entry.build()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        started = time.perf_counter()
        trace = tracelab.trace(model, args or None, example_kwarg_inputs=kwargs or None)
        seconds = time.perf_counter() - started
    capture, row = trace.capture, Row(name, entry.area, seconds=seconds)
    failed = [str(one.message) for one in said if issubclass(one.category, TracelabWarning)]
    row.said = f"stopped: {capture.stop.error}" if capture.stop else "; ".join(failed)
    row.operations = sum(node.op == "call_function" and not node.ghost for node in capture.graph.nodes)
    row.runs = len(capture.runs)
    row.open = sum(finding.verdict == "unproven" and finding.level == "warning" for finding in trace.findings)
    row.verdicts = dict(Counter(finding.verdict for finding in trace.findings))
    row.rules = dict(Counter(finding.rule for finding in trace.findings))
    wrong = [finding for finding in trace.findings if finding.verdict in ("diverges", "raises")]
    row.claims = [claim_of(trace, finding, (args, kwargs)) for finding in wrong]
    return row


def claim_of(trace: tracelab.Trace, finding: Finding, example: Any) -> Claim:
    """What is claimed, with the line and the witness."""
    source, run = finding.source, finding.witness
    texts = {file.filename: file.text.splitlines() for file in trace.capture.sources}
    line = texts[source.filename][source.lineno - 1].strip() if source and source.filename in texts else ""
    place = f"{source.filename.rpartition('site-packages/')[2]}:{source.lineno}" if source else ""
    probe, axis = (run.probe, run.axis) if run else ("", "")
    return Claim(
        finding.rule, finding.verdict, place, line, finding.message, probe, axis, witness_text(trace, finding, example)
    )


def witness_text(trace: tracelab.Trace, finding: Finding, example: Any) -> str:
    """`3 of 24 elements`, `f32[1, 3, 64, 64] -> f32[2, 3, 64, 64]`, or which circumstance was another one."""
    run = finding.witness
    if run is None or not run.by_inputs:
        return run.axis if run else ""
    before = {one.name: one.spec for one in trace.capture.inputs}
    resized = [f"{before.get(one.name, '?')} -> {one.spec}" for one in run.inputs if before.get(one.name) != one.spec]
    found = trace.witness_inputs(finding)
    if resized or found is None:
        return ", ".join(resized) or "elements"
    pairs = list(zip(tensors_in(example), tensors_in(found)))
    moved = sum(int(((one != other) & ~((one != one) & (other != other))).sum()) for one, other in pairs)
    return f"{moved} of {sum(one.numel() for one, _ in pairs)} elements"


# -- what is printed ------------------------------------------------------------------------------------------

HEAD = f"{'architecture':22}{'area':12}{'ops':>6}{'s':>7}{'Runs':>6}" + "".join(f"{v:>10}" for v in (*VERDICTS, "open"))
HEAD_MARKDOWN = "\n".join(
    (
        "| architecture | area | operations | seconds | Runs | diverges | raises | unproven | holds | open | by rule |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|",
    )
)


def line_of(row: Row, markdown: bool) -> str:
    """One architecture's line."""
    counts = [str(row.verdicts.get(verdict, 0)) for verdict in VERDICTS]
    numbers = [str(row.operations), f"{row.seconds:.1f}", str(row.runs), *counts, str(row.open)]
    rules = row.said or ", ".join(f"{rule} {count}" for rule, count in row.rules.items())
    if markdown:
        return "| " + " | ".join([row.name, row.area, *numbers, rules.replace("|", "\\|")]) + " |"
    widths = (6, 7, 6, 10, 10, 10, 10, 10)
    return f"{row.name:22}{row.area:12}" + "".join(f"{n:>{w}}" for n, w in zip(numbers, widths)) + f"  {row.said}"


def claims_text(rows: Iterable[Row], markdown: bool) -> Iterator[str]:
    """Each claim that a Run proves, below its architecture."""
    for row in rows:
        if row.claims:
            yield f"\n### {row.name}\n" if markdown else f"\n{row.name}"
        for claim in row.claims:
            shown = f"`{claim.place}`: `{claim.line}`" if markdown else f"{claim.place}: {claim.line}"
            yield f"{'* ' if markdown else '  '}{claim.rule} {claim.verdict} at {shown}"
            yield f"    {claim.message} Shown by {claim.probe} ({claim.witness})."


def totals(rows: list[Row]) -> Iterator[str]:
    """All rows in a few lines."""
    verdicts, rules = Counter[str](), Counter[str]()
    for row in rows:
        verdicts.update(row.verdicts)
        rules.update(row.rules)
    claims = [claim for row in rows for claim in row.claims]
    yield f"{len(rows)} architectures, {sum(bool(row.claims) for row in rows)} of them proven wrong somewhere"
    counted = ", ".join(f"{verdicts[v]} {v}" for v in VERDICTS)
    yield f"{sum(verdicts.values())} findings: {counted}; {sum(row.open for row in rows)} warnings are open"
    yield "by rule: " + ", ".join(f"{rule} {count}" for rule, count in rules.most_common())
    yield f"{len(claims)} proven, at {len({(claim.rule, claim.place) for claim in claims})} places of the code"
    yield "proven by: " + ", ".join(f"{axis} {n}" for axis, n in Counter(claim.axis for claim in claims).most_common())
    yield f"{sum(row.seconds for row in rows):.0f} seconds, the slowest " + ", ".join(
        f"{row.name} {row.seconds:.0f}" for row in sorted(rows, key=lambda row: -row.seconds)[:3]
    )
    yield from (f"no answer: {row.name}: {row.said}" for row in rows if row.said)


if __name__ == "__main__":
    main()
