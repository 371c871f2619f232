"""What a page and a kernel say to each other: requests, and replies that name the request. Nothing here knows torch.

There are two lines. A widget has one for its Trace. JupyterLab's extension has one for the kernel: it opens a comm of
the target `RPC`, by which it asks; and the kernel opens one of the target `PUSH`, by which it only tells (`Told`).

Each request gets replies until one says how it ended: `done`, `failed` or `cancelled`. Whoever speaks another version
is told so; of a message of any version `version`, `id`, `state` and `problems` can be read.
"""

from __future__ import annotations

from typing import Literal, cast

import msgspec

from tracelab.schema import SourceRange, Struct, Verdict
from tracelab.shown import Look

CHANNEL = 2
"""The version of all that is said. Other versions are not understood."""
RPC = "tracelab.rpc"
PUSH = "tracelab"

What = Literal[
    "form",
    "call",
    "rerun",
    "search",
    "repair",
    "apply",
    "cancel",
    "list",
    "traces",
    "findings",
    "document",
    "marks",
    "trace",
    "report",
    "save",
]
State = Literal["queued", "running", "done", "failed", "cancelled"]


class Filled(Struct, frozen=True):
    """How one field of the form was filled in, all as text. What is empty is as it was traced."""

    id: str
    shape: str = ""
    """`2, 10`."""
    dtype: str = ""
    fill: str = ""
    """The name of one of `Form.fills`."""
    text: str = ""
    """What the fill takes: a range, an expression, the name of a variable."""
    seed: str = ""


class Request(Struct, frozen=True):
    """What a page asks for.

    Attributes:
        what: `form`: what can be filled in. `call`: the Python call that a filled form makes. `rerun`: make that call.
            `search`: look longer for witnesses. `repair`: look for changes that mend what is wrong. `apply`: make a
            variable of the Trace that they were proven on. `cancel`: end another request. By the kernel's line
            only, `list`: what lives in the kernel. `traces`: of that, the Traces alone. `findings`: those of a Trace.
            `document`: what the viewer shows of it. `marks`: the frozen lines. `trace`: make a Trace. `report`, `save`:
            its files.
        of: the id of the request that is to be cancelled.
        trace: the id of the Trace that is meant; a widget's line has but one.
        make: what is to be traced: the `call` of a `Candidate`.
        known: of a document, the revision that the page has; -1 for none.
    """

    version: int
    id: str
    what: What
    method: str = "forward"
    fields: tuple[Filled, ...] = ()
    mode: str = ""
    calls: str = ""
    seed: str = ""
    seconds: str = ""
    of: str = ""
    trace: str = ""
    make: str = ""
    known: int = -1


class Problem(Struct, frozen=True):
    """What was wrong, and what to do."""

    what: str
    cure: str = ""
    where: str = ""
    """The place on the form: the id of a field, or `calls`, `seed`, `mode`, `seconds`; empty for none."""
    part: str = ""
    """Of a field: `shape`, `dtype`, `fill`, `text`, `seed`."""


class Fill(Struct, frozen=True):
    """A way to make a tensor."""

    name: str
    title: str
    takes: Literal["", "range", "expression", "variable"] = ""
    is_drawn: bool = False
    """Whether it is drawn by chance, and takes a seed."""
    is_sized: bool = True
    """Whether shape and dtype are chosen; else the example or what is written decides."""


class Dtype(Struct, frozen=True):
    """A dtype, with the ways to make a tensor of it; the first that is sized stands in where none was chosen."""

    name: str
    fills: tuple[str, ...]


class Variable(Struct, frozen=True):
    """A variable of the user's that fits."""

    name: str
    spec: str


class Field(Struct, frozen=True):
    """One tensor, or other value, that the call takes: an argument, or a leaf of one."""

    id: str
    """`x`, `parts['mask'][0]`."""
    spec: str
    """Of the example: `f32[2, 10]`."""
    is_tensor: bool
    filled: Filled
    """What the form begins with."""
    ranges: dict[str, str]
    """By the name of a fill that takes a range: what it begins with."""
    variables: tuple[Variable, ...] = ()


class Method(Struct, frozen=True):
    """What can be called."""

    name: str
    fields: tuple[Field, ...]


class Form(Struct, frozen=True):
    """What can be filled in."""

    methods: tuple[Method, ...]
    fills: tuple[Fill, ...]
    dtypes: tuple[Dtype, ...]
    modes: tuple[tuple[str, str], ...]
    """Each with its title; empty for a function, which has none."""
    call: str
    """The call that it begins with."""


class Living(Struct, frozen=True):
    """A Trace that lives in the kernel."""

    id: str
    name: str
    """The variable that holds it: `t`, `ts[0]`; empty where none does."""
    title: str
    """What was traced."""
    verdict: str
    """The headline: `2 findings diverge`."""
    look: Look
    can_run: bool
    revision: int
    """Counted up with each new document of it."""


class Candidate(Struct, frozen=True):
    """A callable of the user's that could be traced, with inputs of theirs that fit."""

    name: str
    type: str
    """`Linear`, `function`."""
    call: str
    """`model(x)`; empty where nothing fits."""
    inputs: str
    """`f32[2, 10]`, spelled as everywhere; why nothing fits, where nothing does."""


class Listing(Struct, frozen=True):
    """What a kernel holds, by what was made last."""

    traces: tuple[Living, ...]
    candidates: tuple[Candidate, ...]
    more: int = 0
    """How many candidates were left off."""


class Found(Struct, frozen=True):
    """A finding, as a list shows it."""

    id: str
    rule: str
    verdict: Verdict
    look: Look
    message: str
    frozen: str
    """The value; empty where there is none to tell."""
    place: str
    """`model.py:12`, `In [3], line 2`."""
    source: SourceRange | None
    cell: str
    """The id of the notebook's cell; empty where it is none's, or not known."""


class Mark(Struct, frozen=True):
    """A frozen line."""

    trace: str
    finding: str
    line: int
    """1-based, in the file or the cell."""
    last: int
    look: Look
    title: str
    """The rule with its verdict."""
    text: str
    """The frozen value and the message."""


class Marked(Struct, frozen=True):
    """A file, or a cell, with frozen lines."""

    filename: str
    cell: str
    """The id of the notebook's cell; empty for a file, and where it is not known: then the text tells."""
    is_cell: bool
    text: str
    """As it was traced. Where it is another now, the marks say nothing any more."""
    marks: tuple[Mark, ...]


class Sent(Struct, frozen=True):
    """What stands in a reply's buffers: a document where it is `whole`, then Runs that joined it since."""

    revision: int
    whole: bool
    """Else what the page has stays, and only Runs come."""


class Told(Struct, frozen=True):
    """What the kernel tells unasked: a cell has ended; a Trace was made, has another document, or is gone."""

    what: Literal["executed", "traces"]
    version: int = CHANNEL


class Reply(Struct, frozen=True):
    """What a kernel answers. A document, or a file, stands in the message's buffers.

    Attributes:
        text: why it waits, what is being tried, how it ended.
        part: how much is done, from 0 to 1; None where nobody knows.
    """

    id: str
    state: State
    version: int = CHANNEL
    text: str = ""
    part: float | None = None
    problems: tuple[Problem, ...] = ()
    form: Form | None = None
    call: str = ""
    run: int | None = None
    """The id of the Run that was made."""
    trace: str = ""
    """The id of the Trace that was made."""
    listing: Listing | None = None
    findings: tuple[Found, ...] = ()
    marked: tuple[Marked, ...] = ()
    sent: Sent | None = None
    filename: str = ""
    """What a file may be called: `model.html`."""


def whole(part: object) -> object:
    """A struct with every field, also those that have their default: a page knows no defaults."""
    if isinstance(part, msgspec.Struct):
        return {name: whole(getattr(part, name)) for name in part.__struct_fields__}
    if isinstance(part, dict):
        return {key: whole(value) for key, value in cast("dict[str, object]", part).items()}
    if isinstance(part, tuple):
        items = cast("tuple[object, ...]", part)
        return [whole(each) for each in items] if items and not isinstance(items[0], (str, int)) else items
    return part
