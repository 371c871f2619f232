"""The frame of every page: its policy, its style, and the words and shapes of the looks."""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
from collections.abc import Sequence
from importlib import resources

from tracelab import __version__
from tracelab.renderers.markup import Child, Html, tag
from tracelab.renderers.tally import Look

_SHAPES: dict[Look, str] = {
    "error": "M5 0h6l5 5v6l-5 5H5l-5-5V5zM4 7v2h8V7z",
    "warning": "M8 0l8 15H0zM7 5v5h2V5zM7 11.5v2h2v-2z",
    "holds": "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM6.8 12.2L3 8.4l1.5-1.5 2.3 2.3 4.7-4.7L13 6z",
    "note": "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM7 3.5v2h2v-2zM7 7v6h2V7z",
}


@functools.cache
def _text(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")


def page(title: str, *body: Child, data: bytes = b"", script: str = "") -> str:
    """A whole HTML file.

    Args:
        title: what the window is called.
        *body: what is read without the script, and printed.
        data: what the script is given.
        script: the viewer; without it nothing may run.
    """
    still = tag("div", tag("main", body), _foot(), id="static")
    # The viewer comes first, so that the rest does not flash.
    viewer = [tag("div", id="tracelab"), _bytes(data, "tracelab-data"), *_loader(script)] if script else []
    return _file(title, script, [viewer, still])


def pair_page(
    title: str, above: Child, sides: Sequence[tuple[str, Child, Child, bytes]], below: Child, script: str
) -> str:
    """A whole HTML file with two viewers, side by side where there is room.

    Args:
        title: what the window is called.
        above: what stands above both.
        sides: of each its name, its heading, what is read without the script, and what the script is given.
        below: what stands below both.
        script: the viewer; without it nothing may run.
    """
    shown: list[Html] = []
    for number, (name, head, still, data) in enumerate(sides):
        place = tag("div", still, class_="side", data_name=name, data_bytes=f"tracelab-data-{number}" if script else "")
        shown.append(
            tag("section", tag("header", head), place, _bytes(data, f"tracelab-data-{number}") if script else "")
        )
    body = tag("main", above, tag("section", shown, class_="sides", id="sides"), below)
    loader = _loader(script) if script else []
    return _file(title, script, [tag("div", body, _foot(), class_="pair"), loader])


def _file(title: str, script: str, body: Child) -> str:
    style = _text("style.css")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{title} - TraceLab"),
        tag("style", Html(style)),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', body), lang='en')}\n"


def _foot() -> Html:
    return tag("footer", f"Written by TraceLab {__version__}. `tracelab explain RULE` says more about a rule.")


def _loader(script: str) -> list[Html]:
    """The viewer, and what unpacks it."""
    packed = gzip.compress(script.encode(), 9, mtime=0)
    return [_bytes(packed, "tracelab-viewer"), tag("script", Html(_text("loader.js")))]


def _bytes(data: bytes, name: str) -> Html:
    encoded = Html(base64.b64encode(data).decode())
    return tag("script", encoded, type="application/octet-stream;base64", id=name)


def _policy(style: str, script: str) -> str:
    """What a page may do: this style, these scripts, pictures that it makes. Nothing is fetched, nothing is sent."""
    scripts = f"{_hash(_text('loader.js'))} {_hash(script)}" if script else "'none'"
    parts = [
        "default-src 'none'",
        f"script-src {scripts}",
        f"style-src {_hash(style)}",
        "img-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(parts)


def _hash(text: str) -> str:
    """The element with exactly this text, in the words of a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def look_word(look: Look, word: str) -> Html:
    """A word with the look's shape and colour."""
    path = tag("path", d=_SHAPES[look], fill_rule="evenodd")
    return tag("span", tag("svg", path, viewBox="0 0 16 16", aria_hidden="true"), f" {word}", class_=f"look {look}")
