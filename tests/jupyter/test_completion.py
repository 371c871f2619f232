"""What the Tab key offers, by both of IPython's completers, with Jedi and without."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from tests.jupyter.shells import Shell

ALL = ["--mode", "--backend", "--dynamic-shapes", "--probes", "--seconds", "--name"]


def asked(shell: Shell, line: str) -> list[str]:
    """The completer of old front ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is called deprecated
        return shell.ipython.Completer.complete(line_buffer=line, cursor_pos=len(line))[1]


def offered(shell: Shell, line: str) -> list[str]:
    """The completer that terminals and notebooks ask."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is called provisional
        return [found.text for found in shell.ipython.Completer.completions(line, len(line))]


@pytest.mark.parametrize("jedi", [True, False])
@pytest.mark.parametrize("completer", [asked, offered])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%trace --", ALL),
        ("%trace -", ALL),
        ("%trace --mo", ["--mode"]),
        ("%trace --mode ", ["train", "eval"]),
        ("%trace --mode=e", ["eval"]),
        ("%trace --mode eval --s", ["--seconds"]),
        ("t = %trace --n", ["--name"]),
        ("%trace --c", []),
        ("%%trace --c", ["--call"]),
        ("%%trace --call mod", ["model"]),
        ("%trace --probes shapes,va", ["values"]),
        ("%trace --probes devi", ["devices"]),
        ("%trace --backend ", ["jit", "export"]),
        ("%trace --mode eval countd", ["countdown"]),
        ("%trace model.enc", ["model.encode"]),
        ("t = %trace branch(X, countd", ["countdown"]),
    ],
)
def test_completions(
    shell: Shell, completer: Callable[[Shell, str], list[str]], jedi: bool, line: str, expected: list[str]
) -> None:
    shell.ipython.Completer.use_jedi = jedi
    found = completer(shell, line)
    ours = [text for text in found if text.startswith("--")] if not expected else found
    assert [text.removeprefix("models") for text in ours] == expected


def test_other_lines_are_left_alone(shell: Shell) -> None:
    assert "countdown" in offered(shell, "countd")
    assert "--mode" not in offered(shell, "%timeit --")
