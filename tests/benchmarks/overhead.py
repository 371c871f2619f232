"""What TraceLab costs: time and memory beside `torch.jit.trace`, in one run, as ratios. `make bench` prints the table.

Each model is traced in turn by every way, several times, so that what else the machine does falls on all of them alike.
Peak memory is measured in a process for each way: what it holds at its highest, above what it held after the imports.
"""

from __future__ import annotations

import gc
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

MODELS = {"resnet50": {}, "bert": {"layers": 12}, "swin": {}}
WAYS = ("torch.jit.trace, no check", "torch.jit.trace", "tracelab.trace, no check", "tracelab.trace")
ROUNDS, STARTS = 5, 9


def main() -> None:
    """Prints three tables, or measures one memory peak where it is told to."""
    if len(sys.argv) == 3:
        print(peak_bytes(sys.argv[1], sys.argv[2]))
        return
    head = f"{'':10}" + "".join(f"{way:>28}" for way in WAYS)
    # Memory first: a process starts with the peak of the one that made it, and this one is still small.
    print(f"Peak memory of building and tracing, above the imports (ratio to the first column)\n{head}")
    for name in MODELS:
        row(name, [measured_peak(name, way) for way in WAYS], lambda peak: f"{peak / 2**20:.0f} MiB")
    print("\nStart of a process, median")
    print(f"  python -c pass      {start_seconds('pass') * 1000:6.0f} ms")
    print(f"  import tracelab     {start_seconds('import tracelab') * 1000:6.0f} ms")
    print(f"\nTime, median of {ROUNDS} rounds (ratio to the first column)\n{head}")
    for name in MODELS:
        row(name, medians_seconds(name), lambda seconds: f"{seconds * 1000:.0f} ms")


def row(name: str, values: list[float], text: Callable[[float], str]) -> None:
    """One model's line: each value, and its ratio to the first."""
    print(f"{name:10}" + "".join(f"{f'{text(value)}  {value / values[0]:.2f}x':>28}" for value in values), flush=True)


def medians_seconds(name: str) -> list[float]:
    """How long each way takes, in the order of `WAYS`."""
    traces = tracers(name)
    for trace in traces.values():
        trace()
    taken: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way, trace in traces.items():
            gc.collect()
            start = time.perf_counter()
            trace()
            taken[way].append(time.perf_counter() - start)
    return [statistics.median(taken[way]) for way in WAYS]


def tracers(name: str) -> dict[str, Callable[[], Any]]:
    """Each way of tracing a model, ready to call."""
    import torch
    from models import BUILDERS

    import tracelab

    warnings.simplefilter("ignore")
    model, args, _ = BUILDERS[name](**MODELS[name])
    return {
        WAYS[0]: lambda: torch.jit.trace(model, args, check_trace=False),
        WAYS[1]: lambda: torch.jit.trace(model, args),
        WAYS[2]: lambda: tracelab.trace(model, args, check_trace=False),
        WAYS[3]: lambda: tracelab.trace(model, args),
    }


def peak_bytes(name: str, way: str) -> int:
    """The highest that this process has held once it has built a model and traced it, above what imports take."""
    import torch  # noqa: F401 (part of what is there before)
    import transformers  # noqa: F401

    import tracelab.live  # noqa: F401

    before = highest_bytes()
    kept = tracers(name)[way]()
    peak = highest_bytes() - before
    del kept
    return peak


def highest_bytes() -> int:
    """The most that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measured_peak(name: str, way: str) -> float:
    """The same in a process of its own."""
    command = [sys.executable, __file__, name, way]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def start_seconds(code: str) -> float:
    """How long a process takes that runs some code."""
    taken: list[float] = []
    for _ in range(STARTS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
