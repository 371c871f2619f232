"""A cell that the page asks to trace, in a real kernel."""

from __future__ import annotations

from tests.jupyter.shells import Kernel

CELL = """def loop(x):
    for _ in range(int(x.norm())):
        x = x * 2
    return x

loop(X)"""


def test_it_runs_as_under_the_magic_with_lines_of_its_own(kernel: Kernel) -> None:
    outputs = kernel.run(CELL, tracelab_trace="")
    assert "the program wrong" in outputs["display_data"]
    count = kernel.run("len(In) - 2")["execute_result"]
    assert f"In [{count}]:2" in outputs["display_data"]
    assert outputs["execute_result"].startswith("tensor(")


def test_its_text_stands_in_the_history_as_it_was_typed(kernel: Kernel) -> None:
    kernel.run("plain = lambda x: x + 1\nplain(X)", tracelab_trace="")
    said = kernel.run("get_ipython().history_manager.input_hist_raw[-2]")["execute_result"]
    assert said == repr("plain = lambda x: x + 1\nplain(X)")


def test_the_next_cell_runs_as_usual(kernel: Kernel) -> None:
    kernel.run(CELL, tracelab_trace="")
    assert "display_data" not in kernel.run(CELL)


def test_what_the_cell_itself_runs_is_not_asked_for(kernel: Kernel) -> None:
    code = "runs = globals().get('runs', 0) + 1\nif runs < 3:\n    get_ipython().run_cell(code)\nloop(X)"
    kernel.run(f"code = {code!r}")
    messages = kernel.wait(kernel.start(code, tracelab_trace=""))
    assert [message["type"] for message in messages].count("display_data") == 1
    assert kernel.run("runs")["execute_result"] == "3"


def test_options_are_those_of_the_magic(kernel: Kernel) -> None:
    kernel.run(CELL, tracelab_trace="--probes 3\n --name named")
    assert kernel.run("len(named.capture.runs) <= 4")["execute_result"] == "True"
    _, said = kernel.run(CELL, tracelab_trace="--moed eval")["error"]
    assert "There is no option '--moed'" in said


def test_a_cell_without_a_call_says_so(kernel: Kernel) -> None:
    _, said = kernel.run("y = 1", tracelab_trace="")["error"]
    assert "The cell's last line makes no call" in said


def test_where_it_is_unloaded_the_cell_runs_as_usual(kernel: Kernel) -> None:
    kernel.run("%unload_ext tracelab")
    assert "display_data" not in kernel.run("1 + 1", tracelab_trace="")
    kernel.run("%load_ext tracelab")
