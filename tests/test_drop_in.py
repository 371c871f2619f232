"""`tracelab.trace` is `torch.jit.trace`: the same arguments, the same program, the same errors for wrong use."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from models import BUILDERS
from torch import nn

import tracelab
from tests.specimens import ALL
from tests.specimens.base import Specimen
from tests.specimens.running import plain_trace, same, seed

TRACEABLE = [s for s in ALL if not s.refuses and not s.crashes]
_MANGLED = re.compile(r"___torch_mangle_\d+\.")
_NUMBER = re.compile(r"\d+(\.\d+)?(e[+-]?\d+)?")


def texts(program: Any, volatile: bool = False) -> list[str]:
    """All that torch prints of a program, but for the numbers of mangled classes."""
    found = [str(program.graph), str(program.inlined_graph), program.code]
    found += [str(part.graph) for _, part in _methods(program)]
    found = [_MANGLED.sub("", text) for text in found]
    return [_NUMBER.sub("#", text) for text in found] if volatile else found


def _methods(program: Any) -> list[tuple[str, Any]]:
    """The parts of which something was recorded."""
    parts: Any = program.named_modules() if isinstance(program, nn.Module) else ()
    return [(name, part) for name, part in parts if part._c._has_method("forward")]


def quiet(call: Callable[[], Any]) -> Any:
    """The result of torch's own call, its warnings unsaid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call()


def level_with(program: Any, torchs: Any) -> None:
    """Gives our program the tensors of torch's, whose model the tracer's run has changed."""
    if isinstance(program, nn.Module):
        theirs = torchs.state_dict(keep_vars=True)
        with torch.no_grad():
            for name, held in program.state_dict(keep_vars=True).items():
                held.copy_(theirs[name])


def assert_same_program(ours: Any, torchs: Any, volatile: bool = False) -> None:
    """Same class, same texts, same tensors."""
    assert type(ours) is type(torchs)
    assert texts(ours, volatile) == texts(torchs, volatile)
    if isinstance(torchs, nn.Module):
        assert ours.state_dict().keys() == torchs.state_dict().keys()
        assert ours.training == torchs.training


@pytest.mark.parametrize("specimen", TRACEABLE, ids=lambda s: s.name)
def test_specimen_gives_the_same_program(specimen: Specimen) -> None:
    torchs = plain_trace(specimen)
    target = specimen.make()
    seed(0)
    ours = tracelab.trace(
        target, specimen.example() or None, example_kwarg_inputs=specimen.kwargs() or None, probes=()
    ).program
    specimen.reset()
    assert_same_program(ours, torchs, specimen.volatile)
    if not specimen.volatile:
        level_with(ours, torchs)
        seed(1)
        expected = quiet(lambda: torchs(*specimen.example(), **specimen.kwargs()))
        seed(1)
        assert same(expected, quiet(lambda: ours(*specimen.example(), **specimen.kwargs())), grad=True)


@pytest.mark.parametrize("specimen", [s for s in ALL if s.refuses or s.crashes], ids=lambda s: s.name)
def test_what_torch_refuses_is_no_error_of_ours(specimen: Specimen) -> None:
    trace = tracelab.trace(specimen.make(), specimen.example())
    assert trace.findings
    assert trace.capture.stop is not None or specimen.crashes


@pytest.mark.parametrize("name", BUILDERS)
def test_model_gives_the_same_program(name: str) -> None:
    model, args, kwargs = BUILDERS[name]()
    inputs: dict[str, Any] = {"example_inputs": args or None, "example_kwarg_inputs": kwargs or None}
    ours = tracelab.trace(model, **inputs).program
    torchs = quiet(lambda: torch.jit.trace(BUILDERS[name]().model, check_trace=False, **inputs))
    assert_same_program(ours, torchs)
    assert same(torchs(*args, **kwargs), ours(*args, **kwargs), grad=True)


class Twice(nn.Module):
    """A module with two methods to trace."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor, y: torch.Tensor | None = None) -> torch.Tensor:
        return self.linear(x) if y is None else self.linear(x) + y

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x).relu()


def double(x: torch.Tensor) -> torch.Tensor:
    return x * 2


def in_place(x: torch.Tensor) -> torch.Tensor:
    return x.clone().add_(1)


def as_list(x: torch.Tensor) -> list[torch.Tensor]:
    return [x, x + 1]


def as_dict(x: torch.Tensor) -> dict[str, torch.Tensor]:
    return {"x": x, "y": x + 1}


def twice() -> Twice:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        return Twice()


X = torch.ones(3)
WAYS: dict[str, tuple[Callable[[], Any], dict[str, Any]]] = {
    "a tuple": (twice, {"example_inputs": (X,)}),
    "two tensors": (twice, {"example_inputs": (X, X)}),
    "a lone tensor": (twice, {"example_inputs": X}),
    "keywords": (twice, {"example_kwarg_inputs": {"x": X, "y": X}}),
    "keywords out of order": (twice, {"example_kwarg_inputs": {"y": X, "x": X}}),
    "a list": (lambda: double, {"example_inputs": [X]}),
    "a function": (lambda: double, {"example_inputs": (X,)}),
    "a function's keywords": (lambda: double, {"example_kwarg_inputs": {"x": X}}),
    "a lambda": (lambda: lambda x: x + 1, {"example_inputs": X}),
    "a bound forward": (lambda: twice().forward, {"example_inputs": (X,)}),
    "a list output": (lambda: as_list, {"example_inputs": X, "strict": False}),
    "a dict output": (lambda: as_dict, {"example_inputs": X, "strict": False}),
    "no in-place operators": (lambda: in_place, {"example_inputs": X, "_force_outplace": True}),
    "in-place operators": (lambda: in_place, {"example_inputs": X, "_force_outplace": False}),
    "no stored inputs": (twice, {"example_inputs": X, "_store_inputs": False}),
    "check inputs": (twice, {"example_inputs": X, "check_inputs": [(X * 2,), (X * 3,)], "check_tolerance": 1e-3}),
    "a check left out": (twice, {"example_inputs": X, "check_trace": False}),
    "a class of module": (twice, {"example_inputs": X, "_module_class": torch.jit.TopLevelTracedModule}),
    "a training module": (lambda: twice().train(), {"example_inputs": X}),
    "a scripted module": (lambda: torch.jit.script(nn.ReLU()), {"example_inputs": X}),
    "a tensor that requires grad": (twice, {"example_inputs": torch.ones(3, requires_grad=True)}),
}


@pytest.mark.parametrize("way", WAYS)
def test_way_of_calling(way: str) -> None:
    make, arguments = WAYS[way]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The input to trace is already a ScriptModule")
        ours = tracelab.trace(make(), **arguments).program
    torchs = quiet(lambda: torch.jit.trace(make(), **{**arguments, "check_trace": False}))
    assert_same_program(ours, torchs)


def test_compilation_unit() -> None:
    unit = torch._C.CompilationUnit()
    ours = tracelab.trace(twice(), X, _compilation_unit=unit).program
    assert_same_program(ours, quiet(lambda: torch.jit.trace(twice(), X, check_trace=False)))


def test_trace_module_with_two_methods() -> None:
    inputs: dict[str, Any] = {"forward": X, "encode": (X * 2,)}
    ours = tracelab.trace_module(twice(), inputs).program
    torchs = quiet(lambda: torch.jit.trace_module(twice(), inputs, check_trace=False))
    assert_same_program(ours, torchs)
    assert str(ours.encode.graph) == _MANGLED.sub("", str(torchs.encode.graph)) or texts(ours) == texts(torchs)
    assert torch.equal(ours.encode(X), torchs.encode(X))


def test_trace_module_with_keywords() -> None:
    inputs: dict[str, Any] = {"forward": {"y": X, "x": X}}
    ours = tracelab.trace_module(twice(), inputs, example_inputs_is_kwarg=True).program
    torchs = quiet(lambda: torch.jit.trace_module(twice(), inputs, check_trace=False, example_inputs_is_kwarg=True))
    assert_same_program(ours, torchs)


def test_the_stored_inputs_are_the_same() -> None:
    def stored(program: Any) -> list[Any]:
        return list(program._c._retrieve_traced_inputs()["forward"])

    assert len(stored(tracelab.trace(twice(), X).program)) == 1


WRONG: dict[str, tuple[type[Exception], Callable[[], Any], dict[str, Any]]] = {
    "a wrong name": (NameError, twice, {"example_kwarg_inputs": {"z": X}}),
    "no inputs": (RuntimeError, twice, {}),
    "no inputs of a bound forward": (RuntimeError, lambda: twice().forward, {}),
    "no inputs of a function": (TypeError, lambda: double, {}),
    "keywords that are no dict": (RuntimeError, twice, {"example_kwarg_inputs": [X]}),
    "another bound method": (AttributeError, lambda: twice().encode, {"example_inputs": X}),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_use_raises_as_torch_does(wrong: str) -> None:
    kind, make, arguments = WRONG[wrong]
    with pytest.raises(kind) as torchs:
        quiet(lambda: torch.jit.trace(make(), check_trace=False, **arguments))
    with pytest.raises(kind) as ours:
        tracelab.trace(make(), **arguments)
    assert str(ours.value) == str(torchs.value)


@pytest.mark.parametrize(
    ("module", "inputs"),
    [(double, {"forward": X}), (twice(), (X,)), (twice(), {"absent": X})],
    ids=["no module", "no dict", "no such method"],
)
def test_wrong_use_of_trace_module(module: Any, inputs: Any) -> None:
    with pytest.raises(AttributeError) as torchs:
        quiet(lambda: torch.jit.trace_module(module, inputs, check_trace=False))
    with pytest.raises(AttributeError) as ours:
        tracelab.trace_module(module, inputs)
    assert str(ours.value) == str(torchs.value)


@pytest.mark.parametrize("name", ["trace", "trace_module"])
def test_signature(name: str) -> None:
    """Torch's parameters come first, in its order and with its defaults; ours can only be named."""
    torchs = list(inspect.signature(getattr(torch.jit, name)).parameters.values())
    ours = list(inspect.signature(getattr(tracelab, name)).parameters.values())
    assert [(p.name, p.default) for p in ours[: len(torchs)]] == [(p.name, p.default) for p in torchs]
    assert all(p.kind is p.KEYWORD_ONLY and p.default is not p.empty for p in ours[len(torchs) :])


def test_nothing_is_said_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither torch's deprecation nor its TracerWarnings spill over, whatever the filters."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        tracelab.trace(lambda x: x * int(x.sum()), X)
    assert [str(warning.message) for warning in said] == []
    assert capfd.readouterr() == ("", "")


def test_what_the_checker_would_raise_is_a_finding() -> None:
    """The program is wrong for the second check input; torch raises, we return it."""

    def flips(x: torch.Tensor) -> torch.Tensor:
        return x + 1 if x.sum() > 0 else x - 1

    arguments: dict[str, Any] = {"example_inputs": (X,), "check_inputs": [(X,), (-X,)]}
    with pytest.raises(torch.jit.TracingCheckError):
        quiet(lambda: torch.jit.trace(flips, **arguments))
    trace = tracelab.trace(flips, **arguments)
    assert torch.equal(trace.program(X), X + 1)
    assert trace.findings[0].verdict == "diverges"
    assert trace.findings[0].level == "error"


def test_saved_program_loads_without_tracelab(tmp_path: Path) -> None:
    """In a process that cannot import us."""
    path = tmp_path / "program.pt"
    program = tracelab.trace(twice(), X).program
    torch.jit.save(program, path)
    code = (
        "import sys; sys.modules['tracelab'] = None\n"
        "import torch\n"
        f"print(torch.jit.load({str(path)!r})(torch.ones(3)).tolist())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert ran.stdout.strip() == str(program(X).tolist())
