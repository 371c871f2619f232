"""What observers note down while the function runs, before the graph is there to point into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from tracelab.format import clip
from tracelab.nesting import MAPPING
from tracelab.schema import SourceRange
from tracelab.source import frames_of, is_user_file
from tracelab.syntax import Site, site_of

_EXACT = (bool, int, float, complex, str, type(None))
_CONTAINERS: Any = (list, tuple, set, frozenset, dict)


class StandIn:
    """Stands for a tensor of the call, which must not be kept alive."""


@dataclass
class Sighting:
    """An Observation in the making: values are still the tracer's own numbers."""

    kind: str
    asked: str
    value: str = ""
    site: Site | None = None
    stack: tuple[SourceRange, ...] = ()
    inside: str = ""
    method: str = "forward"
    traced_value: int | None = None
    """The tracer's number of the value that was asked."""
    traced_sources: tuple[int, ...] = ()
    """The tracer's numbers of the values that it was made from."""
    of_shape: bool = False
    """Whether only the sizes of the sources matter."""
    parameters: tuple[str, ...] = ()
    position: int = -1
    """The tracer's number of the last value recorded before it."""
    region: tuple[str, int, int] | None = None
    """The file and the lines that run because of it, where they are not those of its site."""
    truth: bool | None = None
    """What Python took the value for, where a branch asked."""
    detail: str = ""
    holder: Any = field(default=None, compare=False, repr=False)
    """The live object that holds the answer: `os.environ`, a module, the names of one, a dict, a list. Never sent."""
    keys: list[Any] = field(default_factory=list[Any], compare=False)
    """Under which names, keys or indices `holder` was asked: all that one line asked for."""


@dataclass
class Sightings:
    """The list of what was seen, and the faults of observers, which must not stop the user's function."""

    seen: list[Sighting] = field(default_factory=list[Sighting])
    faults: list[Exception] = field(default_factory=list[Exception])

    def add(self, kind: str, asked: str, frame: FrameType | None, **facts: Any) -> Sighting:
        """Note something seen at the user's innermost frame."""
        frames = list(frames_of(frame))
        user = [f for f in frames if is_user_file(f.f_code.co_filename)]
        inside = frames[0].f_code.co_filename if frames and (not user or frames[0] is not user[0]) else ""
        sites = [site_of(f) for f in user]
        sighting = Sighting(
            kind, asked, site=sites[0] if sites else None, stack=tuple(s.source for s in sites), inside=inside, **facts
        )
        self.seen.append(sighting)
        return sighting

    def extend(self, sightings: Iterable[Sighting]) -> None:
        """Note what was seen elsewhere."""
        self.seen.extend(sightings)


def value_text(value: Any) -> str:
    """A Python value as one short line; never the elements of a tensor, which would be traced."""
    if isinstance(value, _EXACT):
        return clip(repr(value))
    if isinstance(value, StandIn) or (type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "detach")):
        return "a tensor"
    if isinstance(value, _CONTAINERS):
        return clip(_container_text(value))
    if type(value).__module__ == "numpy":
        return clip(repr(value))
    return clip(str(value)) if type(value).__module__.partition(".")[0] == "torch" else f"a {type(value).__qualname__}"


def _container_text(value: Any) -> str:
    if isinstance(value, MAPPING):
        parts = [f"{key!r}: {value_text(part)}" for key, part in list(value.items())[:8]]
        return "{" + ", ".join(parts) + "}"
    opening, closing = {"list": "[]", "tuple": "()"}.get(type(value).__name__, "{}")
    more = ", …" if len(value) > 8 else ""
    return opening + ", ".join(value_text(part) for part in list(value)[:8]) + more + closing
