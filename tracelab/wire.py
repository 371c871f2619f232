"""What a page and a kernel say to each other: requests, and replies that name the request. Nothing here knows torch.

Each request gets replies until one says how it ended: `done`, `failed` or `cancelled`. Whoever speaks another version
is told so; of a message of any version `version`, `id`, `state` and `problems` can be read.
"""

from __future__ import annotations

from typing import Literal, cast

import msgspec

from tracelab.schema import Struct

CHANNEL = 1
"""The version of all that is said. Other versions are not understood."""

What = Literal["form", "call", "rerun", "search", "cancel"]
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
            `search`: look longer for witnesses. `cancel`: end another request.
        of: the id of the request that is to be cancelled.
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


class Reply(Struct, frozen=True):
    """What a kernel answers.

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
