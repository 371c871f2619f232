"""Which scopes hold the same: operations, literals, shapes, inner scopes, and how they are wired inside."""

from __future__ import annotations

from tracelab.viewer.scopes import Scopes


def alike(scopes: Scopes, types: list[int], kinds: list[tuple[int, ...]], takes: list[list[int]]) -> list[int]:
    """A number for each scope; those with the same one are alike. 0 for the whole and for nested blocks.

    Args:
        scopes: all scopes.
        types: of each scope, a number for its module's class.
        kinds: of each node, numbers for what it is; empty where it counts for nothing.
        takes: of each node, the nodes that it takes its arguments from.
    """
    held: list[list[object]] = [[kind] for kind in types]
    first = _first(scopes, kinds)
    known: dict[tuple[object, ...], int] = {}
    same = [0] * len(scopes.all)
    for number, scope in enumerate(scopes.of_node):
        if kinds[number]:
            wiring = tuple(number - maker if maker >= first[scope] else -1 for maker in takes[number])
            held[scope].append((kinds[number], wiring))
    for scope in range(len(scopes.all) - 1, 0, -1):  # what a scope holds was entered after it
        same[scope] = known.setdefault(tuple(held[scope]), len(known) + 1)
        held[scopes.all[scope].parent].append(same[scope])
    return [0 if scopes.all[scope].block or not scope else number for scope, number in enumerate(same)]


def _first(scopes: Scopes, kinds: list[tuple[int, ...]]) -> list[int]:
    """The first node of each scope or of what it holds; an attribute, which stands before them all, does not count."""
    first = [len(scopes.of_node)] * len(scopes.all)
    for number in range(len(scopes.of_node) - 1, -1, -1):
        if kinds[number]:
            first[scopes.of_node[number]] = number
    for scope in range(len(scopes.all) - 1, 0, -1):
        parent = scopes.all[scope].parent
        first[parent] = min(first[parent], first[scope])
    return first
