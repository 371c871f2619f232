"""What proving costs: TraceLab beside the other ways of capturing a model, and how the cost grows with the program.

Time is a median of rounds in which all ways take turns, after one call each to warm up; of that one the memory is
measured. Where a way raises, its time counts all the same, and the table says what it raised.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from dataclasses import asdict
from typing import Any

from ways import WAYS, Sample, Worker, is_there

MODELS = ("resnet50", "bert", "gpt2", "swin", "t5", "mixtral")
BASE, PLAIN = "jit.trace", "eager"
GROWING = ("jit.trace", "jit.trace, no check", "tracelab, no probes", "tracelab")
SIZES, ALL_SIZES = (100, 1_000, 10_000), (100, 1_000, 10_000, 50_000)
STEADY = 1_000
"""Chains up to this length are measured several times."""


def main() -> None:
    """Measures what is asked for, and prints tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=("costs", "growth", "both"), default="both")
    parser.add_argument("--models", nargs="+", default=MODELS, metavar="NAME", help="of notebooks/models.py")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, help="of torch, in place of its own number")
    parser.add_argument("--all", action="store_true", help="chains of 50,000 operations too")
    parser.add_argument("--json", action="store_true", help="JSON in place of tables")
    given = parser.parse_args()
    found: dict[str, Any] = {"rounds": given.rounds, "threads": given.threads}
    if given.what != "growth":
        found["costs"] = {name: costs(name, given.rounds, given.threads) for name in given.models}
        if not given.json:
            show_costs(found["costs"])
    if given.what != "costs":
        sizes = ALL_SIZES if given.all else SIZES
        found["growth"] = {kind: growth(kind, sizes, given.threads) for kind in ("operations", "modules")}
        if not given.json:
            show_growth(found["growth"])
    if given.json:
        print(json.dumps(found, indent=1))


# -- costs ----------------------------------------------------------------------------------------------------


def costs(name: str, rounds: int, threads: int | None) -> dict[str, Any]:
    """By way: the median time, the peak of the first call, and what it found; nothing where it is not installed."""
    workers = {way: Worker(way, name, threads) for way in WAYS if is_there(way)}
    try:
        first = {way: worker.sample() for way, worker in workers.items()}
        taken: dict[str, list[Sample]] = {way: [] for way in workers}
        for _ in range(rounds):
            for way, worker in workers.items():
                taken[way].append(worker.sample())
    finally:
        for worker in workers.values():
            worker.close()
    return {way: summary(first[way], taken[way]) if way in workers else None for way in WAYS}


def summary(first: Sample, taken: list[Sample]) -> dict[str, Any]:
    """The first call's memory, the last one's findings, the median of the times."""
    seconds = [sample.seconds for sample in taken]
    last = asdict(taken[-1] if taken else first)
    return last | {"seconds": statistics.median(seconds or [first.seconds]), "all_seconds": seconds,
        "first_seconds": first.seconds, "peak_bytes": first.peak_bytes}  # fmt: skip


def show_costs(found: dict[str, Any]) -> None:
    """Tables of time, of memory, and of what was tried."""
    table(f"Seconds, median (ratio to {BASE})", found, lambda of, way: timed(of[way], of[BASE]))
    table(f"Peak memory above the model (ratio to {PLAIN})", found, lambda of, way: held(of[way], of[PLAIN]))
    table(f"Peak memory with the model (ratio to {PLAIN})", found, lambda of, way: held(of[way], of[PLAIN], 1))
    print(f"\n{'Proof':12}{'Runs':>8}{'findings':>12}{'proven wrong':>16}")
    for name, of in found.items():
        print(f"{name:12}{of['tracelab']['runs']:>8}{of['tracelab']['frozen']:>12}{of['tracelab']['wrong']:>16}")


def table(title: str, found: dict[str, Any], cell: Any) -> None:
    """A line a model, a column a way."""
    print(f"\n{title}\n{'':12}" + "".join(f"{way:>22}" for way in WAYS))
    for name, of in found.items():
        print(f"{name:12}" + "".join(f"{'not installed' if of[way] is None else cell(of, way):>22}" for way in WAYS))
    raised = {(name, way): of[way]["raised"] for name, of in found.items() for way in WAYS if of[way]}
    for (name, way), error in raised.items():
        if error:
            print(f"  * {way} on {name} raises {error}")


def timed(one: dict[str, Any], base: dict[str, Any]) -> str:
    """The time, and its ratio."""
    return f"{one['seconds']:.3f}  {one['seconds'] / base['seconds']:.2f}x{'*' * bool(one['raised'])}"


def held(one: dict[str, Any], base: dict[str, Any], models: int = 0) -> str:
    """The memory, with so many models, and its ratio."""
    own, other = (of["peak_bytes"] + models * of["model_bytes"] for of in (one, base))
    return f"{own / 2**20:.0f} MiB  {own / max(other, 1):.2f}x{'*' * bool(one['raised'])}"


# -- growth ---------------------------------------------------------------------------------------------------


def growth(kind: str, sizes: tuple[int, ...], threads: int | None) -> dict[str, Any]:
    """By way: the time of each length of chain, and the exponent by which it grows."""
    found: dict[str, Any] = {way: {"seconds": {}, "raised": {}} for way in GROWING}
    for size in sizes:
        workers = {way: Worker(way, f"{kind}:{size}", threads) for way in GROWING}
        taken: dict[str, list[Sample]] = {way: [] for way in GROWING}
        try:
            for _ in range(3 if size <= STEADY else 1):
                for way, worker in workers.items():
                    taken[way].append(worker.sample())
        finally:
            for worker in workers.values():
                worker.close()
        for way, samples in taken.items():
            found[way]["seconds"][size] = statistics.median(sample.seconds for sample in samples)
            found[way]["raised"][size] = samples[-1].raised
    for way in GROWING:
        found[way] |= exponents(found[way])
    return found


def exponents(of: dict[str, Any]) -> dict[str, float | None]:
    """Of a line through the logarithms: of all lengths, and of the two longest, where fixed costs count for little."""
    points = [(math.log(n), math.log(s)) for n, s in of["seconds"].items() if not of["raised"][n] and s > 0]
    if len(points) < 2:
        return {"exponent": None, "last_exponent": None}
    (x0, y0), (x1, y1) = points[-2:]
    return {"exponent": statistics.linear_regression(*zip(*points)).slope, "last_exponent": (y1 - y0) / (x1 - x0)}


def show_growth(found: dict[str, Any]) -> None:
    """A table for each kind of chain."""
    for kind, ways in found.items():
        sizes = list(next(iter(ways.values()))["seconds"])
        head = "".join(f"{size:>14,}" for size in sizes)
        print(f"\nSeconds for a chain of so many {kind}\n{'':22}{head}{'exponent':>12}{'of the last':>14}")
        for way, of in ways.items():
            cells = "".join(f"{of['raised'][size] or format(of['seconds'][size], '.3f'):>14}" for size in sizes)
            powers = "".join(
                f"{'-' if p is None else format(p, '.2f'):>13}" for p in (of["exponent"], of["last_exponent"])
            )
            print(f"{way:22}{cells}{powers}")


if __name__ == "__main__":
    main()
