"""The viewer as a notebook's widget.

    w = t.widget()
    w.finding = t.findings[1].id                       # go to a finding; None leaves it
    w.run = 3                                          # the Run in view, by its id
    w.selection = t.findings[1].witness.first_divergence   # a node, by its id in the document
    w.selection = "encoder.layers.0"                   # a module, by its name
    w.height, w.theme = 800, "dark"                    # CSS pixels; "auto", "light", "dark"

What is clicked in the viewer is read from the same names, also by `w.observe`.

With a Trace behind it the viewer has a form, which runs again and searches on: see `tracelab.jupyter.channel`.
"""

# ipywidgets and traitlets have few types of their own.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUntypedFunctionDecorator=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any, cast

import anywidget
import traitlets

from tracelab import schema
from tracelab.capture import Capture
from tracelab.format import joined
from tracelab.handle import Trace
from tracelab.jupyter import bundle, cells
from tracelab.jupyter.channel import Channel
from tracelab.jupyter.feed import Feed, feed_of
from tracelab.renderers.bundle import HOW_TO_BUILD
from tracelab.viewer import packed
from tracelab.viewer.runs import every_run

_MISSING = f"The viewer is not built here: {HOW_TO_BUILD}. `print` shows the same as text."
_ONLY_TEXT = "export default { render({ el }) { el.textContent = %s; } };"
_CHANNEL = "tracelab"
"""The key of our messages among a widget's own."""


@functools.cache
def script() -> str | None:
    """The viewer as the module that anywidget loads; None in a checkout of the source where it was not built."""
    built = resources.files("tracelab").joinpath("static/widget.js")
    return built.read_bytes().decode() if built.is_file() else None


class TraceWidget(anywidget.AnyWidget):
    """The viewer of one document; all its views show the same.

    Args:
        capture: the document; `show` puts another in its place.
        trace: what it is of: the viewer is live, with a form; None shows the document alone.
        **traits: `height`, `theme`, `finding`, `run`, `selection`.

    Attributes:
        document: what the viewer is sent, as `tracelab.viewer.packed` makes it.
        added: Runs that were made since, as `tracelab.viewer.packed_run` makes them.
        live: whether there is a Trace that can be run again.
        finding: the id of the finding in view; None until somebody chose one: the viewer begins with the worst.
        run: the id of the Run in view; None until somebody chose one.
        selection: what is selected in the graph: `{"node": 12}`, `{"module": "encoder", "call": 0}` or None; with
            `"method"`, where several were captured. A number is taken for a node's id, a text for a module's name.
        height: in CSS pixels.
        theme: "light", "dark", or "auto", which is JupyterLab's, elsewhere the system's.
    """

    _esm = traitlets.Unicode().tag(sync=True)
    document = traitlets.Bytes().tag(sync=True)
    added = traitlets.List(traitlets.Bytes()).tag(sync=True)
    live = traitlets.Bool(False).tag(sync=True)
    finding = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    run = traitlets.Int(None, allow_none=True).tag(sync=True)
    selection = traitlets.Union([traitlets.Dict(), traitlets.Int(), traitlets.Unicode()], allow_none=True).tag(
        sync=True
    )
    height = traitlets.Int(560, min=320).tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)

    def __init__(self, capture: schema.Capture, trace: Trace | None = None, **traits: Any) -> None:
        self.capture, self._trace_id = capture, trace.id if trace is not None else ""
        self._channel: Channel | None = None
        self._feed = Feed(capture) if trace is None else feed_of(trace)
        super().__init__(document=self._feed.document, added=[*self._feed.added], live=trace is not None, **traits)
        if trace is not None:
            self._channel = Channel(trace, self._reply, cells.jobs(), cells.namespace)
            self.on_msg(self._hear)

    def show(self, capture: schema.Capture) -> None:
        """Show another document in every view, as after `Trace.search`; what it does not have is selected no more."""
        before, self.capture = self.capture, capture
        if capture is before:
            return
        with cells.jobs().shielded():
            self._feed.see(capture)
            is_whole, document = not self._feed.added, self._feed.document
            with self.hold_sync():
                self.document, self.added = document, [*self._feed.added]
                if is_whole:
                    self._forget_what_is_gone()

    def _forget_what_is_gone(self) -> None:
        for name in ("finding", "run", "selection"):
            try:
                setattr(self, name, getattr(self, name))
            except traitlets.TraitError:
                setattr(self, name, None)

    def _hear(self, widget: Any, content: Any, buffers: Any) -> None:
        if self._channel is not None and isinstance(content, dict) and _CHANNEL in content:
            self._channel.receive(content[_CHANNEL])

    def _reply(self, reply: dict[str, Any]) -> None:
        self.send({_CHANNEL: reply})

    def close(self) -> None:
        """Take the widget's line to the page away; what it asked for ends."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        super().close()

    @property
    def is_open(self) -> bool:
        """Whether it still has its line to the page; `close` takes it."""
        return cast("Any", self).comm is not None

    def formats(self) -> bundle.Formats:
        """What a cell shows of it, by mimetype, and the metadata that Colab wants."""
        live, metadata = super()._repr_mimebundle_() or ({}, {})
        document = packed(self.capture) if self.added else self.document
        return {**live, **bundle.kept(Capture.of(self.capture), document, self._trace_id)}, metadata

    def _repr_mimebundle_(self, **wanted: Any) -> bundle.Formats:
        return self.formats()

    @traitlets.default("_esm")
    def _the_viewer(self) -> str:
        return script() or _ONLY_TEXT % json.dumps(_MISSING)

    @traitlets.validate("finding")
    def _known_finding(self, proposal: dict[str, Any]) -> str | None:
        wanted: str | None = proposal["value"]
        known = [finding.id for finding in self.capture.findings]
        return _one_of("finding", wanted, known)

    @traitlets.validate("run")
    def _known_run(self, proposal: dict[str, Any]) -> int | None:
        return _one_of("Run", proposal["value"], [run.id for run in every_run(self.capture)])

    @traitlets.validate("selection")
    def _known_selection(self, proposal: dict[str, Any]) -> dict[str, Any] | None:
        selection = _spelled(proposal["value"])
        if not selection:
            return None
        if unknown := set(selection) - {"node", "module", "call", "scope", "method"}:
            raise traitlets.TraitError(
                f"a selection has no {joined(sorted(unknown))}; use 'node', or 'module' and 'call'"
            )
        method = selection.get("method")
        graphs = [graph for graph in self.capture.graphs if method in (None, graph.method)]
        nodes = [node for graph in graphs for node in _nodes(graph.nodes)]
        if "node" in selection and selection["node"] not in {node.id for node in nodes}:
            raise traitlets.TraitError(f"there is no node {selection['node']!r} in the document")
        name = selection.get("module", "")
        if name and not any(node.module == name or node.module.startswith(f"{name}.") for node in nodes):
            raise traitlets.TraitError(f"no module {name!r} recorded a node")
        return selection


def _one_of(kind: str, wanted: Any, known: Sequence[Any]) -> Any:
    if wanted is None or wanted in known:
        return wanted
    raise traitlets.TraitError(f"there is no {kind} {wanted!r}; there are: {joined([*map(str, known)], 8) or 'none'}")


def _spelled(value: int | str | dict[str, Any] | None) -> dict[str, Any] | None:
    if isinstance(value, dict) or value is None:
        return value
    return {"node": value} if isinstance(value, int) else {"module": value, "call": 0}


def _nodes(nodes: Sequence[schema.Node]) -> Iterator[schema.Node]:
    """All of them, those of nested blocks too."""
    for node in nodes:
        yield node
        for block in node.blocks:
            yield from _nodes(block.nodes)
