"""How much of what is frozen is mended, and whether what is offered stands the case's own witness.

    python -m tests.benchmarks.repairs [--corpus DIR] [--specimens] [--backend jit|export] [--only NAME,NAME]
                                       [--json OUT] [-v]

A case counts as mended where every harmful place of it is: TraceLab offers a repair for each proven finding there, and
the repaired program does what a fresh eager copy does under the case's own witness, which TraceLab never sees.

  offered   cases for which a repair is offered
  mended    of the harmful cases whose kind has a repair, the share that is mended
  failed    offered repairs of which all findings are mended, and that fail the case's own witness: has to be 0
  refused   the same, where a guard of the exported program refuses the witness, and says so

With `--backend export` the findings that are refused at capture, or by a guard, count beside those that are wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import io
import json
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tracelab
from tests.specimens import ALL
from tests.specimens.base import Specimen
from tests.specimens.running import outcome, seed
from tracelab.handle import Repaired
from tracelab.repair import Mended

WITHOUT_A_REPAIR = {
    "external": "a clock, a file or a variable is no part of any program",
    "rng": "Python's and numpy's generators are not torch's",
    "container": "how many tensors come in is the program's type",
    "optional-input": "what may be left out is the program's type",
    "cache": "a table that grows, or one that Python keeps",
    "context": "most modes of the process are not seen by a program",
}
"""Kinds of which nothing is expected; what is mended of them is counted apart."""
NOT_OF_EXPORT = {"mode": "an exported program has no modes to switch"}
"""The same for `torch.export` alone."""
SECONDS = 30.0
HARM = ("diverges", "raises", "refused", "guarded")


def corpus_rows(folder: Path, only: set[str], backend: str) -> Iterator[dict[str, Any]]:
    """One row a harmful case of the corpus."""
    sys.path.insert(0, str(folder))
    import _case  # pyright: ignore[reportMissingImports]
    import harness  # pyright: ignore[reportMissingImports]  # noqa: F401  puts the folder of the cases on the path

    splits = tuple(path.name for path in sorted((folder / "cases").iterdir()) if path.is_dir() and path.name[0] != "_")
    for case in _case.load_all(str(folder / "cases"), splits):
        if not case.clean and (not only or case.id in only):
            kinds = sorted({site.kind for site in case.frozen if site.harm == "diverges"})
            yield {"name": case.id, "kinds": kinds, **in_child(lambda case=case: corpus_case(case, backend))}


def corpus_case(case: Any, backend: str) -> dict[str, Any]:
    """Mend one case, and let its own witnesses judge."""
    import harness  # pyright: ignore[reportMissingImports]

    with harness.capture_ctx(case):
        harness.seed_all(7)
        model, args, kwargs = harness.made(case)
        harness.seed_all(7)
        row, repaired = mended(model, harness.tclone(args), harness.tclone(kwargs), backend)
    lines = [line for site in case.frozen if site.harm == "diverges" for line in site.lines]
    row["open"] = [f.id for f in unmended(repaired) if f.source and f.source.lineno in lines]
    row["witness"] = []
    if repaired.program is None:
        return row
    runner = runner_of(repaired)
    with quietly():
        runner(*harness.tclone(args), **harness.tclone(kwargs))  # eager has run once, too
    for site in case.frozen:
        if site.witness is not None and site.harm == "diverges":
            eager = harness.eager_witness(case, site.witness)
            with harness.capture_ctx(case), quietly():
                harness.seed_all(7)
                other = harness.made(case)[0]
                harness.seed_all(7)
                got = harness.do_calls(runner, other, site.witness, args, kwargs)
            agrees = harness.compare_calls(eager, got, site.witness.grad)[0] == "agree"
            row["witness"].append("agree" if agrees else "refused" if getattr(runner, "refused", False) else "other")
    return row


def runner_of(repaired: Any) -> Any:
    """The repaired program as a witness calls it."""
    exported = repaired.trace._case.captured.exported
    return repaired.program if exported is None else Runner(exported)


class Runner:
    """An exported program, and whether a guard of it refused."""

    def __init__(self, exported: Any) -> None:
        self._exported, self.refused = exported, False

    def __getattr__(self, name: str) -> Any:
        """Parameters, which a witness may change, are the program's."""
        return getattr(self._exported.module, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._exported(*args, **kwargs)
        except Exception as error:
            self.refused |= self._exported.is_refusal(error)
            raise


def specimen_rows(only: set[str], backend: str) -> Iterator[dict[str, Any]]:
    """One row a harmful specimen."""
    for specimen in ALL:
        if specimen.finds and not specimen.crashes and not specimen.refuses and (not only or specimen.name in only):
            kinds = sorted({rule for rules, _ in specimen.finds for rule in rules.split("|")})
            yield {
                "name": specimen.name,
                "kinds": kinds,
                **in_child(lambda specimen=specimen: of_specimen(specimen, backend)),
            }


def of_specimen(specimen: Specimen, backend: str) -> dict[str, Any]:
    """Mend one specimen, and let its own witnesses judge."""
    target = specimen.make()
    seed(0)
    row, repaired = mended(target, specimen.example(), specimen.kwargs(), backend)
    specimen.reset()
    lines = [line for _, marker in specimen.finds for line in specimen.lines(marker)]
    row["open"] = [f.id for f in unmended(repaired) if f.source and f.source.lineno in lines]
    row["witness"] = []
    if repaired.program is not None:
        runner = runner_of(repaired)
        with quietly():
            runner(*specimen.example(), **specimen.kwargs())
        for witness in specimen.witnesses:
            try:
                agrees = outcome(specimen, witness, runner) == "agrees"
            except AssertionError:  # both raise
                agrees = True
            row["witness"].append("agree" if agrees else "refused" if getattr(runner, "refused", False) else "other")
    return row


def mended(model: Any, args: tuple[Any, ...], kwargs: dict[str, Any], backend: str) -> tuple[dict[str, Any], Any]:
    """The repaired Trace, and what there is to say of it."""
    with quietly():
        if backend == "export":
            trace = tracelab.trace(model, args, example_kwarg_inputs=kwargs or None, backend="export")
        elif kwargs:
            names = list(inspect.signature(getattr(model, "forward", model)).parameters)
            trace = tracelab.trace(model, example_kwarg_inputs=dict(zip(names, args)) | kwargs)
        else:
            trace = tracelab.trace(model, args)
        started = time.perf_counter()
        repaired = trace.repair(seconds=SECONDS) if trace.can_be_repaired else Repaired(trace, None, Mended())
    row = {
        "wrong": sum(finding.verdict in HARM for finding in trace.findings),
        "verdicts": sorted({finding.verdict for finding in trace.findings if finding.verdict in HARM}),
        "mended": len(repaired.mended),
        "titles": [repair.title for repair in repaired.repairs],
        "left": repaired.left,
        "seconds": round(time.perf_counter() - started, 2),
    }
    return row, repaired


def unmended(repaired: Any) -> list[Any]:
    """What is proven wrong and not mended."""
    wrong = [f for f in repaired.original.findings if f.verdict in HARM]
    return [finding for finding in wrong if finding.id not in repaired.mended]


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """A block without warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def in_child(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a call gives in a child: a crash, or an endless loop, costs one case."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(int(SECONDS * 5))
        try:
            row = act()
        except BaseException:  # noqa: BLE001  told in the row
            row = {"crash": traceback.format_exc(limit=-4)}
        with os.fdopen(writer, "w") as stream:
            json.dump(row, stream)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"crash": "it died"}


def summary(rows: list[dict[str, Any]], backend: str) -> dict[str, Any]:
    """The figures."""
    proven = [row for row in rows if row.get("wrong")]
    without = {*WITHOUT_A_REPAIR, *(NOT_OF_EXPORT if backend == "export" else ())}
    expected = [row for row in proven if not set(row["kinds"]) <= without]
    times = sorted(row["seconds"] for row in proven)
    return {
        "harmful": len(rows),
        "proven wrong": len(proven),
        "whose kind has a repair": len(expected),
        "mended of these": sum(map(is_mended, expected)),
        "share": round(sum(map(is_mended, expected)) / max(len(expected), 1), 3),
        "mended of the others": sum(is_mended(row) for row in proven if row not in expected),
        "offered": sum(bool(row["titles"]) for row in proven),
        "failed": [row["name"] for row in proven if has_failed(row, "other")],
        "refused": [row["name"] for row in proven if has_failed(row, "refused")],
        "mended by verdict": {
            kind: f"{sum(map(is_mended, of))} of {len(of)}"
            for kind in HARM
            if (of := [row for row in expected if worst(row) == kind])
        },
        "crashes": [row["name"] for row in rows if "crash" in row],
        "median seconds": times[len(times) // 2] if times else None,
        "longest seconds": times[-1] if times else None,
    }


def worst(row: dict[str, Any]) -> str:
    """The worst verdict of a case's findings."""
    return next(verdict for verdict in HARM if verdict in row["verdicts"])


def is_mended(row: dict[str, Any]) -> bool:
    """Whether every harmful place is, and the own witnesses say so."""
    return bool(row["titles"]) and not row["open"] and set(row["witness"]) <= {"agree"}


def has_failed(row: dict[str, Any], how: str) -> bool:
    """Whether all is said to be mended, and an own witness says otherwise."""
    return bool(row["titles"]) and not row["open"] and how in row["witness"]


def line(row: dict[str, Any], verbose: bool) -> str:
    """A row as text."""
    if "crash" in row:
        return f"{row['name']:28s} CRASH {row['crash'].strip().splitlines()[-1]}"
    failed = "FAILED" if has_failed(row, "other") else "refused" if has_failed(row, "refused") else ""
    state = failed or ("mended" if is_mended(row) else "open")
    found = f"{row['mended']}/{row['wrong']} {row['seconds']:5.1f} s"
    text = f"{row['name']:28s} {state:7s} {found}  {'; '.join(row['titles'])}"
    why = [f"\n    {name}: {reason[:200]}" for name, reason in row["left"].items()] if verbose else []
    return text + "".join(why)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="a folder with _case.py, harness.py and cases/")
    parser.add_argument("--specimens", action="store_true")
    parser.add_argument("--backend", choices=("jit", "export"), default="jit")
    parser.add_argument("--only", default="")
    parser.add_argument("--json", type=Path)
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    only, rows = {name for name in options.only.split(",") if name}, list[dict[str, Any]]()
    made = [corpus_rows(options.corpus, only, options.backend)] if options.corpus else []
    made += [specimen_rows(only, options.backend)] if options.specimens or not options.corpus else []
    for row in (row for group in made for row in group):
        rows.append(row)
        with contextlib.suppress(io.UnsupportedOperation):
            print(line(row, options.verbose), flush=True)
    print(json.dumps(summary(rows, options.backend), indent=1))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
