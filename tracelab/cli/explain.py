"""`tracelab explain`: what a rule finds, why it matters, and what to write instead."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from tracelab.cli.say import plainly
from tracelab.detectors import RULES
from tracelab.errors import UsageError


@plainly
def explain(
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="A rule's name; without it, all are listed.")
    ] = None,
) -> None:
    """Say what a rule finds, why it matters, and what to write instead."""
    if rule is None:
        width = max(map(len, RULES), default=0)
        typer.echo("\n".join(f"{name:<{width}}  {page.summary}" for name, page in RULES.items()))
        return
    typer.echo(_page(rule))


def _page(rule: str) -> str:
    if rule not in RULES:
        near = difflib.get_close_matches(rule, RULES, 1)
        cure = f"Did you mean {near[0]}?" if near else "`tracelab explain` lists them."
        raise UsageError(f"There is no rule {rule!r}", cure=cure)
    page = RULES[rule]
    sections = [f"{heading}\n{text.strip()}" for heading, text in page.sections.items()]
    return "\n\n".join([f"{rule}: {page.summary}", *sections])
