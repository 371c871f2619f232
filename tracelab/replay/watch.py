"""What Python would have been told under another Probe: the recorded chains of its questions, run again.

Up to the first answer that is another one, the program and eager compute the same, so that the first changed
answer is exactly what eager gets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from tracelab.backends.pieces import first_failure
from tracelab.backends.replica import Answers, Question, Replica
from tracelab.nesting import SEQUENCE, tensors_in
from tracelab.observers import Sighting
from tracelab.preserve import cloned
from tracelab.probes.base import Given, Probe
from tracelab.schema import Observation
from tracelab.tensors import is_equal

_WATCHED = ("conversion", "constant-tensor")
_TRUTH: Callable[[Any], Any] = bool
_AS: dict[str, Callable[[Any], Any]] = {
    "__bool__": _TRUTH, "is_nonzero": _TRUTH, "_assert": _TRUTH, "_assert_async": _TRUTH,
    "__int__": int, "__index__": int, "__float__": float,
}  # fmt: skip
"""What Python made of a value, by the last name of what it asked."""
_PAIRS: dict[str, Callable[[Any, Any], bool]] = {
    "equal": torch.equal,
    "allclose": torch.allclose,
    "is_same_size": lambda one, other: one.shape == other.shape,
}


class Watch:
    """The questions of one method.

    Args:
        replica: the recorded graph.
        observations: all of the capture's.
        sightings: their live sides, by id.
        method: which method's.
    """

    def __init__(
        self, replica: Replica, observations: Sequence[Observation], sightings: Sequence[Sighting], method: str
    ) -> None:
        self.replica, self._method = replica, method
        self._asked = {o.id: o.asked.rpartition(".")[2] for o in observations}
        self.numbers: dict[int, tuple[int, ...]] = {}
        """For each observation the tracer's numbers of the values that were asked."""
        for observation in (o for o in observations if o.method == method and o.kind in _WATCHED):
            numbers = _numbers(sightings[observation.id])
            if numbers and all(replica.knows(number) for number in numbers):
                self.numbers[observation.id] = numbers
        self._question = self._ask(self.numbers)
        self._before: dict[int, Any] = {}
        self._failed_at: int | None = None
        self._alone: dict[frozenset[int], Question] = {}

    def _ask(self, ids: Mapping[int, Any] | frozenset[int], with_outputs: bool = True) -> Question:
        numbers = dict.fromkeys(number for identity in ids for number in self.numbers[identity])
        return self.replica.function(numbers, with_outputs)

    def covers(self, probe: Probe) -> bool:
        """Whether the copy can stand for the program under a Probe."""
        return probe.method == self._method and probe.to is None and not probe.gradients and probe.axis != "structure"

    def play(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Answers:
        """Run the copy on the arguments of one call."""
        return self._question(self.ordered(args, kwargs))

    def learn(self, asked: list[Any]) -> None:
        """Keep the answers on the example inputs."""
        self._before = self._answers(self._question, self.numbers, asked)

    @property
    def has_learned(self) -> bool:
        """Whether the answers on the example inputs are known."""
        return bool(self._before) or not self.numbers

    def changed(self, asked: list[Any]) -> frozenset[int]:
        """The observations whose answer is another one than on the example inputs."""
        return self._differing(self._answers(self._question, self.numbers, asked))

    def changed_alone(self, ids: frozenset[int], given: Given) -> frozenset[int]:
        """The same for some observations, without running the whole: also where the program does not come to its end.

        Of what cannot be computed nothing is said.
        """
        watched = frozenset(ids & self.numbers.keys())
        answers = self.answers(watched, given) if watched else {}
        if answers is None and len(watched) > 1:
            return frozenset(i for one in watched for i in self.changed_alone(frozenset({one}), given))
        return self._differing(answers or {})

    def answers(self, ids: frozenset[int], given: Given) -> dict[int, Any] | None:
        """What some observations' answers would be; None where one of their chains does not run."""
        if ids not in self._alone:
            self._alone[ids] = self._ask(ids, with_outputs=False)
        args, kwargs = cloned((given.args, dict(given.kwargs)))
        try:
            with torch.no_grad():
                asked = self._alone[ids](self.ordered(args, kwargs)).asked
            return self._answers(self._alone[ids], ids, asked)
        except (RuntimeError, IndexError, ValueError):
            return None

    def first_failure(self, probe: Probe, said: str = "") -> int | None:
        """The place of the node at which the copy of the program refuses the inputs of a Probe.

        Args:
            probe: the circumstance.
            said: the error of the program, where it is known.
        """
        given = probe.calls[-1]
        found = first_failure(self.replica, self.ordered(given.args, given.kwargs), said, self._failed_at)
        self._failed_at = found if found is not None else self._failed_at
        return found

    def changed_until(self, place: int, given: Given) -> frozenset[int]:
        """The observations that were asked before a node, and whose answer is another one."""
        question = self.replica.function(self._question.asked, with_outputs=False, until=place - 1)
        args, kwargs = cloned((given.args, dict(given.kwargs)))
        try:
            asked = question(self.ordered(args, kwargs)).asked
        except (RuntimeError, IndexError, ValueError):
            return frozenset()
        there = frozenset(i for i, numbers in self.numbers.items() if set(numbers) <= set(question.asked))
        return self._differing(self._answers(question, there, asked))

    def before(self, identity: int) -> Any:
        """The answer on the example inputs; None where it is not watched."""
        return self._before.get(identity)

    def ordered(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
        """The arguments of a call, in the order of the graph's inputs."""
        if self.replica.of_tensors:
            return [*tensors_in((list(args), dict(kwargs)))]
        rest = [kwargs[name] for name in self.replica.inputs[len(args) :] if name in kwargs]
        return [*args, *rest]

    def _answers(self, question: Question, ids: Mapping[int, Any] | frozenset[int], asked: list[Any]) -> dict[int, Any]:
        by_number = dict(zip(question.asked, asked))
        return {i: _answer(self._asked[i], [by_number[number] for number in self.numbers[i]]) for i in ids}

    def _differing(self, now: Mapping[int, Any]) -> frozenset[int]:
        return frozenset(i for i, answer in now.items() if i in self._before and not _same(self._before[i], answer))


def _numbers(sighting: Sighting) -> tuple[int, ...]:
    if sighting.of_shape and sighting.asked.rpartition(".")[2] != "__len__":
        return ()
    return sighting.traced_sources if sighting.traced_value is None else (sighting.traced_value,)


def _answer(asked: str, values: list[Any]) -> Any:
    """What Python was told, from the values that it asked."""
    try:
        if asked in _PAIRS and len(values) == 2:
            return _PAIRS[asked](*values)
        if asked == "__len__":
            return len(values[0])
        if asked in _AS and len(values) == 1:
            return _AS[asked](values[0])
    except (RuntimeError, TypeError, ValueError, OverflowError) as error:
        return f"{type(error).__name__}"
    return values


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return is_equal(one, other)
    if isinstance(one, SEQUENCE) and isinstance(other, SEQUENCE):
        return len(one) == len(other) and all(_same(*pair) for pair in zip(one, other))
    return type(one) is type(other) and (bool(one == other) or bool(one != one and other != other))
