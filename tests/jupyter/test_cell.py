"""`%%trace`: the cell runs as usual, and what it called is traced."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.jupyter.shells import Shell

QUICK = "%%trace --probes 0 --name t"


def test_the_cell_keeps_its_output_its_names_and_its_value(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    value = shell.run(f"{QUICK}\nprint('from the cell')\ny = 3\nbranch(X * y)")
    assert torch.equal(value, torch.full((2, 3), 3.0))
    assert value is shell["Out"][3]
    assert shell["y"] == 3
    assert "from the cell" in capsys.readouterr().out
    assert shell["_ih"][3].startswith("get_ipython().run_cell_magic('trace'")


def test_the_call_on_the_last_line_is_traced(shell: Shell) -> None:
    shell.run(f"{QUICK}\nmodel(X)\nz = branch(X[0])")
    assert shell["t"].func is shell["branch"]
    assert shell["t"].capture.inputs[0].spec == "f32[3]"
    assert torch.equal(shell["z"], torch.ones(3))


@pytest.mark.parametrize(
    "last",
    ["branch(X)", "y = branch(X)", "branch(X)[0]", "branch(X).sum()", "y = z = branch(X).T", "y: object = branch(X)",
     "with torch.no_grad():\n    y = branch(X)", "for x in (X[0], X):\n    branch(x)",
     "if False:\n    1\nelse:\n    branch(X)", "try:\n    1\nfinally:\n    branch(X)", "branch(X);", "branch(X)  # !"],
)  # fmt: skip
def test_the_call_is_found_within_the_last_line(shell: Shell, last: str) -> None:
    shell.run(f"{QUICK}\n{last}")
    assert (shell["t"].capture.name, shell["t"].capture.inputs[0].spec) == ("branch", "f32[2, 3]")


def test_the_trace_is_shown_and_the_value_too(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run("%%trace --probes 0\nbranch(X[0, :2])")
    shown = capsys.readouterr().out
    assert "data-dependent-branch" in shown
    assert "tensor([1., 1.])" in shown


def test_arguments_are_as_they_were_before_the_call(shell: Shell) -> None:
    shell.run("parts = [X[0].clone()]\nY = X.clone()")
    shell.run(f"{QUICK}\neats(Y, parts)")
    assert (float(shell["Y"][0, 0]), shell["parts"]) == (101.0, [])
    assert torch.equal(shell.run("t(torch.zeros(2, 3), [X[0]])"), torch.full((2, 3), 101.0))
    capture = shell["t"].capture
    assert capture.tensors[str(capture.inputs[0].tensor)].data == torch.ones(2, 3).numpy().tobytes()


def test_the_call_is_made_once(shell: Shell) -> None:
    shell.run(f"{QUICK}\nmodel(X)")
    assert shell["model"].calls == 1


@pytest.mark.parametrize("name", ["model", "branch", "model.encode", "model.fc", "models[0].forward", "model.drop"])
def test_every_call_of_a_callable_is_traced(shell: Shell, name: str) -> None:
    shell.run("models = [model]")
    shell.run(f"%%trace --call {name} --probes 0 --name ts\nfor n in (1, 2):\n    {name}(X[:n])\n'last'")
    assert [t.capture.inputs[0].spec for t in shell["ts"]] == ["f32[1, 3]", "f32[2, 3]"]
    assert shell["_"] == "last"


def test_calls_made_elsewhere_are_seen(shell: Shell) -> None:
    """In functions that were defined before, and by other names."""
    shell.run("other = branch\ndef loop():\n    return [other(X), model(X)]")
    shell.run(f"{QUICK} --call branch\nloop()")
    assert shell["t"].func is shell["branch"]
    shell.run(f"{QUICK} --call model.fc\nloop()")
    assert shell["t"].func is shell["model"].fc


def test_calls_inside_of_a_call_do_not_count(shell: Shell) -> None:
    assert torch.equal(shell.run(f"{QUICK} --call countdown\ncountdown(X)"), torch.full((2, 3), 3.0))
    assert shell["t"].func is shell["countdown"]


def test_only_this_object_is_watched(shell: Shell) -> None:
    shell.run("other = Model()")
    shell.run(f"{QUICK} --call model\nother(X)\nmodel(X[0])\nother.encode(X)")
    assert shell["t"].capture.inputs[0].spec == "f32[3]"
    shell.run(f"{QUICK} --call model.encode\nother.encode(X)\nmodel.encode(X[0])")
    assert shell["t"].capture.inputs[0].spec == "f32[3]"


def test_the_cell_may_make_what_is_watched(shell: Shell) -> None:
    shell.run(f"{QUICK} --call net.fc\nnet = Model()\nnet(X)")
    assert shell["t"].func is shell["net"].fc


def test_a_function_with_free_variables_is_watched(shell: Shell) -> None:
    shell.run("def make(a, b):\n    def f(x, c=4):\n        return x * a + b + c\n    return f\nf = make(2, 3)")
    assert torch.equal(shell.run(f"{QUICK} --call f\nf(X)"), torch.full((2, 3), 9.0))
    assert torch.equal(shell.run("t(X)"), torch.full((2, 3), 9.0))


def test_each_call_is_traced_in_its_own_modes(shell: Shell) -> None:
    shell.run(f"{QUICK} --call model\nmodel(X)\nmodel.eval()\nwith torch.no_grad():\n    model(X)\nmodel.train()")
    assert [t.capture.mode for t in shell["t"]] == ["train", "eval"]
    assert [t(shell["X"]).requires_grad for t in shell["t"]] == [True, True]
    assert shell["model"].training


def test_autocast_around_a_call_is_there_again(shell: Shell) -> None:
    shell.run(f"{QUICK}\nwith torch.autocast('cpu', torch.bfloat16):\n    y = model(X)")
    assert shell["t"](shell["X"]).dtype == shell["y"].dtype == torch.bfloat16


def test_a_long_loop_is_cut_and_that_is_said(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run(f"{QUICK} --call branch\nfor n in range(25): branch(X)")
    assert len(shell["t"]) == 20
    assert "25 calls were made; the first 20 of them are traced." in capsys.readouterr().err


# -- nothing is left behind -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["model", "branch", "model.encode"])
@pytest.mark.parametrize("end", ["", "raise ValueError('half-way')", "raise KeyboardInterrupt"])
def test_what_was_watched_is_as_it_was(shell: Shell, name: str, end: str) -> None:
    code, kind = shell["branch"].__code__, dict(vars(shell["Model"]))
    encode = shell["Model"].encode.__code__
    cell = f"{QUICK} --call {name}\n{name}(X)\n{end}"
    error: Any = shell.error(cell) if end else shell.run(cell)
    assert not end or type(error).__name__ in end
    assert (shell["branch"].__code__, shell["Model"].encode.__code__) == (code, encode)
    assert dict(vars(shell["Model"])) == kind
    assert [held for held in shell.ipython.user_ns if "tracelab" in held] == []


def test_a_cell_that_raises_is_not_traced(shell: Shell) -> None:
    error = shell.error(f"{QUICK}\nbefore = 1\nraise ValueError('half-way')\nbranch(X)")
    assert str(error) == "half-way"
    assert shell["before"] == 1
    assert "t" not in shell.ipython.user_ns


def test_magics_work_inside(shell: Shell) -> None:
    shell.run(f"{QUICK}\nu = %trace --probes 0 model(X)\nbranch(X)")
    assert (shell["u"].func, shell["t"].func) == (shell["model"], shell["branch"])
