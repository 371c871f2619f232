"""A capture as SARIF 2.1.0, which code scanning services and editors read."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tracelab import __version__, schema
from tracelab.allowed import sort_out
from tracelab.detectors import RULES
from tracelab.detectors.base import RuleHelp
from tracelab.renderers import story, tally
from tracelab.renderers.github import told
from tracelab.renderers.reading import Reader
from tracelab.renderers.safe import visible
from tracelab.renderers.sarif_places import Json, Places, plain
from tracelab.viewer.chains import Ways, ways
from tracelab.viewer.order import Row, row
from tracelab.viewer.strings import label, spec

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS: dict[tally.Look, str] = {"error": "error", "warning": "warning", "holds": "note", "note": "note"}
_FINGERPRINT = "tracelabFinding/v1"
_SUPPRESSION = {"kind": "external", "status": "accepted", "justification": "it is allowed"}
_STEPS = 100
"""The longest way from an input that is told."""


def render(capture: schema.Capture, root: str = "", *, allow: Sequence[str] = ()) -> str:
    """The capture as a SARIF log.

    Args:
        capture: the document.
        root: the folder of the checkout: files in it are named from there on, others by their whole address.
        allow: what is let pass, as `tracelab.allowed` reads it: results that are suppressed.
    """
    found = sort_out(capture, allow)
    reader = Reader(capture)
    places, rules = Places(reader, root), _rules(capture.findings)
    steps = _Steps(reader, places)
    prints = places.fingerprints(capture.findings)
    results = [_result(reader, places, steps, finding, rules) for finding in capture.findings]
    for finding, result, fingerprint in zip(capture.findings, results, prints):
        result["partialFingerprints"] = {_FINGERPRINT: fingerprint}
        if found.allowed:
            result["suppressions"] = [_SUPPRESSION] if finding in found.allowed else []
    run: Json = {
        "tool": {"driver": _driver(rules)},
        "invocations": [_invocation(capture, places, found.failed)],
        "automationDetails": {"id": f"tracelab/{visible(capture.name or 'a function', 200)}/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": places.bases,
        "artifacts": places.artifacts,
        "results": results,
        "properties": {"headline": tally.headline(capture), **dict(story.facts(capture)[:3])},
    }
    if not places.bases:
        del run["originalUriBaseIds"]
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rules(findings: Sequence[schema.Finding]) -> list[str]:
    """Every rule, and those of a later release that a stored capture names."""
    return list(dict.fromkeys([*RULES, *(finding.rule for finding in findings)]))


def _driver(rules: Sequence[str]) -> Json:
    described = [_rule(RULES[name]) if name in RULES else {"id": visible(name, 60)} for name in rules]
    return {"name": "TraceLab", "semanticVersion": __version__, "version": __version__, "rules": described}


def _rule(page: RuleHelp) -> Json:
    sections, name = page.sections.items(), page.rule.title().replace("-", "")
    # A name that is the id again is none.
    return {
        "id": page.rule,
        **({"name": name} if name.lower() != page.rule else {}),
        "shortDescription": {"text": plain(page.summary)},
        "fullDescription": {
            "text": plain(" ".join(page.sections[name] for name in ("What it finds", "Why it matters")))
        },
        "help": {
            "text": plain("\n\n".join(f"{heading}\n{text}" for heading, text in sections)),
            "markdown": "\n\n".join(f"**{heading}**\n\n{_markdown(heading, text)}" for heading, text in sections),
        },
    }


def _markdown(heading: str, text: str) -> str:
    return f"```python\n{text}\n```" if heading == "Example" else text


def _invocation(capture: schema.Capture, places: Places, failed: bool) -> Json:
    ended: Json = {"executionSuccessful": capture.stop is None, "exitCode": int(failed)}
    if why := capture.stop:
        notification: Json = {"level": "error", "message": {"text": plain(story.stop(why))}}
        notification |= {"locations": [places.location(why.source)]} if why.source else {}
        ended["toolExecutionNotifications"] = [notification]
    return ended


def _result(reader: Reader, places: Places, steps: _Steps, finding: schema.Finding, rules: Sequence[str]) -> Json:
    said = [visible(finding.message, 600), *(f"{title}: {value}" for title, value in told(reader, finding))]
    result: Json = {
        "ruleId": visible(finding.rule, 60),
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[tally.look(finding)],
        "message": {"text": plain("\n".join(said))},
        "locations": [places.location(finding.source, module=finding.module)],
        "relatedLocations": _related(reader, places, finding),
        "stacks": _stacks(reader, places, finding),
        "codeFlows": steps.flows(finding),
        "properties": {"verdict": finding.verdict, "id": visible(finding.id, 200)},
    }
    return {key: value for key, value in result.items() if value not in ([], [{}])}


def _related(reader: Reader, places: Places, finding: schema.Finding) -> list[Json]:
    """The lines that were not run because of it, and where the values first part."""
    found: list[Json] = []
    if source := finding.source:
        for first, last in reader.untaken(finding):
            lines = schema.SourceRange(filename=source.filename, lineno=first, end_lineno=last, cell=source.cell)
            found.append(places.location(lines, "not run while capturing"))
    witness = story.witness(finding)
    first_node = witness.first_divergence if witness else None
    node = reader.node(finding.method, first_node) if first_node is not None else None
    if node and (place := reader.source_of(finding.method, node)):
        found.append(places.location(place, f"the values first part at {visible(node.target, 80)}"))
    return [{"id": number, **location} for number, location in enumerate(found, 1)]


def _stacks(reader: Reader, places: Places, finding: schema.Finding) -> list[Json]:
    seen = reader.observations(finding)
    frames = [{"location": places.location(frame)} for frame in (seen[0].stack if seen else ())]
    return [{"message": {"text": "the calls that led there"}, "frames": frames}] if len(frames) > 1 else []


class _Steps:
    """The way from an input to what Python asked, as a code flow."""

    def __init__(self, reader: Reader, places: Places) -> None:
        self._reader, self._places = reader, places
        self._graphs: dict[str, tuple[Row, Ways]] = {}

    def flows(self, finding: schema.Finding) -> list[Json]:
        """One flow that ends where the value became a constant; none where the way has no line of its own."""
        seen = next(iter(self._reader.observations(finding)), None)
        steps = [(place, said) for node in self._chain(finding)[-_STEPS:] for place, said in self._step(finding, node)]
        if not steps or seen is None or finding.source is None:
            return []
        steps.append((finding.source, f"{visible(seen.asked, 120)} gave {story.frozen_value(finding, 80)}"))
        flow = [{"location": self._places.location(place, said)} for place, said in steps]
        return [{"message": {"text": "why it is frozen"}, "threadFlows": [{"locations": flow}]}]

    def _step(self, finding: schema.Finding, node: schema.Node) -> list[tuple[schema.SourceRange, str]]:
        place = self._reader.source_of(finding.method, node)
        lost = "(ran, but is not in the program)" if node.ghost else ""
        return [(place, " ".join(filter(None, [label(node), spec(node), lost])))] if place else []

    def _chain(self, finding: schema.Finding) -> list[schema.Node]:
        graph, way = self._ordered(finding.method)
        asked = (seen.graph_value for seen in self._reader.observations(finding))
        number = next((graph.maker[value] for value in asked if value is not None and value in graph.maker), None)
        return [graph.nodes[at] for at in way.to(number)] if number is not None else []

    def _ordered(self, method: str) -> tuple[Row, Ways]:
        if method not in self._graphs:
            capture = self._reader.capture
            graph = next((graph for graph in capture.graphs if graph.method == method), capture.graph)
            found = row(graph)
            self._graphs[method] = found, ways(found)
        return self._graphs[method]
