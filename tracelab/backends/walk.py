"""torch's graph -> plain nodes, with constants and lists folded into arguments and parameters named by fqn.

It reads the graph that is being recorded (whose module calls are nested blocks and whose parameters are
`prim::TracedAttr`) and the finished, inlined one (`prim::GetAttr`) alike.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from tracelab.backends.literals import constant_arg, with_dtypes
from tracelab.backends.raw import RawBlock, RawGraph, RawNode, RawValue
from tracelab.schema import Arg, Items, Ref, Scalar

ROOT = "__module"
CASTS = {"prim::NumToTensor", "aten::Int", "aten::IntImplicit", "aten::ScalarImplicit"}
"""How the tracer carries a size through Python; they compute nothing."""
_APART = 1 << 32
"""How far the numbers of one graph's values stand from the next one's."""

Callee = Callable[[str, str], Any]
"""Given the fqn of a submodule and the name of a method, its graph; None where that is not to be had."""


def walk(graph: Any, is_method: bool, callee: Callee | None = None) -> RawGraph:
    """Read a `torch._C.Graph`.

    Args:
        graph: the graph, recorded or finished.
        is_method: whether its first input is the module itself.
        callee: finds the graphs of the methods that it calls, which are then read in their place. torch's own
            inlining optimizes every callee first, which takes longer than tracing a small model.
    """
    return _Walker(is_method, callee).walk(graph)


class _Walker:
    def __init__(self, is_method: bool, callee: Callee | None) -> None:
        self._is_method, self._callee = is_method, callee
        self._args: dict[int, Arg] = {}
        self._modules: dict[int, str] = {}
        self._canonical: dict[str, int] = {}
        self._base = self._bases = 0
        self._graph = RawGraph()

    def walk(self, graph: Any) -> RawGraph:
        inputs = list(graph.inputs())
        if self._is_method and inputs and _is_module(inputs[0]):
            self._modules[inputs.pop(0).unique()] = ""
        self._graph.inputs = [self._value(value) for value in inputs]
        self._graph.nodes = list(self._nodes(graph.nodes(), "", 0))
        self._graph.outputs = [self._arg(value) for value in graph.outputs()]
        return self._graph

    def _nodes(self, nodes: Any, scope: str, call: int) -> Iterator[RawNode]:
        for node in nodes:
            kind = node.kind()
            if kind == "prim::TracedModuleForward":
                inner = _below_root(node.s("scope"))
                count = self._graph.calls[inner] = self._graph.calls.get(inner, -1) + 1
                yield from self._nodes(next(iter(node.blocks())).nodes(), inner, count)
            elif kind == "prim::CallMethod" and (graph := self._called(node)) is not None:
                yield from self._inlined(node, graph)
            elif not self._fold(kind, node):
                yield self._node(kind, node, scope, call)

    def _called(self, node: Any) -> Any:
        fqn = self._modules.get(self._number(node.inputsAt(0)))
        return None if self._callee is None or fqn is None else self._callee(fqn, node.s("name"))

    def _inlined(self, node: Any, graph: Any) -> Iterator[RawNode]:
        """The nodes of a called method, whose inputs are what it is given, and whose output the call's."""
        fqn = self._modules[self._number(node.inputsAt(0))]
        given = [self._arg(value) for value in inputs_of(node)[1:]]
        result, caller = self._number(node.output()), self._base
        self._bases += _APART
        self._base = self._bases
        inputs = list(graph.inputs())
        self._modules[self._number(inputs[0])] = fqn
        self._args.update({self._number(value): arg for value, arg in zip(inputs[1:], given)})
        yield from self._nodes(graph.nodes(), fqn, 0)
        outputs = [self._arg(value) for value in graph.outputs()]
        self._base = caller
        if outputs:
            self._args[result] = outputs[0]

    def _fold(self, kind: str, node: Any) -> bool:
        """Whether a node is no operation but an argument of others."""
        if kind == "prim::Constant":
            value = node.output()
            self._args[self._base + value.unique()] = constant_arg(value.toIValue())
        elif kind in ("prim::ListConstruct", "prim::TupleConstruct"):
            self._args[self._number(node.output())] = Items(items=tuple(self._arg(value) for value in inputs_of(node)))
        elif kind == "prim::TracedAttr":
            self._attribute(node.output(), _below_root(node.s("scope")))
        elif kind == "prim::GetAttr" and self._number(node.inputsAt(0)) in self._modules:
            owner = self._modules[self._number(node.inputsAt(0))]
            self._attribute(node.output(), f"{owner}.{node.s('name')}" if owner else node.s("name"))
        elif kind in CASTS and isinstance(size := self._arg(node.inputsAt(0)), Ref):
            self._args[self._number(node.output())] = size
            self._graph.aliases[self._number(node.output())] = size.value
        elif kind == "prim::TupleUnpack" and isinstance(parts := self._arg(node.inputsAt(0)), Items):
            self._args.update({self._number(node.outputsAt(index)): part for index, part in enumerate(parts.items)})
        else:
            return False
        return True

    def _attribute(self, value: Any, fqn: str) -> None:
        number = self._number(value)
        if _is_module(value):
            self._modules[number] = fqn
            return
        first = self._canonical.setdefault(fqn, number)
        self._args[number] = Ref(value=first)
        if first == number:
            self._graph.attributes[number] = fqn
            self._graph.metas[number] = self._value(value)

    def _node(self, kind: str, node: Any, scope: str, call: int) -> RawNode:
        scope = _below_root(node.scopeName().rpartition("/")[2]) or scope
        blocks = [] if kind.startswith("aten::") else [self._block(block, scope, call) for block in node.blocks()]
        args = [self._arg(value) for value in inputs_of(node)]
        if kind.startswith("aten::") and any(isinstance(arg, Scalar) and arg.kind == "int" for arg in args):
            args = with_dtypes(args, node.schema())
        outputs = [self._value(node.outputsAt(index)) for index in range(node.outputsSize())]
        return RawNode(kind, tuple(args), outputs, _shared(node.sourceRange()), scope, call, blocks)

    def _block(self, block: Any, scope: str, call: int) -> RawBlock:
        inputs = [self._value(value) for value in block.inputs()]
        nodes = list(self._nodes(block.nodes(), scope, call))
        return RawBlock(inputs, nodes, [self._arg(value) for value in block.outputs()])

    def _number(self, value: Any) -> int:
        """A number of its own for each value, though every method's graph counts from 0."""
        return self._base + value.unique()

    def _value(self, value: Any) -> RawValue:
        return RawValue(self._number(value), value.debugName(), value.type())

    def _arg(self, value: Any) -> Arg:
        number = self._number(value)
        if number in self._modules:
            return Scalar(kind="object", text=self._modules[number] or "self")
        return self._args.get(number) or Ref(value=number)


def inputs_of(node: Any) -> list[Any]:
    """A node's inputs; one by one, as torch's own iterator costs ten times as much."""
    return [node.inputsAt(index) for index in range(node.inputsSize())]


@functools.lru_cache(maxsize=65536)
def _shared(stack: str) -> str:
    """One copy of each stack text: thousands of nodes share a few hundred."""
    return stack


def _is_module(value: Any) -> bool:
    return value.type().kind() == "ClassType"


def _below_root(scope: str) -> str:
    return scope.removeprefix(ROOT).lstrip(".")
