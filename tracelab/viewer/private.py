"""A capture without its source, or without its values, for a report that leaves the building.

What is said of it afterwards is said of this capture: nothing that was taken out can come back by another way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec import structs

from tracelab import schema

HIDDEN = "…"
"""What stands where something was taken out."""

_SPEC = re.compile(r"[a-z]+[0-9]*\[[0-9a-z?., ]*\]( on [a-z]+(:[0-9]+)?)?")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_NUMBER = re.compile(r"(?<![\w.])[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?j?(?![\w])", re.IGNORECASE)
_SET = re.compile(r"=\s*[^,;)]+")
_CODE = re.compile(r"`[^`]*`")
_WORDS = re.compile(r"`[\w.]*`")


def hidden(capture: schema.Capture, *, source: bool, values: bool) -> schema.Capture:
    """The capture with what may be told."""
    capture = capture if source else _without_source(capture)
    return capture if values else _without_values(capture)


def told(text: str, known: Iterable[str], *, source: bool, values: bool) -> str:
    """A sentence with what may be told, where `known` are the values that it may name."""
    text = text if source else _no_code(_first_line(text))
    return text if values else _no_values(text, known)


def error_told(text: str, *, source: bool, values: bool) -> str:
    """What is told of an error: without values its kind alone."""
    text = text if source else _first_line(text)
    return text if values else _kind_of_error(text)


def _without_source(capture: schema.Capture) -> schema.Capture:
    def run(made: schema.Run) -> schema.Run:
        return structs.replace(made, error=_first_line(made.error), probe=_no_code(made.probe))

    def seen(fact: schema.Observation) -> schema.Observation:
        return structs.replace(
            fact, value=_first_line(fact.value), asked=_no_code(fact.asked), detail=_no_code(fact.detail)
        )

    def finding(claim: schema.Finding) -> schema.Finding:
        texts = {name: _no_code(_first_line(getattr(claim, name))) for name in ("message", "reason", "frozen")}
        return structs.replace(claim, **texts)

    changed = _told_by(capture, run, seen, finding, _first_line)
    repairs = tuple(structs.replace(repair, title=_no_code(repair.title), diff="") for repair in capture.repairs)
    left = {name: _no_code(_first_line(why)) for name, why in capture.left.items()}
    return structs.replace(changed, sources=(), repairs=repairs, left=left)


def _without_values(capture: schema.Capture) -> schema.Capture:
    values = {seen.id: seen.value for seen in capture.observations}

    def seen(fact: schema.Observation) -> schema.Observation:
        return structs.replace(
            fact, value="", asked=_no_values(fact.asked, (fact.value,)), detail=_no_values(fact.detail, (fact.value,))
        )

    def finding(claim: schema.Finding) -> schema.Finding:
        known = [claim.frozen, *(values.get(number, "") for number in claim.observations)]
        known += [claim.witness.probe, claim.witness.error] if claim.witness else []
        return structs.replace(
            claim, message=_no_values(claim.message, known), reason=_no_values(claim.reason, known), frozen=""
        )

    changed = _told_by(capture, _run_without_values, seen, finding, _kind_of_error)
    graphs = tuple(structs.replace(graph, nodes=_nodes(graph.nodes)) for graph in capture.graphs)
    # Why something is not mended may be the text of any error.
    return structs.replace(changed, graphs=graphs, inputs=_inputs(capture.inputs), left={}, tensors={})


def _told_by(
    capture: schema.Capture,
    run: Callable[[schema.Run], schema.Run],
    seen: Callable[[schema.Observation], schema.Observation],
    finding: Callable[[schema.Finding], schema.Finding],
    error: Callable[[str], str],
) -> schema.Capture:
    """The capture with each of its parts changed; a witness is a Run as well."""
    findings = tuple(finding(claim) for claim in capture.findings)
    stop = capture.stop
    return structs.replace(
        capture,
        runs=tuple(map(run, capture.runs)),
        observations=tuple(map(seen, capture.observations)),
        findings=tuple(structs.replace(f, witness=run(f.witness)) if f.witness else f for f in findings),
        stop=structs.replace(stop, error=error(stop.error)) if stop else None,
    )


# -- source --------------------------------------------------------------------------------------------


def _first_line(text: str) -> str:
    """What TorchScript and others raise goes on with the lines of code that failed."""
    return re.split(r"\n|Traceback|\bFile \"", text, maxsplit=1)[0].strip()


def _no_code(text: str) -> str:
    """A name in backquotes is no code; an expression is."""
    return _CODE.sub(lambda found: found[0] if _WORDS.fullmatch(found[0]) else f"`{HIDDEN}`", text)


# -- values --------------------------------------------------------------------------------------------


def _run_without_values(run: schema.Run) -> schema.Run:
    return structs.replace(
        run,
        probe=_no_values(run.probe, ()),
        error=_kind_of_error(run.error),
        inputs=_inputs(run.inputs),
        outputs=tuple(
            schema.OutputError(
                path=leaf.path, eager=_spec(leaf.eager), captured=_spec(leaf.captured), agrees=leaf.agrees
            )
            for leaf in run.outputs
        ),
        along=tuple(_along(error) for error in run.along),
        snippet="",
    )


def _along(error: schema.NodeError) -> schema.NodeError:
    eager, captured = (side and schema.Summary(spec=_spec(side.spec)) for side in (error.eager, error.captured))
    return schema.NodeError(node=error.node, eager=eager, captured=captured, agrees=error.agrees)


def _inputs(given: Iterable[schema.Input]) -> tuple[schema.Input, ...]:
    return tuple(schema.Input(name=each.name, spec=_spec(each.spec), keyword=each.keyword) for each in given)


def _spec(text: str) -> str:
    """A shape is no value; every other text is."""
    return text if _SPEC.fullmatch(text) else HIDDEN


def _kind_of_error(text: str) -> str:
    """`ValueError`."""
    found = re.match(r"[\w.]+", text)
    return found[0] if found else ""


def _no_values(text: str, known: Iterable[str]) -> str:
    """A sentence without the values that are known, without what is quoted, and without numbers."""
    for value in sorted({value for value in known if value}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", HIDDEN, text)
    text = _SET.sub(f"= {HIDDEN}", _QUOTED.sub(HIDDEN, text))
    return _NUMBER.sub(HIDDEN, text)


def _nodes(nodes: Iterable[schema.Node]) -> tuple[schema.Node, ...]:
    return tuple(structs.replace(node, args=_args(node.args), blocks=_blocks(node.blocks)) for node in nodes)


def _blocks(blocks: Iterable[schema.Block]) -> tuple[schema.Block, ...]:
    return tuple(
        schema.Block(inputs=block.inputs, nodes=_nodes(block.nodes), outputs=_args(block.outputs)) for block in blocks
    )


def _args(args: tuple[schema.Arg, ...]) -> tuple[schema.Arg, ...]:
    return tuple(_arg(arg) for arg in args)


def _arg(arg: schema.Arg) -> schema.Arg:
    if isinstance(arg, schema.Items):
        return schema.Items(items=_args(arg.items))
    if isinstance(arg, schema.Scalar) and arg.kind != "none":
        return schema.Scalar(kind=arg.kind, text=HIDDEN)
    return arg
