"""The document in a user's hands: `schema.Capture` with what one does with it. Nothing here needs torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tracelab import document, schema
from tracelab.allowed import sort_out, unused_text
from tracelab.errors import FrozenError, UsageError
from tracelab.format import clip, joined
from tracelab.renderers import dot, failure, html, text
from tracelab.source import warn

__all__ = ["Capture", "load"]


class Capture(schema.Capture, frozen=True):
    """What was captured, what escaped the tracer, and what is claimed: a value that can be saved and shown.

    The parts are those of `tracelab.schema.Capture`.
    """

    @classmethod
    def of(cls, document: schema.Capture) -> Capture:
        """The same document with these methods."""
        if isinstance(document, cls):
            return document
        return cls(**{name: getattr(document, name) for name in document.__struct_fields__})

    def finding(self, id: str) -> schema.Finding:  # noqa: A002 (the name the schema gives it)
        """The finding of that id.

        Raises:
            UsageError: there is none.
        """
        for finding in self.findings:
            if finding.id == id:
                return finding
        known = joined([finding.id for finding in self.findings])
        raise UsageError(f"There is no finding {clip(id, 60)!r}", cure=f"There are: {known or 'none at all'}.")

    def raise_for_findings(self, allow: Sequence[str] = ()) -> None:
        """Raise where the program was shown to be wrong, or there is none, and return where it was not.

        Args:
            allow: findings that are let pass, each entry a rule, or a rule and a place, as `assert_faithful` takes
                them. One that matches no finding is told by a `TracelabWarning`.

        Raises:
            FrozenError: a finding diverges or raises, or the capture stopped; the message lists all of them, each with
                its line and its witness.
            UsageError: an entry of `allow` names no rule.
        """
        __tracebackhide__ = True
        found = sort_out(self, allow)
        unused = [unused_text(entry) for entry in found.unused]
        if found.failed:
            told = [failure.render(self, found), *(f"  {line}" for line in unused)]
            error = FrozenError("\n".join(told), cure=failure.cure(found))
            error.capture = self
            raise error
        for line in unused:
            warn(line)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a `.tracelab` file, which `tracelab.load` reads.

        Raises:
            OSError: the file cannot be written. One that was there before stays whole.
        """
        return document.save(self, path)

    def report(
        self, path: str | os.PathLike[str], *, title: str | None = None, source: bool = True, values: bool = True
    ) -> Path:
        """Write one HTML page that needs no other file and no network.

        Args:
            path: where to.
            title: the page's heading; the name of what was traced, where it is None.
            source: whether the text of your source files is in it.
            values: whether values are in it: what was frozen, inputs, constants, errors, snippets.

        Raises:
            OSError: the page cannot be written.
        """
        page = html.report(self, title=title, source=source, values=values)
        # A lone surrogate, from a file name that is not UTF-8, is no reason to lose the page.
        Path(path).write_text(page, encoding="utf-8", errors="xmlcharrefreplace")
        return Path(path)

    def dot(self, method: str = "forward", module: str = "", depth: int | None = None) -> str:
        """The graph in Graphviz's language.

        Args:
            method: which method's graph.
            module: fqn of the module to draw; empty for all of them.
            depth: how many levels of modules are opened; None opens as many as can be read.

        Raises:
            UsageError: no such method or module was captured.
        """
        return dot.dot(self, method=method, module=module, depth=depth)

    def svg(self, method: str = "forward", module: str = "", depth: int | None = None) -> str:
        """The graph as a drawing, with the arguments of `dot`.

        Raises:
            MissingToolError: Graphviz is not installed.
            UsageError: no such method or module was captured.
        """
        return dot.svg(self, method=method, module=module, depth=depth)

    def summary(self, everything: bool = False) -> str:
        """What was frozen, as text; `everything` shows each finding whole, and each run."""
        return text.render(self, everything=everything)

    def __str__(self) -> str:
        return self.summary()


def load(path: str | os.PathLike[str], *, large: bool = False) -> Capture:
    """The Capture in a `.tracelab` file. Nothing in the file is executed.

    Args:
        path: a file that `save` wrote.
        large: lift the limits on size, for a file whose origin you know.

    Raises:
        FileNotFoundError: there is no such file.
        DocumentError: the file is truncated, foreign, too new or hostile.
    """
    return document.load(path, Capture, large=large)
