"""What proves a finding, or was tried on it: the rows and phrases that every renderer shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracelab import schema
from tracelab.format import joined, place_text
from tracelab.renderers.reading import Reader, short
from tracelab.renderers.safe import path, visible

OUTCOMES: dict[schema.Outcome, str] = {
    "agrees": "eager and captured agree",
    "diverges": "eager and captured differ",
    "captured_raises": "the captured program raises where eager works",
    "captured_refuses": "a guard of the captured program refuses it",
    "eager_raises": "eager raises",
}
_COUNTED: dict[schema.Outcome, str] = {
    "agrees": "eager and captured agree on {}",
    "diverges": "differ on {}",
    "captured_raises": "captured raises on {}",
    "captured_refuses": "a guard refuses {}",
    "eager_raises": "eager refuses {}",
}
_TRIED: dict[schema.Outcome, str] = {
    "agrees": "eager and captured agree on {}",
    "diverges": "they differ on {}",
    "captured_raises": "captured raises on {}",
    "captured_refuses": "a guard refuses {}",
    "eager_raises": "eager refuses {}",
}
_BEFORE, _AFTER = 2, 4
"""How many nodes are shown around the first that differs."""


@dataclass(frozen=True)
class Apart:
    """One place where eager and captured are compared."""

    place: str
    """An output's path, empty where there is one output; or a node's operator."""
    eager: str
    captured: str
    difference: str
    """`0.25 (3.1 relative)`; empty where nothing was measured."""
    index: str = ""
    """The worst element: ` at [0, 3]`."""
    module: str = ""
    line: str = ""
    is_first: bool = False
    """Whether it is the first node that differs."""
    agrees: bool = False


def inputs(given: Sequence[schema.Input]) -> str:
    """`x: f32[2, 10], mask=b8[2]`."""
    shown = [f"{visible(i.name, 60)}{'=' if i.keyword else ': '}{visible(i.spec, 120)}" for i in given[:12]]
    more = [f"and {len(given) - 12} more"] if len(given) > 12 else []
    return ", ".join(shown + more) or "none"


def outcome(run: schema.Run) -> str:
    """What a run showed, with the worst output or the error."""
    rows, _ = outputs(run, most=1)
    if run.error:
        return f"{OUTCOMES[run.outcome]}: {error(run, 300)}"
    if run.outcome != "diverges" or not rows:
        return OUTCOMES[run.outcome]
    apart = f" by {rows[0].difference}" if rows[0].difference else ""
    return f"{OUTCOMES[run.outcome]}{apart}" + (f" at output {rows[0].place}" if rows[0].place else "")


def shown(run: schema.Run) -> str:
    """What a witness shows, without the outputs and the error: where eager raises, captured goes on."""
    return "eager raises where the captured program goes on" if run.outcome == "eager_raises" else OUTCOMES[run.outcome]


def rows(reader: Reader, run: schema.Run) -> list[tuple[str, str]]:
    """A witness as labels and texts."""
    given = f" ({inputs(run.inputs)})" if run.inputs else ""
    apart, more = outputs(run)
    told = [("witness", f"{visible(run.probe, 120)}{given}: {shown(run)}"), ("error", error(run))]
    told += [("output", _apart(row)) for row in apart]
    told += [("output", f"{more} more differ")] if more else []
    told += [("first differs", first_text(reader, run)), ("only eager ran", _several(only_eager(run)))]
    return [row for row in told if row[1]]


def only_eager(run: schema.Run, limit: int = 200) -> list[str]:
    """What eager ran and the captured graph has not: `aten::sin at model.py:7`, each once.

    Args:
        run: what is told of.
        limit: so many characters of a path are shown, its end; 0 shows the file's name alone.
    """
    told: dict[str, None] = {}
    for node in run.only_eager:
        place = place_text(node.source)
        place = path(place, limit) if limit else path(re.split(r"[/\\]", place)[-1], 60)
        told[f"{visible(node.op, 80)} at {place}"] = None
    return list(told)


def _several(texts: list[str], most: int = 3) -> str:
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def _apart(row: Apart) -> str:
    values = (
        f"{row.eager} on both sides" if row.eager == row.captured else f"eager {row.eager}, captured {row.captured}"
    )
    return (
        (f"{row.place}: " if row.place else "")
        + values
        + (f", apart by {row.difference}{row.index}" if row.difference else "")
    )


def error(run: schema.Run, limit: int = 600) -> str:
    """What a side raised, on one line."""
    return visible(" ".join(run.error[: 4 * limit].split()), limit)


def outputs(run: schema.Run, most: int = 6) -> tuple[list[Apart], int]:
    """The first outputs that disagree, and how many more do."""
    apart = [leaf for leaf in run.outputs if not leaf.agrees]
    rows = [
        Apart(
            visible(leaf.path, 80),
            visible(leaf.eager, 120),
            visible(leaf.captured, 120),
            _difference(leaf.max_abs, leaf.max_rel),
            _at(leaf),
        )
        for leaf in apart[:most]
    ]
    return rows, len(apart) - len(rows)


def _difference(absolute: float | None, relative: float | None) -> str:
    if absolute is None:
        return ""
    return f"{absolute:.3g}" + (f" ({relative:.3g} relative)" if relative is not None else "")


def _at(leaf: schema.OutputError) -> str:
    if leaf.max_abs is None or not leaf.index:
        return ""
    return f" at [{', '.join(map(str, leaf.index[:8]))}{', …' if len(leaf.index) > 8 else ''}]"


def around(reader: Reader, run: schema.Run) -> list[Apart]:
    """The nodes around the first that differs, in the order of the captured graph."""
    apart = [at for at, node in enumerate(run.along) if not node.agrees or node.node == run.first_divergence]
    named = [at for at in apart if run.along[at].node == run.first_divergence]
    if not apart:
        return []
    start = (named or apart)[0]
    return [_node(reader, run, node) for node in run.along[max(0, start - _BEFORE) : start + _AFTER + 1]]


def first(reader: Reader, run: schema.Run) -> Apart | None:
    """The first node that differs; None where it was not looked for."""
    if run.first_divergence is None or reader.node(run.method, run.first_divergence) is None:
        return None
    known = next((node for node in run.along if node.node == run.first_divergence), None)
    return _node(reader, run, known or schema.NodeError(node=run.first_divergence, agrees=False))


def _node(reader: Reader, run: schema.Run, compared: schema.NodeError) -> Apart:
    node = reader.node(run.method, compared.node)
    known = compared.eager is not None or compared.captured is not None
    return Apart(
        visible(node.target or node.op, 80) if node else f"node {compared.node}",
        summary(compared.eager) or ("no such value" if known else ""),
        summary(compared.captured) or ("did not come so far" if known else ""),
        _difference(compared.max_abs, compared.max_rel),
        module=visible(node.module, 120) if node else "",
        line=_line(reader, run.method, node) if node else "",
        is_first=compared.node == run.first_divergence,
        agrees=compared.agrees,
    )


def _line(reader: Reader, method: str, node: schema.Node) -> str:
    """The place of the user's line that recorded a node; empty where it is not known."""
    source = reader.source_of(method, node)
    return short(f"{place_text(source)}:{source.col_offset + 1}") if source else ""


def first_text(reader: Reader, run: schema.Run) -> str:
    """`aten::linear in linear at net.py:3: eager ...; captured ...`; empty where it was not looked for."""
    node = first(reader, run)
    if node is None:
        return ""
    module = f" in {node.module}" if node.module else ""
    place = f" at {node.line}" if node.line else ""
    values = f": eager {node.eager}; captured {node.captured}" if node.eager or node.captured else ""
    return f"{node.place}{module}{place}{values}"


def summary(value: schema.Summary | None) -> str:
    """`f32[2, 10], -1 to 2, mean 0.1`."""
    if value is None:
        return ""
    low, high, mean = (visible(text, 24) for text in (value.min, value.max, value.mean))
    span = [f"{low} to {high}" if low != high else low] if low or high else []
    parts = [visible(value.spec, 80), *span, *([f"mean {mean}"] if mean and low != high else [])]
    return ", ".join(parts + ([f"{value.nans} NaN"] if value.nans else []))


def tried(reader: Reader, finding: schema.Finding, most: int = 6) -> list[str]:
    """What was changed to see whether it matters, a phrase for each outcome."""
    made = [run for number in finding.tried if (run := reader.run(number))]
    phrases: list[str] = []
    for kind, text in _TRIED.items():
        found = [run for run in made if run.outcome == kind]
        if found:
            probes = joined([visible(run.probe, 60) for run in found], most)
            phrases.append(text.format(probes) + _others(reader, finding, found))
    return phrases


def _others(reader: Reader, finding: schema.Finding, found: Sequence[schema.Run]) -> str:
    """Which other findings explain it."""
    return _explained(reader, [name for run in found for name in run.blame if name != finding.id])


def blamed(reader: Reader, run: schema.Run) -> str:
    """`, which state-read at net.py:12 explains`; empty where no finding does."""
    return _explained(reader, run.blame)


def _explained(reader: Reader, names: Iterable[str]) -> str:
    known = [found for name in dict.fromkeys(names) if (found := reader.finding(name))]
    verb = "explains" if len(known) == 1 else "explain"
    return f", which {joined([place_name(finding) for finding in known])} {verb}" if known else ""


def place_name(finding: schema.Finding) -> str:
    """A finding in a few words: `state-read at net.py:12`."""
    place = re.split(r"[/\\]", place_text(finding.source))[-1]
    return visible(finding.rule, 60) + (f" at {path(place, 60)}" if finding.source else "")


def counts(made: Sequence[schema.Run]) -> str:
    """`24: eager and captured agree on 18, differ on 4, eager refuses 2`; few of a single kind are named."""
    number = Counter(run.outcome for run in made)
    if len(number) == 1:
        few = joined([visible(run.probe, 60) for run in made]) if len(made) <= 3 else f"all {len(made)} probes"
        return _COUNTED[made[0].outcome].format(few)
    told = [text.format(number[kind]) for kind, text in _COUNTED.items() if number[kind]]
    return f"{len(made)}: {', '.join(told)}"


def unexplained(capture: schema.Capture) -> list[schema.Run]:
    """Runs that disagree, that no finding explains, and that are no finding's witness."""
    witnesses = {finding.witness.id for finding in capture.findings if finding.witness}
    return [run for run in differing(capture.runs) if not run.blame and run.id not in witnesses]


def differing(made: Iterable[schema.Run]) -> list[schema.Run]:
    """Runs in which the program is wrong, or fails where eager works."""
    return [run for run in made if run.outcome in ("diverges", "captured_raises")]
