"""Between `torch.jit.trace` and the function that it runs."""

from __future__ import annotations

import contextlib
import inspect
from typing import Any

import pytest
import torch
from torch import nn

from tests.backends.recording import kinds, own, record
from tracelab.backends.base import Recording
from tracelab.backends.interpose import AbandonedError, Interposer, finished_graph
from tracelab.observers import Recorder, Sightings
from tracelab.preserve import quiet
from tracelab.schema import Items, Ref

X = torch.ones(2, 3)
ENTRIES = [
    (torch._C, "_create_function_from_trace"),
    (torch._C, "_create_function_from_trace_with_dict"),
    (torch._C.ScriptModule, "_create_method_from_trace"),
    (torch._C.ScriptModule, "_create_method_from_trace_with_dict"),
]


def interposer(**options: Any) -> Interposer:
    return Interposer(Recorder(Sightings(), ()), **options)


def test_torchs_entries_are_its_own_again() -> None:
    before = [inspect.getattr_static(owner, name) for owner, name in ENTRIES]
    with contextlib.suppress(KeyError), interposer().installed():
        during = [inspect.getattr_static(owner, name) for owner, name in ENTRIES]
        raise KeyError("on purpose")
    assert not any(one is other for one, other in zip(during, before))
    assert [inspect.getattr_static(owner, name) for owner, name in ENTRIES] == before


def test_a_recording_holds_what_the_program_lost() -> None:
    recording = record(lambda x: x + 1 if x.sum() > 0 else x, X)
    assert recording.finished is not None
    assert kinds(recording.recorded.nodes) == ["aten::sum", "aten::gt", "aten::add"]
    assert kinds(recording.finished.nodes) == ["aten::add"]
    assert recording.recorded.complete


def test_outputs_keep_their_nesting() -> None:
    recorded = record(lambda x: (x + 1, [x * 2, x * 3]), X).recorded
    numbers = [node.outputs[0].number for node in recorded.nodes]
    nested = Items(items=(Ref(value=numbers[1]), Ref(value=numbers[2])))
    assert recorded.outputs == [Items(items=(Ref(value=numbers[0]), nested))]


def test_the_users_function_sees_no_frame_of_ours_but_the_bottom() -> None:
    names: list[str] = []

    def look(x: torch.Tensor) -> torch.Tensor:
        frame = inspect.currentframe()
        names.append(str(frame and frame.f_back and frame.f_back.f_code.co_name))
        return x + 1

    record(look, X)
    assert names == ["_tracelab_bottom_"]


def test_values_are_named_after_the_users_variables() -> None:
    def named(x: torch.Tensor) -> torch.Tensor:
        first = x + 1
        second = first * 2
        return second.sum()

    values = [node.outputs[0].name.partition(".")[0] for node in record(named, X).recorded.nodes]
    assert values[:2] == ["first", "second"]


def fails_half_way(x: torch.Tensor) -> torch.Tensor:
    torch.relu(x + 1)
    raise KeyError("on purpose")


def test_what_was_recorded_before_an_error_is_kept() -> None:
    ours = interposer()
    with pytest.raises(KeyError, match="on purpose"), quiet(), ours.installed():
        torch.jit.trace(fails_half_way, (X,), check_trace=False)
    recorded = ours.recordings[0].recorded
    assert (kinds(recorded.nodes), recorded.complete, recorded.outputs) == (["aten::add", "aten::relu"], False, [])
    assert not torch.jit.is_tracing()


def test_a_module_that_fails_half_way() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.fc(self.fc(x).view(7, 7))

    ours = interposer()
    with pytest.raises(RuntimeError, match=r"shape .* is invalid"), quiet(), ours.installed():
        torch.jit.trace(Model(), (X,), check_trace=False)
    recorded = ours.recordings[0].recorded
    # the tracer notes an operation before it runs
    assert [(node.kind, node.scope) for node in own(recorded.nodes)] == [("aten::linear", "fc"), ("aten::view", "")]
    assert not recorded.complete


def swallows(x: torch.Tensor) -> torch.Tensor:
    try:
        return x.view(7)
    except RuntimeError:
        return x + 1


def test_what_torch_would_crash_on_is_abandoned() -> None:
    ours = interposer()
    with pytest.raises(AbandonedError, match=r"Tensor\.view"), quiet(), ours.installed():
        torch.jit.trace(swallows, (X,), check_trace=False)
    assert len(ours.recordings) == 1
    assert not torch.jit.is_tracing()


def test_each_recording_is_told_before_torch_builds_the_program() -> None:
    told: list[Recording] = []
    ours = interposer(on_recording=told.append)
    with quiet(), ours.installed():
        torch.jit.trace(lambda x: x + 1, (X,), check_trace=False)
    assert told == ours.recordings
    assert told[0].finished is None


def test_each_method_is_recorded() -> None:
    class Coder(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x + 1

        def encode(self, x: torch.Tensor) -> torch.Tensor:
            return x * 2

    ours = interposer()
    with quiet(), ours.installed():
        program = torch.jit.trace_module(Coder(), {"forward": X, "encode": X}, check_trace=False)
    assert {recording.method: kinds(recording.recorded.nodes) for recording in ours.recordings} == {
        "forward": ["aten::add"],
        "encode": ["aten::mul"],
    }
    graph = finished_graph(program, "encode")
    assert graph is not None
    assert kinds(graph.nodes) == ["aten::mul"]


def test_what_is_no_torchscript_has_no_graph() -> None:
    assert finished_graph(nn.Linear(1, 1), "forward") is None
    assert finished_graph(None, "forward") is None


def test_keywords_are_inputs() -> None:
    ours = interposer()
    with quiet(), ours.installed():
        torch.jit.trace(lambda x, y: x - y, example_kwarg_inputs={"y": X, "x": X}, check_trace=False)
    assert {value.name for value in ours.recordings[0].recorded.inputs} == {"x", "y"}
