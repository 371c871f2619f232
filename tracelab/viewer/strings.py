"""The table of texts, and how an operation reads. Nothing in a text acts on a screen."""

from __future__ import annotations

from collections.abc import Callable

from tracelab import schema
from tracelab.format import tensor_text
from tracelab.renderers.safe import visible

MOST_ARGUMENTS = 64
"""So many parts of one argument are written out; `torch.cat` of a thousand values is named by the first."""
_NAME, _TEXT = 400, 80
"""The longest name, and the longest literal."""


class Strings:
    """Each text once; 0 is the empty one."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {"": 0}
        self._raw: dict[str, int] = {}

    def text(self, text: str) -> int:
        """The place of a text that is ours already."""
        return self._places.setdefault(text, len(self._places))

    def name(self, raw: str) -> int:
        """The place of anybody's text, with what would act on a screen spelled out."""
        if raw not in self._raw:
            self._raw[raw] = self.text(visible(raw, _NAME))
        return self._raw[raw]

    @property
    def table(self) -> tuple[str, ...]:
        """All of them, in their order."""
        return tuple(self._places)


def spec(node: schema.Node) -> str:
    """`f32[2, 10]`, of a node's first output; the backend's own word where it is no tensor."""
    if not node.outputs:
        return ""
    first = node.outputs[0]
    return visible(tensor_text(first.tensor) if first.tensor else first.type, _TEXT)


def label(node: schema.Node) -> str:
    """What the drawing says: `linear`, `x: f32[2, 10]`, `weight`."""
    if node.op == "placeholder":
        known = spec(node)
        return visible(node.target, 60) + (f": {known}" if known else "")
    if node.op == "get_attr":
        return visible(node.target.rpartition(".")[2], 60)
    return visible(node.target.removeprefix("aten::") or node.op, 60)


def form(node: schema.Node, is_known: Callable[[int], bool]) -> str:
    """`aten::add($0, $1, 1)`: the k-th value that a node takes stands as `$k`, one that no node makes as `?`.

    What its blocks give back follows in braces: `prim::If($0) { $1 } { $2 }`.
    """
    if node.op in ("placeholder", "get_attr") and not node.args and not node.blocks:
        return visible(node.target, _NAME)
    writer = _Writer(is_known)
    text = f"{visible(node.target or node.op, _NAME)}({writer.several(node.args)})"
    return text + "".join(f" {{ {writer.several(block.outputs)} }}" for block in node.blocks)


class _Writer:
    """Writes arguments and counts the values among them."""

    def __init__(self, is_known: Callable[[int], bool]) -> None:
        self._is_known, self._count = is_known, 0

    def several(self, args: tuple[schema.Arg, ...]) -> str:
        texts = [self._one(arg) for arg in args]
        more = [f"… {len(texts) - MOST_ARGUMENTS} more"] if len(texts) > MOST_ARGUMENTS else []
        return ", ".join(texts[:MOST_ARGUMENTS] + more)

    def _one(self, arg: schema.Arg) -> str:
        if isinstance(arg, schema.Items):
            return f"[{self.several(arg.items)}]"
        if isinstance(arg, schema.Ref):
            self._count += self._is_known(arg.value)
            return f"${self._count - 1}" if self._is_known(arg.value) else "?"
        # A text with a dollar sign of its own would be taken for a value.
        text = visible(arg.text, _TEXT).replace("$", "\\x24")
        return f"'{text}'" if arg.kind == "str" else text
