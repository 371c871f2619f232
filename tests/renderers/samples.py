"""Captures written by hand, so that the renderers are tested without torch."""

from __future__ import annotations

from typing import Any

from tracelab.schema import (
    Capture,
    Finding,
    Graph,
    GraphSignature,
    Input,
    InputSpec,
    ModuleInfo,
    Node,
    NodeError,
    Observation,
    Origin,
    OutputError,
    Ref,
    Run,
    SourceFile,
    SourceRange,
    Stop,
    Summary,
    TensorMeta,
    Value,
)

FILE = "/models/net.py"
SOURCE = """\
def forward(self, x):
    if x.sum() > 0:
        x = self.linear(x)
    else:
        x = -x
        x = x * 2
    return x
"""
HOSTILE = "</script><img src=x onerror=alert(1)>\x1b[31m\u202e\u200b\x00&amp;\"'\\n`"


def place(lineno: int = 2, start: int = 7, end: int | None = 18, last: int | None = None) -> SourceRange:
    return SourceRange(
        filename=FILE,
        lineno=lineno,
        end_lineno=last or lineno,
        col_offset=start,
        end_col_offset=end,
        function="forward",
    )


def finding(**changes: Any) -> Finding:
    known: dict[str, Any] = {
        "id": "a",
        "rule": "data-dependent-branch",
        "verdict": "unproven",
        "level": "warning",
        "message": "`if` was decided once",
        "reason": "the capture ran once",
        "source": place(),
        "frozen": "True",
        "observations": (0,),
    }
    return Finding(**{**known, **changes})


def seen(**changes: Any) -> Observation:
    known: dict[str, Any] = {
        "id": 0,
        "kind": "conversion",
        "asked": "Tensor.__bool__",
        "source": place(),
        "origin": Origin(values=("x",), parameters=("linear.weight",)),
        "untaken": (5, 6),
    }
    return Observation(**{**known, **changes})


def value(number: int, shape: tuple[int, ...] = (2, 10)) -> Value:
    return Value(id=number, name=f"v{number}", type="Tensor", tensor=TensorMeta(dtype="float32", shape=shape))


def call(number: int, *used: int, target: str = "aten::add", module: str = "", ghost: bool = False) -> Node:
    args = tuple(Ref(value=each) for each in used)
    return Node(
        id=number, op="call_function", target=target, args=args, outputs=(value(number),), module=module, ghost=ghost
    )


GRAPH = Graph(
    nodes=(
        Node(id=0, op="placeholder", target="x", outputs=(value(0),)),
        Node(id=1, op="get_attr", target="linear.weight", outputs=(value(1, (10, 10)),)),
        call(2, 0, target="aten::sum", ghost=True),
        call(3, 0, 1, target="aten::linear", module="linear"),
        Node(id=4, op="output", target="output", args=(Ref(value=3),)),
    ),
    signature=GraphSignature(
        inputs=(
            InputSpec(kind="input", value=0, target="x"),
            InputSpec(kind="parameter", value=1, target="linear.weight"),
        )
    ),
    modules=(ModuleInfo(fqn="linear", type="torch.nn.modules.linear.Linear"),),
)


def capture(*findings: Finding, **changes: Any) -> Capture:
    known: dict[str, Any] = {
        "name": "models.Net",
        "torch": "2.13.0",
        "mode": "eval",
        "inputs": (Input(name="x", spec="f32[2, 10]"),),
        "graphs": (GRAPH,),
        "observations": (seen(),),
        "sources": (SourceFile(filename=FILE, text=SOURCE),),
    }
    return Capture(findings=findings, **{**known, **changes})


def witness(**changes: Any) -> Run:
    """A Run in which the decision was another one, and the numbers part at the linear layer."""
    low = Summary(spec="f32[2, 10]", min="-1", max="2", mean="0.1")
    high = Summary(spec="f32[2, 10]", min="-4", max="8", mean="0.4", nans=3)
    known: dict[str, Any] = {
        "id": 7,
        "probe": "x negated",
        "axis": "values",
        "outcome": "diverges",
        "outputs": (
            OutputError(
                path="[0]",
                eager="f32[2, 10]",
                captured="f32[2, 10]",
                max_abs=0.25,
                max_rel=3.14159,
                index=(0, 3),
                agrees=False,
            ),
            OutputError(path="[1]", eager="f32[2]", captured="f32[2]", max_abs=0.0),
            OutputError(path="[2]", eager="f32[2, 4]", captured="f32[2, 5]", agrees=False),
        ),
        "inputs": (Input(name="x", spec="f32[2, 10]"),),
        "first_divergence": 3,
        "along": (
            NodeError(node=0, eager=low, captured=low, max_abs=0.0),
            NodeError(node=3, eager=low, captured=high, max_abs=6.0, max_rel=0.5, agrees=False),
            NodeError(node=4, eager=low, captured=high, max_abs=6.0, max_rel=0.5, agrees=False),
        ),
        "blame": ("a",),
        "snippet": "import torch\n\nx = -torch.ones(2, 10)\nif True:\n\tprint(model(x))\n",
        "by_inputs": True,
    }
    return Run(**{**known, **changes})


def proven(**changes: Any) -> Finding:
    return finding(**{"verdict": "diverges", "level": "error", "witness": witness(), **changes})


def held(**changes: Any) -> Finding:
    return finding(**{"id": "h", "verdict": "holds", "level": "note", "tried": (1, 2), **changes})


RUNS = (
    Run(id=0, probe="the example inputs", outcome="agrees"),
    Run(id=1, probe="x zeros", axis="values", outcome="agrees"),
    Run(id=2, probe="a second call", axis="calls", outcome="diverges", blame=("a",)),
    Run(id=3, probe="x of rank 1", axis="rank", outcome="eager_raises", error="ValueError: rank"),
)


def stopped() -> Capture:
    claim = finding(
        rule="untraceable", level="error", verdict="raises", message="forward raised", frozen="ValueError: no"
    )
    return capture(claim, stop=Stop(stage="eager", error="ValueError: no", source=place(3)))


def chain(count: int, module: Any = lambda number: "", *, also: Any = lambda number: ()) -> Capture:
    """A long graph: each node uses the one before, and those that `also` names."""
    nodes = [Node(id=0, op="placeholder", target="x", outputs=(value(0),))]
    nodes += [call(n, n - 1, *also(n), module=module(n)) for n in range(1, count)]
    return Capture(graphs=(Graph(nodes=tuple(nodes)),), findings=(finding(nodes=(count // 2,), observations=()),))
