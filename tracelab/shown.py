"""What the viewer is sent: a `Capture` put in order, with its graphs in columns. The words of the screen are all in it.

The bytes are gzip of: a `u32` (little-endian) with the length of the header, the header (JSON of `Shown`, UTF-8), zeros
up to a multiple of 8, then the columns one after the other, each starting at a multiple of 8. A column is an array of
little-endian numbers; `Column.offset` counts from the first byte after the header's padding.
"""

from __future__ import annotations

from typing import Literal

from tracelab.schema import Input, Level, Outcome, OutputError, Struct, Summary, Verdict

FORMAT = 2
"""The version of the bytes. Host and viewer come from one build, so a viewer refuses any other."""

Look = Literal["error", "warning", "holds", "note"]
"""How a finding is drawn: proven wrong, open, held under what was tried, reached by no input."""

LineKind = Literal["head", "hunk", "added", "removed", "same"]
"""What a line of a diff is: the name of a file, where a part of it begins, or a line of that."""


class Column(Struct, frozen=True):
    """Where an array of numbers stands in the bytes."""

    type: Literal["u8", "u32", "i32", "f32"]
    offset: int
    length: int
    """Elements, not bytes."""


class ShownRegion(Struct, frozen=True):
    """The nodes that one decision controls: they are shaded together, with a caption."""

    caption: str
    """`loop unrolled 3 times, frozen`, `else-arm (lines 14 to 18) not recorded`."""
    finding: int
    """Its place in `Shown.findings`."""
    nodes: tuple[int, ...]


class ShownGraph(Struct, frozen=True):
    """One method's graph.

    Nodes are numbered in the order of recording, from 0; so are scopes, of which 0 is the whole. A scope is one call of
    a module, or a nested block of a node (an arm of `prim::If`). A text is a place in `Shown.strings`; 0 is the empty
    one. A range is a place in the columns of ranges, where 0 is none.

    `columns` holds, a node each: `op` (u8: 0 placeholder, 1 get_attr, 2 call_function, 3 output), `target`, `label`
    (short, for the drawing), `form` (the whole operation as text, `$0`, `$1` standing for its arguments that are
    values), `name` (of its first output), `spec` (of its first output: `f32[2, 10]`), `scope`, `range`, `id` (the
    document's own id) as u32; `ghost` (u8), `mark` (u32: 1 + the place in `Shown.findings` of the worst finding at it,
    0 for none; nodes that a decision merely controls are in its region instead).
    Edges: `start` (u32, nodes + 1) and `back` (u32): the k-th argument of node n is computed by node
    `n - back[start[n] + k]`; what a node takes always stands before it.
    A scope each: `parent`, `title` (short: `attention`), `fqn`, `type`, `call` (number, from 0), `scope_range` as u32,
    and `same` (u32: scopes of one parent with the same number other than 0 are alike in all that they hold).
    A range each: `file` (place in `Shown.files`), `first`, `last` (1-based lines) as u32; entry 0 is all zeros.
    """

    method: str
    complete: bool
    nodes: int
    scopes: int
    columns: dict[str, Column]
    regions: tuple[ShownRegion, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: int = 0


class ShownMark(Struct, frozen=True):
    """A line of a file with something to say."""

    line: int
    last: int
    """The last line it covers."""
    kind: Literal["frozen", "unrecorded"]
    text: str = ""
    """`frozen: 3`."""
    finding: int | None = None
    start: int | None = None
    """First and last column (0-based, the last one past the end) of what is underlined, on the first line."""
    end: int | None = None


class ShownFile(Struct, frozen=True):
    """A source file, or a notebook's cell.

    Attributes:
        tokens: three numbers a token: characters since the last token's end or, in a new line, since its start;
            length; kind. -1, n, 0 goes n lines on. Kinds: 1 keyword, 2 string, 3 number, 4 comment, 5 name that is
            defined, 6 decorator, 7 builtin. What is no token is plain. Columns count UTF-16 units, as JavaScript does.
    """

    title: str
    """Short: `model.py`, `In [3]`."""
    filename: str
    text: str | None
    """None where the report was made without source."""
    tokens: tuple[int, ...] = ()
    marks: tuple[ShownMark, ...] = ()


class ShownFinding(Struct, frozen=True):
    """One finding, ready to be read."""

    id: str
    rule: str
    verdict: Verdict
    level: Level
    look: Look
    word: str
    """What stands beside the shape: `diverges`, `raises`, `holds`, `unproven`, `note`."""
    message: str
    reason: str = ""
    frozen: str = ""
    module: str = ""
    place: str = ""
    """`model.py:12 in forward`."""
    graph: int = 0
    """The place of its graph in `Shown.graphs`."""
    range: int = 0
    """Into the ranges of its graph."""
    nodes: tuple[int, ...] = ()
    chain: tuple[int, ...] = ()
    """Why it is frozen: the shortest way from an input, through the ghosts, to what Python asked; node numbers."""
    chain_text: tuple[str, ...] = ()
    """The same in words, ending with the line that made the value a constant."""
    witness: int | None = None
    """The place in `Shown.runs` of the Run that proves it."""
    tried: tuple[int, ...] = ()
    """Places in `Shown.runs`."""
    tried_text: str = ""
    count: int = 1
    facts: tuple[tuple[str, str], ...] = ()
    """Rows of label and value."""
    help: str = ""
    """Why the rule matters, and what to write instead."""
    repairs: tuple[int, ...] = ()
    """Places in `Shown.repairs`."""
    mendable: bool = False
    """Whether repairs can be looked for: it is wrong, or what the function takes is refused."""
    left: str = ""
    """Why no repair that was looked for mends it."""


class ShownLine(Struct, frozen=True):
    """A line of a diff."""

    kind: LineKind
    text: str
    """Of a changed line, and of one that is the same, what follows its sign."""


class ShownRepair(Struct, frozen=True):
    """A change that is offered, ready to be read."""

    title: str
    proven: str
    """`proven on 14 runs`."""
    findings: tuple[int, ...]
    """Those that it mends, places in `Shown.findings`."""
    diff: str
    """As it is copied."""
    lines: tuple[ShownLine, ...]
    """The same as it is read."""
    more: int = 0
    """How many lines were left off."""
    tokens: tuple[int, ...] = ()
    """As `ShownFile.tokens`, a line for each of `lines`."""
    code: str = ""
    """What is written in place of the call to the tracer, where that is what changes."""
    code_tokens: tuple[int, ...] = ()


class ShownAlong(Struct, frozen=True):
    """The two sides at one node that differs."""

    node: int
    eager: Summary | None = None
    captured: Summary | None = None
    max_abs: float | None = None
    max_rel: float | None = None


class ShownRun(Struct, frozen=True):
    """One Run, ready to be read."""

    id: int
    title: str
    outcome: Outcome
    look: Look
    word: str
    """`agrees`, `diverges`, `captured raises`, `eager raises`."""
    axis: str = ""
    graph: int = 0
    error: str = ""
    inputs: tuple[Input, ...] = ()
    outputs: tuple[OutputError, ...] = ()
    first_divergence: int | None = None
    """A node number."""
    compared: Column | None = None
    """u32: the numbers of the nodes that both sides have."""
    heat: Column | None = None
    """u8, one each: 0 agrees, 1 to 255 by the logarithm of the relative error, 255 where a side has no value."""
    along: tuple[ShownAlong, ...] = ()
    """Those that differ, in the order of the graph."""
    only_eager: tuple[str, ...] = ()
    """What eager ran besides: `aten::sin at model.py:7`."""
    blame: tuple[int, ...] = ()
    """Places in `Shown.findings`."""
    snippet: str = ""


class Shown(Struct, frozen=True):
    """All that the viewer knows."""

    title: str
    verdict: str
    """One sentence: `2 of 7 frozen behaviours give wrong answers; smallest proof: batch 3`."""
    look: Look
    """Of the worst finding; where there is none, `holds`, or `note` where nothing was recorded."""
    format: int = FORMAT
    tallies: tuple[tuple[Look, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """Rows of label and value: model, backend, torch, inputs."""
    stop: str = ""
    """Why the capture is partial, one sentence."""
    strings: tuple[str, ...] = ("",)
    graphs: tuple[ShownGraph, ...] = ()
    files: tuple[ShownFile, ...] = ()
    findings: tuple[ShownFinding, ...] = ()
    """Worst first."""
    silence: str = ""
    """What is said where there is no finding, one sentence."""
    runs: tuple[ShownRun, ...] = ()
    constraints: tuple[str, ...] = ()
    repairs: tuple[ShownRepair, ...] = ()
