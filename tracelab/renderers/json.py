"""A capture as one JSON object for programs that ask what was found: the answer, the findings, what they rest on.

The parts are those of `tracelab.schema`, each with every field, also where it has its default: a reader of the JSON
knows no defaults. What is new in a later release is added; where a field would be read wrongly, `version` is raised.

    version, tracelab       of this object, and of the release that wrote it
    failed, headline        whether `tracelab check` fails, and the answer in one sentence
    allowed                 the ids of findings that would fail it, were they not let pass
    tallies                 how many findings there are of each verdict
    name, mode, backend     what was traced and how; with `torch`, `python`, `inputs` and `constraints`
    findings                worst first: `rule`, `verdict`, `level`, `message`, `source`, `frozen`, `witness`, ...
    runs, observations      what findings point to by `tried` and `observations`
    stop                    why the capture is partial; null where it is whole

The graphs, the text of the source files and the tensors are not in it: a `.tracelab` file has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import msgspec

from tracelab import __version__, schema
from tracelab.allowed import sort_out
from tracelab.document.text import written
from tracelab.renderers import tally
from tracelab.wire import whole

VERSION = 1
"""Of the object. A reader should refuse one that is newer than it knows."""

_PARTS = ("name", "mode", "backend", "torch", "python", "inputs", "constraints", "findings", "runs", "observations")


def render(capture: schema.Capture, allow: Sequence[str] = ()) -> str:
    """The capture as one line of JSON.

    Args:
        capture: the document.
        allow: what is let pass, as `tracelab.allowed` reads it.
    """
    _, capture = written(msgspec.structs.replace(capture, graphs=(), sources=()))
    found = sort_out(capture, allow)
    told = {
        "version": VERSION,
        "tracelab": capture.tracelab or __version__,
        "failed": found.failed,
        "allowed": [finding.id for finding in found.allowed],
        "headline": tally.headline(capture),
        "tallies": {verdict: _count(capture, verdict) for verdict in get_args(schema.Verdict)},
        **{name: whole(getattr(capture, name)) for name in _PARTS},
        "stop": whole(capture.stop),
    }
    return msgspec.json.encode(told).decode()


def _count(capture: schema.Capture, verdict: schema.Verdict) -> int:
    return sum(finding.verdict == verdict for finding in capture.findings)
