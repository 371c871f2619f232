"""Both sides of a Run, from the same start, with everything put back."""

from __future__ import annotations

import random
import sys
import time
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import tracelab
from tests.probes.staging import staged
from tracelab.probes.base import Given, Probe
from tracelab.replay.limits import Limits
from tracelab.replay.stage import Result, Stage, converted_program, example_probe

X = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])
META, HALF = torch.device("meta"), torch.bfloat16


def set_up(func: Any, *args: Any, **changes: Any) -> tuple[Stage, Probe]:
    """A stage for a function, and its example as a Probe with changes."""
    subject, stage = staged(func, *(args or (X,)))
    return stage, Probe(**{**vars(example_probe(subject.methods[0])), **changes})


def run(func: Any, *args: Any, **changes: Any) -> Result:
    stage, probe = set_up(func, *args, **changes)
    return stage.run(probe)


def given(*args: Any) -> tuple[Given, ...]:
    return (Given(args),)


class Remembers(nn.Module):
    """Writes a buffer in place, and a plain attribute."""

    seen: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.drop = nn.BatchNorm1d(3), nn.Dropout(0.5)
        self.register_buffer("seen", torch.zeros(3))
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        self.seen += x.sum(0)
        return self.drop(self.norm(x)) * self.seen


def branches(x: torch.Tensor) -> torch.Tensor:
    return x + 1 if x.sum() > 0 else x - 1


def fixes(x: torch.Tensor) -> torch.Tensor:
    return x.view(int(x.shape[0]), 3)


def refuses(x: torch.Tensor) -> torch.Tensor:
    if x.sum() < 0:
        raise ValueError("negative")
    return x + 1


OUTCOMES = [
    (branches, X, "agrees", ""),
    (branches, -X, "diverges", ""),
    (fixes, torch.ones(5, 3), "captured_raises", "RuntimeError: shape '[2, 3]' is invalid for input of size 15"),
    (refuses, -X, "eager_raises", "ValueError: negative"),
]


@pytest.mark.parametrize(("func", "x", "outcome", "said"), OUTCOMES, ids=lambda v: getattr(v, "__name__", str(v)[:9]))
def test_each_outcome(func: Any, x: torch.Tensor, outcome: str, said: str) -> None:
    result = run(func, calls=given(x))
    assert result.outcome == outcome
    assert (result.captured.said or result.eager.said) == said
    assert result.disagrees is (outcome in ("diverges", "captured_raises"))


def test_where_eager_raised_is_told_innermost_first() -> None:
    def outer(x: torch.Tensor) -> torch.Tensor:
        return refuses(x) * 2

    lines = run(outer, calls=given(-X)).eager.lines
    first = refuses.__code__.co_firstlineno
    assert lines[:2] == ((__file__, first + 2), (__file__, outer.__code__.co_firstlineno + 1))


def test_leaving_the_process_is_an_error_like_others() -> None:
    def leaves(x: torch.Tensor) -> torch.Tensor:
        if x.sum() < 0:
            sys.exit(3)
        return x + 1

    result = run(leaves, calls=given(-X))
    assert (result.outcome, result.eager.said) == ("eager_raises", "SystemExit: 3")


def test_both_start_from_the_same_state_and_draws() -> None:
    model = Remembers().train()
    result = run(model)
    assert result.outcome == "agrees"
    assert torch.equal(result.eager.outputs[0], result.captured.outputs[0])


def state_of(module: Any) -> list[Any]:
    tensors = [(name, x.clone(), x._version) for name, x in module.state_dict().items()]
    return [*tensors, *(part.training for part in module.modules())]


def test_everything_is_put_back() -> None:
    torch.manual_seed(11)
    random.seed(11)
    np.random.seed(11)
    draws = torch.get_rng_state(), random.getstate(), np.random.get_state(legacy=False)["state"]["key"]
    model = Remembers().train()
    torch.manual_seed(11)
    stage, probe = set_up(model, modes={"": False, "norm": False}, seed=3)
    before = state_of(model), state_of(stage.program), model.calls
    assert stage.run(probe).outcome in ("agrees", "diverges")
    after = state_of(model), state_of(stage.program), model.calls
    for one, other in zip([*before[0], *before[1]], [*after[0], *after[1]], strict=True):
        same = torch.equal(one[1], other[1]) if isinstance(one, tuple) else one == other
        assert same
    assert model.calls == after[2] == 0
    assert torch.equal(draws[0], torch.get_rng_state())
    assert draws[1] == random.getstate()
    assert (draws[2] == np.random.get_state(legacy=False)["state"]["key"]).all()


def test_everything_is_put_back_after_an_error() -> None:
    class Fails(Remembers):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return refuses(super().forward(x).abs() * x.sum())

    model = Fails().eval()
    stage, probe = set_up(model, calls=given(-X), seed=5, modes={"": True})
    draws = torch.get_rng_state()
    assert stage.run(probe).outcome == "eager_raises"
    assert (model.calls, model.seen.tolist(), model.training) == (0, [0.0] * 3, False)
    assert torch.equal(torch.get_rng_state(), draws)


def test_the_inputs_are_left_alone() -> None:
    x = X.clone().requires_grad_()
    stage, probe = set_up(lambda x: x.detach().mul_(2), x, calls=given(x) * 2)
    assert stage.run(probe).outcome == "agrees"
    assert torch.equal(x, X)
    assert (x.grad, x._version) == (None, 0)


def test_what_a_call_leaves_behind_is_there_for_the_next() -> None:
    class Counts(nn.Module):
        calls = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            return x * self.calls

    assert run(Counts()).outcome == "agrees"
    result = run(Counts(), calls=given(X) * 2)
    assert result.outcome == "diverges"
    assert [float(output[0, 0]) for output in result.eager.outputs] == [1.0, 2.0]
    assert [float(output[0, 0]) for output in result.captured.outputs] == [1.0, 1.0]


def test_a_seed_is_set_before_the_first_call_of_each_side() -> None:
    def draws(x: torch.Tensor) -> torch.Tensor:
        return x + torch.rand(3) + random.random() * 0 + float(np.random.rand()) * 0

    one, other, again = (run(draws, seed=seed).eager.outputs[0] for seed in (1, 2, 1))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@pytest.mark.parametrize(("modes", "outcome"), [({"drop": True}, "agrees"), ({"norm": True}, "diverges")])
def test_only_the_submodule_changes_its_mode(modes: dict[str, bool], outcome: str) -> None:
    class Asks(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.drop, self.norm = nn.Identity(), nn.BatchNorm1d(3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.norm(self.drop(x)) + (1 if self.training else 0)

    model = Asks().eval()
    assert run(model, modes=modes).outcome == outcome
    assert [part.training for part in model.modules()] == [False] * 3


def test_a_module_that_the_program_lacks_is_left_out() -> None:
    assert run(Remembers().eval(), modes={"norm": False, "gone": True}).outcome == "agrees"


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 3)
        self.second.weight = self.first.weight
        self.register_buffer("steps", torch.tensor(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x)) * self.steps


@pytest.mark.parametrize(("kind", "to"), [(HALF, {"dtype": HALF}), (META, {"device": "meta"})])
def test_copies_are_converted(kind: Any, to: dict[str, Any]) -> None:
    model = Tied()
    result = run(model, to=kind, calls=given(X.to(**to)))
    assert result.outcome == "agrees"
    (output,) = result.captured.outputs
    assert output.dtype == to.get("dtype", torch.float32)
    assert output.device.type == to.get("device", "cpu")
    assert {x.dtype for x in model.parameters()} == {torch.float32}


def test_whole_numbers_keep_their_dtype_when_a_program_is_converted() -> None:
    program: Any = torch.jit.trace(Tied(), X, check_trace=False)
    converted = converted_program(program, HALF)
    assert {name: x.dtype for name, x in converted.named_buffers()} == {"steps": torch.int64}
    assert {x.dtype for x in converted.parameters()} == {HALF}
    assert {x.dtype for x in program.parameters()} == {torch.float32}


def test_a_baked_dtype_shows_in_a_converted_copy() -> None:
    class Bakes(Tied):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.first(x) + torch.zeros(3).to(x.dtype)

    assert run(Bakes(), to=HALF, calls=given(X.to(HALF))).outcome == "diverges"


def test_a_module_that_cannot_be_copied_says_nothing() -> None:
    class Holds(Tied):
        def __init__(self) -> None:
            super().__init__()
            self.odd = (part for part in "abc")

    result = run(Holds(), to=HALF, calls=given(X.to(HALF)))
    assert "cannot be copied" in result.refused


@pytest.mark.parametrize("slow", ["eager", "captured"])
def test_a_side_that_takes_too_long_says_nothing(slow: str) -> None:
    stage, probe = set_up(branches)
    stage.limits = Limits(seconds=0.1)

    def sleeps(x: torch.Tensor) -> torch.Tensor:
        time.sleep(5)
        return x

    setattr(stage, {"eager": "func", "captured": "program"}[slow], sleeps)
    started = time.perf_counter()
    result = stage.run(probe)
    assert "longer than 0.1 seconds" in result.refused
    assert time.perf_counter() - started < 3
    assert not result.disagrees


def test_a_side_that_wants_too_much_memory_says_nothing() -> None:
    stage, probe = set_up(lambda x: x.repeat(1, 1).sum(), calls=given(X))
    stage.limits = Limits(bytes=64 << 20)
    stage.func = lambda x: torch.ones(1 << 28).sum()
    assert "more memory" in stage.run(probe).refused


def test_nothing_is_said_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    def speaks(x: torch.Tensor) -> torch.Tensor:
        print("here I am")
        sys.stderr.write("and here")
        return x + 1

    stage, probe = set_up(speaks)
    capfd.readouterr()
    assert stage.run(probe).outcome == "agrees"
    assert capfd.readouterr() == ("", "")


def test_methods_are_found_by_their_names() -> None:
    class Two(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x

        def encode(self, x: torch.Tensor) -> torch.Tensor:
            return branches(x)

    trace = tracelab.trace_module(Two(), {"forward": X, "encode": X}, probes=())
    assert trace.rerun(-X, method="encode").outcome == "diverges"
    assert trace.rerun(-X).outcome == "agrees"


def test_a_forgotten_run_keeps_what_its_inputs_were() -> None:
    result = run(branches, calls=given(-X))
    result.forget()
    assert [(one.name, one.spec) for one in result.inputs] == [("arg0", "f32[2, 3]")]
    assert result.probe.calls == ()
    assert (result.eager.outputs, result.captured.outputs) == ([], [])
