"""The magics in a real kernel, as a notebook talks to one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.jupyter.shells import Kernel

DEFINE = "def f(x):\n    y = x\n    return x + 1 if x.sum() > 0 else x"


def places(kernel: Kernel, name: str) -> tuple[int, int]:
    """The number of the cell and the line of a Trace's first finding."""
    shown = kernel.run(f"{name}.findings[0].source.cell, {name}.findings[0].source.lineno")["execute_result"]
    cell, line = re.findall(r"\d+", shown)
    return int(cell), int(line)


def number(kernel: Kernel, code: str) -> int:
    """Run a cell; the number that it got."""
    cell = kernel.start(code)
    assert "error" not in kernel.outputs(kernel.wait(cell))
    return kernel.reply(cell)["execution_count"]


def test_a_printed_trace_is_text(kernel: Kernel) -> None:
    """rich would show each line as an output of its own."""
    kernel.run(DEFINE)
    sent = kernel.run("t = %trace --probes 0 f(X)\nprint(t)")
    assert "data-dependent-branch" in sent["stdout"]
    assert set(sent) == {"stdout"}


def test_a_trace_at_the_end_of_a_cell_is_its_output(kernel: Kernel) -> None:
    kernel.run(DEFINE)
    assert "execute_result" in kernel.run("%trace --probes 0 f(X)")


def test_a_cells_trace_is_shown_and_its_value_is_its_own(kernel: Kernel) -> None:
    sent = kernel.run("%%trace --probes 0\nprint('hello')\nf(X)[0]")
    assert "display_data" in sent
    assert (sent["stdout"], sent["execute_result"]) == ("hello\n", "tensor([2., 2., 2.])")


def test_the_cell_and_its_line_are_named(kernel: Kernel) -> None:
    defined = number(kernel, DEFINE)
    assert f"In [{defined}]:3" in kernel.run("t = %trace --probes 0 f(X)\nprint(t)")["stdout"]
    assert places(kernel, "t") == (defined, 3)


def test_a_cell_that_runs_again_has_its_new_number_and_older_traces_keep_theirs(kernel: Kernel) -> None:
    first = number(kernel, DEFINE)
    kernel.run("old = %trace --probes 0 f(X)")
    second = number(kernel, DEFINE)
    kernel.run("new = %trace --probes 0 f(X)")
    assert second > first
    assert (places(kernel, "old"), places(kernel, "new")) == ((first, 3), (second, 3))


def test_lines_of_a_traced_cell_are_its_own(kernel: Kernel) -> None:
    cell = f"%%trace --probes 0 --name t\n\n{DEFINE}\nf(X)"
    for _ in range(2):
        ran = number(kernel, cell)
        assert places(kernel, "t") == (ran, 5)


def test_a_traceback_into_a_traced_cell_shows_its_line(kernel: Kernel) -> None:
    kind, shown = kernel.run("%%trace\na = 1\nraise LookupError('half-way')\nf(X)")["error"]
    assert kind == "LookupError"
    assert re.search(r"-+> 3 .*raise", re.sub(r"\x1b\[[\d;]*m", "", shown))
    assert "tracelab/" not in shown


def test_cells_that_ran_before_the_extension_was_loaded_are_named(kernel: Kernel) -> None:
    kernel.run("%unload_ext tracelab")
    defined = number(kernel, DEFINE)
    kernel.run("%load_ext tracelab")
    kernel.run("t = %trace --probes 0 f(X)")
    assert places(kernel, "t") == (defined, 3)


def test_an_error_is_an_error_of_the_cell(kernel: Kernel) -> None:
    """So that Run All stops."""
    cell = kernel.start("%trace ff(X)")
    sent = kernel.outputs(kernel.wait(cell))
    assert kernel.reply(cell)["status"] == "error"
    assert sent["error"] == ("LineError", sent["error"][1])
    assert sent["error"][1].startswith("UsageError: There is no name 'ff'\n  at In [")


WAITS = """
import time
class Waits(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.drop, self.count = torch.nn.Linear(3, 3), torch.nn.Dropout(), torch.zeros(1)
    def forward(self, x):
        self.count += 1
        self.odd = 'set'
        x.add_(1)
        print('waiting', flush=True)
        time.sleep(30)
        return self.fc(x)
model = Waits()
"""
STATE = "model.training, model.drop.training, float(model.count), hasattr(model, 'odd'), float(X.sum())"


@pytest.mark.parametrize("cell", ["%trace --mode eval model(X)", "%%trace --name t\nmodel.fc(X)\nmodel(X)"])
def test_an_interrupt_leaves_the_model_as_it_was(kernel: Kernel, cell: str) -> None:
    kernel.run(WAITS)
    before = kernel.run(STATE)["execute_result"]
    started = kernel.start(cell)
    seen: list[dict[str, Any]] = kernel.wait(started, until="waiting")
    kernel.interrupt()
    sent = kernel.outputs([*seen, *kernel.wait(started)])
    assert "KeyboardInterrupt" in sent["error"][1]
    if cell.startswith("%trace"):  # the other was interrupted in the user's own call
        assert "model and inputs are as they were" in sent["error"][1]
        assert kernel.run(STATE)["execute_result"] == before
    assert kernel.run("1 + 1")["execute_result"] == "2"
