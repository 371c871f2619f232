"""Copies of recorded graphs that can be run."""

from __future__ import annotations

import linecache
from typing import Any

import pytest
import torch
from torch import nn

import tracelab
from tests.backends.recording import record
from tracelab.backends.base import Recording
from tracelab.backends.interpose import Interposer
from tracelab.backends.pieces import first_failure
from tracelab.backends.replica import Replica, argument_name, attribute_of
from tracelab.observers import Recorder, Sightings
from tracelab.preserve import quiet
from tracelab.source import stack_places

X = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def recorded(func: Any, *args: Any) -> tuple[Recording, Replica]:
    """What was recorded, and its copy."""
    interposer = Interposer(Recorder(Sightings(), ()))
    with quiet(), interposer.installed():
        torch.jit.trace(func, args, check_trace=False, strict=False)
    assert interposer.recorder.sightings.faults == []
    return interposer.recordings[-1], interposer.replicas["forward"]


def copied(func: Any, *args: Any) -> Replica:
    return recorded(func, *(args or (X,)))[1]


def outputs(replica: Replica, *inputs: Any) -> list[torch.Tensor]:
    return replica.function(())(inputs).outputs


def numbers(recording: Recording, kind: str) -> list[int]:
    """The tracer's numbers of what an operator gave."""
    return [node.outputs[0].number for node in recording.recorded.nodes if node.kind == kind]


class Tied(nn.Module):
    """Two layers share a weight, and one is called twice."""

    def __init__(self) -> None:
        super().__init__()
        shared = nn.Linear(3, 3)
        self.inner, self.outer = nn.Sequential(shared, nn.ReLU()), nn.Linear(3, 3)
        self.outer.weight = shared.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.outer(self.inner(self.inner(x)))


class Counts(nn.Module):
    seen: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen += x.sum(0)
        return x * self.seen


def nested(x: torch.Tensor) -> Any:
    return (x + 1, [x * 2, x * 3]), x - 1


@pytest.mark.parametrize("x", [X, -X, X.repeat(4, 1)])
def test_modules_with_submodules_and_shared_parameters(x: torch.Tensor) -> None:
    model = Tied()
    (output,) = outputs(copied(model), x)
    assert torch.equal(output, model(x))


def test_parameters_are_those_of_now() -> None:
    model = Tied()
    replica = copied(model)
    with torch.no_grad():
        model.outer.weight.fill_(2.0)
    assert torch.equal(outputs(replica, X)[0], model(X))


def test_buffers_are_written_in_place() -> None:
    model = Counts()
    replica = copied(model)
    before = model.seen.clone()
    (first,), (second,) = outputs(replica, X), outputs(replica, X)
    assert torch.equal(model.seen, before + 2 * X.sum(0))
    assert torch.equal(second - first, X * X.sum(0))


def test_outputs_are_the_leaves_in_their_order() -> None:
    found = outputs(copied(nested), -X)
    assert [float(leaf[0, 0]) for leaf in found] == [0.0, -2.0, -3.0, -2.0]


def test_the_values_of_a_dict_are_in_its_order() -> None:
    found = outputs(copied(lambda x: {"b": x + 1, "a": x * 2}), X)
    assert [float(leaf[0, 0]) for leaf in found] == [2.0, 2.0]
    assert torch.equal(found[1], X * 2)


def test_containers_are_inputs() -> None:
    def both(pair: Any, table: Any) -> torch.Tensor:
        return pair[0] @ pair[1] + table["bias"]

    replica = copied(both, (X, X.t()), {"bias": torch.ones(2)})
    assert replica.inputs == ["pair", "table"]
    assert torch.equal(outputs(replica, (X, X.t()), {"bias": torch.zeros(2)})[0], X @ X.t())


def test_dead_code_answers() -> None:
    """What only fed a Python decision is not in the program, and is in the copy."""

    def asks(x: torch.Tensor) -> torch.Tensor:
        return x + 1 if x.sum() > 0 else x

    recording, replica = recorded(asks, X)
    asked = numbers(recording, "aten::gt")
    assert [bool(value) for x in (X, -X) for value in replica.function(asked)((x,)).asked] == [True, False]


def test_a_value_is_as_it_was_when_it_was_computed() -> None:
    def writes(x: torch.Tensor) -> torch.Tensor:
        y = x * 2
        y.add_(100)
        return y

    recording, replica = recorded(writes, X)
    answers = replica.function([*numbers(recording, "aten::mul"), *numbers(recording, "aten::add_")])((X,))
    assert torch.equal(answers.asked[0], X * 2)
    assert torch.equal(answers.asked[1], X * 2 + 100)
    assert torch.equal(answers.outputs[0], X * 2 + 100)


def test_an_input_is_answered_as_it_was_given() -> None:
    def writes(x: torch.Tensor) -> torch.Tensor:
        return x.mul_(0)

    recording, replica = recorded(writes, X.clone())
    number = recording.recorded.inputs[0].number
    assert replica.knows(number)
    assert torch.equal(replica.function([number], with_outputs=False)((X.clone(),)).asked[0], X)


def test_unknown_values_are_not_answered() -> None:
    replica = copied(nested)
    assert not replica.knows(10**6)
    assert replica.function([10**6]).asked == []


def fits(x: torch.Tensor) -> torch.Tensor:
    y = x.exp()
    z = y.view(2, 3)
    return z.t() @ z


def test_the_place_of_the_first_failure_names_its_line() -> None:
    replica = copied(fits)
    place = first_failure(replica, [torch.ones(4)])
    assert place is not None
    raising = stack_places(replica.stack_of(place))[0]
    assert (raising.filename, raising.function) == (__file__, "fits")
    assert linecache.getline(__file__, raising.lineno).strip() == "z = y.view(2, 3)"


def test_nothing_fails_on_what_is_taken() -> None:
    assert first_failure(copied(fits), [torch.ones(6)]) is None


def test_looking_for_a_failure_leaves_the_inputs_alone() -> None:
    def writes(x: torch.Tensor) -> torch.Tensor:
        return x.add_(1).view(2, 3)

    replica, given = copied(writes, torch.ones(2, 3)), torch.ones(4)
    assert first_failure(replica, [given]) is not None
    assert given.tolist() == [1.0] * 4


def test_what_comes_before_a_failure_is_answered() -> None:
    recording, replica = recorded(fits, X)
    place = first_failure(replica, [torch.ones(4)])
    assert place is not None
    question = replica.function(
        [*numbers(recording, "aten::exp"), *numbers(recording, "aten::matmul")], with_outputs=False, until=place - 1
    )
    assert question.asked == numbers(recording, "aten::exp")
    assert torch.equal(question([torch.zeros(4)]).asked[0], torch.ones(4))


def test_without_outputs_only_what_is_needed_runs() -> None:
    recording, replica = recorded(fits, X)
    question = replica.function(numbers(recording, "aten::exp"), with_outputs=False)
    assert torch.equal(question([torch.zeros(4)]).asked[0], torch.ones(4))


class Scripted(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool(x.sum() > 0):
            return x * 2
        return x * 3


class HasScripted(nn.Module):
    """A call of a scripted part is no operation that can be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.part = torch.jit.script(Scripted())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.part(x) + (1 if x.sum() > 0 else -1)


def test_a_graph_that_cannot_be_copied() -> None:
    with pytest.raises(KeyError, match="forward"):
        recorded(HasScripted(), X)
    assert record(HasScripted(), X).recorded.complete


def test_without_a_copy_the_trace_works() -> None:
    trace = tracelab.trace(HasScripted(), X)
    assert torch.equal(trace(X), X * 2 + 1)
    assert [(f.rule, f.verdict) for f in trace.findings] == [("data-dependent-branch", "diverges")]


@pytest.mark.parametrize(("name", "said"), [("x.1", "x"), ("x", "x"), ("x_1", "x_1"), ("a.b", "a.b")])
def test_the_name_of_an_argument(name: str, said: str) -> None:
    assert argument_name(name) == said


def test_what_a_dotted_path_leads_to() -> None:
    model = Tied()
    assert attribute_of(model, "inner.0.weight") is model.outer.weight
