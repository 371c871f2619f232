"""Other answers from outside: the clock, the environment, files, arguments, facts of the machine."""

from __future__ import annotations

import builtins
import contextlib
import datetime
import errno
import importlib
import io
import os
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tracelab.observers import Sighting
from tracelab.probes.answers import (
    Change,
    StandIn,
    constants_near,
    entering,
    holders_of,
    later,
    other_text,
    otherwise,
)
from tracelab.probes.base import Probe, Subject
from tracelab.schema import Observation, SourceRange

FILE_BYTES = 4 << 20
"""Files are read as a whole, to be changed, up to this size."""
_MOST = 8
"""So many other values of one variable of the environment at most."""
_SHIFTS = ((1000.5, "1000.5 s"), (500.5 * 86400, "500.5 days"))
_LIST: Any = list

Seen = list[tuple[Observation, Sighting]]


def probes(subject: Subject) -> Iterator[Probe]:
    """Each fact from outside changed to another; random draws are left to seeds."""
    for method in subject.methods:
        seen = [
            (observation, sighting)
            for observation, sighting in subject.seen("outside-read")
            if observation.method == method.name and not observation.asked.startswith(("random.", "numpy.random"))
        ]
        makers = (_of_environment, _of_arguments, _of_files, _of_readers)
        for made in (made for maker in makers for made in maker(subject, seen)):
            yield Probe(
                "outside",
                made.text,
                (subject.example(method.name),),
                method=method.name,
                around=made.around,
                within=made.within,
                code=made.code,
                imports=made.imports,
                aims=frozenset(made.aims),
            )


@dataclass
class Fact:
    """A fact that is changed."""

    text: str
    around: Callable[[], AbstractContextManager[Any]]
    aims: list[int]
    code: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    within: str = ""


# -- the environment ------------------------------------------------------------------------------------------------


def _of_environment(subject: Subject, seen: Seen) -> Iterator[Fact]:
    groups: dict[str, list[Observation]] = {}
    for observation, sighting in seen:
        for key in sighting.keys if sighting.holder is os.environ else ():
            groups.setdefault(key, []).append(observation)
    for key, asked in groups.items():
        current, aims = os.environ.get(key), [observation.id for observation in asked]
        constants = [text for text in constants_near(asked[0].source) if text != key]
        for value in list(dict.fromkeys(_other_values(current, constants)))[:_MOST]:
            text = f"os.environ[{key!r}] = {value!r}"
            yield Fact(text, _environment(key, value), aims, (text,), ("import os",))
        if current is not None:
            code = (f"os.environ.pop({key!r}, None)",)
            yield Fact(f"os.environ[{key!r}] removed", _environment(key, None), aims, code, ("import os",))


def _other_values(current: str | None, constants: list[str]) -> Iterator[str]:
    """Other values of a variable: other numbers, the opposite, what the source knows, other text."""
    flips = {"0": "1", "1": "0", "on": "off", "off": "on", "yes": "no", "no": "yes"}
    if current is not None and os.sep in current:  # a folder or a list of them: no file is to be sought elsewhere
        yield from (text for text in constants if text != current)
        return
    if current is None:
        yield from ("3", *(text for text in constants), "1", "0", "true", "")
        return
    if current.lower() in flips:
        yield flips[current.lower()]
    yield other_text(current)
    yield from (text for text in (*constants, "0", "1", "true", "false") if text != current)


def _environment(key: str, value: str | None) -> Callable[[], AbstractContextManager[None]]:
    @contextlib.contextmanager
    def around() -> Generator[None]:
        before = os.environ.get(key)
        _set_variable(key, value)
        try:
            yield
        finally:
            _set_variable(key, before)

    return around


def _set_variable(key: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(key, None)
    else:
        os.environ[key] = value


# -- arguments of the process, and the platform -------------------------------------------------------------------


def _of_arguments(subject: Subject, seen: Seen) -> Iterator[Fact]:
    """`sys.argv` and `sys.platform`; the rest of what Python's modules hold is the same in every process."""
    groups: dict[str, list[Observation]] = {}
    for observation, sighting in seen:
        if sighting.holder is sys.argv or (sighting.holder is sys and sighting.keys[0] == "argv"):
            groups.setdefault("argv", []).append(observation)
        elif sighting.holder is sys and sighting.keys[0] in ("platform", "byteorder", "executable"):
            groups.setdefault(sighting.keys[0], []).append(observation)
    for name, asked in groups.items():
        aims, constants = [observation.id for observation in asked], constants_near(asked[0].source)
        for value in _other_facts(getattr(sys, name), constants):
            text = f"sys.{name} = {value!r}"
            yield Fact(text, _attribute(sys, name, value), aims, (text,), ("import sys",))


def _other_facts(value: Any, constants: list[str]) -> Iterator[Any]:
    if isinstance(value, _LIST):
        yield [*value[:1], *(text for text in constants if text not in value), "3"]
        yield [*value[:1], *(other_text(text) for text in value[1:]), *constants[:1]]
        if len(value) > 1:
            yield value[:1]
    else:
        yield from (text for text in (*constants, other_text(value)) if text != value)


def _attribute(owner: Any, name: str, value: Any) -> Callable[[], AbstractContextManager[None]]:
    @contextlib.contextmanager
    def around() -> Generator[None]:
        before = getattr(owner, name)
        setattr(owner, name, value)
        try:
            yield
        finally:
            setattr(owner, name, before)

    return around


# -- files ---------------------------------------------------------------------------------------------------------


def _of_files(subject: Subject, seen: Seen) -> Iterator[Fact]:
    for place, aims in _places([observation for observation, _ in seen if observation.asked == "open"]).items():
        opened = StandIn(builtins.open, _changed_file, holders_of(builtins.open, subject), place=place)
        code = (
            "asked = open",
            "def plus_1(found):",
            "    return str((int if found[0].isdigit() else float)(found[0]) + 1)",
            "def changed(*args, **kwargs):",
            "    return io.StringIO(re.sub(r'\\d+(\\.\\d+)?', plus_1, asked(*args, **kwargs).read()))",
            "builtins.open = io.open = changed",
        )
        imports = ("import builtins", "import io", "import re")
        yield Fact(f"every number in the file plus 1{_where(place)}", entering(opened), aims, code, imports)
    for place, aims in _places([observation for observation, _ in seen if observation.asked == "os.stat"]).items():
        for exists, text in ((False, "no such file"), (True, "there is such a file")):
            asked = StandIn(os.stat, _status(exists), holders_of(os.stat, subject), place=place, raises=(OSError,))
            answer = "return_value=os.stat(os.__file__)" if exists else "side_effect=FileNotFoundError"
            yield Fact(
                text + _where(place), entering(asked), aims, within=f'mock.patch("os.stat", {answer})',
                imports=("import os", "from unittest import mock"),
            )  # fmt: skip


def _changed_file(file: Any, number: int, args: tuple[Any, ...]) -> Any:
    """A file opened for reading with other numbers in it; the same file where that cannot be."""
    try:
        status = os.fstat(file.fileno())
        if not file.readable() or file.writable() or not stat.S_ISREG(status.st_mode) or status.st_size > FILE_BYTES:
            return file
        content = file.read()
        file.seek(0)
        changed = other_text(content if isinstance(content, str) else content.decode())
    except (OSError, AttributeError, UnicodeDecodeError):
        return file
    return io.StringIO(changed) if isinstance(content, str) else io.BytesIO(changed.encode())


def _status(exists: bool) -> Change:
    """What `os.stat` says of a file that is there, or is not."""

    def change(answer: Any, number: int, args: tuple[Any, ...]) -> Any:
        if exists:
            return Path(__file__).stat() if isinstance(answer, OSError) else answer
        return answer if isinstance(answer, OSError) else FileNotFoundError(errno.ENOENT, "No such file", *args[:1])

    return change


# -- functions that answer ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """A way to answer otherwise."""

    text: str
    """What becomes of the answer of `{}`."""
    change: Change
    code: str = ""
    """The expression that stands in for it, `{}` being the original with its arguments."""


def _shifted(seconds: float, text: str) -> Way:
    def change(answer: Any, number: int, args: tuple[Any, ...]) -> Any:
        return later(answer, seconds * (number + 1))

    return Way(f"{{}}() moved on by {text}", change, f"{{}} + {seconds}")


def _shifted_ns(seconds: float, text: str) -> Way:
    way = _shifted(seconds, text)
    return Way(way.text, way.change, f"{{}} + {round(seconds * 1e9)}")


def _shifted_text(seconds: float, text: str) -> Way:
    """Of a function that tells a moment, the present one where it is not given any."""

    def change(answer: Any, number: int, args: tuple[Any, ...]) -> Any:
        if isinstance(answer, time.struct_time):
            return later(answer, seconds) if not args else answer
        if len(args) == 1 and isinstance(args[0], str):
            return time.strftime(args[0], time.localtime(time.time() + seconds))
        return answer if args else time.ctime(time.time() + seconds)

    return Way(f"{{}}() moved on by {text}", change)


def _simple(text: str, change: Callable[[Any], Any], code: str) -> Way:
    return Way(text, lambda answer, number, args: change(answer), code)


_ONE_MORE = (_simple("{}() answers 1 more", otherwise, "{} + 1"),)
_FLIPPED = (_simple("{}() with all bits flipped", otherwise, "bytes(255 - byte for byte in {})"),)
_UUID = (_simple("{}() answers another", otherwise, "uuid.UUID(int={}.int ^ (0xFFFF << 96 | 0xFFFF))"),)
_TEXT = (_simple("{}() answers otherwise", otherwise, "{} + 'x'"),)
_FOLDER = (_simple("{}() answers another folder", lambda folder: tempfile.gettempdir(), "tempfile.gettempdir() or {}"),)
_NAMES = (
    _simple("{}() without the last", lambda names: sorted(names)[:-1], "sorted({})[:-1]"),
    _simple("{}() with one more", lambda names: [*sorted(names), "another"], "[*sorted({}), 'another']"),
)
_FIRST = (_simple("{}() answers one", lambda numbers: {min(numbers)}, "{min({})}"),)
_NEGATED = (_simple("{}() answers the opposite", otherwise, "not {}"),)
_SECONDS = tuple(_shifted(*shift) for shift in _SHIFTS)
_NANOSECONDS = tuple(_shifted_ns(*shift) for shift in _SHIFTS)
_MOMENTS = tuple(_shifted_text(*shift) for shift in _SHIFTS)
_DATES = tuple(_shifted(*shift) for shift in _SHIFTS)

_CLOCKS = ("time", "monotonic", "perf_counter", "process_time", "thread_time")
_WAYS: dict[str, tuple[Way, ...]] = {
    **{f"time.{name}": _SECONDS for name in _CLOCKS},
    **{f"time.{name}_ns": _NANOSECONDS for name in _CLOCKS},
    **dict.fromkeys(("time.localtime", "time.gmtime", "time.ctime", "time.strftime"), _MOMENTS),
    **dict.fromkeys(("datetime.now", "datetime.utcnow", "datetime.today", "date.today"), _DATES),
    **dict.fromkeys(
        ("os.getpid", "os.getppid", "os.getuid", "os.geteuid", "os.getgid", "os.getegid", "os.cpu_count"), _ONE_MORE
    ),
    "os.getloadavg": (_simple("{}() answers 1 more", otherwise, "tuple(load + 1 for load in {})"),),
    "os.sched_getaffinity": _FIRST,
    "os.urandom": _FLIPPED,
    "secrets.token_bytes": _FLIPPED,
    "os.getcwd": _FOLDER,
    "os.listdir": _NAMES,
    "os.access": _NEGATED,
    "os.getlogin": _TEXT,
    "socket.gethostname": _TEXT,
    "uuid.uuid4": _UUID,
    "uuid.uuid1": _UUID,
}  # fmt: skip
"""What can be asked without harm, and how it can be answered otherwise. Of all else nothing is tried."""


def _of_readers(subject: Subject, seen: Seen) -> Iterator[Fact]:
    groups: dict[str, list[Observation]] = {}
    for observation, _ in seen:
        groups.setdefault(observation.asked, []).append(observation)
    for asked, observations in groups.items():
        module, _, name = asked.partition(".")
        for place, aims in _places(observations).items():
            for way in _ways(asked, constants_near(observations[0].source)):
                made = _stand_in(subject, module, name, way, place)
                if made.holders:
                    text = way.text.format(asked) + _where(place)
                    yield Fact(text, entering(made), aims, *_code(made, module, name, way))


def _ways(asked: str, constants: list[str]) -> Iterator[Way]:
    yield from _WAYS.get(asked, ())
    if _WAYS.get(asked) == _TEXT:
        yield from (_simple(f"{{}}() answers {text!r}", _always(text), repr(text)) for text in constants[:4])
    elif asked == "platform.uname":
        for text in [*constants[:6], "other"]:
            yield _simple(f"{{}}() answers {text!r} to all", _machine(text), "")


def _always(answer: Any) -> Callable[[Any], Any]:
    return lambda _: answer


def _machine(text: str) -> Callable[[Any], Any]:
    return lambda names: names._replace(system=text, node=text, release=text, version=text, machine=text)


def _stand_in(subject: Subject, module: str, name: str, way: Way, place: SourceRange | None) -> StandIn:
    if module in ("datetime", "date"):
        original: Any = getattr(datetime, module)
        return StandIn(original, way.change, holders_of(original, subject), name, place)
    original = getattr(importlib.import_module(module), name)
    return StandIn(original, way.change, holders_of(original, subject), "", place)


def _code(made: StandIn, module: str, name: str, way: Way) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Statements that put the other answer in place, wherever the user's code holds the function."""
    if not way.code:
        return (), ()
    home = "datetime" if made.method else module
    full = f"{home}.{module if made.method else name}"
    if made.method:
        answer = way.code.format(f"asked.{name}(*args)").rpartition(" + ")
        shift = f"{answer[0]} + datetime.timedelta(seconds={answer[2]})"
        body = f"type({module!r}, (asked,), {{{name!r}: lambda *args: {shift}}})"
    else:
        body = f"lambda *args: {way.code.replace('{}', 'asked(*args)')}"
    imports = [f"import {home}", *(["import tempfile"] if "tempfile." in body else [])]
    code = [f"asked = {full}", f"{full} = {body}"]
    for names, held in made.holders:
        user = str(names.get("__name__", ""))
        if user and user.partition(".")[0] not in sys.stdlib_module_names:
            code.append(f"{user}.{held} = {full}")
            imports.append(f"import {user}")
    return tuple(code), tuple(dict.fromkeys(imports))


def _places(observations: list[Observation]) -> dict[SourceRange | None, list[int]]:
    """The observations of one reader by the place that asks; one place stands for the whole process."""
    found: dict[SourceRange | None, list[int]] = {}
    for observation in observations:
        found.setdefault(observation.source, []).append(observation.id)
    return found if len(found) != 1 else {None: found.popitem()[1]}


def _where(place: SourceRange | None) -> str:
    return f", at line {place.lineno} alone" if place is not None else ""
