"""Every type that is stored or sent. This module knows nothing of torch, of files or of screens.

All structs are frozen: a `Capture` is a value. Other languages' types are generated from here, and a
change that an older reader would misread raises `VERSION`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

VERSION = 1
"""The version of the document. A reader refuses a document that is newer than itself."""

Verdict = Literal["diverges", "raises", "refused", "guarded", "holds", "unproven"]
"""`refused`: eager runs and the backend refuses to capture it. `guarded`: wherever its answer changed the program
refused the inputs, and said so. Both are honest: nothing is wrong in silence, and neither counts as harm."""
Outcome = Literal["agrees", "diverges", "captured_raises", "captured_refuses", "eager_raises"]
"""`captured_refuses`: a guard of the program says that it was not made for these inputs."""
Level = Literal["error", "warning", "note"]
Op = Literal["placeholder", "get_attr", "call_function", "output"]
Stage = Literal["eager", "capture", "output"]
InputKind = Literal["input", "parameter", "buffer", "constant"]


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The base of every type here."""


class SourceRange(Struct, frozen=True):
    """A place in the user's code."""

    filename: str
    lineno: int
    """1-based."""
    end_lineno: int
    col_offset: int = 0
    """0-based, in characters."""
    end_col_offset: int | None = None
    function: str = ""
    cell: str | None = None
    """The notebook cell's execution label, as `In [3]`, where the code stands in one."""


class SourceFile(Struct, frozen=True):
    """The text of one file that the capture's ranges point into."""

    filename: str
    text: str


class TensorMeta(Struct, frozen=True):
    """What is known of a tensor without its elements. An unknown part is None."""

    dtype: str | None = None
    """torch's name without the prefix: `float32`."""
    shape: tuple[int | str | None, ...] | None = None
    """A size that may vary has a name where the backend gives it one: `s0`, `2*s0`."""
    strides: tuple[int, ...] | None = None
    device: str | None = None
    requires_grad: bool | None = None


class Ref(Struct, frozen=True, tag="ref"):
    """An argument that is a value of the graph."""

    value: int


class Scalar(Struct, frozen=True, tag="literal"):
    """An argument that is a constant, as text, so that no reader bends 2**63 - 1, -inf or NaN."""

    kind: Literal["none", "bool", "int", "float", "complex", "str", "tensor", "object"]
    text: str


class Items(Struct, frozen=True, tag="list"):
    """An argument that is a list or a tuple of arguments."""

    items: tuple[Arg, ...]


Arg = Ref | Scalar | Items


class Value(Struct, frozen=True):
    """One output of a node."""

    id: int
    """Unique in its graph."""
    name: str
    """The name the backend gave it, without the percent sign."""
    type: str = ""
    """The backend's own spelling of its type: `Tensor`, `int[]`, `(Tensor, Tensor)`."""
    tensor: TensorMeta | None = None


class Block(Struct, frozen=True):
    """A nested block of a node: an arm of `prim::If`, the body of `prim::Loop`."""

    inputs: tuple[Value, ...] = ()
    nodes: tuple[Node, ...] = ()
    outputs: tuple[Arg, ...] = ()


class Node(Struct, frozen=True):
    """One operation, in torch.fx's words."""

    id: int
    """Unique in its graph, in the order of recording. Nodes of nested blocks count too."""
    op: Op
    target: str
    """The operator (`aten::linear`), the fqn of a parameter, or the name of an input."""
    args: tuple[Arg, ...] = ()
    outputs: tuple[Value, ...] = ()
    module: str = ""
    """fqn of the module whose forward recorded it; empty for the root."""
    call: int = 0
    """Which call of that module, counted from 0."""
    source: SourceRange | None = None
    stack: tuple[int, ...] = ()
    """The user's frames, innermost first, as indices into `Graph.frames`."""
    ghost: bool = False
    """It ran while capturing and fed a Python decision, but it is not in the program."""
    blocks: tuple[Block, ...] = ()


class InputSpec(Struct, frozen=True):
    """Where a value that no node computes comes from (torch.export's words)."""

    kind: InputKind
    value: int
    target: str
    """The argument's name, or the fqn of the parameter, the buffer or the constant."""


class GraphSignature(Struct, frozen=True):
    """What goes in and what comes out."""

    inputs: tuple[InputSpec, ...] = ()
    outputs: tuple[Arg, ...] = ()


class ModuleInfo(Struct, frozen=True):
    """A module of the hierarchy that recorded at least one node, or holds one that did."""

    fqn: str
    type: str
    """The class, qualified: `torch.nn.modules.linear.Linear`."""
    source: SourceRange | None = None


class Graph(Struct, frozen=True):
    """The captured graph of one method."""

    method: str = "forward"
    nodes: tuple[Node, ...] = ()
    signature: GraphSignature = GraphSignature()
    modules: tuple[ModuleInfo, ...] = ()
    frames: tuple[SourceRange, ...] = ()
    complete: bool = True
    """False where the capture stopped before the function returned."""


class Origin(Struct, frozen=True):
    """What a value is computed from."""

    values: tuple[str, ...] = ()
    """Inputs whose elements reach it."""
    shapes: tuple[str, ...] = ()
    """Inputs of which only the sizes reach it."""
    parameters: tuple[str, ...] = ()
    """fqns of the parameters and buffers that reach it."""
    random: bool = False
    """A random draw reaches it."""


class Observation(Struct, frozen=True):
    """A fact seen while capturing or running. A Decision is an Observation that has a `syntax`."""

    id: int
    kind: str
    """What was seen: `conversion`, `attribute`, `constant-tensor`, `outside-read`, and so on."""
    asked: str = ""
    """The name of what was called or read: `Tensor.__bool__`, `time.time`, `self.calls`."""
    value: str = ""
    """What Python got, as text."""
    source: SourceRange | None = None
    stack: tuple[SourceRange, ...] = ()
    """The user's frames, innermost first."""
    inside: str = ""
    """The library file that asked on the user's behalf, where it was not the user's own line."""
    syntax: str = ""
    """What the answer steers: `if`, `while`, `for`, `assert`, `ternary`, `call`, ..."""
    method: str = "forward"
    graph_value: int | None = None
    """The value of the graph that was asked."""
    origin: Origin | None = None
    parameters: tuple[str, ...] = ()
    """fqns of the parameters or buffers that were asked directly."""
    nodes: tuple[int, ...] = ()
    """The nodes recorded under it."""
    ghosts: tuple[int, ...] = ()
    """The ghost nodes that fed it."""
    lines: tuple[int, int] | None = None
    """First and last line of the code it controls."""
    untaken: tuple[int, int] | None = None
    """First and last line of the code that was not run because of it."""
    guard: bool = False
    """Whether all that it steers is an error: `assert`, `if ...: raise`."""
    called: str = ""
    """The function that the value is an argument of: `range`."""
    detail: str = ""
    """What else is known, one phrase."""


class OutputError(Struct, frozen=True):
    """How far one output leaf of a Run is apart."""

    path: str
    """`[0]['logits']`: where the leaf stands in the output."""
    eager: str
    captured: str
    max_abs: float | None = None
    """None where it is not finite, or there is nothing to measure."""
    max_rel: float | None = None
    index: tuple[int, ...] | None = None
    """The worst element."""
    agrees: bool = True


class Summary(Struct, frozen=True):
    """A value without its elements. Numbers are text, so that no reader bends an infinity."""

    spec: str
    """`f32[2, 10]`."""
    min: str = ""
    max: str = ""
    mean: str = ""
    nans: int = 0
    bars: tuple[int, ...] = ()
    """How many elements lie in each of sixteen equal steps from the lowest to the highest of both sides together."""


class NodeError(Struct, frozen=True):
    """How far the two sides are apart at one node of the captured graph."""

    node: int
    eager: Summary | None = None
    """None where eager ran no such node, or raised before."""
    captured: Summary | None = None
    """None where the program did not come so far."""
    max_abs: float | None = None
    max_rel: float | None = None
    agrees: bool = True


class EagerNode(Struct, frozen=True):
    """An operation that eager ran under a Probe, and that the captured graph has not."""

    op: str
    """`aten::relu`."""
    source: SourceRange | None = None
    module: str = ""


class Run(Struct, frozen=True):
    """Eager and captured, side by side, under one Probe."""

    id: int
    probe: str
    """What was changed, one phrase: `the example inputs`, `check_inputs[1]`, `x negated`."""
    outcome: Outcome
    axis: str = ""
    """What kind of change it is: `values`, `shapes`, `mode`, ..."""
    method: str = "forward"
    outputs: tuple[OutputError, ...] = ()
    error: str = ""
    """The exception's type and text, where a side raised."""
    inputs: tuple[Input, ...] = ()
    first_divergence: int | None = None
    """The first node of the captured graph whose value is not eager's, or that eager has not."""
    along: tuple[NodeError, ...] = ()
    """The error at every node, in the order of the captured graph; of a node that eager has not, neither side."""
    only_eager: tuple[EagerNode, ...] = ()
    """What eager ran besides, in its order, up to a number."""
    blame: tuple[str, ...] = ()
    """The ids of the findings that explain it."""
    snippet: str = ""
    """Python that shows the same without TraceLab; `model` is what was traced."""
    by_inputs: bool = False
    """Whether other inputs are all that was changed."""


class Input(Struct, frozen=True):
    """One argument, as it was given."""

    name: str
    spec: str
    """`f32[2, 10]`, or the text of a Python value."""
    tensor: str | None = None
    """The key of its elements in `Capture.tensors`, where they are kept."""
    keyword: bool = False


class Finding(Struct, frozen=True):
    """A claim about a place in the user's code."""

    id: str
    rule: str
    verdict: Verdict
    level: Level
    message: str
    """One sentence."""
    reason: str = ""
    """Why the verdict is no stronger."""
    source: SourceRange | None = None
    nodes: tuple[int, ...] = ()
    method: str = "forward"
    frozen: str = ""
    """The value that was frozen, as text."""
    observations: tuple[int, ...] = ()
    count: int = 1
    """How often the place was passed while capturing."""
    module: str = ""
    witness: Run | None = None
    tried: tuple[int, ...] = ()
    """The ids of the Runs in which its answer was another one, or what it depends on was changed."""


class Repair(Struct, frozen=True):
    """A change that was shown to make the program do as eager does."""

    findings: tuple[str, ...]
    """The ids of the findings that it mends."""
    title: str
    """What it does, one sentence."""
    diff: str = ""
    """The change to the user's files, as `diff -u` writes it."""
    code: str = ""
    """Python that is written in place of the call to the tracer, where that is what changes."""
    proven: int = 0
    """On how many Runs the repaired program was shown to agree with the function as it is."""


class Stop(Struct, frozen=True):
    """Why a capture is partial."""

    stage: Stage
    error: str
    """The exception's type and text."""
    source: SourceRange | None = None


class Tensor(Struct, frozen=True):
    """Elements that are kept: little-endian, contiguous, row-major. Stored beside the JSON, never in it."""

    dtype: str
    """safetensors' spelling: `F32`."""
    shape: tuple[int, ...]
    data: bytes


class Capture(Struct, frozen=True):
    """The document: what was captured, what escaped, and what is claimed. Free of torch."""

    version: int = VERSION
    tracelab: str = ""
    torch: str = ""
    python: str = ""
    backend: str = "jit"
    name: str = ""
    """The qualified name of what was traced."""
    mode: Literal["train", "eval", ""] = ""
    """Empty for a function, which has no mode."""
    inputs: tuple[Input, ...] = ()
    graphs: tuple[Graph, ...] = ()
    observations: tuple[Observation, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Worst first."""
    runs: tuple[Run, ...] = ()
    constraints: tuple[str, ...] = ()
    """What eager was seen to ask of the sizes of its inputs: `x[2] is divisible by 7`."""
    sources: tuple[SourceFile, ...] = ()
    repairs: tuple[Repair, ...] = ()
    """What is offered, where it was asked for; each is proven by itself."""
    left: dict[str, str] = {}
    """The id of each finding that was to be mended, and is not -> why."""
    stop: Stop | None = None
    tensors: dict[str, Tensor] = {}

    @property
    def graph(self) -> Graph:
        """The graph of `forward`, or of the first method; an empty one where nothing was recorded."""
        return next((g for g in self.graphs if g.method == "forward"), self.graphs[0] if self.graphs else Graph())
