"""A copy of a recorded graph that can be run, and tells of values that the program itself never returns.

The graph that is being recorded still has what dead-code elimination takes: the chains that fed Python's
decisions. It cannot be copied by torch's `Graph.copy` at that moment, but node by node it can. Parameters and
buffers become inputs, and the nodes of traced submodules stand in one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch

from tracelab.bindings import C, function_of_graph, interpreted
from tracelab.nesting import tensors_in


class UnrepeatableError(Exception):
    """A recorded graph holds something that cannot be copied, as a call of a scripted submodule."""


class Row(NamedTuple):
    """A node of a replica, with the names of the values that it needs and makes."""

    node: Any
    kind: str
    takes: tuple[str, ...]
    """Those that its blocks need are among them."""
    makes: tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """What a run of a replica gave."""

    outputs: list[torch.Tensor]
    """The tensors of the output, in the order of its leaves."""
    asked: list[Any]
    """The values that were asked for."""


class Replica:
    """The recorded graph of one method.

    Args:
        graph: torch's graph, while it is being recorded.
        outputs: the tracer's numbers of the tensors that the function returned.
        owner: the module whose parameters and buffers the graph takes; None for a function.

    Raises:
        UnrepeatableError: the graph cannot be copied.
    """

    def __init__(self, graph: Any, outputs: Sequence[int | None], owner: torch.nn.Module | None) -> None:
        self._graph: Any = C.Graph()
        self._owner = owner
        self._values: dict[int, Any] = {}
        self._names: dict[str, Any] = {}
        self._stacks: list[str] = []
        self._rows: list[Row] = []
        self._parameters: dict[str, Any] = {}
        self.inputs: list[str] = []
        """The names of the function's arguments."""
        for value in graph.inputs():
            if value.type().kind() != "ClassType":
                self._values[value.unique()] = self._input(value.type())
                self.inputs.append(argument_name(value.debugName()))
        self.of_tensors = False
        """Whether its inputs are the tensors among the arguments, wherever they stand, and nothing else."""
        self.writes = False
        """Whether an operation writes to a tensor that is there already."""
        self._copy(graph.nodes())
        if any(number is None or number not in self._values for number in outputs):
            raise UnrepeatableError("an output is no value of the graph")
        self.outputs = [number for number in outputs if number is not None]

    def _input(self, kind: Any) -> Any:
        value = self._graph.addInput()
        value.setType(C.TensorType.get() if kind.kind() == "TensorType" else kind)
        return value

    def _copy(self, nodes: Any) -> None:
        for node in nodes:
            kind = node.kind()
            if kind == "prim::TracedModuleForward":
                self._copy(next(iter(node.blocks())).nodes())
            elif kind == "prim::TracedAttr":
                self._attribute(node)
            else:
                self._append(node)

    def _attribute(self, node: Any) -> None:
        value = node.output()
        if value.type().kind() == "TensorType" and value.uses():
            fqn = node.s("scope").partition(".")[2]
            if fqn not in self._parameters:
                self._parameters[fqn] = self._input(value.type())
            self._values[value.unique()] = self._parameters[fqn]

    def _append(self, node: Any) -> None:
        try:
            copy = self._graph.createClone(node, self._copied)
        except KeyError as error:
            raise UnrepeatableError(f"{node.kind()} takes a value that is not in the graph") from error
        self._graph.appendNode(copy)
        self.writes = self.writes or _may_write(node)
        for index in range(node.outputsSize()):
            old, new = node.outputsAt(index), copy.outputsAt(index)
            if old.type().kind() == "TensorType":
                new.setType(C.TensorType.get())  # of any shape
            self._values[old.unique()] = new

    def _copied(self, value: Any) -> Any:
        return self._values[value.unique()]

    def rows(self) -> list[Row]:
        """Its nodes, in order."""
        if not self._rows:
            self._rows = [Row(node, node.kind(), _taken(node), _made(node)) for node in self._graph.nodes()]
        return self._rows

    def input_names(self) -> list[str]:
        """The names of its inputs in the graph: the arguments, then the parameters and buffers."""
        return [value.debugName() for value in self._graph.inputs()]

    def name_of(self, number: int) -> str | None:
        """The name in the graph of one of the tracer's values; None where it is not there."""
        return self._values[number].debugName() if number in self._values else None

    def computes(self, number: int) -> bool:
        """Whether a node makes that one of the tracer's values: it is no input, no parameter and no buffer."""
        return number in self._values and self._values[number].node().kind() != "prim::Param"

    def value(self, name: str) -> Any:
        """The value of a name."""
        if not self._names:
            inner = (row.node.outputsAt(index) for row in self.rows() for index in range(len(row.makes)))
            self._names = {value.debugName(): value for value in (*self._graph.inputs(), *inner)}
        return self._names[name]

    def parameters(self) -> list[Any]:
        """What the owner's parameters and buffers are now, in the order in which the graph takes them."""
        return [attribute_of(self._owner, fqn) for fqn in self._parameters]

    def stacks(self) -> list[str]:
        """The stack of each operation, innermost first; nothing for what can hardly raise."""
        if not self._stacks:
            self._stacks = [row.node.sourceRange() if row.kind.startswith("aten::") else "" for row in self.rows()]
        return self._stacks

    def stack_of(self, place: int) -> str:
        """The stack of a node, innermost first; of what feeds it where it has none of its own."""
        node = self.rows()[place].node
        feeding = [node.inputsAt(index).node() for index in range(node.inputsSize())]
        return next((one.sourceRange() for one in (node, *feeding) if one.sourceRange()), "")

    def knows(self, number: int) -> bool:
        """Whether a value of the tracer's is in the graph."""
        return number in self._values

    def function(self, asked: Iterable[int], with_outputs: bool = True, until: int | None = None) -> Question:
        """A callable that runs the graph.

        Args:
            asked: the tracer's numbers of values to return as they were when they had been computed.
            with_outputs: whether the outputs are returned too; without them only what the values need is run.
            until: the place of the last node to run, if not all; of the values only those are returned that are
                there by then.
        """
        wanted = [number for number in asked if number in self._values]
        graph, values = C.Graph(), dict[str, Any]()
        for value in self._graph.inputs():
            values[value.debugName()] = graph.addInput()
            values[value.debugName()].setType(value.type())
        numbers = {self._values[number].debugName(): number for number in wanted}
        answers = {number: kept(graph, values[name]) for name, number in numbers.items() if name in values}

        def found(value: Any) -> Any:
            return values[value.debugName()]

        for place, node in enumerate(self._graph.nodes()):
            if until is not None and place > until:
                break
            copy = graph.createClone(node, found)
            graph.appendNode(copy)
            for index in range(node.outputsSize()):
                value = copy.outputsAt(index)
                values[node.outputsAt(index).debugName()] = value
                if node.outputsAt(index).debugName() in numbers:
                    answers[numbers[node.outputsAt(index).debugName()]] = kept(graph, value)
        wanted = [number for number in wanted if number in answers]
        outputs = [values[self._values[number].debugName()] for number in self.outputs] if with_outputs else []
        result = graph.create("prim::TupleConstruct", [*outputs, *(answers[number] for number in wanted)], 1)
        graph.appendNode(result)
        result.output().setType(C.TupleType([value.type() for value in (*outputs, *map(answers.__getitem__, wanted))]))
        graph.registerOutput(result.output())
        if not with_outputs and (until is None or wanted):
            C._jit_pass_dce(graph)
        return Question(function_of_graph("asked", graph), list(self._parameters), self._owner, len(outputs), wanted)


def _made(node: Any) -> tuple[str, ...]:
    return tuple(node.outputsAt(index).debugName() for index in range(node.outputsSize()))


def _taken(node: Any) -> tuple[str, ...]:
    taken = [node.inputsAt(index).debugName() for index in range(node.inputsSize())]
    for block in node.blocks():
        own = {value.debugName() for value in block.inputs()}
        for inner in block.nodes():
            taken += [name for name in _taken(inner) if name not in own]
            own.update(_made(inner))
        taken += [value.debugName() for value in block.outputs() if value.debugName() not in own]
    return tuple(taken)


def _may_write(node: Any) -> bool:
    """By the name: an operator that writes to its first argument ends in one underscore."""
    return any(True for _ in node.blocks()) or (node.kind().endswith("_") and not node.kind().endswith("__"))


def kept(graph: Any, value: Any) -> Any:
    """A value as it is now: what writes to a tensor later must not change the answer."""
    if value.type().kind() != "TensorType":
        return value
    none = graph.create("prim::Constant", [], 1)
    none.output().setType(C.NoneType.get())
    graph.appendNode(none)
    clone = graph.create("aten::clone", [value, none.output()], 1)
    clone.output().setType(C.TensorType.get())
    graph.appendNode(clone)
    return clone.output()


class Question:
    """A replica that is ready to run: it is given the inputs, in the order of the example, and answers."""

    def __init__(
        self, function: Any, parameters: list[str], owner: torch.nn.Module | None, outputs: int, asked: list[int]
    ) -> None:
        self._function, self._parameters, self._owner, self._outputs = function, parameters, owner, outputs
        self.asked = asked
        """The tracer's numbers of the values that are answered."""

    def __call__(self, inputs: Sequence[Any]) -> Answers:
        """Run it.

        Raises:
            RuntimeError: an operation refuses the inputs.
        """
        given = [attribute_of(self._owner, fqn) for fqn in self._parameters]
        with interpreted():
            answered = self._function(*inputs, *given)
        return Answers(list(tensors_in(answered[: self._outputs])), list(answered[self._outputs :]))


def argument_name(name: str) -> str:
    """The name of an argument as its function spells it: torch adds a number where a name is used again."""
    base, _, number = name.rpartition(".")
    return base if base and number.isdigit() else name


def attribute_of(module: torch.nn.Module | None, fqn: str) -> Any:
    """What a dotted path leads to."""
    found: Any = module
    for name in fqn.split("."):
        found = getattr(found, name)
    return found
