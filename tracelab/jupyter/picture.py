"""The static picture of a Trace: the answer, the worst findings and a small folded graph, on white."""

from __future__ import annotations

import re
from pathlib import PurePath

from tracelab import schema
from tracelab.format import clip, place_text
from tracelab.renderers import dot, tally
from tracelab.renderers.markup import Html, tag
from tracelab.renderers.safe import visible

_BOXES = 24
_FINDINGS = 8
_LINE, _MARGIN, _WIDEST = 18, 12, 900
_LETTERS = 128
"""What fits into the widest picture."""
_LETTER = 6.8
_COLOURS: dict[tally.Look, str] = {"error": "#b3261e", "warning": "#8a5a00", "holds": "#1b6e3c", "note": "#5b6270"}


def svg(capture: schema.Capture) -> str:
    """The picture; SVG 1.1 that stands for itself.

    Raises:
        TracelabError: Graphviz is not installed, or failed.
    """
    drawn = dot.svg(capture, method=capture.graph.method, most=_BOXES)
    size = re.search(r'viewBox="0\.00 0\.00 ([\d.]+) ([\d.]+)"', drawn)
    wide, high = (float(size[1]), float(size[2])) if size else (_WIDEST, _WIDEST)
    scale = min(1.0, (_WIDEST - 2 * _MARGIN) / wide)
    wide, high = wide * scale, high * scale
    lines = _lines(capture)
    width = max(wide, *(len(text) * _LETTER for text, _ in lines)) + 2 * _MARGIN
    top = _MARGIN + _LINE * len(lines) + _MARGIN
    inner = re.sub(
        r'<svg width="\S+" height="\S+"', f'<svg y="{top}" x="{_MARGIN}" width="{wide:.0f}" height="{high:.0f}"', drawn
    )
    return tag(
        "svg",
        tag("rect", width="100%", height="100%", fill="white"),
        [_text(at, text, colour) for at, (text, colour) in enumerate(lines)],
        Html(inner[inner.index("<svg") :]),
        xmlns="http://www.w3.org/2000/svg",
        width=f"{width:.0f}",
        height=f"{top + high + _MARGIN:.0f}",
    )


def alternative(capture: schema.Capture) -> str:
    """The same in words, for who sees no picture."""
    return "\n".join(text for text, _ in _lines(capture))


def _lines(capture: schema.Capture) -> list[tuple[str, str]]:
    named = f"{capture.name}: {tally.headline(capture)}" if capture.name else tally.headline(capture)
    out = [(_clipped(named), "#16181d")]
    ranked = [finding for look in tally.LOOKS for finding in tally.of_look(capture.findings, look)]
    for finding in ranked[:_FINDINGS]:
        place = PurePath(place_text(finding.source)).name  # a notebook that is sent need not say in which folder it was
        out.append(
            (
                _clipped(": ".join(filter(None, [tally.word(finding), place, finding.message]))),
                _COLOURS[tally.look(finding)],
            )
        )
    if len(ranked) > _FINDINGS:
        out.append((f"and {len(ranked) - _FINDINGS} more", _COLOURS["note"]))
    return out


def _clipped(text: str) -> str:
    return visible(clip(text, _LETTERS), _LETTERS)


def _text(at: int, text: str, colour: str) -> Html:
    weight = "bold" if at == 0 else "normal"
    y = f"{_MARGIN + _LINE * (at + 0.7):.0f}"
    font = "system-ui, Helvetica, Arial, sans-serif"
    return tag("text", text, x=f"{_MARGIN}", y=y, font_family=font, font_size="13", font_weight=weight, fill=colour)
