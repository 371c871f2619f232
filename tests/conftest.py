"""After every test, the process is as it was before."""

from __future__ import annotations

import builtins
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.overrides import _get_current_function_mode_stack  # pyright: ignore[reportPrivateUsage]
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack  # pyright: ignore[reportPrivateUsage]

os.environ["HF_HUB_OFFLINE"] = "1"
torch.set_num_threads(1)


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
        "tensor": {name: id(member) for name, member in vars(torch.Tensor).items() if name != "__dict__"},
        "tensor base": {name: id(member) for name, member in vars(torch._C.TensorBase).items()},
        "modules": _module_machinery(),
    }


def _environment() -> dict[str, int]:
    """Hashes, so that no failure prints a value; torch itself names a cache folder when it first compiles something."""
    names = [n for n in os.environ if n != "PYTEST_CURRENT_TEST" and not n.startswith("TORCHINDUCTOR_")]
    return {name: hash(os.environ[name]) for name in names}


def _module_machinery() -> dict[str, int]:
    registry = vars(torch.nn.modules.module)
    hooks = {name: len(held) for name, held in registry.items() if "_global_" in name and isinstance(held, dict)}
    return {name: id(member) for name, member in vars(torch.nn.Module).items()} | hooks


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Compares the state of the process before and after each test."""
    before = global_state()
    yield
    after = global_state()
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}
