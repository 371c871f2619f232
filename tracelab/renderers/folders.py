"""A capture whose files are told by name. The folders that lead to them tell of a person and a machine."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import msgspec

from tracelab import schema

_PACKAGES = re.compile(r"[/\\](?:site|dist)-packages[/\\]")


def without_folders(capture: schema.Capture) -> schema.Capture:
    """The capture with each file's name as short as tells it from the others; one of a package from there on."""
    data = msgspec.to_builtins(msgspec.structs.replace(capture, tensors={}))
    names = shortest(dict.fromkeys(part[key] for part, key in _named(data)))
    for part, key in _named(data):
        part[key] = names[part[key]]
    return msgspec.structs.replace(msgspec.convert(data, schema.Capture), tensors=capture.tensors)


def shortest(filenames: dict[str, None]) -> dict[str, str]:
    """Each file -> its last part, or as many of the last as are needed."""
    parts = {name: re.split(r"[/\\]", _PACKAGES.split(name)[-1]) for name in filenames}
    depth = {name: 1 if len(_PACKAGES.split(name)) == 1 else len(parts[name]) for name in filenames}

    def told() -> dict[str, str]:
        return {name: "/".join(parts[name][-depth[name] :]) for name in filenames}

    for _ in range(max(map(len, parts.values()), default=0)):
        number = Counter(told().values())
        depth = {name: depth[name] + (number[short] > 1) for name, short in told().items()}
    return told()


def _named(data: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Where a file is named: in ranges, in the sources, and where a library asked."""
    waiting: list[Any] = [data]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            known = cast("dict[str, Any]", part)
            yield from ((known, key) for key in ("filename", "inside") if known.get(key))
            waiting += known.values()
        elif isinstance(part, list | tuple):
            waiting += cast("list[Any]", part)
