"""After every test, the process is as it was before."""

from __future__ import annotations

import builtins
import os
import random
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import pytest
import sympy  # noqa: F401  # torch loads it late, and it adds a warning filter when it loads
import torch
from hypothesis import settings
from torch.overrides import _get_current_function_mode_stack  # pyright: ignore[reportPrivateUsage]
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack  # pyright: ignore[reportPrivateUsage]
from xdist.scheduler import LoadFileScheduling

os.environ["HF_HUB_OFFLINE"] = "1"
torch.set_num_threads(1)
# What a shell starts in the background ignores interruptions, and so would the tests of them.
signal.signal(signal.SIGINT, signal.default_int_handler)
# The same examples in every run: `--hypothesis-profile=default` looks for others.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--seed 7` looks for a test that only luck lets pass."""
    parser.addoption("--seed", type=int, default=0, help="what each test's random draws begin from")


class OneBrowser(LoadFileScheduling):
    """Deals out whole files; all that need a browser to one process, as two browsers would wait for each other."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePath(nodeid.partition("::")[0])
        needs_browser = "browser" in file.parts or file.stem.endswith(("_browser", "_lab", "_notebook"))
        return "browser" if needs_browser else str(file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser:
    """What `--numprocesses` asks for."""
    return OneBrowser(config, log)


@pytest.fixture(autouse=True)
def same_draws(request: pytest.FixtureRequest) -> None:
    """The same random weights in every run, in whatever order the tests come."""
    asked: Any = request.config.getoption("--seed")
    seed = 1000 * asked  # Probes have the small ones
    random.seed(seed)
    torch.manual_seed(seed)


def global_state() -> dict[str, Any]:
    """What a call could leave changed behind it, and no test of ours may."""
    return {
        "grad": torch.is_grad_enabled(),
        "inference": torch.is_inference_mode_enabled(),
        "autocast": torch.is_autocast_enabled("cpu"),
        "default dtype": torch.get_default_dtype(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "function modes": _get_current_function_mode_stack(),
        "dispatch modes": _get_current_dispatch_mode_stack(),
        "tracing": torch.jit.is_tracing(),
        "warning filters": list(warnings.filters),
        "trace": sys.gettrace(),
        "profile": sys.getprofile(),
        "folder": os.getcwd(),  # noqa: PTH109 (as a plain text)
        "environment": _environment(),
        "argv": list(sys.argv),
        "open": builtins.open,
        **_members(torch.Tensor),
        **_members(torch._C.TensorBase),
        **_members(torch.nn.Module),
        **_global_hooks(),
    }


def _members(kind: type) -> dict[str, int]:
    """The members of a class, but for the one that transformers adds when it is first used."""
    return {f"{kind.__name__}.{name}": id(held) for name, held in vars(kind).items() if name != "smart_apply"}


def _environment() -> dict[str, int]:
    """Hashes, so that no failure prints a value; torch itself names a cache folder when it first compiles something."""
    names = [n for n in os.environ if n != "PYTEST_CURRENT_TEST" and not n.startswith("TORCHINDUCTOR_")]
    return {name: hash(os.environ[name]) for name in names}


def _global_hooks() -> dict[str, int]:
    registry = vars(torch.nn.modules.module)
    return {name: len(held) for name, held in registry.items() if "_global_" in name and isinstance(held, dict)}


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What two states have apart."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: (before.get(name), after.get(name)) for name in names}


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Compares the state of the process before and after each test."""
    before = global_state()
    yield
    assert differences(before, global_state()) == {}
