"""What belongs to the process is as before."""

from __future__ import annotations

import cProfile
import ctypes
import random
import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np
import pytest
import torch

import tracelab
from tracelab.errors import TracelabWarning
from tracelab.preserve import Preserved, Session, put_back_hooks, quiet

STATES: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "random": (lambda: random.random(), random.getstate),
    "a seed": (lambda: random.seed(3), random.getstate),
    "torch": (lambda: torch.rand(3), lambda: torch.get_rng_state().tolist()),
    "torch's seed": (lambda: torch.manual_seed(3), lambda: torch.get_rng_state().tolist()),
    "numpy": (lambda: np.random.rand(3), lambda: repr(np.random.get_state(legacy=False))),
    "numpy's seed": (lambda: np.random.seed(3), lambda: repr(np.random.get_state(legacy=False))),
    "grad mode": (lambda: torch.set_grad_enabled(False), torch.is_grad_enabled),
    "default dtype": (lambda: torch.set_default_dtype(torch.float64), torch.get_default_dtype),
    "autocast": (lambda: torch.set_autocast_enabled("cpu", True), lambda: torch.is_autocast_enabled("cpu")),
    "autocast's dtype": (
        lambda: torch.set_autocast_dtype("cpu", torch.float16),
        lambda: torch.get_autocast_dtype("cpu"),
    ),
    "autocast's cache": (lambda: torch.set_autocast_cache_enabled(False), torch.is_autocast_cache_enabled),
    "determinism": (lambda: torch.use_deterministic_algorithms(True), torch.are_deterministic_algorithms_enabled),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_is_put_back_before_each_run(name: str) -> None:
    change, read = STATES[name]
    before, session = read(), Session()
    change()
    assert read() != before
    session.restore()
    assert read() == before


@pytest.mark.parametrize("name", STATES)
def test_a_traced_function_leaves_a_state_alone(name: str) -> None:
    change, read = STATES[name]
    before = read()

    def meddle(x: torch.Tensor) -> torch.Tensor:
        change()
        return x + 1

    tracelab.trace(meddle, torch.ones(2))
    assert read() == before


def test_every_run_draws_the_same() -> None:
    with Preserved(None) as preserved:
        first = torch.rand(2), random.random(), np.random.rand()
        preserved.restore()
        second = torch.rand(2), random.random(), np.random.rand()
    assert torch.equal(first[0], second[0])
    assert first[1:] == second[1:]


def test_what_a_module_remembers_of_its_warnings_is_put_back() -> None:
    registry = globals().setdefault("__warningregistry__", {})
    registry[("kept", UserWarning, 1)] = True
    session = Session()
    registry.clear()
    registry[("new", UserWarning, 2)] = True
    session.close()
    assert ("kept", UserWarning, 1) in registry
    assert ("new", UserWarning, 2) not in registry


def test_a_module_that_had_warned_of_nothing_remembers_nothing() -> None:
    scope = vars(sys.modules["tests.preserve"])
    scope.pop("__warningregistry__", None)
    session = Session()
    scope["__warningregistry__"] = {("new", UserWarning, 1): True}
    session.close()
    assert "__warningregistry__" not in scope


def test_quiet_keeps_warnings_and_tells_who_warned() -> None:
    heard: list[tuple[str, str]] = []

    def listen(message: warnings.WarningMessage, frame: FrameType) -> None:
        heard.append((str(message.message), frame.f_code.co_name))

    filters = list(warnings.filters)
    with quiet(listen) as caught:
        warnings.warn("on purpose", UserWarning, stacklevel=1)
        warnings.warn("on purpose", UserWarning, stacklevel=1)
    assert [str(message.message) for message in caught] == ["on purpose"] * 2
    assert heard == [("on purpose", "test_quiet_keeps_warnings_and_tells_who_warned")] * 2
    assert warnings.filters == filters


def test_quiet_ends_with_an_error() -> None:
    filters, show = list(warnings.filters), warnings.showwarning
    with pytest.raises(KeyError), quiet():
        raise KeyError("on purpose")
    assert (warnings.filters, warnings.showwarning) == (filters, show)


def branches(x: torch.Tensor) -> torch.Tensor:
    return x + 1 if x.sum() > 0 else x


def test_a_profile_goes_on_over_a_capture() -> None:
    """cProfile is no Python function: it must be enabled again, not set."""
    profile = cProfile.Profile()
    profile.enable()
    try:
        trace = tracelab.trace(branches, torch.ones(2))
        active = sys.getprofile()
        len("seen afterwards")
    finally:
        profile.disable()
    assert active is profile
    assert any("len" in str(entry.code) for entry in profile.getstats())
    assert [finding.rule for finding in trace.findings] == ["data-dependent-branch"]


@pytest.mark.parametrize(("get", "put"), [(sys.gettrace, sys.settrace), (sys.getprofile, sys.setprofile)])
def test_a_hook_is_there_after_a_capture(get: Callable[[], Any], put: Callable[[Any], None]) -> None:
    events: list[str] = []

    def hook(frame: FrameType, event: str, argument: object) -> None:
        events.append(frame.f_code.co_name)

    before = get()
    put(hook)
    try:
        trace = tracelab.trace(branches, torch.ones(2))
        active = get()
        branches(torch.ones(1))
    finally:
        put(before)
    assert active is hook
    assert "branches" in events
    assert [finding.rule for finding in trace.findings] == ["data-dependent-branch"]


def test_no_hook_is_put_back_as_none() -> None:
    before = sys.gettrace(), sys.getprofile()
    sys.setprofile(lambda *_: None)
    put_back_hooks(*before)
    assert (sys.gettrace(), sys.getprofile()) == before


class Foreign:
    """What `sys.getprofile` gives for a profiler written in C: Python cannot start it again."""


def test_a_profiler_written_in_c_stays_and_is_told_of() -> None:
    seen: list[int] = []
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    watch, install = kind(lambda _, __, event, ___: seen.append(event) or 0), ctypes.pythonapi.PyEval_SetProfile
    before, mine = sys.getprofile(), Foreign()
    install(watch, ctypes.py_object(mine))
    try:
        with pytest.warns(TracelabWarning, match="Foreign watches this thread from C"):
            trace = tracelab.trace(branches, torch.ones(2))
        seen.clear()
        after, _ = sys.getprofile(), branches(torch.ones(2))
    finally:
        sys.setprofile(before)
    assert after is mine
    assert seen
    assert [finding.rule for finding in trace.findings] == ["data-dependent-branch"]
