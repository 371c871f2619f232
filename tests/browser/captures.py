"""What is looked at: real captures, each made once, and large ones written by hand."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from models import BUILDERS

import tracelab
from tests.browser.small import Clean, LateBranch, RaisesHalfWay, TwoMethods, unchanged
from tests.renderers.samples import FILE, SOURCE, finding, place
from tests.viewer.graphs import node, start
from tests.viewer.unpacked import Unpacked
from tracelab import schema
from tracelab.shown import Shown
from tracelab.viewer import shown


def traced(name: str, **options: Any) -> tracelab.Capture:
    model, args, kwargs = BUILDERS[name]()
    return tracelab.trace(model, args or None, example_kwarg_inputs=kwargs or None, **options).capture


def two_methods() -> tracelab.Capture:
    inputs = {"forward": torch.ones(2, 4), "encode": torch.ones(2, 4)}
    return tracelab.trace_module(TwoMethods().eval(), inputs, probes=2).capture


def synthetic(nodes: int) -> tracelab.Capture:
    """Layers of 100 nodes, each in two parts, one after the other; a decision in the middle."""
    recorded = [start()]
    for number in range(1, nodes):
        layer, step = divmod(number - 1, 100)
        part = "attention" if step < 40 else "mlp"
        takes = (number - 1, max(0, number - 7)) if step % 3 == 0 else (number - 1,)
        recorded.append(node(number, *takes, module=f"layers.{layer}.{part}", source=place(1 + number % 7)))
    layers = range((nodes - 2) // 100 + 1)
    named = ["layers", *(f"layers.{n}{end}" for n in layers for end in ("", ".attention", ".mlp"))]
    kinds = {"layers": "torch.nn.modules.container.ModuleList"}
    modules = tuple(schema.ModuleInfo(fqn=name, type=kinds.get(name, "m.Part")) for name in sorted(named))
    claims = [finding(id=f"D{at}", nodes=(at * nodes // 10,), observations=()) for at in range(1, 9)]
    return tracelab.Capture(
        name=f"Synthetic{nodes}",
        graphs=(schema.Graph(nodes=tuple(recorded), modules=modules),),
        findings=tuple(claims),
        sources=(schema.SourceFile(filename=FILE, text=SOURCE),),
    )


MAKERS: dict[str, Callable[[], tracelab.Capture]] = {
    "norm_loop": lambda: traced("norm_loop"),
    "column_loop": lambda: traced("column_loop"),
    "alternator": lambda: traced("alternator", probes=("calls",)),
    "resnet50": lambda: traced("resnet50", probes=1),
    "swin": lambda: traced("swin", probes=(), check_inputs=[(torch.ones(1, 3, 256, 256),)]),
    "mixtral": lambda: traced("mixtral", probes=1, check_inputs=[(torch.full((2, 10), 7),)]),
    "partial": lambda: tracelab.trace(RaisesHalfWay().eval(), torch.ones(2, 4), probes=()).capture,
    "late": lambda: tracelab.trace(LateBranch().eval(), torch.ones(2, 4)).capture,
    "clean": lambda: tracelab.trace(Clean().eval(), torch.ones(2, 4), probes=2).capture,
    "empty": lambda: tracelab.trace(unchanged, torch.ones(2), probes=()).capture,
    "nothing": lambda: tracelab.Capture(name="nothing"),
    "two_methods": two_methods,
    "10000": lambda: synthetic(10_000),
    "100000": lambda: synthetic(100_000),
}

ALL = tuple(MAKERS)
ARTICLE = ("norm_loop", "column_loop", "alternator")
REAL = (*ARTICLE, "resnet50", "swin", "mixtral")
PROVEN = (*ARTICLE, "swin", "mixtral")
"""Those in which a Run proves a finding."""


@functools.cache
def captured(name: str) -> tracelab.Capture:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        return MAKERS[name]()


@functools.cache
def columns(name: str) -> Unpacked:
    """What the drawing of a named capture is made from."""
    return Unpacked(captured(name))


@functools.cache
def about(name: str) -> Shown:
    """What the viewer is told of a named capture."""
    return shown(captured(name))[0]
