"""Facts from outside the function: clock, environment, files, `random`, numpy, grad mode, flags.

`sys.setprofile` reports every call of a built-in function with the function itself, whatever name the user
gave it, and every entry into a Python function with its code.
"""

from __future__ import annotations

import builtins
import contextlib
import datetime
import functools
import io
import os
import platform
import random
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from types import BuiltinMethodType, CodeType, FrameType
from typing import Any

import torch

Facts = tuple[str, str]
"""The kind of the sighting and the name that was asked."""

_CLOCK = (
    "time",
    "time_ns",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "process_time",
    "localtime",
    "gmtime",
    "ctime",
    "strftime",
)
_SILENT_PLACES = ("importlib", "logging", "warnings", "traceback", "linecache", "threading", "tracemalloc", "unittest")
"""Parts of Python that ask the clock or open files on their own account."""

_MAPPING = "os.environ.get"
"""The environment's methods that it shares with every mapping."""
_WRAPPERS = ("/torch/utils/_contextlib.py", "/torch/_dynamo/", "/torch/_compile.py")
"""What torch puts around a function that the user calls: its decorators, and torch.compile's once it is loaded."""


def _builtin_facts() -> dict[Any, Facts]:
    facts: dict[Any, Facts] = {getattr(time, name): ("outside-read", f"time.{name}") for name in _CLOCK}
    facts |= {
        datetime.datetime.now: ("outside-read", "datetime.now"),
        datetime.datetime.utcnow: ("outside-read", "datetime.utcnow"),
    }
    facts |= {datetime.date.today: ("outside-read", "date.today"), os.getpid: ("outside-read", "os.getpid")}
    facts |= {
        os.listdir: ("outside-read", "os.listdir"),
        os.stat: ("outside-read", "os.stat"),
        os.getcwd: ("outside-read", "os.getcwd"),
    }
    facts |= {
        os.urandom: ("outside-read", "os.urandom"),
        io.open: ("outside-read", "open"),
        builtins.input: ("outside-read", "input"),
    }
    facts[torch.is_grad_enabled] = ("ambient-read", "torch.is_grad_enabled")
    facts[torch.is_inference_mode_enabled] = ("ambient-read", "torch.is_inference_mode_enabled")
    facts[torch.is_autocast_enabled] = ("ambient-read", "torch.is_autocast_enabled")
    facts[torch.get_default_dtype] = ("ambient-read", "torch.get_default_dtype")
    facts[torch.get_num_threads] = ("ambient-read", "torch.get_num_threads")
    facts[torch._C._is_tracing] = ("ambient-read", "torch.jit.is_tracing")  # pyright: ignore[reportPrivateUsage]
    facts[torch._C._get_tracing_state] = ("ambient-read", "torch.jit.is_tracing")  # pyright: ignore
    for name in (
        "is_anomaly_enabled",
        "is_autocast_cpu_enabled",
        "get_autocast_dtype",
        "get_autocast_gpu_dtype",
        "get_autocast_cpu_dtype",
    ):
        if hasattr(torch, name):
            facts[getattr(torch, name)] = ("ambient-read", f"torch.{name}")
    return facts


def _python_facts() -> dict[CodeType, Facts]:
    reads: dict[Callable[..., Any], str] = {
        os.environ.__getitem__: "os.environ",
        os.getenv: "os.getenv",
        os.environ.get: _MAPPING,
        os.environ.__contains__: _MAPPING,
        uuid.uuid4: "uuid.uuid4",
        uuid.uuid1: "uuid.uuid1",
        platform.uname: "platform.uname",
        secrets.token_bytes: "secrets.token_bytes",
    }
    ambient: dict[Any, str] = {
        torch.jit.is_tracing: "torch.jit.is_tracing",
        torch.are_deterministic_algorithms_enabled: "torch.are_deterministic_algorithms_enabled",
        torch.get_default_device: "torch.get_default_device",
        torch.cuda.is_available: "torch.cuda.is_available",
        torch.backends.ContextProp.__get__: "torch.backends flag",
        torch.get_float32_matmul_precision: "torch.get_float32_matmul_precision",
    }
    draws: dict[Any, str] = {
        torch.manual_seed: "torch.manual_seed",
        torch.seed: "torch.seed",
        torch.initial_seed: "torch.initial_seed",
        torch.set_rng_state: "torch.set_rng_state",
        torch.random.fork_rng: "torch.random.fork_rng",
    }
    contexts: dict[Any, str] = {
        torch.no_grad.__enter__: "torch.no_grad",
        torch.enable_grad.__enter__: "torch.enable_grad",
        torch.inference_mode.__enter__: "torch.inference_mode",
        torch.set_grad_enabled.__init__: "torch.set_grad_enabled",
        torch.autocast.__enter__: "torch.autocast",
        torch.set_default_dtype: "torch.set_default_dtype",
    }
    table = {"outside-read": reads, "ambient-read": ambient, "reseed": draws, "ambient-write": contexts}
    return {_code(function): (kind, name) for kind, names in table.items() for function, name in names.items()}


def _code(function: Any) -> CodeType:
    function = getattr(function, "__func__", function)
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function.__code__


@functools.cache
def builtin_facts() -> dict[Any, Facts]:
    """What a call of each built-in function tells."""
    return _builtin_facts()


@functools.cache
def python_facts() -> dict[CodeType, Facts]:
    """What an entry into each Python function tells."""
    return _python_facts()


_OUTSIDE_MODULES = {"posix", "nt", "time", "_socket", "_locale", "pwd", "_uuid", "resource"}
"""Python's compiled modules whose functions answer with facts of the machine."""
_INWARD = {"fspath", "sleep", "inet_aton", "inet_ntoa", "htons", "ntohs", "strcoll", "strxfrm", "mktime", "strptime"}
"""Functions of theirs that only compute, or only wait."""


def module_facts(function: BuiltinMethodType) -> Facts | None:
    """What a call of a compiled function tells by the module that it stands in: `os.cpu_count`, `socket.gethostname`."""
    module, name = getattr(function, "__module__", None), getattr(function, "__name__", "")
    if module not in _OUTSIDE_MODULES or name in _INWARD:
        return None
    public = {"posix": "os", "nt": "os", "_socket": "socket", "_locale": "locale", "_uuid": "uuid"}.get(module, module)
    return "outside-read", f"{public}.{name}"


def query_facts(code: CodeType) -> Facts | None:
    """What an entry into one of torch's own functions tells that take nothing and answer with a mode of the process."""
    if code.co_argcount or not code.co_name.startswith(("is_", "are_", "get_")) or code.co_name in _SAME_IN_BOTH:
        return None
    return ("ambient-read", f"torch {code.co_name}") if "/torch/" in code.co_filename.replace("\\", "/") else None


_SAME_IN_BOTH = {"is_scripting", "is_compiling", "is_exporting", "is_dynamo_compiling", "is_available", "get_rng_state"}
"""Questions that eager and tracing answer alike, and that no caller's mode changes."""


def method_facts(function: BuiltinMethodType) -> Facts | None:
    """What a call of a method of a built-in object tells: `random.Random`, numpy's generators, `torch.Size`."""
    owner, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
    if isinstance(owner, random.Random) and name not in ("getstate", "setstate"):
        return ("reseed" if name == "seed" else "outside-read"), f"random.{name}"
    if isinstance(owner, torch.Size) and name in ("numel", "index", "count", "__hash__"):
        return "size-read", f"torch.Size.{name}"
    if isinstance(owner, torch.Generator) and name in ("manual_seed", "seed", "set_state"):
        return "reseed", f"torch.Generator.{name}"
    return None


def changes_nothing(facts: Facts, frame: FrameType) -> bool:
    """Whether a call tells nothing: a mapping that is not the environment, a mode that is set to what it is."""
    if facts[1] == _MAPPING:
        return frame.f_locals.get("self") is not os.environ
    return facts[1] == "torch.set_grad_enabled" and frame.f_locals.get("mode") == torch.is_grad_enabled()


def asked_by_user(frame: FrameType, is_user: Callable[[str], bool], passes: Callable[[str], bool]) -> bool:
    """Whether a call was made by the user's code, through Python's own library at most."""
    current: FrameType | None = frame
    while current is not None:
        filename = current.f_code.co_filename
        if is_user(filename):
            return True
        if not (passes(filename) or any(part in filename for part in _WRAPPERS)) or any(
            part in filename for part in _SILENT_PLACES
        ):
            return False
        current = current.f_back
    return False


_NUMPY_SEEDS = {"seed"}


@contextlib.contextmanager
def numpy_draws(note: Callable[[str, FrameType], None]) -> Iterator[None]:
    """Watch numpy's global generator: its functions are compiled methods that no profile event reports."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        yield
        return
    names = [name for name in _numpy_names(numpy.random) if callable(getattr(numpy.random, name, None))]
    originals = {name: getattr(numpy.random, name) for name in names}
    for name, original in originals.items():
        setattr(numpy.random, name, _watched(name, original, note))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(numpy.random, name, original)


def _numpy_names(module: Any) -> Iterable[str]:
    state = getattr(module, "mtrand", None)
    owner = getattr(state, "_rand", None)
    return [
        name
        for name in dir(module)
        if getattr(getattr(module, name), "__self__", None) is owner
        and owner is not None
        and name not in ("get_state", "set_state")
    ]


def _watched(name: str, original: Any, note: Callable[[str, FrameType], None]) -> Any:
    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        note(f"numpy.random.{name}", sys._getframe(1))  # pyright: ignore[reportPrivateUsage]
        return original(*args, **kwargs)

    return watched
