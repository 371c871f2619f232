"""The report's viewer beside other viewers of graphs, on the same graphs, in one run, as ratios.

    python tests/benchmarks/viewer.py                   TraceLab alone
    python tests/benchmarks/viewer.py --peers VENV      with those that a virtual environment holds, made by
        VENV/bin/pip install torch==2.13.0 transformers netron onnx ai-edge-model-explorer torchvista

Model Explorer and Netron are given the operations and edges that TraceLab draws, without the parameters, which spares
them boxes; torchvista traces a module of the same shape. A viewer that fails at one size is not asked for larger ones.
The browser draws without a GPU.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

from playwright.sync_api import Playwright, sync_playwright  # noqa: E402 (the line above says where the rest is)
from viewer_pages import (  # noqa: E402
    LIMIT_SECONDS,
    MODEL_EXPLORER,
    NETRON,
    OURS,
    TORCHVISTA,
    Seen,
    Viewer,
    empty_page_bytes,
    look,
)

from tests.browser.captures import captured, synthetic  # noqa: E402
from tests.browser.starting import CHROMIUM  # noqa: E402
from tests.viewer.unpacked import Unpacked  # noqa: E402
from tracelab import schema  # noqa: E402
from tracelab.renderers import bundle, html  # noqa: E402

SIZES = ("1000", "10000", "100000")
MODELS = ("resnet50", "swin")
PEERS = {
    "Model Explorer": "ai-edge-model-explorer",
    "Netron": "netron",
    "torchvista": "torchvista",
}
SLOW_MS = 5_000
"""What takes longer is measured once."""
SERVE_NETRON = """
import sys, netron
netron.start(sys.argv[1], address=int(sys.argv[2]), browse=False)
netron.wait()
"""
# The command would fetch the list of its releases when it starts, and again when its page asks.
SERVE_MODEL_EXPLORER = """
import sys
from model_explorer import server
from model_explorer.config import ModelExplorerConfig
server._check_new_version = lambda *_: {"version": "", "runningVersion": "", "releaseUrl": "", "desktopAppUrl": ""}
asked = ModelExplorerConfig()
asked.add_model_from_path(sys.argv[1])
server.start(port=int(sys.argv[2]), config=asked, no_open_in_browser=True, skip_health_check=True)
"""

Row = dict[str, Any]


def main() -> None:
    """Measures what is asked for, and prints tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, metavar="VENV", help="a virtual environment that holds the other viewers")
    parser.add_argument(
        "--graphs", nargs="+", default=(*SIZES, *MODELS), metavar="NAME", help="numbers of nodes, models"
    )
    parser.add_argument("--only", nargs="+", default=tuple(PEERS), choices=tuple(PEERS), help="of the other viewers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="write screenshots there")
    parser.add_argument("--json", action="store_true", help="JSON in place of tables")
    given = parser.parse_args()
    # torch.jit reads every property of a module, and transformers deprecates one of its own.
    warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated")
    if CHROMIUM is None or bundle.script() is None:
        parser.exit(message="The viewer is measured only with chromium and the built viewer (`make viewer`).\n")
    asked = given.only if given.peers else []
    python = given.peers and (given.peers / "bin" / "python").absolute()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        bench = Bench(playwright, Path(folder), python, given.pictures, given.rounds)
        found = bench.found(given.graphs, asked)
    if given.json:
        print(json.dumps(found, indent=1))
    else:
        show(found)


class Bench:
    """One run: a browser to steer, a folder for what is opened, and the Python of the other viewers."""

    def __init__(
        self, playwright: Playwright, folder: Path, python: Path | None, pictures: Path | None, rounds: int
    ) -> None:
        self.playwright, self.folder, self.pictures, self.rounds = playwright, folder, pictures, rounds
        self.python = python
        self.failed: dict[str, str] = {}

    def found(self, graphs: Sequence[str], peers: Sequence[str]) -> dict[str, Any]:
        """All rows, and what they depend on."""
        return {
            "cores": os.cpu_count(),
            "empty_page_bytes": empty_page_bytes(self.playwright),
            "versions": {name: self.version(package) for name, package in PEERS.items() if name in peers},
            "bundles": {"TraceLab": compressed(bundle.script() or "")}
            | {name: self.bundle_bytes(name) for name in peers},
            "graphs": {name: self.rows(name, peers) for name in graphs},
        }

    def rows(self, name: str, peers: Sequence[str]) -> list[Row]:
        """A row a viewer, the viewers taking turns."""
        capture = synthetic(int(name)) if name.isdigit() else captured(name)
        graph = self.folder / f"{name}.json"
        graph.write_text(json.dumps(as_graph(capture)), encoding="utf-8")
        nodes = len(json.loads(graph.read_text())["graphs"][0]["nodes"])
        asks: dict[str, Callable[[], Row]] = {OURS.name: lambda: self.ours(name, capture, nodes)}
        every: dict[str, Callable[[], Row]] = {
            MODEL_EXPLORER.name: lambda: self.model_explorer(name, graph, nodes),
            NETRON.name: lambda: self.netron(name, graph, nodes),
            TORCHVISTA.name: lambda: self.torchvista(name),
        }
        asks |= {peer: every[peer] for peer in peers}
        taken: dict[str, list[Row]] = {viewer: [] for viewer in asks}
        for _ in range(self.rounds):
            for viewer, ask in asks.items():
                if not taken[viewer] or quick(taken[viewer][-1]):
                    taken[viewer].append(self.once(viewer, name, ask))
        return [{"viewer": viewer, "nodes": nodes} | median(rows) for viewer, rows in taken.items()]

    def once(self, viewer: str, name: str, ask: Callable[[], Row]) -> Row:
        """One measurement, unless the viewer failed at a smaller size."""
        if name.isdigit() and viewer in self.failed:
            return {"ended": f"not tried: {self.failed[viewer]}"}
        try:
            row: Row = ask()
        except URLError:
            row = {"ended": "its server does not start"}
        row["load"] = os.getloadavg()[0]
        print(f"{viewer} {name}: {row}", file=sys.stderr, flush=True)
        if name.isdigit() and row["ended"]:
            self.failed[viewer] = f"{row['ended']} at {int(name):,}"
        return row

    # -- the viewers ------------------------------------------------------------------------------------------

    def ours(self, name: str, capture: schema.Capture, nodes: int) -> Row:
        """The report, opened from a file."""
        page = self.folder / f"{name}.html"
        page.write_text(html.report(capture), encoding="utf-8")
        return self.look(OURS, page.as_uri(), name, nodes) | {"file_bytes": page.stat().st_size}

    def model_explorer(self, name: str, graph: Path, nodes: int) -> Row:
        """Its server, with the graph as JSON."""
        port = free_port()
        data = quote(json.dumps({"models": [{"url": str(graph)}]}))
        with self.served(["-c", SERVE_MODEL_EXPLORER, str(graph), str(port)], port):
            row = self.look(MODEL_EXPLORER, f"http://localhost:{port}/?data={data}", name, nodes)
        return row | {"file_bytes": graph.stat().st_size}

    def netron(self, name: str, graph: Path, nodes: int) -> Row:
        """Its server, with the graph as ONNX. It has no modules: everything is always open."""
        onnx, port = graph.with_suffix(".onnx"), free_port()
        if not onnx.exists() and (problem := self.write("onnx", str(graph), str(onnx))):
            return {"ended": problem}
        with self.served(["-c", SERVE_NETRON, str(onnx), str(port)], port):
            row = self.look(NETRON, f"http://localhost:{port}/", name, nodes)
        return row | {"opened_ms": row["painted_ms"], "file_bytes": onnx.stat().st_size}

    def torchvista(self, name: str) -> Row:
        """Its HTML files: as it comes, and with all modules open, which is what is then moved."""
        closed, full = self.folder / f"{name}.torchvista.html", self.folder / f"{name}.torchvista.open.html"
        for page, depth in ((closed, "1"), (full, "99")):
            if not page.exists() and (problem := self.write("torchvista", name, str(page), depth)):
                return {"ended": problem}
        first = self.look(TORCHVISTA, closed.as_uri(), name, 0)
        if first["ended"]:
            return first
        row = self.look(TORCHVISTA, full.as_uri(), f"{name}-open", 0)
        size = full.stat().st_size
        row["ended"] = row["ended"].replace(": open", ": open all")
        return row | {"painted_ms": first["painted_ms"], "opened_ms": row["painted_ms"], "file_bytes": size}

    # -- what they need ---------------------------------------------------------------------------------------

    def look(self, viewer: Viewer, url: str, name: str, nodes: int) -> Row:
        """One page, measured."""
        picture = self.pictures / f"{viewer.name} {name}.png".replace(" ", "-") if self.pictures else None
        seen: Seen = look(self.playwright, viewer, url, nodes, picture)
        return asdict(seen)

    def write(self, *words: str) -> str:
        """Has another viewer's file written; what went wrong, or nothing."""
        command = [str(self.python), str(Path(__file__).with_name("viewer_peers.py")), *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            return f"over {LIMIT_SECONDS} s: to write its file"
        if done.returncode == 0 and Path(words[2]).exists():
            return ""
        return f"writes no file: {(done.stderr.strip().splitlines() or ['?'])[-1][:60]}"

    @contextmanager
    def served(self, words: list[str], port: int) -> Iterator[None]:
        """A server that answers while the block runs."""
        quiet = subprocess.DEVNULL
        server = subprocess.Popen([str(self.python), *words], stdout=quiet, stderr=quiet)
        try:
            wait_for(port, server)
            yield
        finally:
            server.terminate()
            server.wait()

    def version(self, package: str) -> str:
        """What is installed there."""
        code = f"from importlib.metadata import version; print(version({package!r}))"
        return subprocess.run([str(self.python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()

    def bundle_bytes(self, name: str) -> int:
        """gzip of the scripts and styles that show a graph; of Netron's those for ONNX."""
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        found = subprocess.run(
            [str(self.python), "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        netron = "index.html browser.js base.js view.js grapher.js grapher.css dagre.js worker.js onnx.js onnx-proto.js"
        patterns = {
            "Model Explorer": ("model_explorer/web_app/*.js", "model_explorer/web_app/*.css"),
            "Netron": tuple(f"netron/{file}" for file in f"{netron} onnx-metadata.json protobuf.js".split()),
            "torchvista": ("torchvista/assets/*.js", "torchvista/assets/*.css", "torchvista/templates/graph.html"),
        }[name]
        return sum(compressed(file.read_text()) for pattern in patterns for file in Path(found).glob(pattern))


def as_graph(capture: schema.Capture) -> dict[str, Any]:
    """What the viewer draws, without parameters, in Model Explorer's form; the others' forms are made of it."""
    told = Unpacked(capture)
    labels, takes, places = told.texts("label"), told.takes(), told.places()
    kept = [number for number, op in enumerate(told.column("op")) if op != 1]
    known = set(kept)

    def edges(number: int) -> list[dict[str, str]]:
        into = enumerate(source for source in takes[number] if source in known)
        return [{"sourceNodeId": str(s), "sourceNodeOutputId": "0", "targetNodeInputId": str(k)} for k, s in into]

    nodes = [
        {"id": str(n), "label": labels[n], "namespace": places[n].replace(";", ","), "incomingEdges": edges(n)}
        for n in kept
    ]
    return {"label": capture.name, "graphs": [{"id": "main", "nodes": nodes}]}


def quick(row: Row) -> bool:
    """Whether there is time to measure it again."""
    return not row["ended"] and max(row["painted_ms"], row["opened_ms"] or 0) < SLOW_MS


def median(rows: list[Row]) -> Row:
    """Of each number; the last round's words."""
    whole = [row for row in rows if not row["ended"]] or rows

    def of(key: str) -> Any:
        values = [row[key] for row in whole if row.get(key) is not None]
        return statistics.median(values) if values and not isinstance(values[0], str) else rows[-1].get(key)

    return {key: of(key) for key in rows[-1]} | {"rounds": len(rows)}


def free_port() -> int:
    """One that nobody listens to."""
    with socket.socket() as one:
        one.bind(("localhost", 0))
        return int(one.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until a server answers with its page."""
    end = time.monotonic() + LIMIT_SECONDS
    while True:
        try:
            with urlopen(f"http://localhost:{port}/"):
                return
        except OSError:
            if time.monotonic() > end or server.poll() is not None:
                raise
            time.sleep(0.1)


def compressed(text: str) -> int:
    """Bytes, as a server would send it."""
    return len(gzip.compress(text.encode()))


# -- the tables -------------------------------------------------------------------------------------------------

COLUMNS: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("open to painted", "painted_ms", lambda ms: f"{ms / 1000:.2f} s"),
    ("everything open", "opened_ms", lambda ms: f"{ms / 1000:.2f} s"),
    ("a frame, panning", "frame_ms", lambda ms: f"{ms:.0f} ms"),
    ("the whole in view", "whole_frame_ms", lambda ms: f"{ms:.0f} ms"),
    ("memory", "memory_bytes", lambda size: f"{size / 1e6:.0f} MB"),
    ("file", "file_bytes", lambda size: f"{size / 1e3:,.0f} KB"),
    ("load", "load", lambda load: f"{load:.1f}"),
)


def show(found: dict[str, Any]) -> None:
    """Every number, and its ratio to TraceLab's on the same graph."""
    for name, rows in found["graphs"].items():
        title = f"{int(name):,} nodes" if name.isdigit() else f"{name}, {rows[0]['nodes']:,} nodes without parameters"
        print(f"\n{title}\n{'':16}" + "".join(f"{head:>21}" for head, _, _ in COLUMNS))
        for row in rows:
            cells = "".join(f"{cell(row, rows[0], key, text):>21}" for _, key, text in COLUMNS)
            print(f"{row['viewer']:16}{cells}" + (f"   {row['ended']}" if row["ended"] else ""))
    print(f"\nScripts and styles, gz: {', '.join(f'{k} {v / 1000:.0f} KB' for k, v in found['bundles'].items())}")
    print(f"Versions: {', '.join(f'{k} {v}' for k, v in found['versions'].items()) or 'TraceLab alone'}")
    empty = f"{found['empty_page_bytes'] / 1e6:.0f} MB"
    print(f"Memory: what the browser's processes hold together, without the files that they map; an empty page {empty}")
    print(f"Load: how many processes wanted a core in the minute before, of {found['cores']} cores")


def cell(row: Row, ours: Row, key: str, text: Callable[[float], str]) -> str:
    """`2.9 s  12x`; a dash where there is nothing."""
    value, base = row.get(key), ours.get(key)
    if value is None:
        return "-"
    return text(value) if row is ours or key == "load" or not base else f"{text(value)}  {value / base:.1f}x"


if __name__ == "__main__":
    main()
