"""What pages are sent of one document: its bytes, the Runs that joined it since, and a number for each state of it.

A Run that proves nothing leaves the rest of a document as it was, so it travels alone. A page says which state it has.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from tracelab import schema
from tracelab.viewer import packed, packed_run
from tracelab.wire import Sent

if TYPE_CHECKING:
    from tracelab.handle import Trace

_MOST_ADDED_BYTES = 256 << 10
"""Runs travel again with each that joins them: beyond this the document is sent anew."""


class Feed:
    """The states of one document.

    Args:
        capture: the document.

    Attributes:
        revision: counted up with each new state.
        lock: held while a state becomes another.
    """

    def __init__(self, capture: schema.Capture) -> None:
        self.capture, self.revision = capture, 0
        self._document: bytes | None = None
        self._base = 0
        self._added: tuple[bytes, ...] = ()
        self.lock = threading.RLock()

    def see(self, capture: schema.Capture) -> None:
        """The document is this one now."""
        with self.lock:
            before = self.capture
            if capture is before:
                return
            run = _one_more(before, capture)
            if self._document is not None and run is not None and sum(map(len, self._added)) < _MOST_ADDED_BYTES:
                added, document, base = (*self._added, packed_run(capture, run)), self._document, self._base
            else:
                added, document, base = (), None, self.revision + 1
            self.capture, self.revision = capture, self.revision + 1
            self._added, self._document, self._base = added, document, base

    @property
    def document(self) -> bytes:
        """The bytes of the document, without the Runs that were added.

        Raises:
            DocumentError: the document does not agree with itself.
        """
        with self.lock:
            if self._document is None:
                self._document = packed(self.capture)
            return self._document

    @property
    def added(self) -> tuple[bytes, ...]:
        """The Runs that joined it since."""
        return self._added

    def since(self, known: int) -> tuple[Sent, list[bytes]]:
        """What a page lacks that has a state, or -1 for none.

        Raises:
            DocumentError: the document does not agree with itself.
        """
        with self.lock:
            if self._base <= known <= self.revision:
                return Sent(revision=self.revision, whole=False), [*self._added[known - self._base :]]
            return Sent(revision=self.revision, whole=True), [self.document, *self._added]


_feeds: WeakKeyDictionary[Trace, Feed] = WeakKeyDictionary()
_making = threading.Lock()


def feed_of(trace: Trace) -> Feed:
    """The one of a Trace, with its document as it is now."""
    with _making:
        found = _feeds.get(trace)
        if found is None:
            found = _feeds[trace] = Feed(trace.capture)
    with found.lock:  # the document is read inside: what another thread saw meanwhile is never older
        found.see(trace.capture)
    return found


def _one_more(before: schema.Capture, after: schema.Capture) -> schema.Run | None:
    """The one Run by which a document differs from another."""
    *rest, last = after.runs or (None,)
    is_it = tuple(rest) == before.runs and after.graphs is before.graphs and after.findings == before.findings
    return last if is_it else None
