"""Proof in a page: the witness of a finding, where its numbers part, how to see it again, and all that was tried."""

from __future__ import annotations

from collections.abc import Sequence

from tracelab import schema
from tracelab.format import plural
from tracelab.renderers import proof, safe
from tracelab.renderers.markup import Child, Html, join, name, tag
from tracelab.renderers.proof import Apart
from tracelab.renderers.reading import Reader
from tracelab.renderers.safe import visible

_MOST = 300
_OUTCOMES: dict[schema.Outcome, str] = {
    "agrees": "agrees",
    "diverges": "differs",
    "captured_raises": "captured raises",
    "captured_refuses": "a guard refuses",
    "eager_raises": "eager refuses",
}


def witness(reader: Reader, run: schema.Run) -> Html:
    """The Run that proves a finding."""
    rows, more = proof.outputs(run)
    first = proof.first(reader, run)
    return tag(
        "section",
        tag("p", "Shown by ", tag("strong", tag("bdi", visible(run.probe, 160))), f": {proof.shown(run)}."),
        tag("pre", tag("code", proof.error(run)), class_="wrap") if run.error else "",
        tag("p", "Inputs ", name(proof.inputs(run.inputs))) if run.inputs else "",
        _outputs(rows, more) if rows else "",
        _first(first) if first else "",
        _around(proof.around(reader, run)),
        _snippet(run.snippet),
        class_="witness",
    )


def _outputs(rows: Sequence[Apart], more: int) -> Html:
    cells = [
        [
            name(row.place or "output"),
            name(row.eager),
            name(row.captured),
            f"{row.difference}{row.index}" or "not comparable",
        ]
        for row in rows
    ]
    told = (
        tag("p", f"{plural(more, 'more output')} {'differs' if more == 1 else 'differ'}.", class_="soft")
        if more
        else ""
    )
    return join([_table(("Output", "Eager", "Captured", "Largest difference"), cells), told])


def _first(node: Apart) -> Html:
    module: list[Child] = [" in ", name(node.module)] if node.module else []
    line: list[Child] = [" at ", name(node.line)] if node.line else []
    return tag("p", "First differs: ", tag("strong", name(node.place)), module, line, ".")


def _around(rows: Sequence[Apart]) -> Html:
    if not rows:
        return Html()
    cells = [
        [_mark(row), *[name(text) if text else "" for text in (row.module, row.eager, row.captured)], row.difference]
        for row in rows
    ]
    table = _table(("Operation", "Module", "Eager", "Captured", "Difference"), cells)
    return tag("details", tag("summary", "Where the numbers part"), table)


def _mark(row: Apart) -> Child:
    """The operation; the first that differs says so."""
    return (
        [tag("strong", name(row.place)), tag("div", "first differs", class_="here")]
        if row.is_first
        else name(row.place)
    )


def _snippet(code: str) -> Html:
    lines = safe.code(code)
    if not lines:
        return Html()
    said = ["To see it without TraceLab, where ", name("model"), " is what was traced."]
    said += [tag("span", " One click selects all of it.", class_="screen")]
    return join(
        [tag("p", said, class_="soft"), tag("pre", tag("code", "\n".join(lines)), class_="snippet", tabindex="0")]
    )


def tried(reader: Reader, finding: schema.Finding) -> Html:
    """Every probe that was tried on a finding that none of them proved."""
    made = [run for number in finding.tried if (run := reader.run(number))]
    if not made or finding.witness:
        return Html()
    items = [
        tag("li", tag("bdi", visible(run.probe, 120)), f": {proof.outcome(run)}{proof.blamed(reader, run)}")
        for run in made[:_MOST]
    ]
    return tag("details", tag("summary", f"{plural(len(made), 'probe')} tried"), tag("ul", items))


def runs(reader: Reader, most: int) -> Html:
    """The Runs of the capture, folded away."""
    made = reader.capture.runs
    if not made:
        return Html()
    more = tag("p", f"{len(made) - most} more are not shown here.", class_="soft") if len(made) > most else ""
    table = _table(("Probe", "Outcome", "Shown", "Explained by"), [_run(reader, run) for run in made[:most]])
    summary = tag("summary", f"{plural(len(made), 'run')}: each is eager and captured, side by side")
    return tag("section", tag("h2", "Probes"), tag("details", summary, table, more))


def _run(reader: Reader, run: schema.Run) -> list[Child]:
    blame = [link(reader, found) for key in run.blame if (found := reader.finding(key))]
    rows, _ = proof.outputs(run, most=1)
    said = proof.error(run, 200) or (_worst(rows[0]) if rows else "")
    return [tag("bdi", visible(run.probe, 120)), _OUTCOMES[run.outcome], tag("bdi", said), blame]


def _worst(row: Apart) -> str:
    return ", ".join(filter(None, [row.difference, f"output {row.place}" if row.place else ""]))


def link(reader: Reader, finding: schema.Finding) -> Html:
    """A finding's short name, which leads to it."""
    return tag("div", tag("a", tag("bdi", proof.place_name(finding)), href=f"#{anchor(reader, finding)}"))


def anchor(reader: Reader, finding: schema.Finding) -> str:
    """Where a finding stands in the page."""
    return f"finding-{reader.position(finding)}"


def _table(columns: Sequence[str], cells: Sequence[Sequence[Child]]) -> Html:
    head = tag("thead", tag("tr", [tag("th", text, scope="col") for text in columns]))
    body = tag(
        "tbody", [tag("tr", [tag("td", cell, data_label=text) for text, cell in zip(columns, row)]) for row in cells]
    )
    return tag("table", head, body, class_="data")
