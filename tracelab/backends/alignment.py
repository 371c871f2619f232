"""Two sequences side by side: which of their parts are the same, in order."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

_WINDOW = 400
"""How far ahead two sequences are searched for where they meet again."""

Step = tuple[int | None, int | None]
"""Places in both; None where only the other one has a part."""


def steps(one: Sequence[Hashable], other: Sequence[Hashable]) -> Iterator[Step]:
    """Pairs of places whose parts are the same, and between them the places that only one of the two has."""
    i = j = 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            yield i, j
            i, j = i + 1, j + 1
            continue
        skip = _meeting(one, other, i, j)
        yield from ((k, None) for k in range(i, skip[0]))
        yield from ((None, k) for k in range(j, skip[1]))
        i, j = skip
    yield from ((k, None) for k in range(i, len(one)))
    yield from ((None, k) for k in range(j, len(other)))


def _meeting(one: Sequence[Hashable], other: Sequence[Hashable], i: int, j: int) -> tuple[int, int]:
    """The nearest places, counted in both together, from which the two go on alike."""
    ahead: dict[Hashable, int] = {}
    for place in range(min(len(other) - j, _WINDOW) - 1, -1, -1):
        ahead[other[j + place]] = place
    best: tuple[int, int] | None = None
    for place in range(min(len(one) - i, _WINDOW)):
        found = ahead.get(one[i + place])
        if found is not None and (best is None or place + found < sum(best)):
            best = (place, found)
        if best is not None and place > sum(best):
            break
    if best is None:
        return min(i + _WINDOW, len(one)), min(j + _WINDOW, len(other))
    return i + best[0], j + best[1]
