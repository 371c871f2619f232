"""Small graphs written by hand."""

from __future__ import annotations

from typing import Any

from tracelab.schema import Arg, Block, Capture, Graph, ModuleInfo, Node, Ref, Scalar, TensorMeta, Value


def value(number: int) -> Value:
    return Value(id=number, name=f"v{number}", type="Tensor", tensor=TensorMeta(dtype="float32", shape=(2, 3)))


def arg(given: Any) -> Arg:
    return Ref(value=given) if isinstance(given, int) else Scalar(kind="int", text=str(given))


def node(number: int, *args: Any, module: str = "", call: int = 0, target: str = "aten::add", **more: Any) -> Node:
    """A node that makes the value of its own number; numbers are values that it takes, texts are literals."""
    known: dict[str, Any] = {"op": "call_function", "outputs": (value(number),), "args": tuple(map(arg, args))}
    return Node(id=number, target=target, module=module, call=call, **{**known, **more})


def start(number: int = 0) -> Node:
    return node(number, op="placeholder", target="x")


def graph(*nodes: Node, lists: tuple[str, ...] = (), **more: Any) -> Graph:
    """A graph in which each module is called as its last name says; those in `lists` are never called."""
    names = {each.module for each in nodes}
    names |= {name[:at] for name in names for at, letter in enumerate(name) if letter == "."}
    kinds = {name: "torch.nn.modules.container.ModuleList" if name in lists else "m.Part" for name in names}
    modules = tuple(ModuleInfo(fqn=name, type=kind) for name, kind in sorted(kinds.items()))
    return Graph(nodes=nodes, modules=modules, **more)


def capture(*nodes: Node, lists: tuple[str, ...] = (), **more: Any) -> Capture:
    return Capture(name="Net", graphs=(graph(*nodes, lists=lists),), **more)


def recorded(*calls: str, lists: tuple[str, ...] = ()) -> Capture:
    """A chain of nodes, each recorded by a module and its call: `encoder.0`, `encoder.0#1`."""
    nodes = [start()]
    for number, text in enumerate(calls, 1):
        module, _, call = text.partition("#")
        nodes.append(node(number, number - 1, module=module, call=int(call or 0)))
    return capture(*nodes, lists=lists)


def branching() -> Capture:
    """`prim::If` on v1 whose arms compute v3 and v5, then a node that takes the result."""
    arms = (
        Block(nodes=(node(3, 0, "2", target="aten::mul"),), outputs=(Ref(value=3),)),
        Block(nodes=(node(4, 0, "1"), node(5, 4, "1")), outputs=(Ref(value=5),)),
    )
    return capture(start(), node(1, 0, target="aten::gt"), node(2, 1, target="prim::If", blocks=arms), node(6, 2))
