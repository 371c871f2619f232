"""Recorded and finished graphs -> the Graph of the document, with the ghosts that fed a decision."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any

import torch

from tracelab.backends.base import Recording
from tracelab.backends.match import Matching, match
from tracelab.backends.origins import Origins, argument_name, refs_in
from tracelab.backends.raw import RawBlock, RawGraph, RawNode, RawValue
from tracelab.schema import (
    Arg,
    Block,
    Graph,
    GraphSignature,
    InputKind,
    InputSpec,
    Items,
    ModuleInfo,
    Node,
    Op,
    Ref,
    SourceRange,
    Value,
)
from tracelab.source import function_range, is_user_file, stack_places

NEAREST = 32
"""How many ghosts an Observation names; the Graph has them all."""


class GraphBuilder:
    """Builds the Graph of one recording and remembers what became of each recorded node and value."""

    def __init__(self, recording: Recording, module: torch.nn.Module | None, wanted: Iterable[int]) -> None:
        self._recording, self._module = recording, module
        self._submodules = {} if module is None else _named_modules(module)
        self.recorded = recording.recorded
        self._shown: RawGraph = recording.finished or recording.recorded
        same = recording.finished is None or recording.finished is recording.recorded
        self._matching = recording.matching or (_identity(self.recorded) if same else match(self.recorded, self._shown))
        self.origins = Origins(self.recorded)
        self.ghosts = self._ghosts_behind(wanted)
        self.node_ids: dict[int, int] = {}
        """Index of a recorded node -> id of its Node."""
        self.shown_ids: dict[int, int] = {}
        """Index of a node of the program -> id of its Node."""
        self._values: dict[int, int] = {}
        self._ghost_values: dict[int, int] = {}
        self._attributes: dict[str, int] = {}
        self._frames: dict[SourceRange, int] = {}
        self._nodes: list[Node] = []
        self._next_node = self._next_value = 0

    def build(self) -> Graph:
        """The Graph."""
        inputs = [self._placeholder(value) for value in self._shown.inputs]
        self._place_attributes()
        before: dict[int, list[int]] = self._ghost_places()
        calls = {shown: self.recorded.nodes[index].call for index, shown in self._matching.nodes.items()}
        for index, node in enumerate(self._shown.nodes):
            for ghost in before[index]:
                self._place_ghost(ghost)
            self.shown_ids[index] = self._place(node, calls.get(index, node.call))
        for ghost in before[len(self._shown.nodes)]:
            self._place_ghost(ghost)
        outputs = tuple(self._arg(arg) for arg in self._shown.outputs)
        self._add("output", "output", outputs)
        self.node_ids |= {index: self.shown_ids[shown] for index, shown in self._matching.nodes.items()}
        parameters = [
            InputSpec(kind=self._kind(fqn), value=value, target=fqn) for fqn, value in self._attributes.items()
        ]
        return Graph(
            method=self._recording.method,
            nodes=tuple(self._nodes),
            signature=GraphSignature(inputs=(*inputs, *parameters), outputs=outputs),
            modules=self._modules(),
            frames=tuple(self._frames),
            complete=self.recorded.complete,
        )

    def value_id(self, number: int | None) -> int | None:
        """The id of the Value that a recorded number became."""
        if number is None:
            return None
        fqn = self.recorded.attributes.get(number)
        if fqn is not None:
            return self._attributes.get(fqn)
        partner = self._matching.values.get(number)
        return self._ghost_values.get(number) if partner is None else self._values.get(partner)

    def ghost_ids(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """The ids of the nearest ghosts behind some recorded numbers."""
        return tuple(
            sorted(self.node_ids[index] for index in self._ghosts_behind(numbers, NEAREST) if index in self.node_ids)
        )

    # -- ghosts --------------------------------------------------------------------------------------------

    def _ghosts_behind(self, numbers: Iterable[int], limit: int | None = None) -> set[int]:
        found: set[int] = set()
        pending = deque(numbers)
        while pending and (limit is None or len(found) < limit):
            index = self.origins.producers.get(pending.popleft())
            if index is None or index in found or index in self._matching.nodes or index in self._matching.expanded:
                continue
            found.add(index)
            pending.extend(refs_in(self.recorded.nodes[index].args))
        return found

    def _ghost_places(self) -> dict[int, list[int]]:
        """Each ghost stands before the next node that lived."""
        places: dict[int, list[int]] = defaultdict(list)
        following = len(self._shown.nodes)
        for index in reversed(range(len(self.recorded.nodes))):
            following = self._matching.nodes.get(index, following)
            if index in self.ghosts:
                places[following].insert(0, index)
        return places

    def _place_ghost(self, index: int) -> None:
        node = self.recorded.nodes[index]
        args = tuple(self._ghost_arg(arg) for arg in node.args)
        outputs = tuple(self._value(value, self._ghost_values) for value in node.outputs)
        self.node_ids[index] = self._add_operation(node, node.call, args, outputs, ghost=True)

    def _ghost_arg(self, arg: Arg) -> Arg:
        if isinstance(arg, Items):
            return Items(items=tuple(self._ghost_arg(part) for part in arg.items))
        if isinstance(arg, Ref):
            number = self.value_id(arg.value)
            return Ref(value=self._new_value() if number is None else number)
        return arg

    # -- nodes ---------------------------------------------------------------------------------------------

    def _placeholder(self, value: RawValue) -> InputSpec:
        made = self._value(value, self._values)
        name = argument_name(value)
        self._add("placeholder", name, outputs=(made,))
        return InputSpec(kind="input", value=made.id, target=name)

    def _place_attributes(self) -> None:
        """One node for each parameter that the program, or a ghost, reads."""
        ghost_reads = {number for index in self.ghosts for number in refs_in(self.recorded.nodes[index].args)}
        ghost_fqns = {fqn for number, fqn in self.recorded.attributes.items() if number in ghost_reads}
        read = {number for node in self._shown.nodes for number in _reads(node)} | set(
            refs_in(tuple(self._shown.outputs))
        )
        sources = [(self._shown, number, fqn) for number, fqn in self._shown.attributes.items() if number in read]
        sources += [
            (self.recorded, number, fqn) for number, fqn in self.recorded.attributes.items() if fqn in ghost_fqns
        ]
        for graph, number, fqn in sources:
            if fqn not in self._attributes:
                made = self._value(graph.metas[number], self._values if graph is self._shown else self._ghost_values)
                self._attributes[fqn] = made.id
                self._add("get_attr", fqn, outputs=(made,), module=fqn.rpartition(".")[0])

    def _place(self, node: RawNode, call: int) -> int:
        args = tuple(self._arg(arg) for arg in node.args)
        outputs = tuple(self._value(value, self._values) for value in node.outputs)
        number = self._reserve()  # before those of its blocks
        blocks = tuple(self._block(block, call) for block in node.blocks)
        return self._add_operation(node, call, args, outputs, blocks, number=number)

    def _block(self, block: RawBlock, call: int) -> Block:
        inputs = tuple(self._value(value, self._values) for value in block.inputs)
        outer, self._nodes = self._nodes, []
        for node in block.nodes:
            self._place(node, call)
        inner, self._nodes = tuple(self._nodes), outer
        return Block(inputs=inputs, nodes=inner, outputs=tuple(self._arg(arg) for arg in block.outputs))

    def _add_operation(
        self,
        node: RawNode,
        call: int,
        args: tuple[Arg, ...],
        outputs: tuple[Value, ...],
        blocks: tuple[Block, ...] = (),
        ghost: bool = False,
        number: int | None = None,
    ) -> int:
        places = stack_places(node.stack)
        made = Node(
            id=self._reserve() if number is None else number,
            op="call_function",
            target=node.kind,
            args=args,
            outputs=outputs,
            module=node.scope,
            call=call,
            source=places[0] if places else None,
            stack=tuple(self._frames.setdefault(place, len(self._frames)) for place in places),
            ghost=ghost,
            blocks=blocks,
        )
        self._nodes.append(made)
        return made.id

    def _add(
        self, op: Op, target: str, args: tuple[Arg, ...] = (), outputs: tuple[Value, ...] = (), module: str = ""
    ) -> None:
        self._nodes.append(Node(id=self._reserve(), op=op, target=target, args=args, outputs=outputs, module=module))

    def _reserve(self) -> int:
        self._next_node += 1
        return self._next_node - 1

    def _new_value(self) -> int:
        self._next_value += 1
        return self._next_value - 1

    def _value(self, value: RawValue, table: dict[int, int]) -> Value:
        number = table[value.number] = self._new_value()
        value.read()
        return Value(id=number, name=value.name, type=value.type, tensor=value.tensor)

    def _arg(self, arg: Arg) -> Arg:
        if isinstance(arg, Items):
            return Items(items=tuple(self._arg(part) for part in arg.items))
        if isinstance(arg, Ref):
            fqn = self._shown.attributes.get(arg.value)
            number = self._attributes.get(fqn) if fqn is not None else self._values.get(arg.value)
            return Ref(value=self._new_value() if number is None else number)
        return arg

    # -- modules -------------------------------------------------------------------------------------------

    def _kind(self, fqn: str) -> InputKind:
        owner, _, name = fqn.rpartition(".")
        module = self._submodules.get(owner)
        if fqn in self._shown.kinds:
            return self._shown.kinds[fqn]
        if module is None or name in dict(module.named_parameters(recurse=False)):
            return "parameter"
        return "buffer" if name in dict(module.named_buffers(recurse=False)) else "constant"

    def _modules(self) -> tuple[ModuleInfo, ...]:
        used = {node.module for node in self._nodes}
        parents = {fqn[:end] for fqn in used for end, letter in enumerate(fqn) if letter == "."}
        return tuple(self._module_info(fqn) for fqn in sorted(used | parents | {""}) if self._module is not None)

    def _module_info(self, fqn: str) -> ModuleInfo:
        module = self._submodules.get(fqn)
        cls = type(module)
        code = getattr(getattr(cls, "forward", None), "__code__", None)
        source = function_range(code) if code is not None and is_user_file(code.co_filename) else None
        return ModuleInfo(fqn=fqn, type="" if module is None else f"{cls.__module__}.{cls.__qualname__}", source=source)


def _named_modules(module: Any) -> dict[str, torch.nn.Module]:
    return dict(module.named_modules(remove_duplicate=False))


def _identity(graph: RawGraph) -> Matching:
    numbers = [value.number for value in graph.inputs] + [
        value.number for node in graph.nodes for value in node.outputs
    ]
    return Matching({index: index for index in range(len(graph.nodes))}, {number: number for number in numbers})


def _reads(node: RawNode) -> Iterable[int]:
    yield from refs_in(node.args)
    for block in node.blocks:
        yield from refs_in(tuple(block.outputs))
        for inner in block.nodes:
            yield from _reads(inner)
