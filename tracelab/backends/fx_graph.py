"""An exported graph, torch.fx's, read as plain nodes: the same form as of a recorded one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from tracelab.backends.literals import constant_arg
from tracelab.backends.raw import RawBlock, RawGraph, RawNode, RawValue
from tracelab.nesting import MAPPING, SEQUENCE
from tracelab.schema import Arg, InputKind, Items, Ref, Scalar, TensorMeta
from tracelab.tensors import dtype_name

_FRAME = re.compile(r'^\s*File "(.*)", line (\d+), in (.*)$', re.MULTILINE)
_ROOT = re.compile(r"^L(__self__|\['self'\])\.?")
OWNER = "_tracelab_owner"
"""Under which name a module of ours holds the module whose method, or the modules of which a function, is exported."""
_KINDS: dict[str, InputKind] = {"PARAMETER": "parameter", "BUFFER": "buffer"}


def read(exported: Any) -> RawGraph:
    """Read the graph of a `torch.export.ExportedProgram`."""
    return _Reader().read(exported)


def stack_of(node: Any) -> str:
    """The Python stack of a node in the form of a recorded one's, innermost first."""
    return as_stack(node.meta.get("stack_trace") or "")


def as_stack(trace: str) -> str:
    """A traceback's text in the form of a recorded stack: innermost first."""
    frames = [f"{name}({line}): {function}" for name, line, function in _FRAME.findall(trace)]
    return "\n".join(reversed(frames))


def without_owner(fqn: str) -> str:
    """A dotted path below a module of ours as the user spells it."""
    return fqn.removeprefix(OWNER).removeprefix(".") if fqn.split(".", 1)[0] == OWNER else fqn


def kind_of(target: Any) -> str:
    """`aten::add`, `higher_order::cond`, `operator::mul`: as a recorded operator is spelled where it is one."""
    schema = getattr(target, "_schema", None)
    if schema is not None:
        return str(schema.name)
    name = str(getattr(target, "__name__", target))
    if isinstance(target, torch._ops.HigherOrderOperator):  # pyright: ignore[reportPrivateUsage]
        return f"higher_order::{target.name()}"
    module = str(getattr(target, "__module__", "")).lstrip("_")
    return f"{'operator' if module in ('operator', 'builtins') else module}::{name}"


class _Reader:
    def __init__(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._next = 0
        self._graph = RawGraph()
        self._calls: dict[str, tuple[str, int]] = {}

    def read(self, exported: Any) -> RawGraph:
        specs = {spec.arg.name: spec for spec in exported.graph_signature.input_specs if hasattr(spec.arg, "name")}
        for node in exported.graph.find_nodes(op="placeholder"):
            value = self._value(node, str(node.name))
            spec = specs.get(node.name)
            if spec is not None and spec.target is not None:
                fqn = without_owner(spec.target)
                self._graph.attributes[value.number], self._graph.metas[value.number] = fqn, value
                self._graph.kinds[fqn] = _KINDS.get(spec.kind.name, "constant")
            elif isinstance(node.meta.get("val"), torch.Tensor):
                self._graph.inputs.append(value)
        self._graph.nodes = [self._node(exported.graph_module, node) for node in _operations(exported.graph)]
        output = next(iter(exported.graph.find_nodes(op="output")))
        self._graph.outputs = [self._arg(arg) for arg in output.args[0]]
        return self._graph

    def number(self, node: Any) -> int:
        if node not in self._numbers:
            self._numbers[node] = self._next
            self._next += 1
        return self._numbers[node]

    def _value(self, node: Any, name: str) -> RawValue:
        kind, meta = _meta_of(node.meta.get("val"))
        return RawValue(self.number(node), name, None, kind, meta)

    def _node(self, owner: Any, node: Any) -> RawNode:
        scope, call = self._scope(node)
        blocks = [self._block(getattr(owner, arg.target)) for arg in node.args if _is_graph(owner, arg)]
        return RawNode(
            kind_of(node.target),
            tuple(self._arg(arg) for arg in _arguments(node) if not _is_graph(owner, arg)),
            [self._value(node, str(node.name))],
            stack_of(node),
            scope,
            call,
            blocks,
        )

    def _block(self, module: Any) -> RawBlock:
        """An arm of `torch.cond`, the body of a loop."""
        inputs = [self._value(node, str(node.name)) for node in module.graph.find_nodes(op="placeholder")]
        nodes = [self._node(module, node) for node in _operations(module.graph)]
        result = next(iter(module.graph.find_nodes(op="output"))).args[0]
        outputs = result if isinstance(result, SEQUENCE) else (result,)
        return RawBlock(inputs, nodes, [self._arg(arg) for arg in outputs])

    def _scope(self, node: Any) -> tuple[str, int]:
        """The fqn of the module, and which call of it."""
        stack: Mapping[str, Any] = node.meta.get("nn_module_stack") or {}
        if not stack:
            return "", 0
        key, (path, _) = list(stack.items())[-1]
        name, _, again = _ROOT.sub("", str(path)).partition("@")
        plain = without_owner(name)
        if plain and plain not in self._graph.calls:
            self._graph.calls[plain] = 0
        number = (
            int(again) if again.isdigit() else int(key.rpartition("@")[2]) if key.rpartition("@")[2].isdigit() else 0
        )
        return plain, number

    def _arg(self, arg: Any) -> Arg:
        if isinstance(arg, torch.fx.Node):
            return Ref(value=self.number(arg))
        if isinstance(arg, SEQUENCE):
            return Items(items=tuple(self._arg(part) for part in arg))
        if isinstance(arg, MAPPING):
            return Items(items=tuple(self._arg(part) for part in arg.values()))
        if isinstance(arg, torch.dtype):
            return Scalar(kind="object", text=dtype_name(arg))
        if isinstance(arg, torch.layout):
            return Scalar(kind="object", text=str(arg).removeprefix("torch."))
        return constant_arg(arg)


def _operations(graph: Any) -> Iterator[Any]:
    return (node for node in graph.nodes if node.op == "call_function")


def _is_graph(owner: Any, arg: Any) -> bool:
    is_attribute = isinstance(arg, torch.fx.Node) and arg.op == "get_attr"
    return is_attribute and isinstance(getattr(owner, str(arg.target), None), torch.fx.GraphModule)


def _arguments(node: Any) -> Iterator[Any]:
    """All arguments in the operator's order, those that were left out too: so a recorded node has them."""
    schema = getattr(node.target, "_schema", None)
    if schema is None:
        yield from (*node.args, *node.kwargs.values())
        return
    for place, argument in enumerate(schema.arguments):
        if place < len(node.args):
            yield node.args[place]
        elif argument.name in node.kwargs:
            yield node.kwargs[argument.name]
        else:
            yield argument.default_value


def _meta_of(value: Any) -> tuple[str, TensorMeta | None]:
    """The type of a value, as TorchScript spells it, and what is known of a tensor."""
    if isinstance(value, torch.Tensor):
        return "Tensor", tensor_meta(value)
    if isinstance(value, SEQUENCE):
        return f"({', '.join(_meta_of(part)[0] for part in value)})", None
    names: dict[Any, str] = {
        torch.SymInt: "int",
        torch.SymFloat: "float",
        torch.SymBool: "bool",
        type(None): "NoneType",
    }
    return names.get(type(value), type(value).__name__), None


def tensor_meta(value: torch.Tensor) -> TensorMeta:
    """What a fake tensor tells, with the names of the sizes that may vary."""
    is_strided = value.layout == torch.strided
    return TensorMeta(
        dtype=dtype_name(value.dtype),
        shape=tuple(plain_size(size) for size in value.shape),
        strides=tuple(value.stride()) if is_strided and all(type(step) is int for step in value.stride()) else None,
        device=str(value.device),
        requires_grad=value.requires_grad,
    )


def plain_size(size: Any) -> int | str:
    """A size as a number, or as torch.export names it where it may vary."""
    expression = getattr(getattr(size, "node", None), "expr", size)
    is_number = type(size) is int or getattr(expression, "is_number", False)
    return int(expression) if is_number else size_text(size)


def size_text(size: Any) -> str:
    """A size as torch.export names it: `s27`, `2*s27`."""
    node = getattr(size, "node", None)
    return str(size) if node is None else str(node.expr)
