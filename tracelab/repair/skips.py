"""A round that is left by `continue` where a tensor says so: what follows stands under the opposite question.

That `if` is mended as any other, by `torch.where` or `torch.cond`. For `torch.export`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import libcst as cst

from tracelab.repair import arms, where
from tracelab.repair.base import Proposal, Spot
from tracelab.repair.trees import Tree, expression, lines_of, text_of, tree_of

_TITLE = "what follows the continue stands under the opposite condition"


def proposals(spot: Spot) -> Iterator[Proposal]:
    """The `if` of the finding's line, where it does nothing but go on with the next round."""
    tree = tree_of(spot.source.text) if spot.source is not None else None
    node: Any = tree.statement(spot.lineno) if tree is not None else None
    text = _text(tree, node) if tree is not None else None
    if spot.source is None or text is None:
        return
    turned = replace(spot, source=spot.source.changed(text))
    for way in (arms.costly, where.proposals, arms.proposals):
        yield from (replace(one, title=f"{_TITLE}; {one.title}") for one in way(turned))


def _text(tree: Tree, node: Any) -> str | None:
    block = tree.parent(node) if isinstance(node, cst.If) and node.orelse is None else None
    if not isinstance(block, cst.IndentedBlock) or not isinstance(tree.parent(block), (cst.For, cst.While)):
        return None
    parts: list[Any] = [part for line in lines_of(node.body) for part in getattr(line, "body", [line])]
    body: list[Any] = list(block.body)
    rest = body[body.index(node) + 1 :]
    if len(parts) != 1 or not isinstance(parts[0], cst.Continue) or not rest:
        return None
    turned = node.with_changes(test=expression(f"not ({text_of(node.test)})"), body=cst.IndentedBlock(rest))
    return tree.with_(block, block.with_changes(body=[*body[: body.index(node)], turned]))
