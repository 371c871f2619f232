"""Where SARIF says that something is: files, regions in them, and a name for a finding that outlives edits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from tracelab import schema
from tracelab.renderers.artifacts import absolute, is_file, uri
from tracelab.renderers.reading import Reader
from tracelab.renderers.safe import visible

Json = dict[str, Any]

BASE = "%SRCROOT%"
"""What the folder of the checkout is called. GitHub and the viewers know this name."""


class Places:
    """The files that a log names, in the order in which they are first named."""

    def __init__(self, reader: Reader, root: str) -> None:
        self._reader, self._root = reader, root
        self._numbers: dict[str, int] = {}
        self.artifacts: list[Json] = []

    @property
    def bases(self) -> Json:
        """What the addresses are relative to."""
        return {BASE: {"uri": absolute(self._root).rstrip("/") + "/"}} if self._root else {}

    def location(self, source: schema.SourceRange | None, said: str = "", module: str = "") -> Json:
        """A location.

        Args:
            source: the place; None for one that only a module is known of.
            said: what is told of it.
            module: fqn of the module.
        """
        found: Json = {"message": {"text": plain(said)}} if said else {}
        if source is not None:
            found["physicalLocation"] = {"artifactLocation": self._artifact(source), **self._region(source)}
        names = [{"fullyQualifiedName": visible(module, 200), "kind": "module"}] if module else []
        names += [{"name": visible(source.function, 200), "kind": "function"}] if source and source.function else []
        return {**found, "logicalLocations": names} if names else found

    def _artifact(self, source: schema.SourceRange) -> Json:
        address, is_inside = uri(source, self._root)
        known: Json = {"uri": address, **({"uriBaseId": BASE} if is_inside else {})}
        if address not in self._numbers:
            self._numbers[address] = len(self.artifacts)
            self.artifacts.append({"location": known, "sourceLanguage": "python", **self._contents(source)})
        return {**known, "index": self._numbers[address]}

    def _contents(self, source: schema.SourceRange) -> Json:
        """Of what is in no file: its name for people, and its text."""
        if is_file(source):
            return {}
        text = "\n".join(self._reader.lines(source.filename)).encode("utf-8", "replace").decode()
        name = {"description": {"text": plain(visible(source.cell or source.filename, 200))}}
        return {**name, "contents": {"text": text}} if text else name

    def _region(self, source: schema.SourceRange) -> Json:
        if source.lineno < 1:
            return {}
        last = max(source.lineno, source.end_lineno)
        region = {"startLine": source.lineno} | ({"endLine": last} if last > source.lineno else {})
        if source.col_offset > 0 or source.end_col_offset is not None:
            region["startColumn"] = self._column(source, source.lineno, source.col_offset)
        if source.end_col_offset is not None:
            end = self._column(source, last, source.end_col_offset)
            region |= {"endColumn": end} if last > source.lineno or end > region["startColumn"] else {}
        return {"region": region}

    def _column(self, source: schema.SourceRange, number: int, offset: int) -> int:
        """A 1-based column in UTF-16 units, in which editors count; in characters where the text is not known."""
        lines, offset = self._reader.lines(source.filename), max(offset, 0)
        before = lines[number - 1][:offset] if number <= len(lines) else " " * min(offset, 100_000)
        return len(before) + sum(char > "\uffff" for char in before) + 1

    def fingerprints(self, findings: Sequence[schema.Finding]) -> list[str]:
        """A name for each finding that stays when lines above it come and go: its rule, its file, its own words.

        Findings with all of these in common are told apart by their order.
        """
        seen: dict[str, int] = {}
        at: dict[int, int] = {}
        for place in sorted(range(len(findings)), key=lambda place: _order(findings[place])):
            key = self._key(findings[place])
            at[place] = seen[key] = seen.get(key, -1) + 1
        keys = [f"{self._key(finding)}\n{at[place]}" for place, finding in enumerate(findings)]
        return [hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32] for key in keys]

    def _key(self, finding: schema.Finding) -> str:
        parts = [finding.rule, finding.method]
        if source := finding.source:
            lines = self._reader.lines(source.filename)
            text = lines[source.lineno - 1] if 1 <= source.lineno <= len(lines) else ""
            # A cell has another number whenever it runs.
            parts += [uri(source, self._root)[0] if is_file(source) else "", source.function, " ".join(text.split())]
        return "\n".join([*parts, finding.module if not finding.source else ""])


def _order(finding: schema.Finding) -> tuple[int, int]:
    return (finding.source.lineno, finding.source.col_offset) if finding.source else (0, 0)


def plain(text: str) -> str:
    """A text in which nothing is a link: SARIF reads `[words](address)` as one."""
    return text.replace("](", "] (")
