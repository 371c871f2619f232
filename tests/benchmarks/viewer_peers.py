"""Writes graphs for other viewers. Runs with the Python that has them, which need not have TraceLab.

viewer_peers.py onnx GRAPH.json OUT.onnx          the graph that `viewer.py` wrote, for Netron
viewer_peers.py torchvista 1000 OUT.html DEPTH    a module of so many operations, or one of notebooks/models.py
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "notebooks"))


def main() -> None:
    """Does what the arguments say."""
    what, source, out, *rest = sys.argv[1:]
    if what == "onnx":
        onnx_file(json.loads(Path(source).read_text()), out)
    else:
        torchvista_report(source, out, int(rest[0]))


def onnx_file(given: dict[str, Any], out: str) -> None:
    """The operations and their edges; parameters are left out."""
    import onnx  # pyright: ignore[reportMissingImports]
    from onnx import TensorProto, helper  # pyright: ignore[reportMissingImports]

    nodes = given["graphs"][0]["nodes"]

    def value(name: str) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 3])

    made = [
        helper.make_node(
            node["label"],
            [edge["sourceNodeId"] for edge in node["incomingEdges"]],
            [node["id"]],
            name=f"{node['namespace']}/{node['label']}_{node['id']}",
            domain="tracelab",
        )
        for node in nodes
        if node["incomingEdges"]
    ]
    used = {edge["sourceNodeId"] for node in nodes for edge in node["incomingEdges"]}
    inputs = [value(node["id"]) for node in nodes if not node["incomingEdges"]]
    graph = helper.make_graph(made, "graph", inputs, [value(node["id"]) for node in nodes if node["id"] not in used])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("tracelab", 1)]), out)


def torchvista_report(name: str, out: str, depth: int) -> None:
    """Its HTML file, with modules closed from some depth on."""
    from torchvista import trace_model  # pyright: ignore[reportMissingImports]

    model, args = chain(int(name)) if name.isdigit() else real(name)
    # It walks the graph by recursion, and Python's own limit ends that at about 900 operations in a row.
    sys.setrecursionlimit(10**6)
    threading.stack_size(2**29)
    run = threading.Thread(target=trace_model, args=(model, args), kwargs={
        "collapse_modules_after_depth": depth, "export_format": "html", "export_path": out
    })  # fmt: skip
    run.start()
    run.join()


def real(name: str) -> tuple[Any, tuple[Any, ...]]:
    """One of the notebooks' models and its arguments."""
    from models import BUILDERS

    model, args, _ = BUILDERS[name]()
    return model, args


def chain(size: int) -> tuple[Any, tuple[Any, ...]]:
    """The shape of `tests.browser.captures.synthetic` as a module that runs: layers of 40 and 60 operations."""
    import torch
    from torch import Tensor, nn

    class Part(nn.Module):
        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

        def forward(self, x: Tensor) -> Tensor:
            made = [x]
            for step in range(self.steps):
                two = step % 3 == 0 and len(made) > 7
                made.append(torch.add(made[-1], made[-7]) if two else torch.relu(made[-1]))
            return made[-1]

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention, self.mlp = Part(40), Part(60)

        def forward(self, x: Tensor) -> Tensor:
            return self.mlp(self.attention(x))

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleList(Layer() for _ in range(size // 100))

        def forward(self, x: Tensor) -> Tensor:
            for layer in self.layers:
                x = layer(x)
            return x

    return Net().eval(), (torch.ones(2, 3),)


if __name__ == "__main__":
    main()
