"""A way of mending, given a text and a line."""

from __future__ import annotations

import math
import textwrap

import torch

from tracelab.backends.base import Request
from tracelab.probes.base import Subject
from tracelab.repair import Plan, Spot, Way
from tracelab.repair.sources import Source
from tracelab.schema import Finding, Observation


def rewritten(way: Way, code: str, rule: str = "shape-dependent-constant", asked: str = "") -> list[str]:
    """What a way makes of the line that is marked with `# here`, one text for each of its proposals."""
    text = textwrap.dedent(code).lstrip()
    lineno = next(number for number, line in enumerate(text.splitlines(), 1) if "# here" in line)
    source = Source("model.py", text, text)
    finding = Finding(id="a", rule=rule, verdict="diverges", level="error", message="", observations=(0,))
    subject = Subject(None, None, [], (Observation(id=0, kind="", asked=asked),), [], [])
    names = {"torch": torch, "math": math}
    spot = Spot(finding, Request(None, {}, False), subject, Plan(), source, lineno, names)
    return [proposal.plan.sources["model.py"].text for proposal in way(spot)]


def line(way: Way, code: str, rule: str = "shape-dependent-constant") -> list[str]:
    """The same for one line in a function, without its mark."""
    texts = rewritten(way, f"def f(x, y, w):\n    {code}  # here\n", rule)
    return [text.splitlines()[1].removesuffix("  # here").strip() for text in texts]
