"""HTML that cannot be got wrong: every string is escaped unless it is markup already."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TypeAlias

_VOID = {"meta", "input"}


class Html(str):
    """Markup."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child]"


def tag(name: str, *children: Child, **attributes: str) -> Html:
    """An element. `class_` and `http_equiv` are spelled as Python allows; an empty attribute is left out."""
    words = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value}
    opening = "".join(f' {key}="{html.escape(value)}"' for key, value in words.items())
    return Html(f"<{name}{opening}>" + ("" if name in _VOID else f"{join(children)}</{name}>"))


def join(children: Child) -> Html:
    """Children one after the other."""
    if isinstance(children, Html):
        return children
    if isinstance(children, str):
        return Html(html.escape(children))
    return Html("".join(join(child) for child in children))


def name(text: str) -> Html:
    """A name or a value of the user's, which keeps its own writing direction to itself."""
    return tag("bdi", tag("code", text))
