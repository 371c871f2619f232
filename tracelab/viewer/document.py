"""The whole that is sent, and its bytes."""

from __future__ import annotations

import contextlib
import gzip
import struct

import msgspec

from tracelab import document, schema
from tracelab.renderers import proof, story, tally
from tracelab.renderers.reading import Reader
from tracelab.renderers.safe import visible
from tracelab.shown import Shown, ShownRun
from tracelab.viewer import private
from tracelab.viewer.columns import STEP, Columns
from tracelab.viewer.files import shown_files
from tracelab.viewer.findings import graph_places, marks, shown_findings
from tracelab.viewer.graph import Ordered, ordered, shown_graph
from tracelab.viewer.order import row
from tracelab.viewer.places import Files
from tracelab.viewer.regions import regions
from tracelab.viewer.repairs import shown_repairs
from tracelab.viewer.runs import every_run, shown_run, shown_runs, smallest_proof
from tracelab.viewer.strings import Strings
from tracelab.wire import whole


def packed(
    capture: schema.Capture,
    *,
    title: str | None = None,
    source: bool = True,
    values: bool = True,
) -> bytes:
    """What the viewer is sent, as bytes: the same capture gives the same bytes.

    Args:
        capture: the document.
        title: what stands above it; the name of what was traced where it is None.
        source: whether the user's code is in it.
        values: whether numbers and texts of the user's data are in it: frozen values, inputs, errors.

    Raises:
        DocumentError: the document does not agree with itself.
    """
    return _bytes(*shown(capture, title=title, source=source, values=values))


def packed_run(capture: schema.Capture, run: schema.Run) -> bytes:
    """One Run more, for a viewer that has the rest: as `packed`, with a `ShownRun` for the header."""
    columns = Columns()
    graph = next((graph for graph in capture.graphs if graph.method == run.method), capture.graph)
    numbers = row(graph).number if run.along or run.first_divergence is not None else dict[int, int]()
    return _bytes(shown_run(capture, run, numbers, columns), bytes(columns.data))


def _bytes(about: Shown | ShownRun, columns: bytes) -> bytes:
    header = msgspec.json.encode(whole(about))
    start = struct.pack("<I", len(header)) + header
    return gzip.compress(start + bytes(-len(start) % STEP) + columns, 6, mtime=0)


def shown(
    capture: schema.Capture,
    *,
    title: str | None = None,
    source: bool = True,
    values: bool = True,
) -> tuple[Shown, bytes]:
    """The same before it is packed: the header, and the columns that it points into."""
    # A lone surrogate, from a file name that is not UTF-8, cannot be saved; but it is no reason to show nothing.
    with contextlib.suppress(UnicodeEncodeError):
        document.validate(capture)
    capture = private.hidden(capture, source=source, values=values)
    reader, files = Reader(capture), Files(capture)
    strings, columns = Strings(), Columns()
    graphs = [ordered(graph, files) for graph in capture.graphs]
    places = graph_places(capture)
    runs = {run.id: at for at, run in enumerate(every_run(capture))}
    findings = shown_findings(reader, places, graphs, runs)
    controlled = regions(reader, [graph.row for graph in graphs], places)
    drawn = tuple(
        shown_graph(graph, strings, columns, marks(reader, places, graphs, at), controlled[at])
        for at, graph in enumerate(graphs)
    )
    about = Shown(
        title=visible(title or capture.name or "A capture", 160),
        verdict=_verdict(capture),
        look=tally.worst(capture),
        tallies=tuple(tally.tallies(capture.findings)),
        facts=tuple(story.facts(capture)),
        stop=story.stop(capture.stop) if capture.stop else "",
        strings=strings.table,
        graphs=drawn,
        files=shown_files(reader, files),
        findings=findings,
        silence="" if findings else tally.silence(capture),
        runs=shown_runs(capture, _numbers(graphs), columns),
        constraints=tuple(visible(text) for text in capture.constraints),
        repairs=shown_repairs(capture),
    )
    return about, bytes(columns.data)


def _numbers(graphs: list[Ordered]) -> list[dict[int, int]]:
    return [graph.row.number for graph in graphs]


def _verdict(capture: schema.Capture) -> str:
    smallest = smallest_proof(capture)
    proven = f"; smallest proof: {visible(smallest.probe, 120)}" if smallest else ""
    given = f" ({proof.inputs(smallest.inputs)})" if smallest and smallest.inputs else ""
    return tally.headline(capture) + proven + given
