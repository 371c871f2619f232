"""A Python attribute that `forward` writes, as a registered buffer: the program has it, and carries it on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst
import torch

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.copies import parts_of
from tracelab.repair.sources import Source
from tracelab.repair.trees import Tree, expression, text_of, tree_of
from tracelab.schema import Finding

_RULES = ("state-write", "state-read", "lost-mutation")


def proposals(spot: Spot) -> Iterator[Proposal]:
    """`self.calls = 0` -> `self.register_buffer("calls", torch.tensor(0))`, and writes in place."""
    yield from _proposals(spot, True)


def rebound(spot: Spot) -> Iterator[Proposal]:
    """The same with writes as they are: an exported program has what a buffer is bound to in the end."""
    yield from _proposals(spot, False)


def _proposals(spot: Spot, in_place: bool) -> Iterator[Proposal]:
    name = _attribute(spot)
    if name is None or spot.module is None or spot.source is None:
        return
    tree = tree_of(spot.source.text)
    method = tree.function(spot.lineno) if tree is not None else None
    if tree is None or method is None:
        return
    owners = [
        fqn for fqn, part in parts_of(spot.module)
        if isinstance(vars(part).get(name, part._buffers.get(name)), (int, float, torch.Tensor))  # pyright: ignore[reportPrivateUsage]
    ]  # fmt: skip
    if not owners:
        return
    plain = tuple((fqn, name) for fqn in owners if name in vars(spot.module.get_submodule(fqn)))
    text = _written_in_place(tree, method, name) if in_place else tree.text
    classes = {base.__name__ for fqn, _ in plain for base in type(spot.module.get_submodule(fqn)).__mro__}
    text = _registered(text, name, classes) if plain else text
    source: Source = spot.source.changed(text)
    plan = spot.plan.with_source(source) if text != spot.source.text else spot.plan
    proposal = Proposal(_title(name, bool(plain), in_place), plan.with_buffers(*plain))
    if proposal.plan.key != spot.plan.key:
        yield proposal


def _title(name: str, is_new: bool, in_place: bool) -> str:
    if not in_place:
        return f"self.{name} is a buffer, which the program carries on"
    return (
        f"self.{name} is a buffer, which is written in place"
        if is_new
        else f"the buffer self.{name} is written in place"
    )


def _attribute(spot: Spot) -> str | None:
    """The attribute of `self` that the finding is about."""
    finding: Finding = spot.finding
    if finding.rule not in _RULES or not finding.observations:
        return None
    asked = spot.subject.observations[finding.observations[0]].asked
    tree = tree_of(spot.source.text) if spot.source is not None else None
    statement = tree.statement(spot.lineno) if tree is not None else None
    for text in (asked.removesuffix(" ="), *_targets(statement)):
        root, _, name = text.partition(".")
        name = name.removesuffix(".data")
        if root == "self" and name.isidentifier():
            return name
    return None


def _targets(statement: Any) -> Iterator[str]:
    """What a statement assigns to."""
    for part in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
        if isinstance(part, cst.Assign):
            yield from (text_of(target.target) for target in part.targets)
        elif isinstance(part, cst.AugAssign):
            yield text_of(part.target)


def _written_in_place(tree: Tree, method: cst.FunctionDef, name: str) -> str:
    """`self.step = value` -> `self.step.copy_(value)`, in the method."""

    class InPlace(cst.CSTTransformer):
        def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> Any:  # noqa: N802
            targets = [text_of(target.target) for target in updated_node.targets]
            if targets in ([f"self.{name}"], [f"self.{name}.data"]):
                value = text_of(updated_node.value).replace(f"self.{name}.data", f"self.{name}.detach()")
                return cst.Expr(expression(f"self.{name}.copy_({value})"))
            return updated_node

    return tree.with_(method, method.visit(InPlace()))


def _registered(text: str, name: str, classes: set[str]) -> str:
    """`self.calls = 0` -> `self.register_buffer("calls", torch.tensor(0))`, in the `__init__` of some classes."""
    tree = tree_of(text)
    if tree is None:
        return text

    class Registering(cst.CSTTransformer):
        def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: N802
            return node.name.value in classes

        def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802
            return node.name.value == "__init__"

        def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> Any:  # noqa: N802
            if [text_of(target.target) for target in updated_node.targets] != [f"self.{name}"]:
                return updated_node
            value = text_of(updated_node.value)
            held = f"torch.tensor({value})" if value.replace(".", "").lstrip("-").isdigit() else value
            return cst.Expr(expression(f'self.register_buffer("{name}", {held})'))

    return tree.module.visit(Registering()).code
