"""`%trace`: the call on the line, what it gives back, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.jupyter.shells import Shell


def specs(trace: Any) -> list[tuple[str, str]]:
    return [(given.name, given.spec) for given in trace.capture.inputs]


def test_the_line_gives_the_trace(shell: Shell) -> None:
    shell.run("t = %trace --seconds 1 branch(X)")
    assert shell["t"].func is shell["branch"]
    assert shell["t"].findings[0].rule == "data-dependent-branch"


def test_it_is_the_value_of_the_cell(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run("%trace --probes 0 branch(X)") is shell["_"]
    assert "data-dependent-branch" in capsys.readouterr().out


def test_a_semicolon_silences_it(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run("%trace --probes 0 --name t branch(X);") is None
    assert capsys.readouterr().out == ""
    assert shell["t"].program is not None


@pytest.mark.parametrize(
    ("call", "names", "tensors"),
    [
        ("branch(X)", "x", "X"),
        ("branch(x=X)", "x", "X"),
        ("branch(scale=3, x=X)", "x", "X"),
        ("mixed(X, bias=X[0])", "x bias", "X, X[0]"),
        ("mixed(X, *[X[:1], X[0]], bias=X)", "x rest0 rest1 bias", "X, X[:1], X[0], X"),
        ("mixed(X, **{'bias': X, 'odd': X[0]}, sign=-1)", "x bias odd", "X, X, X[0]"),
        ("model(X)", "x", "X"),
        ("model(X, bias=X[0])", "x bias", "X, X[0]"),
        ("model(x=X, scale=2)", "x", "X"),
        ("model.forward(X)", "x", "X"),
        ("Doubling()(X)", "x", "X"),
        ("__import__('functools').partial(model, scale=2)(X)", "x", "X"),
        ("torch.add(X, X[0], alpha=2)", "arg0 arg1", "X, X[0]"),
        ("(lambda d: d['a'] + 1)({'a': X})", "d", "{'a': X}"),
    ],
)
def test_any_call_is_traced_as_python_makes_it(shell: Shell, call: str, names: str, tensors: str) -> None:
    shell.run(f"t = %trace --probes 0 {call}")
    assert " ".join(dict.fromkeys(given.name.partition("[")[0] for given in shell["t"].capture.inputs)) == names
    assert torch.equal(shell.run(f"t({tensors})"), shell.run(call))


@pytest.mark.parametrize("call", ["model.encode(X)", "model.encode(x=X)", "model.encode(X, times=3)"])
def test_another_method_of_a_module(shell: Shell, call: str) -> None:
    shell.run(f"t = %trace --probes 0 {call}")
    assert torch.equal(shell.run("t.program.encode(X)"), shell.run(call))


def test_what_is_no_tensor_is_held_and_said(shell: Shell) -> None:
    shell.run("t = %trace --probes 0 branch(X, scale=3)")
    assert shell["t"].capture.name == "branch(…, scale=3)"
    assert torch.equal(shell["t"](shell["X"]), shell["X"] * 3)


def test_a_module_with_held_arguments_shares_its_parameters(shell: Shell) -> None:
    shell.run("t = %trace --probes 0 model(X, 3)")
    shell.run("with torch.no_grad(): model.fc.weight.zero_()")
    assert torch.equal(shell["t"](shell["X"]), (shell["model"].fc.bias * 3).expand(2, 3))


def test_arguments_are_evaluated_once_and_in_order(shell: Shell) -> None:
    shell.run("seen = []\ndef note(name, value):\n    seen.append(name)\n    return value")
    shell.run("%trace --probes 0 note('f', branch)(note('x', X), **note('kw', {'scale': 2}))")
    assert shell["seen"] == ["f", "x", "kw"]


def test_names_of_the_function_around_it_are_seen(shell: Shell) -> None:
    shell.run("def inside(Y):\n    t = %trace --probes 0 branch(*[Y for _ in (1,)])\n    return t")
    assert specs(shell.run("inside(torch.ones(5))")) == [("x", "f32[5]")]


def test_the_model_is_as_it_was(shell: Shell) -> None:
    before = shell["X"].clone()
    shell.run("%trace --mode eval --name t model(X)")
    model = shell["model"]
    assert (model.calls, model.training, model.drop.training, shell["t"].capture.mode) == (0, True, True, "eval")
    assert torch.equal(shell["X"], before)


def test_a_rerun_is_in_the_mode_that_was_traced(shell: Shell) -> None:
    shell.run("noisy = torch.nn.Dropout()\nt = %trace --mode eval --probes 0 noisy(X)")
    assert shell["noisy"].training
    assert shell["t"].rerun().outcome == "agrees"
    assert shell["t"].rerun(mode="train", seed=0).outcome == "diverges"
    assert shell["noisy"].training


def test_an_interrupt_while_trying_keeps_what_was_found(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracelab.replay.proof.search", interrupt)
    shell.run("t = %trace branch(X)")
    assert (shell["t"].is_interrupted, shell["t"].findings[0].verdict) == (True, "diverges")
    assert "what was found until then is kept" in capsys.readouterr().err


def test_probes_and_seconds_are_those_of_trace(shell: Shell) -> None:
    shell.run("a = %trace --probes 0 branch(X)\nb = %trace --probes=values,shapes --seconds 5 branch(X)")
    assert {run.axis for run in shell["a"].capture.runs} <= {"example"}
    assert {run.axis for run in shell["b"].capture.runs} <= {"example", "values", "shapes", "search"}
    assert shell["b"].findings[0].verdict == "diverges"


def test_the_line_is_named_where_it_defines_something(shell: Shell) -> None:
    shell.run("# one line above\nt = %trace --probes 0 (lambda x: x + 1 if x.sum() > 0 else x)(X)")
    place = shell["t"].findings[0].source
    assert (place.cell, place.lineno) == ("In [3]", 2)


def test_a_model_of_transformers_is_called_as_its_users_do(shell: Shell) -> None:
    shell.run("from transformers import BertConfig, BertModel\n"
              "bert = BertModel(BertConfig(hidden_size=8, num_hidden_layers=1, num_attention_heads=2, vocab_size=9,"
              "intermediate_size=8, return_dict=False)).eval()\nids = torch.ones(1, 4, dtype=torch.long)")  # fmt: skip
    shell.run("t = %trace --probes 0 bert(input_ids=ids, attention_mask=None, output_attentions=False)")
    assert shell["t"].program is not None
    assert [name for name, _ in specs(shell["t"])] == ["input_ids"]
    assert {node.module for node in shell["t"].capture.graph.nodes} & {"encoder.layer.0.attention.self"}


@pytest.mark.parametrize("call", ["model(X)", "model(X, bias=X[0])", "model.encode(X, times=3)", "branch(X, scale=3)"])
def test_the_other_backend(shell: Shell, call: str) -> None:
    shell.run(f"t = %trace --backend export --dynamic-shapes auto --probes 0 {call}")
    assert shell["t"].capture.backend == "export"
    assert shell["t"].capture.graph.nodes
