"""What JupyterLab's panel costs.

    python tests/benchmarks/panel.py [kernel]      all, where none is named

kernel    with 1,000 names in the namespace: a listing, made in the kernel; from the end of a cell to the list that a
          page asks for then; the same beside a cell that runs; what `%load_ext` takes, and what each cell pays
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from tests.jupyter.pages import Page, told_in  # noqa: E402 (the line above says where the rest is)
from tests.jupyter.shells import Kernel  # noqa: E402

TIMES = 30
NAMES = """import torch
torch.set_num_threads(1)
for number in range(250):
    globals()[f"number{number}"] = number
    globals()[f"tensor{number}"] = torch.ones(2, number + 1)
    exec(f"def function{number}(x, y): return x + y")
    globals()[f"model{number}"] = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(number + 1, 2))"""
TRACES = """import tracelab
t = [tracelab.trace(torch.relu, torch.ones(2), probes=()) for _ in range(10)]"""
LISTING = f"""from tracelab.jupyter.listing import listed, snapshot
took = []
for _ in range({TIMES}):
    started = time.perf_counter()
    found = listed(snapshot(get_ipython().user_ns))
    took.append(1000 * (time.perf_counter() - started))
print(len(found.candidates), found.more, len(found.traces), *took)"""
EVENTS = """from tracelab.jupyter.session import begin
session, took = begin(get_ipython()), []
class Info: raw_cell, transformed_cell, cell_id = "x = 1", "x = 1", "id"
for _ in range(100):
    started = time.perf_counter()
    session._cell_begins(Info)
    session._cell_ends(None)
    took.append(1000 * (time.perf_counter() - started))
print(*took)"""


def told(what: str, milliseconds: Sequence[float], unit: str = "ms") -> None:
    """A line of the answer."""
    middle, worst = statistics.median(milliseconds), max(milliseconds)
    print(f"{what:<52} {middle:7.1f} {unit}, at worst {worst:.1f}, of {len(milliseconds)}")


def kernel() -> None:
    """The kernel's part."""
    with Kernel(Path(tempfile.mkdtemp())) as made:
        _, loading = timed(lambda: made.run("%load_ext tracelab"))
        told("%load_ext tracelab, its cell", [loading])
        made.run("import time")
        page = Page(made)
        told("the first list of a page", [timed(lambda: page.ask("list"))[1]])
        made.run(NAMES)
        made.run(TRACES)
        candidates, more, traces, *took = made.run(LISTING)["stdout"].split()
        told(f"a listing: {traces} Traces, {candidates} candidates, {more} more", [*map(float, took)])
        told("a cell pays for the line", [*map(float, made.run(EVENTS)["stdout"].split())])
        told("from the end of a cell to the list", [after_a_cell(page) for _ in range(TIMES)])
        beside = Page(made, page.subshell_of_its_own())
        cell = made.start("print('begun', flush=True); time.sleep(10**6)")
        made.wait(cell, until="begun")
        told("beside a cell that sleeps, the list", [timed(lambda: beside.ask("list"))[1] for _ in range(TIMES)])
        made.interrupt()
        made.wait(cell)
        cell = made.start("print('begun', flush=True)\nwhile True: pass")
        made.wait(cell, until="begun")
        told("beside a cell that computes, the list", [timed(lambda: beside.ask("list"))[1] for _ in range(TIMES)])
        made.interrupt()
        made.wait(cell)


def after_a_cell(page: Page) -> float:
    """From the word that a cell has ended to the list that is asked for then."""
    page.kernel.start("new = 1")
    page.until(lambda message: told_in(message) == "executed")
    return timed(lambda: page.ask("list"))[1]


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """What an act gives, and how many milliseconds it took."""
    started = time.perf_counter()
    given = act()
    return given, 1000 * (time.perf_counter() - started)


PARTS = {"kernel": kernel}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
