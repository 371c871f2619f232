"""`backend="export"` beside torch.export itself: what it freezes in silence, who names the line, and what that costs.

`corpus` needs a folder of frozen-behaviour cases (`--corpus`). For each harmful site it exports the case alone, runs
the case's own witness against the program, and says what became of it: refused at capture, refused by a guard, raised
at an operator, silently wrong, or right. TraceLab never sees the witness.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import os
import re
import signal
import statistics
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ways import OTHERS, WAYS, Sample, Worker

MODELS = ("resnet50", "bert", "gpt2")
OURS, PEER = "tracelab, export", "draft_export"
FATES = ("refused at capture", "refused by a guard", "raises", "silently wrong", "right")
_LINE = re.compile(r"File ([^,\n]+), lineno (\d+)")


def main() -> None:
    """Measures what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("corpus", "costs"))
    parser.add_argument("--corpus", type=Path, help="the folder with harness.py and cases/")
    parser.add_argument("--shapes", choices=("none", "auto"), default="none", help="the dynamic_shapes of all")
    parser.add_argument("--only", default="", help="ids of cases, with commas")
    parser.add_argument("--models", nargs="+", default=MODELS, metavar="NAME", help="of notebooks/models.py")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    if given.what == "costs":
        found: Any = {name: costs(name, given.rounds, given.threads) for name in given.models}
    elif given.corpus is None:
        parser.error("corpus needs --corpus")
    else:
        found = corpus(given.corpus, given.shapes, {name for name in given.only.split(",") if name})
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))


# -- corpus ---------------------------------------------------------------------------------------------------


def corpus(folder: Path, shapes: str, only: set[str]) -> list[dict[str, Any]]:
    """A row for each harmful site, and what the whole comes to."""
    sys.path[:0] = [str(folder), str(folder / "cases")]
    from _case import load_all  # pyright: ignore[reportMissingImports]

    rows: list[dict[str, Any]] = []
    clean: list[dict[str, Any]] = []
    root = folder / "cases"
    splits = tuple(sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("_")))
    for case in load_all(root, splits):
        if only and case.id not in only:
            continue
        answer = in_child(lambda case=case: of_case(case, shapes))
        if answer is None:
            answer = {"sites": [{"id": case.id, "fate": "crash"}], "alarms": ["crash"]}
        rows += answer["sites"]
        clean += [{"id": case.id, "alarms": answer["alarms"]}] if case.clean else []
        for site in answer["sites"]:
            said = ("ours" if site.get("ours") else "-").ljust(5) + ("draft" if site.get("draft") else "-").ljust(6)
            print(f"{site['id']:22}{site.get('kind', ''):22}{site['fate']:20}{said}{site.get('verdicts', '')}")
    summary(rows, clean)
    return rows


def summary(rows: list[dict[str, Any]], clean: list[dict[str, Any]]) -> None:
    """Who names the line, for each fate."""
    print(f"\n{'what export does':24}{'sites':>7}{'TraceLab':>16}{'proven':>16}{'draft_export':>16}")
    for fate in (*FATES, "crash"):
        those = [row for row in rows if row["fate"] == fate]
        if those:
            print(f"{fate:24}{len(those):>7}" + "".join(_share(those, key) for key in ("ours", "proven", "draft")))
    print(f"{'all':24}{len(rows):>7}" + "".join(_share(rows, key) for key in ("ours", "proven", "draft")))
    alarms = [one for one in clean if one["alarms"]]
    print(f"false alarms: {len(alarms)} of {len(clean)} clean cases {alarms or ''}")


def _share(rows: list[dict[str, Any]], key: str) -> str:
    number = sum(bool(row.get(key)) for row in rows)
    return f"{number:>8} ({number / len(rows):4.0%})"


def in_child(act: Callable[[], Any], seconds: int = 120) -> Any:
    """What a call gives in a child: a crash costs one case."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        answer = None
        with contextlib.suppress(BaseException):
            answer = act()
        with os.fdopen(writer, "w") as stream:
            json.dump(answer, stream)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


def of_case(case: Any, shapes: str) -> dict[str, Any]:
    """Its harmful sites with what export, draft_export and TraceLab make of them, and the alarms of a clean case."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        findings = our_findings(case, shapes)
        lines = draft_lines(case, shapes)
        sites = [site for site in case.frozen if site.harm == "diverges"]
        fates = {site.marker: fate_of(case, site, shapes) for site in sites}
    told: list[dict[str, Any]] = []
    for site in sites:
        hits = [f for f in findings if f.source is not None and _is_at(f, site)]
        told.append(
            {
                "id": f"{case.id}:{site.marker}", "kind": site.kind, "fate": fates[site.marker], "ours": bool(hits),
                "proven": any(f.verdict in ("diverges", "raises") for f in hits),
                "verdicts": ", ".join(f"{f.rule} {f.verdict}" for f in hits),
                "draft": any((Path(site.file).name, line) in lines for line in site.lines),
            }
        )  # fmt: skip
    alarms = [f"{f.rule} {f.verdict}" for f in findings if f.verdict in ("diverges", "raises")]
    return {"sites": told, "alarms": alarms if case.clean else []}


def _is_at(finding: Any, site: Any) -> bool:
    source = finding.source
    last = source.end_lineno if source.end_lineno - source.lineno <= 3 else source.lineno
    same = Path(source.filename).name == Path(site.file).name
    return same and any(source.lineno <= line <= last for line in site.lines)


def our_findings(case: Any, shapes: str) -> list[Any]:
    """Of `tracelab.trace`, given the example inputs alone."""
    import harness  # pyright: ignore[reportMissingImports]

    import tracelab

    with harness.capture_ctx(case):
        harness.seed_all(7)
        model, args, kwargs = harness.made(case)
        harness.seed_all(7)
        chosen = None if shapes == "none" else "auto"
        trace = tracelab.trace(
            model, harness.tclone(args), example_kwarg_inputs=harness.tclone(kwargs), backend="export",
            dynamic_shapes=chosen,
        )  # fmt: skip
        return list(trace.findings)


def draft_lines(case: Any, shapes: str) -> set[tuple[str, int]]:
    """The innermost lines that draft_export's report names."""
    import harness  # pyright: ignore[reportMissingImports]
    import torch

    from tracelab.backends.wrapping import as_module
    from tracelab.bindings import interned_names

    with harness.capture_ctx(case):
        harness.seed_all(7)
        model, args, kwargs = harness.made(case)
        try:
            wanted = _shapes(as_module(model), args, kwargs, shapes)
            report = torch.export.draft_export(as_module(model), args, kwargs, dynamic_shapes=wanted)._report  # pyright: ignore
        except Exception:  # noqa: BLE001  it says nothing then
            return set()
    found: set[tuple[str, int]] = set()
    files = {**interned_names(), **report.str_to_filename}
    for failure in report.failures:
        stack = failure.data.get("user_stack") or failure.data.get("stack") or []
        named = [(files.get(f["filename"], ""), f["line"]) for f in stack]
        found |= {(Path(name).name, line) for name, line in named if "/torch/" not in name and "tracelab" not in name}
    return found


def _shapes(module: Any, args: Any, kwargs: Any, shapes: str) -> Any:
    from tracelab.backends import dynamic

    return None if shapes == "none" else next(dynamic.choices(module, args, kwargs))


def fate_of(case: Any, site: Any, shapes: str) -> str:
    """What becomes of a site under torch.export, by the case's own witness."""
    import harness  # pyright: ignore[reportMissingImports]
    import torch

    from tracelab.backends.exported import Exported
    from tracelab.backends.wrapping import as_module

    witness = case.witness(site.marker)
    references = [harness.eager_witness(case, witness, warm) for warm in (True, False)]
    errors: list[BaseException] = []
    with harness.capture_ctx(case):
        harness.seed_all(7)
        model, args, kwargs = harness.made(case)
        harness.seed_all(7)
        try:
            wanted = _shapes(as_module(model), args, kwargs, shapes)
            program = torch.export.export(as_module(model), harness.tclone(args), harness.tclone(kwargs),
                                          dynamic_shapes=wanted)  # fmt: skip
        except Exception:  # noqa: BLE001  the answer
            return "refused at capture"
        exported = Exported(program)

    def runner(*args: Any, **kwargs: Any) -> Any:
        try:
            return exported(*args, **kwargs)
        except Exception as error:
            errors.append(error)
            raise

    outputs = harness.do_calls(runner, model, witness, args, kwargs)
    # A capture may leave a call's state behind, or none.
    found = {harness.compare_calls(one, outputs, witness.grad)[0] for one in references}
    outcome = "agree" if "agree" in found else min(found)
    if any(map(exported.is_refusal, errors)):
        return "refused by a guard"
    return {"agree": "right", "raises": "raises"}.get(str(outcome), "silently wrong")


# -- costs ----------------------------------------------------------------------------------------------------


def costs(name: str, rounds: int, threads: int | None) -> dict[str, Any]:
    """The median times of both, in turns, after one call each to warm up."""
    ways = ("export", PEER, OURS)
    assert set(ways) <= {*WAYS, *OTHERS}
    workers = {way: Worker(way, name, threads) for way in ways}
    taken: dict[str, list[Sample]] = {way: [] for way in ways}
    try:
        for worker in workers.values():
            worker.sample()
        for _ in range(rounds):
            for way, worker in workers.items():
                taken[way].append(worker.sample())
    finally:
        for worker in workers.values():
            worker.close()
    median = {way: statistics.median(sample.seconds for sample in taken[way]) for way in ways}
    last = taken[OURS][-1]
    times = "".join(f"{way}: {median[way]:.2f} s  " for way in ways)
    print(f"{name:12}{times}ratio {median[OURS] / median[PEER]:.2f}x, {last.runs} Runs {last.raised}")
    return {"seconds": median, "runs": last.runs, "ratio": median[OURS] / median[PEER]}


if __name__ == "__main__":
    main()
