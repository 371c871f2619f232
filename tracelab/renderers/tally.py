"""What the findings come to: the answer in one line, how many of each kind, and what is shown first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from tracelab import schema
from tracelab.format import plural

Look = Literal["error", "warning", "holds", "note"]

_NOTHING = "Nothing was captured: no operation was recorded"

LOOKS: tuple[Look, ...] = ("error", "warning", "holds", "note")
"""In the order in which they are shown."""


def look(finding: schema.Finding) -> Look:
    """How a finding is shown: proven wrong, open, held under what was tried, or reached by no input."""
    if finding.verdict in ("diverges", "raises"):
        return "error"
    if finding.verdict == "holds":
        return "holds"
    return "note" if finding.level == "note" else "warning"


def word(finding: schema.Finding) -> str:
    """The look in one word: the verdict; `note` where no input reaches it, but for what torch.export itself tells."""
    is_told = finding.verdict in ("refused", "guarded")
    return "note" if look(finding) == "note" and not is_told else finding.verdict


def is_wrong(finding: schema.Finding) -> bool:
    """Whether a Run shows that the program is wrong, or fails where eager works."""
    return look(finding) == "error"


def of_look(findings: Iterable[schema.Finding], wanted: Look) -> list[schema.Finding]:
    """The findings of one look, in their order."""
    return [finding for finding in findings if look(finding) == wanted]


def frozen(capture: schema.Capture) -> list[schema.Finding]:
    """The findings that claim something frozen; a capture that stopped is told apart."""
    return [finding for finding in capture.findings if finding.rule != "untraceable"]


def tallies(findings: Sequence[schema.Finding]) -> list[tuple[Look, str]]:
    """How many findings there are of each kind.

    `2 diverge`, `1 raises`, `1 refused`, `5 unproven`, `3 guarded`, `31 hold`, `4 notes`.
    """
    number = {wanted: len(of_look(findings, wanted)) for wanted in LOOKS}
    diverging = sum(finding.verdict == "diverges" for finding in findings)
    raising = number["error"] - diverging
    refused = sum(finding.verdict == "refused" for finding in findings)
    guarded = sum(finding.verdict == "guarded" for finding in findings)
    counted: list[tuple[Look, int, str]] = [
        ("error", diverging, _verb(diverging, "diverge")),
        ("error", raising, _verb(raising, "raise")),
        ("warning", refused, f"{refused} refused"),
        ("warning", number["warning"] - refused, f"{number['warning'] - refused} unproven"),
        ("note", guarded, f"{guarded} guarded"),
        ("holds", number["holds"], _verb(number["holds"], "hold")),
        ("note", number["note"] - guarded, plural(number["note"] - guarded, "note")),
    ]
    return [(kind, text) for kind, count, text in counted if count]


def tally(findings: Sequence[schema.Finding]) -> str:
    """The same in one line; empty where there are none."""
    return ", ".join(text for _, text in tallies(findings))


def _verb(count: int, verb: str) -> str:
    return f"{count} {verb}{'s' if count == 1 else ''}"


def headline(capture: schema.Capture) -> str:
    """The answer in one line."""
    claimed = frozen(capture)
    answer = _headline(claimed) if claimed or is_recorded(capture) else _NOTHING
    if not capture.stop:
        return answer
    is_draft = capture.backend == "export" and is_recorded(capture) and capture.stop.stage == "capture"
    until = "Refused by torch.export; in its draft" if is_draft else "Partial capture: up to where it stopped,"
    return f"{until} {answer[0].lower()}{answer[1:]}"


def silence(capture: schema.Capture) -> str:
    """What stands in place of the findings where there are none."""
    if is_recorded(capture):
        return "No rule fired: nothing of this one run was seen to steer the program."
    return "No operation was recorded, so there was nothing to look at: this says neither safe nor unsafe."


def worst(capture: schema.Capture) -> Look:
    """How the whole is shown: as its worst finding; where there is none, `holds`, or `note` if nothing was recorded."""
    for wanted in LOOKS:
        if of_look(capture.findings, wanted):
            return wanted
    return "holds" if is_recorded(capture) else "note"


def is_recorded(capture: schema.Capture) -> bool:
    """Whether there is any operation. Inputs, parameters and outputs are none."""
    return any(node.op == "call_function" for graph in capture.graphs for node in graph.nodes)


def _headline(findings: Sequence[schema.Finding]) -> str:
    if not findings:
        return "No frozen behaviour was seen"
    wrong, unproven, held = (len(of_look(findings, wanted)) for wanted in LOOKS[:3])
    if wrong:
        return f"{_some(wrong, len(findings))} {'makes' if wrong == 1 else 'make'} the program wrong"
    if unproven:
        return f"{_some(unproven, len(findings))} may make the program wrong; not proven yet"
    if held:
        held_all = (
            f"{_some(held, len(findings))} held under every probe that could change {'it' if held == 1 else 'them'}"
        )
        return held_all if held == len(findings) else f"{held_all}; no input is known to reach the rest"
    if len(findings) == 1:
        return "The one frozen behaviour can be reached by no input, as far as is known"
    return f"None of {len(findings)} frozen behaviours can be reached by an input, as far as is known"


def _some(part: int, whole: int) -> str:
    if part == whole:
        return {1: "The one frozen behaviour", 2: "Both frozen behaviours"}.get(whole, f"All {whole} frozen behaviours")
    return f"{part} of {whole} frozen behaviours"
