"""The live handle: what a user does with a Trace."""

from __future__ import annotations

import linecache
import os
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tracelab.errors import TracelabWarning, UsageError

X = torch.ones(2, 3)


def branches(x: torch.Tensor) -> torch.Tensor:
    if x.sum() > 0:
        return x + 1
    return x - 1


class Model(nn.Module):
    """A layer whose output is given a form."""

    def __init__(self, form: Any = lambda y: y) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)
        self.form = form

    def forward(self, x: torch.Tensor) -> Any:
        return self.form(self.fc(x))


def test_the_program_is_called() -> None:
    trace = tracelab.trace(branches, X)
    assert isinstance(trace.program, torch.jit.ScriptFunction)
    assert torch.equal(trace(-X), -X + 1)
    assert torch.equal(trace(x=X), X + 1)


def test_findings_are_the_captures() -> None:
    trace = tracelab.trace(branches, X)
    assert trace.findings is trace.capture.findings
    assert trace.findings[0].rule == "data-dependent-branch"
    assert trace.func is branches


def test_the_document_says_what_was_traced() -> None:
    capture = tracelab.trace(Model().eval(), X).capture
    assert (capture.name, capture.mode, capture.backend) == ("Model", "eval", "jit")
    assert (capture.torch, capture.tracelab) == (torch.__version__, tracelab.__version__)
    assert [(given.name, given.spec) for given in capture.inputs] == [("x", "f32[2, 3]")]
    assert capture.tensors[str(capture.inputs[0].tensor)].shape == (2, 3)
    assert tracelab.trace(branches, X).capture.mode == ""


def test_keyword_inputs_are_told_as_such() -> None:
    capture = tracelab.trace(branches, example_kwarg_inputs={"x": X}).capture
    assert [(given.name, given.keyword) for given in capture.inputs] == [("x", True)]


def test_large_inputs_are_not_kept() -> None:
    capture = tracelab.trace(lambda x: x + 1, torch.ones(1024, 1025, 3)).capture
    assert (capture.inputs[0].tensor, capture.tensors) == (None, {})


def test_text_is_the_summary() -> None:
    trace = tracelab.trace(branches, X)
    assert repr(trace) == str(trace) == trace.capture.summary()
    assert "data-dependent-branch" in str(trace)


def test_it_is_saved_loaded_and_reported(tmp_path: Path) -> None:
    trace = tracelab.trace(Model(), X)
    trace.save(tmp_path / "model.tracelab")
    loaded = tracelab.load(tmp_path / "model.tracelab")
    assert loaded == trace.capture
    assert str(loaded) == str(trace)
    page = trace.report(tmp_path / "model.html", title="Night build").read_text(encoding="utf-8")
    assert "Night build" in page


@pytest.mark.parametrize("backend", ["exports", "", "JIT"])
def test_an_unknown_backend(backend: str) -> None:
    with pytest.raises(UsageError, match="there is no backend"):
        tracelab.trace(branches, X, backend=backend)
    with pytest.raises(UsageError, match="there is no backend"):
        tracelab.trace_module(Model(), {"forward": X}, backend=backend)


def raised(call: Any, args: Any, kwargs: Any) -> BaseException:
    with pytest.raises(Exception) as caught:
        call(*args, **kwargs)
    return caught.value


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((branches, (X, X, X)), {}),
        ((branches, ()), {}),
        ((branches,), {"example_kwarg_inputs": {"z": X}}),
        ((Model(), (X, X)), {}),
        ((None, X), {}),
    ],
)
def test_what_cannot_be_called_raises_as_torch_does(args: Any, kwargs: Any) -> None:
    theirs, ours = raised(torch.jit.trace, args, kwargs), raised(tracelab.trace, args, kwargs)
    assert type(ours) is type(theirs)
    assert str(ours) == str(theirs)


# -- partial captures -----------------------------------------------------------------------------------------


class FailsHalfWay(Model):
    """Raises after its layer ran."""

    def forward(self, x: torch.Tensor) -> Any:
        y = self.fc(x)
        if y.sum() < 1000:
            raise ValueError("too small")
        return y


def test_a_model_that_raises_half_way_has_a_partial_capture() -> None:
    trace = tracelab.trace(FailsHalfWay(), X)
    stop = trace.capture.stop
    assert stop is not None
    assert (stop.stage, stop.error) == ("eager", "ValueError: too small")
    assert trace.program is None
    assert not trace.capture.graph.complete
    assert "aten::linear" in {node.target for node in trace.capture.graph.nodes}


def test_the_line_that_raised_is_named() -> None:
    trace = tracelab.trace(FailsHalfWay(), X)
    finding = next(finding for finding in trace.findings if finding.rule == "untraceable")
    assert finding.source is not None
    assert linecache.getline(finding.source.filename, finding.source.lineno).strip() == 'raise ValueError("too small")'


def test_what_led_to_the_error_is_found() -> None:
    rules = {finding.rule for finding in tracelab.trace(FailsHalfWay(), X).findings}
    assert {"untraceable", "data-dependent-branch"} <= rules


def test_a_partial_trace_cannot_be_called() -> None:
    with pytest.raises(UsageError, match=r"(?s)no program.*ValueError: too small"):
        tracelab.trace(FailsHalfWay(), X)(X)


def test_a_partial_capture_is_saved_and_shown(tmp_path: Path) -> None:
    trace = tracelab.trace(FailsHalfWay(), X)
    trace.save(tmp_path / "model.tracelab")
    assert tracelab.load(tmp_path / "model.tracelab") == trace.capture
    assert "too small" in str(trace)
    assert "aten::linear" in trace.capture.dot() or "linear" in trace.capture.dot()


@dataclass
class Plain:
    """An output that no trace can hold."""

    logits: torch.Tensor


@pytest.mark.parametrize("form", [lambda y: "text", Plain, lambda y: (y, object()), lambda y: {"a": y, "b": "text"}])
def test_an_output_that_a_trace_cannot_hold(form: Any) -> None:
    trace = tracelab.trace(Model(form), X)
    stop = trace.capture.stop
    assert stop is not None
    assert stop.stage == "output"
    assert trace.program is None
    assert trace.capture.graph.complete
    (finding,) = (finding for finding in trace.findings if finding.rule == "untraceable")
    assert (finding.level, finding.verdict) == ("error", "raises")
    assert finding.source is not None
    assert linecache.getline(finding.source.filename, finding.source.lineno).strip() == "return self.form(self.fc(x))"


def test_a_model_output_of_transformers_is_treated_as_torch_does() -> None:
    """It is a dict: torch refuses it when strict, and holds it otherwise."""
    from transformers.modeling_outputs import BaseModelOutput

    refused = tracelab.trace(Model(BaseModelOutput), X)
    assert refused.capture.stop is not None
    assert refused.capture.stop.stage == "output"
    assert "strict" in refused.capture.stop.error
    held = tracelab.trace(Model(BaseModelOutput), X, strict=False)
    assert held.capture.stop is None
    assert set(held(X)) == {"last_hidden_state"}
    assert {run.outcome for run in held.capture.runs} == {"agrees"}


def test_an_error_that_only_tracing_meets_is_an_error_of_the_program() -> None:
    trace = tracelab.trace(lambda x: x * round(x.shape[0] / 2), X)
    assert trace.capture.stop is not None
    assert (trace.capture.stop.stage, trace.capture.stop.error.partition(":")[0]) == ("capture", "TypeError")
    assert [(finding.rule, finding.verdict) for finding in trace.findings if finding.level == "error"] == [
        ("untraceable", "raises")
    ]
    assert [run.outcome for run in trace.capture.runs] == ["captured_raises"]


def test_an_interrupt_is_the_users() -> None:
    def interrupt(y: torch.Tensor) -> torch.Tensor:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tracelab.trace(Model(interrupt), X)


# -- faults of ours -------------------------------------------------------------------------------------------


class Unspeakable:
    """A value that cannot be compared or shown, and asks for trouble wherever it is looked at."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")


def test_a_failing_observer_is_a_warning_and_the_program_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracelab.backends import jit

    def fail(recorder: Any, call: Any) -> None:
        raise RuntimeError("observer on strike")

    monkeypatch.setattr(jit, "TRACE_OBSERVERS", (*jit.TRACE_OBSERVERS, fail))
    with pytest.warns(TracelabWarning, match="observer on strike") as caught:
        trace = tracelab.trace(branches, X)
    assert caught[0].filename == __file__
    assert torch.equal(trace(X), X + 1)
    assert "data-dependent-branch" in {finding.rule for finding in trace.findings}


def test_a_model_that_holds_what_cannot_be_looked_at() -> None:
    model = Model()
    vars(model).update(odd=Unspeakable(), odds=[Unspeakable(), {"a": Unspeakable()}])
    trace = tracelab.trace(model, X)
    assert trace.program is not None
    assert trace.findings == ()


# -- in a notebook --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("above", ["def f(x):\n", "\n\ndef f(x):\n", "def f(x):\n    # a comment\n"])
def test_a_file_that_was_edited_and_loaded_again_is_read_again(tmp_path: Path, above: str) -> None:
    path = tmp_path / "model.py"

    def places(above: str) -> set[tuple[str, int]]:
        text = above + "    if x.sum() > 0:\n        x = x + GAIN['a']\n    return x\nGAIN = {'a': 1}\n"
        path.write_text(text, encoding="utf-8")
        scope = {"__name__": "model"}
        exec(compile(text, str(path), "exec"), scope)
        return {(f.rule, f.source.lineno) for f in tracelab.trace(scope["f"], X).findings if f.source}

    moved = above.count("\n") - 1
    assert places("def f(x):\n") == {("data-dependent-branch", 2), ("state-read", 3)}
    assert places(above) == {("data-dependent-branch", 2 + moved), ("state-read", 3 + moved)}


def test_the_same_lines_in_two_files_are_told_apart(tmp_path: Path) -> None:
    """Python holds their code for equal, though not their globals: two cells of a notebook."""
    text = "GAIN = {'a': 1}\ndef f(x):\n    GAIN['a'] += 1\n    return x + 1 if x.sum() > 0 else x\n"
    scopes = []
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        scopes.append({"__name__": name})
        exec(compile(text, str(tmp_path / name), "exec"), scopes[-1])
    one, two = (scope["f"] for scope in scopes)
    trace = tracelab.trace(lambda x: one(x) + two(x), X)
    found = {(f.rule, Path(f.source.filename).name) for f in trace.findings if f.source and f.level != "note"}
    expected = {(rule, name) for rule in ("data-dependent-branch", "state-write") for name in ("one.py", "two.py")}
    assert expected <= found
    assert [scope["GAIN"] for scope in scopes] == [{"a": 1}, {"a": 1}]


def test_a_function_without_source_is_traced() -> None:
    scope: dict[str, Any] = {"__name__": "somewhere"}
    exec("def f(x):\n    if x.sum() > 0:\n        return x + 1\n    return x", scope)
    trace = tracelab.trace(scope["f"], X)
    assert [(f.rule, f.source and f.source.lineno) for f in trace.findings] == [("data-dependent-branch", 2)]
    assert "data-dependent-branch" in str(trace)


def test_threads_take_turns() -> None:
    """Tracing replaces entries of torch for the whole process: two at once would see each other's."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(3) as pool:
        traces = list(pool.map(lambda n: tracelab.trace(lambda x: x * n + branches(x), X), range(6)))
    assert [float(trace(X)[0, 0]) for trace in traces] == [2.0 + n for n in range(6)]
    assert all([finding.rule for finding in trace.findings][:1] == ["data-dependent-branch"] for trace in traces)
    assert sys.gettrace() is None or not str(sys.gettrace()).startswith("tracelab")


def test_a_trace_inside_a_traced_function_is_no_trap() -> None:
    def outer(x: torch.Tensor) -> torch.Tensor:
        return x + 1

    nested = tracelab.trace(tracelab.trace(outer, X).program, X)
    assert torch.equal(nested(X), X + 1)


# -- what happens beside the function ----------------------------------------------------------------------------


def test_a_module_that_is_loaded_meanwhile_is_no_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loaded_late.py").write_text(
        "import os\nHOME = os.environ.get('HOME')\nSIZES = [n for n in range(3)]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    def loads(x: torch.Tensor) -> torch.Tensor:
        import loaded_late  # pyright: ignore[reportMissingImports]

        return x * len(loaded_late.SIZES)

    trace = tracelab.trace(loads, torch.ones(2))
    sys.modules.pop("loaded_late")
    assert [f.source.filename for f in trace.findings if f.source and "loaded_late" in f.source.filename] == []


def test_what_follows_an_import_is_seen() -> None:
    def asks(x: torch.Tensor) -> torch.Tensor:
        import colorsys  # noqa: F401

        return x * float(os.environ.get("TRACELAB_GAIN", "2"))

    sys.modules.pop("colorsys", None)
    assert "outside-read" in [finding.rule for finding in tracelab.trace(asks, torch.ones(2), probes=()).findings]


def test_a_draw_explains_a_second_call() -> None:
    trace = tracelab.trace(lambda x: x * random.random(), torch.ones(2))
    assert [finding.rule for finding in trace.findings] == ["random-draw"]
