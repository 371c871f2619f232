"""Pages, read; and a capture in which every text is hostile."""

from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

from tests.renderers.samples import FILE, HOSTILE, call, capture, held, proven, witness
from tracelab.schema import Capture, Graph, Input, NodeError, OutputError, SourceFile, Summary


def sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class Page(HTMLParser):
    """A page, read: its elements, its words, and whether every element was closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data if "style" not in self.open else ""

    def names(self) -> set[str]:
        return {name for name, _ in self.elements}

    def values(self, attribute: str) -> list[str | None]:
        return [words[attribute] for _, words in self.elements if attribute in words]


def hostile() -> Capture:
    told = {"message": HOSTILE, "frozen": HOSTILE, "reason": HOSTILE, "module": HOSTILE, "rule": HOSTILE, "nodes": (0,)}
    summary = Summary(spec=HOSTILE, min=HOSTILE, max=HOSTILE, mean=HOSTILE)
    run = witness(
        id=1,
        probe=HOSTILE,
        method=HOSTILE,
        error=HOSTILE,
        snippet=f"{HOSTILE}\n{HOSTILE}",
        inputs=(Input(name=HOSTILE, spec=HOSTILE),),
        outputs=(OutputError(path=HOSTILE, eager=HOSTILE, captured=HOSTILE, agrees=False),),
        first_divergence=0,
        along=(NodeError(node=0, eager=summary, captured=summary, agrees=False),),
        blame=(HOSTILE,),
    )
    claims = (proven(id=HOSTILE, witness=run, method=HOSTILE, **told), held(tried=(1,), **told))
    graph = Graph(method=HOSTILE, nodes=(call(0, target=HOSTILE, module=HOSTILE),))
    sources = (SourceFile(filename=FILE, text=f"{HOSTILE}\n{HOSTILE}"),)
    return capture(*claims, name=HOSTILE, graphs=(graph,), sources=sources, runs=(run,), left={HOSTILE: HOSTILE})
