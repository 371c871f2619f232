"""Expressions that leave the tracer, each with a form that stays inside: tried on the finding's statement, then on
the whole function around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import libcst as cst

from tracelab.repair.base import Proposal, Spot
from tracelab.repair.trees import Tree, bare, name_of, text_of, tree_of, with_import

Form = Callable[[Any], cst.BaseExpression | None]
"""Is given an expression, whose parts have gone through it already; None where it has no other form for it."""


def rewritings(spot: Spot, forms: Sequence[Form], title: str, needs: Sequence[str] = ()) -> Iterator[Proposal]:
    """Proposals that rewrite expressions.

    Args:
        spot: the finding.
        forms: of which the first that fits is taken.
        title: what this does.
        needs: modules that the new forms use.
    """
    tree = tree_of(spot.source.text) if spot.source is not None else None
    if tree is None or spot.source is None:
        return
    for scope in _scopes(tree, spot.lineno):
        text = tree.rewritten(scope, _changing(forms))
        if text != spot.source.text:
            for module in needs:
                text = with_import(text, module) if f"{module}." in text and module not in spot.names else text
            yield Proposal(title, spot.plan.with_source(spot.source.changed(text)))


def _scopes(tree: Tree, lineno: int) -> Iterator[cst.CSTNode]:
    statement, function = tree.statement(lineno), tree.function(lineno)
    if isinstance(statement, (cst.If, cst.While)):
        yield statement.test
    elif isinstance(statement, cst.For):
        yield statement.iter
    elif statement is not None and not isinstance(statement, cst.FunctionDef):
        yield statement
    if function is not None:
        yield function.body


def _changing(forms: Sequence[Form]) -> Callable[[Any, Any], Any]:
    def change(original: Any, updated: Any) -> Any:
        for form in forms:
            made = form(updated)
            if made is not None:
                return made
        return _without_needless_parentheses(updated)

    return change


def _without_needless_parentheses(node: Any) -> Any:
    """Arguments need none around them; an earlier form may have put some there."""
    if isinstance(node, cst.Call):
        args = [arg.with_changes(value=bare(arg.value)) if arg.star == "" else arg for arg in node.args]
        return node.with_changes(args=[_alike(old, new) for old, new in zip(node.args, args)])
    return node


def _alike(old: cst.Arg, new: cst.Arg) -> cst.Arg:
    is_plain = not isinstance(old.value, (cst.GeneratorExp, cst.NamedExpr, cst.Yield))
    return new if is_plain and "\n" not in text_of(old) else old


# -- what a form looks at --------------------------------------------------------------------------------------------


def call(node: Any, *names: str) -> list[cst.BaseExpression] | None:
    """The positional arguments of a call of a function by one of some names; None for anything else."""
    if isinstance(node, cst.Call) and name_of(node.func) in names:
        return positional(node)
    return None


def method(node: Any, *names: str) -> tuple[cst.BaseExpression, list[cst.BaseExpression]] | None:
    """What a method of one of some names is called of, and its positional arguments; None for anything else."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value in names:
        arguments = positional(node)
        return None if arguments is None else (node.func.value, arguments)
    return None


def positional(node: cst.Call) -> list[cst.BaseExpression] | None:
    """The arguments of a call that has no other than positional ones."""
    if any(arg.keyword is not None or arg.star for arg in node.args):
        return None
    return [arg.value for arg in node.args]


def keywords(node: cst.Call) -> dict[str, cst.BaseExpression]:
    """The keyword arguments of a call."""
    return {arg.keyword.value: arg.value for arg in node.args if arg.keyword is not None}
