"""`Trace.repair`: what it mends, what it leaves, and that nothing of the user's becomes another one."""

from __future__ import annotations

import inspect
import linecache
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

import tracelab
from tests.repair import models
from tracelab.errors import MissingToolError, UsageError
from tracelab.handle import Repaired

X = torch.arange(6.0).view(2, 3)
MORE = torch.ones(5, 3)


def repaired(func: Any, *args: Any, **options: Any) -> Repaired:
    return tracelab.trace(func, args or (X,), **options).repair()


def test_a_size_stays_a_size() -> None:
    found = repaired(models.divides)
    assert found.left == {}
    assert "+    return x.sum(0) / x.shape[0]  # the number of rows is frozen\n" in found.diff
    assert torch.equal(found.program(MORE), models.divides(MORE))
    assert found.repairs[0].proven == len(found.runs) > 5
    assert all(run.outcome == "agrees" for run in found.runs)


def test_a_branch_becomes_where() -> None:
    found = repaired(models.scales)
    assert "+    x = torch.where(x.sum() > 0, x * gain, x)\n" in found.diff
    assert torch.equal(found.program(-X), models.scales(-X))


def test_a_loop_is_compiled() -> None:
    found = repaired(models.loops)
    assert "+@torch.jit.script\n def loops(x):\n" in found.diff
    assert torch.equal(found.program(MORE), models.loops(MORE))


def test_a_loop_that_some_inputs_never_leave_does_not_hang() -> None:
    found = tracelab.trace(models.may_never_end, (X + 1,)).repair(seconds=15)
    assert found.program is None or torch.equal(found.program(X), models.may_never_end(X))


def test_the_smallest_part_that_compiles_is_taken() -> None:
    module = models.Nested().eval()
    found = repaired(module)
    assert found.diff == ""
    assert found.repairs[0].code.splitlines()[0] == "model.part = torch.jit.script(model.part)"
    assert torch.allclose(found.program(X * 100), module(X * 100))
    assert type(module.part) is models.Exits


def test_a_counter_is_carried_on() -> None:
    found = repaired(models.Counter())
    assert found.diff.count('self.register_buffer("calls", torch.tensor(0))') == 1
    assert [found.program(X).sum().item() for _ in range(3)] == [15.0, 30.0, 45.0]


def test_both_modes() -> None:
    module = models.Drops().train()
    found = repaired(module)
    assert found.repairs
    program, wanted = found.program.eval(), models.Drops().eval()
    assert torch.allclose(program(X), wanted(X))
    program.train()
    assert torch.allclose(program(X), wanted.train()(X))


def test_a_trace_of_either_mode() -> None:
    module = models.Branches().eval()
    found = repaired(module)
    assert "program = torch.jit.script(BothModes(trained, evaluated))" in found.repairs[0].code
    compile(found.repairs[0].code, "code", "exec")
    assert not found.program.training
    assert torch.allclose(found.program(MORE), module(MORE))
    assert torch.allclose(found.program.train()(MORE), module.train()(MORE))


def test_a_constant_that_torch_folds_at_the_second_call_is_no_proof() -> None:
    program = repaired(models.Decays(), torch.ones(2)).program
    assert [program(torch.ones(2)).tolist()[0] for _ in range(4)] == [0.5, 0.25, 0.125, 0.0625]


def test_a_function_of_a_notebook_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What IPython keeps of a cell for tracebacks is where its text is read."""
    name, text = "/tmp/ipykernel_7/123.py", "def f(x):\n    return x.sum(0) / len(x)\n"
    monkeypatch.setitem(linecache.cache, name, (len(text), None, text.splitlines(keepends=True), name))
    monkeypatch.setattr("tracelab.repair.sources.cell_label", lambda filename: "In [3]" if filename == name else None)
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, name, "exec"), scope)
    found = repaired(scope["f"])
    assert found.diff.startswith("--- a/In [3]\n+++ b/In [3]\n@@ -1,2 +1,2 @@\n")
    assert torch.equal(found.program(MORE), scope["f"](MORE))


def test_what_cannot_be_mended_is_named_with_why() -> None:
    found = repaired(models.outside)
    assert (found.trace, found.program, found.repairs, found.diff) == (None, None, (), "")
    assert list(found.left) == [finding.id for finding in found.original.findings if finding.level == "error"]
    assert all("torch.jit.script refuses it" in why for why in found.left.values())
    assert repr(found).startswith("Nothing could be mended")


def test_nothing_to_mend() -> None:
    found = repaired(torch.relu)
    assert (found.repairs, found.left) == ((), {})
    assert repr(found) == "There is nothing to mend"


def test_nothing_of_the_users_becomes_another_one() -> None:
    module = models.Child().train()
    state = {name: value.clone() for name, value in module.state_dict().items()}
    text, forward, rng = Path(models.__file__).read_text(), models.Child.forward, torch.get_rng_state()
    modules, attributes = set(sys.modules), set(vars(module))
    found = repaired(module)
    assert found.repairs
    assert Path(models.__file__).read_text() == text
    assert (models.Child.forward, type(module), set(vars(module))) == (forward, models.Child, attributes)
    assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())
    assert torch.equal(torch.get_rng_state(), rng)
    assert set(sys.modules) - modules == set()


def test_a_program_shares_the_parameters() -> None:
    module = models.Child().eval()
    program = repaired(module).program
    with torch.no_grad():
        module.fc.weight.fill_(3.0)
    assert torch.allclose(program(X), module(X))


def test_texts_that_were_only_tried_are_forgotten() -> None:
    before = set(linecache.cache)
    repaired(models.outside)
    assert {name for name in set(linecache.cache) - before if "(repaired" in name} == set()


def test_the_repaired_trace_can_be_run_again_and_saved(tmp_path: Path) -> None:
    found = repaired(models.divides)
    assert found.trace is not None
    assert found.trace.rerun(MORE).outcome == "agrees"
    assert [finding.verdict for finding in found.trace.findings if finding.level == "error"] == []
    found.trace.save(tmp_path / "repaired.tracelab")
    assert tracelab.load(tmp_path / "repaired.tracelab").name == "divides"


def test_the_document_keeps_what_is_offered(tmp_path: Path) -> None:
    found = repaired(models.divides)
    trace = found.original
    assert trace.capture.repairs == found.repairs
    trace.save(tmp_path / "a.tracelab")
    assert tracelab.load(tmp_path / "a.tracelab").repairs == found.repairs
    trace.rerun(MORE)
    assert trace.capture.repairs == found.repairs, "also after another Run"
    assert "repair" in trace.capture.summary()


def test_findings_of_one_line_have_names_of_their_own(tmp_path: Path) -> None:
    """One was seen while capturing, another only by a Probe."""
    trace = tracelab.trace(models.DropsOut().train(), (torch.ones(2, 16),))
    names = [finding.id for finding in trace.findings]
    assert len(names) == len(set(names)) == 2
    trace.save(tmp_path / "a.tracelab")
    assert [finding.id for finding in tracelab.load(tmp_path / "a.tracelab").findings] == names


def test_keyword_inputs() -> None:
    found = tracelab.trace(models.scales, example_kwarg_inputs={"x": X}).repair()
    assert torch.equal(found.program(x=-X), models.scales(-X))


def test_an_interruption_keeps_what_was_proven() -> None:
    def interrupt(text: str, part: float) -> None:
        assert 0.0 <= part <= 1.0
        if "by itself" in text:
            raise KeyboardInterrupt

    found = tracelab.trace(models.divides, (X,)).repair(progress=interrupt)
    assert found.mended
    assert torch.equal(found.program(MORE), models.divides(MORE))


def test_no_time_mends_nothing_and_says_so() -> None:
    found = tracelab.trace(models.divides, (X,)).repair(seconds=0)
    assert list(found.left.values()) == ["the time was over"]


def test_without_libcst_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    trace = tracelab.trace(models.divides, (X,), probes=())
    with pytest.raises(MissingToolError, match=r"pip install 'tracelab\[repair\]'"):
        trace.repair()


def test_without_a_program_there_is_nothing_to_mend() -> None:
    trace = tracelab.trace(lambda x: x.view(7), (X,))
    with pytest.raises(UsageError, match="no program to mend"):
        trace.repair()


def test_it_is_documented() -> None:
    assert "witness" in (inspect.getdoc(tracelab.Trace.repair) or "")
