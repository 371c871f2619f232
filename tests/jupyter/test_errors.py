"""What is wrong with a line is one sentence, with carets under the part that it is about."""

from __future__ import annotations

import pytest

from tests.jupyter.shells import Shell
from tracelab.errors import UsageError


def marked(lines: list[str]) -> str:
    """The part of the line above the carets."""
    row = next(row for row, line in enumerate(lines) if line.strip() and not line.strip("^ "))
    start = lines[row].index("^")
    return lines[row - 1][start : lines[row].rindex("^") + 1]


@pytest.mark.parametrize(
    ("line", "what", "part", "cure"),
    [
        ("%trace", "There is nothing to trace", "%trace", "Write a call"),
        ("%trace model", "This is not a call", "model", "%trace model(x)"),
        ("%trace model(X) + 1", "This is not a call", "model(X) + 1", "Write one call"),
        ("%trace model(X", "This is no Python expression: '(' was never closed", "(", "%%trace"),
        ("%trace y = model(X)", "This is an assignment", "y =", "y = %trace model(X)"),
        ("%trace modle(X)", "There is no name 'modle'", "modle", "Did you mean 'model'?"),
        ("%trace model(é, Y)", "There is no name 'é'", "é", "Run the cell"),
        ("%trace branch(X, **{'x': X}, **{'x': X})", "'x' is given twice", "{'x': X}", "once"),
        ("%trace --moed eval model(X)", "There is no option '--moed'", "--moed", "Did you mean '--mode'?"),
        ("%trace -m eval model(X)", "There is no option '-m'", "-m", "There are --mode"),
        ("%trace --mode", "--mode needs a value", "--mode", "train|eval"),
        ("%trace --mode --name t model(X)", "--mode needs a value", "--mode", "train|eval"),
        ("%trace --mode evil model(X)", "--mode takes train or eval", "evil", "Did you mean 'eval'?"),
        ("%trace --backend=onnx model(X)", "--backend takes jit or export", "onnx", ""),
        ("%trace --probes value model(X)", "--probes takes a number, or axes", "value", ""),
        ("%trace --seconds -1 model(X)", "--seconds takes a number of seconds", "-1", ""),
        ("%trace --name for model(X)", "--name takes a name", "for", ""),
        ("%trace --call model model(X)", "--call is an option of %%trace", "--call", "%%trace --call"),
        ("%trace model(X) --mode eval", "Options stand before the call", "--mode", "%trace --mode eval model(X)"),
        ("%trace Model()", "Model is a class", "Model", "that object"),
        ("%trace print(X)", "print is Python's own", "print", ""),
        ("%trace X.shape(1)", "An object of type Size cannot be called", "X.shape", ""),
        ("%trace branch(X, odd=1)", "The arguments do not fit", "branch(X, odd=1)", "branch(x"),
        ("%trace --mode eval branch(X)", "A function has no mode", "branch(X)", "Leave out --mode"),
        ("%%trace model(X)\n1", "A call has no place here", "model(X)", "last line"),
        ("%%trace --call modle\nmodel(X)", "There is no name 'modle'", "modle", "Did you mean 'model'?"),
        ("%%trace --call Model\nmodel(X)", "Model is a class", "Model", ""),
        ("%%trace --call torch.add\ntorch.add(X, X)", "Its calls cannot be seen", "torch.add", "last line"),
        ("%%trace --call branch\nmodel(X)", "The cell makes no call of it", "branch", ""),
        ("%%trace --call 3\nmodel(X)", "--call takes the name of a callable", "3", ""),
        ("%%trace\ny = 1\ny + 1", "The cell's last line makes no call", "y + 1", "%%trace --call model"),
        ("%%trace\ny = 1\n  z(", "The cell is no Python", None, ""),
        ("%%trace\nX.sum()", "The cell's last line makes no call that can be traced", "%%trace", "--call"),
    ],
)
def test_the_part_that_is_wrong_is_marked(shell: Shell, line: str, what: str, part: str | None, cure: str) -> None:
    said = shell.said(line)
    assert said[0].startswith(what)
    assert part is None or marked(said) == part
    assert cure in said[-1]
    assert "  at In [3]:" in said[1]


def test_the_line_of_the_cell_is_told(shell: Shell) -> None:
    assert "  at In [3]:3" in shell.said("if True:\n    # deep inside\n    t = %trace model(Y)")


def test_it_is_an_error_of_ours_and_without_a_traceback(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(shell.error("%trace model"), UsageError)
    shown = capsys.readouterr().out
    assert "UsageError: This is not a call" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize("line", ["%trace branch(1 / 0)", "%%trace\n1 / 0\nbranch(X)", "%%trace\nbranch(1 / 0)"])
def test_the_users_own_errors_are_passed_on(shell: Shell, line: str) -> None:
    assert type(shell.error(line)) is ZeroDivisionError


def test_a_name_error_from_further_inside_is_pythons(shell: Shell) -> None:
    shell.run("def broken(): return nothing")
    assert type(shell.error("%trace branch(broken())")) is NameError


def test_a_wide_letter_moves_the_carets_by_two(shell: Shell) -> None:
    lines = shell.said("%trace branch('漢', Y)")
    assert lines[3].index("^") == lines[2].index("Y") + 1


def test_nothing_of_a_cell_runs_when_its_line_is_wrong(shell: Shell) -> None:
    for line in ("%%trace --moed eval", "%%trace --call modle", "%%trace"):
        shell.error(f"{line}\nran = True\n3")
    assert "ran" not in shell.ipython.user_ns
