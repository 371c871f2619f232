"""`Trace.repair` of exports: each repaired program is right where the one before was wrong, or refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import tracelab
from tests.repair import models
from tracelab.handle import Repaired

X = torch.arange(6.0).view(2, 3) + 1
MORE = torch.arange(15.0).view(5, 3) - 7


def repaired(func: Any, *args: Any, **options: Any) -> Repaired:
    return tracelab.trace(func, args or (X,), backend="export").repair(60, **options)


def agrees(found: Repaired, func: Any, *inputs: torch.Tensor) -> bool:
    """Whether the repaired program, as torch runs it, does what the function does."""
    program = found.program.module()
    return all(torch.allclose(program(x), func(x)) for x in inputs)


def test_a_branch_that_is_refused_becomes_where() -> None:
    found = repaired(models.scales)
    assert found.original.program is None, "torch.export refuses it"
    assert "+    x = torch.where(x.sum() > 0, x * gain, x)\n" in found.diff
    assert agrees(found, models.scales, X, -X)
    assert found.left == {}


def test_arms_of_layers_become_cond_and_what_is_refused_next_is_mended_on_top() -> None:
    module = models.Asks().eval()
    found = repaired(module)
    assert "x = torch.cond(x.sum() > 0, one, other, (x,))" in found.diff
    assert "y = torch.where(y.max() > 1, y - y.max(), y)" in found.diff
    assert found.left == {}
    assert agrees(found, module, X, -X, X * 0)
    assert {finding.verdict for finding in found.original.findings} == {"refused", "guarded"}


def test_a_number_that_is_asked_elsewhere_stays_a_tensor() -> None:
    found = repaired(models.asks_elsewhere)
    assert found.left == {}
    assert agrees(found, models.asks_elsewhere, X, X / 100)


def test_a_loop_that_is_refused_becomes_while_loop() -> None:
    found = repaired(models.loops)
    assert "x, times = torch.while_loop(goes_on, step, (x, torch.as_tensor(times)))" in found.diff
    assert agrees(found, models.loops, X, X * 100, X / 100)


def test_rounds_are_whole() -> None:
    found = repaired(models.repeats)
    assert found.left == {}
    assert agrees(found, models.repeats, X, X * 0.4, X * 1.7)


def test_sizes_that_the_function_takes_are_left_open() -> None:
    found = repaired(models.shares)
    assert found.diff == ""
    (repair,) = found.repairs
    assert repair.code.startswith("program = torch.export.export(model, (x,), dynamic_shapes={'x': {0: ")
    scope: dict[str, Any] = {"torch": torch, "model": torch.nn.ReLU(), "x": X}
    exec(repair.code.replace("'x'", "'input'"), scope)
    assert scope["program"].module()(torch.ones(7, 3)).shape == (7, 3)
    assert agrees(found, models.shares, X, MORE)


def test_what_was_refused_takes_other_sizes_besides() -> None:
    found = repaired(models.scales)
    assert found.original.program is None
    assert "dynamic_shapes={'x': {0: torch.export.Dim.AUTO" in found.repairs[0].code
    assert agrees(found, models.scales, MORE, -MORE)
    assert "dynamic_shapes" not in repaired(models.scales, files_only=True).repairs[0].code


def test_a_branch_on_a_size_keeps_both_arms() -> None:
    found = repaired(models.asks_for_rows)
    assert "torch.cond(x.shape[0] > 3, one, other, (x,))" in found.diff
    assert agrees(found, models.asks_for_rows, X, MORE)


def test_what_is_wrong_in_silence_is_mended() -> None:
    found = repaired(models.likes)
    assert "+    return x + x.new_ones(x.shape)\n" in found.diff
    assert found.program.module()(X.double()).dtype == torch.float64
    counter = repaired(models.Counter())
    program = counter.program.module()
    assert [program(X).sum().item() for _ in range(3)] == [21.0, 42.0, 63.0]


def test_the_repaired_trace_is_an_export_that_can_be_run_compared_and_saved(tmp_path: Path) -> None:
    found = repaired(models.scales)
    assert found.trace is not None
    assert (found.trace.capture.backend, found.trace.rerun(-X).outcome) == ("export", "agrees")
    assert [finding for finding in found.trace.findings if finding.level == "error"] == []
    found.trace.save(tmp_path / "a.tracelab")
    assert tracelab.load(tmp_path / "a.tracelab").stop is None
    assert found.original.capture.repairs == found.repairs
    assert all(run.outcome == "agrees" for run in found.runs)


def test_nothing_of_the_users_becomes_another_one() -> None:
    module = models.Child().train()
    state = {name: value.clone() for name, value in module.state_dict().items()}
    text, forward, rng = Path(models.__file__).read_text(), models.Child.forward, torch.get_rng_state()
    attributes = set(vars(module))
    found = repaired(module)
    assert found.program is not None
    assert Path(models.__file__).read_text() == text
    assert (models.Child.forward, type(module), set(vars(module))) == (forward, models.Child, attributes)
    assert all(torch.equal(value, state[name]) for name, value in module.state_dict().items())
    assert torch.equal(torch.get_rng_state(), rng)
    with torch.no_grad():
        module.fc.weight.fill_(3.0)
    assert agrees(found, module, X), "the parameters are shared"


@pytest.mark.parametrize("func", [models.keeps_a_list, models.outside])
def test_what_cannot_be_mended_is_named_with_why(func: Any) -> None:
    found = repaired(func)
    assert (found.trace, found.program, found.repairs, found.diff) == (None, None, (), "")
    assert set(found.left) >= {finding.id for finding in found.original.findings if finding.verdict == "refused"}


def test_training_mode_is_left_with_what_to_do() -> None:
    found = repaired(models.Drops().train())
    assert found.program is None
    assert any("exported after model.eval()" in why for why in found.left.values())


def test_only_files_leaves_the_call_alone() -> None:
    assert repaired(models.shares, files_only=True).repairs == ()
    assert "torch.where" in repaired(models.scales, files_only=True).diff


def test_an_interruption_keeps_what_was_proven() -> None:
    def interrupt(text: str, part: float) -> None:
        if "by itself" in text:
            raise KeyboardInterrupt

    found = repaired(models.scales, progress=interrupt)
    assert found.mended
    assert agrees(found, models.scales, X, -X)


def test_the_time_is_kept() -> None:
    trace = tracelab.trace(models.scales, (X,), backend="export")
    found = trace.repair(seconds=0)
    assert (found.repairs, set(found.left.values())) == ((), {"the time was over"})
