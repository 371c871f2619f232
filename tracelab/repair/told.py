"""A plan in words that can be copied: a diff, and what is written in place of the call to the tracer."""

from __future__ import annotations

from typing import Any

import torch

from tracelab.backends import dynamic, export
from tracelab.backends.base import Request
from tracelab.probes.base import given_by
from tracelab.probes.state import spelled
from tracelab.repair.base import Plan
from tracelab.repair.both import text_for


def diff_of(plan: Plan) -> str:
    """What changes in the user's files."""
    return "".join(plan.sources[name].diff() for name in sorted(plan.sources))


def code_of(plan: Plan, request: Request) -> str:
    """What is written around the call to the tracer; empty where nothing is."""
    lines = [f"{_setting(fqn)} = torch.jit.script({spelled('model', fqn)})" for fqn in plan.scripted if fqn]
    if plan.is_whole:
        lines.append("program = torch.jit.script(model)")
    elif plan.both_modes:
        lines += [text_for(request), *_BOTH]
    elif plan.dynamic_shapes is not None:
        made = export.WITH_ONES if plan.with_ones else "torch.export.export"
        lines.append(f"program = {made}(model, {_given(request)}{_options(plan, request)})")
    elif lines:
        lines.append(f"program = torch.jit.trace(model, {_inputs(request)})")
    return "\n".join(lines)


_BOTH = [
    "model.train()",
    "trained = torch.jit.trace(model, example_inputs)",
    "model.eval()",
    "evaluated = torch.jit.trace(model, example_inputs)",
    "program = torch.jit.script(BothModes(trained, evaluated))",
]


def _given(request: Request) -> str:
    """The inputs as `torch.export.export` takes them."""
    method = export.methods_of(request)[0]
    names = given_by(method).names[: len(method.args)]
    args = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    keywords = ", ".join(f'"{name}": {name}' for name in method.kwargs)
    return f"{args}, {{{keywords}}}" if keywords else args


def _options(plan: Plan, request: Request) -> str:
    strict = ", strict=True" if request.export.get("strict") else ""
    return f", dynamic_shapes={dynamic.written(plan.dynamic_shapes)}{strict}"


def _setting(fqn: str) -> str:
    return spelled("model", fqn)


def _inputs(request: Request) -> str:
    given: Any = request.options.get("example_inputs")
    keywords = request.options.get("example_kwarg_inputs")
    if keywords is not None and not isinstance(given, (torch.Tensor, tuple)):
        return "example_kwarg_inputs=example_inputs"
    return "example_inputs"
