"""Other answers from outside."""

from __future__ import annotations

import builtins
import contextlib
import datetime
import io
import json
import math
import os
import platform
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from datetime import datetime as moment
from pathlib import Path
from time import time as now
from typing import Any

import pytest
import torch
from torch import nn

from tests.probes.staging import asked, made, played, staged
from tracelab.probes.answers import NotAskedError, constants_near, later, other_text, otherwise
from tracelab.probes.base import Probe
from tracelab.probes.outside import probes
from tracelab.schema import SourceRange

X = torch.ones(3, dtype=torch.float64)
KEY = "TRACELAB_TEST"
Body = Callable[[torch.Tensor], torch.Tensor]


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)


def clock(x: torch.Tensor) -> torch.Tensor:
    return x * (time.time() % 100_003)


def clock_by_name(x: torch.Tensor) -> torch.Tensor:
    return x * now()


def counter(x: torch.Tensor) -> torch.Tensor:
    return x * (time.perf_counter_ns() % 1_000_003)


def day(x: torch.Tensor) -> torch.Tensor:
    return x * int(time.strftime("%j"))


def date_by_module(x: torch.Tensor) -> torch.Tensor:
    return x * datetime.datetime.now().year


def date_by_name(x: torch.Tensor) -> torch.Tensor:
    return x * moment.now().year


def today(x: torch.Tensor) -> torch.Tensor:
    return x * date.today().toordinal()


def folder(x: torch.Tensor) -> torch.Tensor:
    return x * len(Path.cwd().parts)


def processors(x: torch.Tensor) -> torch.Tensor:
    return x * (os.cpu_count() or 1)


def identifier(x: torch.Tensor) -> torch.Tensor:
    return x * (uuid.uuid4().int % 1009)


def system_bytes(x: torch.Tensor) -> torch.Tensor:
    return x * os.urandom(1)[0]


def exists(x: torch.Tensor) -> torch.Tensor:
    return x if Path("/no/such/file").exists() else -x


def machine(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if platform.system() == "BeOS" else x


def system_name(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if sys.platform == "beos" else x


def argument(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if "--double" in sys.argv else x


READERS: dict[str, Body] = {
    "time.time() moved on by 1000.5 s": clock,
    "time.time() moved on by 500.5 days": clock_by_name,
    "time.perf_counter_ns() moved on by 1000.5 s": counter,
    "time.strftime() moved on by 500.5 days": day,
    "datetime.now() moved on by 500.5 days": date_by_module,
    "date.today() moved on by 500.5 days": today,
    "os.getcwd() answers another folder": folder,
    "os.cpu_count() answers 1 more": processors,
    "uuid.uuid4() answers another": identifier,
    "os.urandom() with all bits flipped": system_bytes,
    "there is such a file": exists,
    "platform.uname() answers 'BeOS' to all": machine,
    "sys.platform = 'beos'": system_name,
}


@pytest.mark.parametrize("text", READERS)
def test_another_answer_parts_them(text: str) -> None:
    assert played(probes, READERS[text], X)[text] == "diverges"


def test_a_class_under_a_name_of_its_own() -> None:
    assert played(probes, date_by_name, X)["datetime.now() moved on by 500.5 days"] == "diverges"


def test_an_argument_that_the_source_knows() -> None:
    assert next(iter(played(probes, argument, X).values())) == "diverges"


def environment(x: torch.Tensor) -> torch.Tensor:
    return x * float(os.environ.get(KEY, "1"))


def flag(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if os.getenv(KEY) == "fast" else x


def membership(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if KEY in os.environ else x


def item(x: torch.Tensor) -> torch.Tensor:
    return x * float(os.environ[KEY])


@pytest.mark.parametrize(
    ("body", "before", "value"),
    [
        (environment, None, "= '3'"),
        (environment, "4", "= '5'"),
        (environment, "4", "removed"),
        (flag, None, "= 'fast'"),
        (flag, "fast", "removed"),
        (membership, None, "= ''"),
        (membership, "", "removed"),
        (item, "0.5", "= '1.5'"),
    ],
)
def test_the_environment(monkeypatch: pytest.MonkeyPatch, body: Body, before: str | None, value: str) -> None:
    if before is not None:
        monkeypatch.setenv(KEY, before)
    assert played(probes, body, X)[f"os.environ[{KEY!r}] {value}"] == "diverges"
    assert os.environ.get(KEY) == before


def test_a_value_that_eager_cannot_digest_is_no_evidence() -> None:
    assert played(probes, environment, X)[f"os.environ[{KEY!r}] = 'true'"] == "eager_raises"


def test_each_variable_is_one_fact() -> None:
    def reads_two(x: torch.Tensor) -> torch.Tensor:
        x = x * float(os.environ.get(KEY, "1"))
        return x + float(os.environ.get(f"{KEY}_2", "1"))

    subject, _ = staged(reads_two, X)
    aims = {probe.text.split("'")[1]: probe.aims for probe in probes(subject)}
    lines = {
        key: {subject.observations[i].source.lineno for i in ids if subject.observations[i].source}  # pyright: ignore[reportOptionalMemberAccess]
        for key, ids in aims.items()
    }
    assert len(lines[KEY]) == len(lines[f"{KEY}_2"]) == 1
    assert lines[KEY] != lines[f"{KEY}_2"]


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"gain": 2.5, "layer1": "x"}')

    def loads(x: torch.Tensor) -> torch.Tensor:
        with path.open() as file:
            return x * json.load(file)["gain"]

    def loads_bytes(x: torch.Tensor) -> torch.Tensor:
        return x * json.loads(path.read_bytes())["gain"]

    for body in (loads, loads_bytes):
        assert played(probes, body, X) == {"every number in the file plus 1": "diverges"}
    assert path.read_text() == '{"gain": 2.5, "layer1": "x"}'


def test_a_file_that_is_written_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "log"

    def logs(x: torch.Tensor) -> torch.Tensor:
        path.write_text("1")
        return x

    assert played(probes, logs, X) == {"every number in the file plus 1": "eager_raises"}
    assert path.read_text() == "1"


@pytest.mark.parametrize("text", [text for text in READERS if not text.startswith(("time.strftime", "platform"))])
def test_what_is_said_is_what_is_done(text: str) -> None:
    """A reader who runs the words gets another answer too, and what the probe enters puts everything back."""
    probe = next(probe for probe in made(probes, READERS[text], X) if probe.text == text)
    before = _held()
    with probe.around():
        READERS[text](X)
    assert _held() == before
    plain = READERS[text](X)
    with _said(probe):
        assert not torch.allclose(READERS[text](X), plain)
    assert _held() == before


@contextlib.contextmanager
def _said(probe: Probe) -> Iterator[None]:
    """What a reader would write."""
    names: dict[str, Any] = {}
    modules = time, datetime, os, uuid, sys, builtins, io, sys.modules[__name__]
    before = [dict(vars(module)) for module in modules]
    try:
        exec("\n".join((*probe.imports, *probe.code, *([f"mode = {probe.within}"] if probe.within else ()))), names)
        with names.get("mode", contextlib.nullcontext()):
            yield
    finally:
        for module, held in zip(modules, before):
            vars(module).update(held)


def _held() -> list[object]:
    return [
        time.time, now, time.perf_counter_ns, time.strftime, datetime.datetime, moment, date, os.getcwd, os.cpu_count,
        uuid.uuid4, os.urandom, os.stat, platform.uname, sys.platform, builtins.open, io.open,
    ]  # fmt: skip


def test_two_lines_that_ask_alike_have_a_probe_each() -> None:
    def asks_twice(x: torch.Tensor) -> torch.Tensor:
        x = x * time.time()
        return x + time.time()

    subject, stage = staged(asks_twice, X)
    tried = [probe for probe in probes(subject) if "1000.5 s" in probe.text]
    assert sorted(sorted(probe.aims) for probe in tried) == [[i] for i in sorted(asked(subject, "outside-read"))]
    first, second = (stage.run(probe).eager.outputs[0] for probe in tried)
    assert not torch.equal(first, second)


def test_the_same_other_answer_each_time() -> None:
    """What changes by itself is no evidence."""
    subject, stage = staged(identifier, X)
    probe = next(iter(probes(subject)))
    assert torch.equal(stage.eager(probe).outputs[0], stage.eager(probe).outputs[0])


def test_a_clock_goes_on() -> None:
    def waits(x: torch.Tensor) -> torch.Tensor:
        started = time.monotonic()
        return x * (time.monotonic() - started)

    subject, stage = staged(waits, X)
    probe = next(probe for probe in probes(subject) if "line" in probe.text)
    assert abs(float(stage.eager(probe).outputs[0][0])) >= 1000


class Holds(nn.Module):
    """Holds a clock where no name leads: in a container."""

    def __init__(self) -> None:
        super().__init__()
        self.clocks = [time.time]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.clocks[0]()


def test_a_clock_that_cannot_be_replaced_proves_nothing() -> None:
    assert set(played(probes, Holds(), X).values()) == {"eager_raises"}


def test_nobody_else_is_answered_otherwise() -> None:
    probe, before = made(probes, clock, X)[0], time.time()
    with contextlib.suppress(NotAskedError), probe.around():
        assert _from_library() - before < 60
        assert time.time() - before > 1000


def _from_library() -> float:
    """The time as Python's own logging asks for it."""
    import logging

    return logging.LogRecord("", 0, "", 0, "", None, None).created


@pytest.mark.parametrize(
    "quiet",
    [
        lambda x: x * math.pi,
        lambda x: x * random.random(),
        lambda x: x * len(os.sep),
        lambda x: (os.umask(os.umask(0o22)), x)[1],
    ],
)
def test_what_is_not_changed(quiet: Body) -> None:
    assert made(probes, quiet, X) == []


def test_numbers_in_a_text() -> None:
    assert other_text('{"a": 2.5, "b": [1, 1e-3], "layer1": true}') == '{"a": 3.5, "b": [2, 1.001], "layer1": false}'
    assert other_text("fast") == "fastx"


@pytest.mark.parametrize("answer", [True, 3, 2.5, "a", b"ab", (1, 2.5), uuid.UUID(int=7)])
def test_another_answer_of_the_same_type(answer: Any) -> None:
    assert otherwise(answer) != answer
    assert type(otherwise(answer)) is type(answer)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (1.0, 61.0),
        (5, 5 + 60 * 10**9),
        (moment(2020, 1, 1), moment(2020, 1, 1, 0, 1)),
        (time.strptime("2020", "%Y"), time.strptime("2020 1", "%Y %M")),
    ],
)
def test_later(answer: Any, expected: Any) -> None:
    assert (
        tuple(later(answer, 60.0))[:6] == tuple(expected)[:6]
        if isinstance(answer, tuple)
        else later(answer, 60.0) == expected
    )


def test_constants_of_the_function_around() -> None:
    line = flag.__code__.co_firstlineno + 1
    place = SourceRange(filename=__file__, lineno=line, end_lineno=line)
    assert constants_near(place) == ["fast"]
    assert constants_near(None) == []
