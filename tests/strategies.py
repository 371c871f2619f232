"""Random documents, consistent in themselves: `captures()` is the one to use."""

from __future__ import annotations

from hypothesis import strategies as st

from tracelab import schema
from tracelab.document import elements

ids = st.integers(0, 2**63 - 1)
small = st.integers(0, 200)
words = st.text(max_size=12)
"""Any text that UTF-8 can write: controls, quotes, emoji, right to left."""
fqns = st.lists(st.sampled_from(["encoder", "layer", "0", "1", "attention", "é"]), max_size=3).map(".".join)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.none()


def several(part: st.SearchStrategy, most: int = 3) -> st.SearchStrategy:
    """A short tuple."""
    return st.lists(part, max_size=most).map(tuple)


def indices(count: int) -> st.SearchStrategy:
    """A short tuple of numbers below `count`."""
    return several(st.integers(0, count - 1)) if count else st.just(())


ranges = st.builds(
    schema.SourceRange,
    filename=words,
    lineno=small,
    end_lineno=small,
    col_offset=small,
    end_col_offset=st.none() | small,
    function=words,
    cell=st.none() | words,
)
metas = st.builds(
    schema.TensorMeta,
    dtype=st.none() | st.sampled_from(["float32", "bfloat16", "bool"]),
    shape=st.none() | several(st.none() | ids),
    strides=st.none() | several(ids),
    device=st.none() | words,
    requires_grad=st.none() | st.booleans(),
)
values = st.builds(schema.Value, id=ids, name=words, type=words, tensor=st.none() | metas)
scalars = st.builds(schema.Scalar, kind=st.sampled_from(["none", "int", "float", "str", "object"]), text=words)
leaves = st.builds(schema.Ref, value=ids) | scalars
args = st.recursive(leaves, lambda inner: st.builds(schema.Items, items=several(inner)), max_leaves=4)
origins = st.builds(
    schema.Origin,
    values=several(words),
    shapes=several(words),
    parameters=several(fqns),
    random=st.booleans(),
)


@st.composite
def graphs(draw: st.DrawFn, method: str = "forward") -> schema.Graph:
    """A graph of up to five nodes; the last may hold the others in a block."""
    frames = draw(several(ranges))
    nodes = tuple(draw(_node(number, len(frames))) for number in range(draw(st.integers(0, 4))))
    if draw(st.booleans()):
        block = schema.Block(inputs=draw(several(values)), nodes=nodes, outputs=draw(several(args)))
        nodes = (schema.Node(id=len(nodes), op="call_function", target="prim::If", blocks=(block,)),)
    spec = st.builds(schema.InputSpec, kind=st.sampled_from(["input", "parameter", "buffer"]), value=ids, target=words)
    signature = schema.GraphSignature(inputs=draw(several(spec)), outputs=draw(several(args)))
    modules = draw(several(st.builds(schema.ModuleInfo, fqn=fqns, type=words, source=st.none() | ranges)))
    return schema.Graph(
        method=method, nodes=nodes, signature=signature, modules=modules, frames=frames, complete=draw(st.booleans())
    )


def _node(number: int, frames: int) -> st.SearchStrategy[schema.Node]:
    return st.builds(
        schema.Node,
        id=st.just(number),
        op=st.sampled_from(["placeholder", "get_attr", "call_function", "output"]),
        target=words,
        args=several(args),
        outputs=several(values),
        module=fqns,
        call=small,
        source=st.none() | ranges,
        stack=indices(frames),
        ghost=st.booleans(),
    )


def _observation(number: int, nodes: int) -> st.SearchStrategy[schema.Observation]:
    return st.builds(
        schema.Observation,
        id=st.just(number),
        kind=words,
        asked=words,
        value=words,
        source=st.none() | ranges,
        stack=several(ranges),
        syntax=words,
        graph_value=st.none() | ids,
        origin=st.none() | origins,
        parameters=several(fqns),
        nodes=indices(nodes),
        ghosts=indices(nodes),
        lines=st.none() | st.tuples(small, small),
        guard=st.booleans(),
        detail=words,
    )


def _inputs(tensors: list[str]) -> st.SearchStrategy[schema.Input]:
    key = st.none() | st.sampled_from(tensors) if tensors else st.none()
    return st.builds(schema.Input, name=words, spec=words, tensor=key, keyword=st.booleans())


def _runs(tensors: list[str]) -> st.SearchStrategy[schema.Run]:
    output = st.builds(
        schema.OutputError,
        path=words,
        eager=words,
        captured=words,
        max_abs=numbers,
        max_rel=numbers,
        index=st.none() | several(small),
        agrees=st.booleans(),
    )
    return st.builds(
        schema.Run,
        id=small,
        probe=words,
        outcome=st.sampled_from(["agrees", "diverges", "captured_raises", "eager_raises"]),
        outputs=several(output),
        error=words,
        inputs=several(_inputs(tensors)),
        first_divergence=st.none() | ids,
        only_eager=several(st.builds(schema.EagerNode, op=words, source=st.none() | ranges, module=fqns)),
        blame=several(words),
    )


def _finding(number: int, nodes: int, observations: int, tensors: list[str]) -> st.SearchStrategy[schema.Finding]:
    return st.builds(
        schema.Finding,
        id=st.just(f"f{number}"),
        rule=st.sampled_from(["data-dependent-branch", "constant-tensor"]) | words,
        verdict=st.sampled_from(["diverges", "raises", "holds", "unproven"]),
        level=st.sampled_from(["error", "warning", "note"]),
        message=words,
        reason=words,
        source=st.none() | ranges,
        nodes=indices(nodes),
        frozen=words,
        observations=indices(observations),
        count=small,
        module=fqns,
        witness=st.none() | _runs(tensors),
    )


@st.composite
def tensors(draw: st.DrawFn) -> schema.Tensor:
    """A small tensor of any dtype that is kept."""
    dtype = draw(st.sampled_from(sorted(elements.ITEM_BYTES)))
    shape = draw(several(st.integers(0, 3)))
    size = elements.byte_count(dtype, shape)
    return schema.Tensor(dtype=dtype, shape=shape, data=draw(st.binary(min_size=size, max_size=size)))


@st.composite
def captures(draw: st.DrawFn) -> schema.Capture:
    """Any document that agrees with itself, as `document.validate` asks."""
    kept = draw(st.dictionaries(words.filter(lambda name: name != "__metadata__"), tensors(), max_size=3))
    methods = draw(st.sampled_from([(), ("forward",), ("forward", "encode")]))
    drawn = tuple(draw(graphs(method)) for method in methods)
    nodes = len(drawn[0].nodes) if drawn else 0
    observations = tuple(draw(_observation(n, nodes)) for n in range(draw(st.integers(0, 2))))
    count = draw(st.integers(0, 2))
    findings = tuple(draw(_finding(n, nodes, len(observations), list(kept))) for n in range(count))
    repair = st.builds(
        schema.Repair,
        findings=several(st.sampled_from([finding.id for finding in findings])) if findings else st.just(()),
        title=words,
        diff=st.text(max_size=40),
        code=words,
        proven=small,
    )
    stop = st.builds(schema.Stop, stage=st.sampled_from(["eager", "capture", "output"]), error=words, source=ranges)
    return schema.Capture(
        tracelab=draw(words),
        torch=draw(words),
        name=draw(words),
        mode=draw(st.sampled_from(["train", "eval", ""])),
        inputs=draw(several(_inputs(list(kept)))),
        graphs=drawn,
        observations=observations,
        findings=findings,
        runs=draw(several(_runs(list(kept)), 2)),
        sources=draw(several(st.builds(schema.SourceFile, filename=words, text=st.text(max_size=40)), 2)),
        repairs=draw(several(repair, 2)),
        stop=draw(st.none() | stop),
        tensors=kept,
    )
