"""Facts from outside the function: clock, environment, files, `random`, numpy, grad mode, flags.

`sys.setprofile` reports every call of a built-in function with the function itself, whatever name the user
gave it, and every entry into a Python function with its code.
"""

from __future__ import annotations

import builtins
import contextlib
import datetime
import functools
import inspect
import operator
import os
import platform
import random
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Generator
from types import CodeType, FrameType
from typing import Any

import torch

from tracelab.bindings import is_tracing, trace_state
from tracelab.source import frame_above, is_standard_library, is_user_file, slashed

Facts = tuple[str, str]
"""The kind of the sighting and the name that was asked."""

_CLOCK = (
    "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time",
    "localtime", "gmtime", "ctime", "strftime",
)  # fmt: skip
_BUILTINS: tuple[tuple[Any, str, tuple[str, ...]], ...] = (
    (time, "time.", _CLOCK),
    (datetime.datetime, "datetime.", ("now", "utcnow", "today")),
    (datetime.date, "date.", ("today",)),
    (os, "os.", ("getpid", "listdir", "stat", "getcwd", "urandom")),
    (builtins, "", ("open", "input")),
)
"""Compiled functions that tell something from outside: their owner, how it is called, and their names."""
_OUTSIDE_MODULES = {
    "posix": "os", "nt": "os", "time": "time", "_socket": "socket", "_locale": "locale", "_uuid": "uuid",
    "pwd": "pwd", "resource": "resource",
}  # fmt: skip
"""Python's compiled modules whose functions answer with facts of the machine, and the modules that users know."""
_INWARD = {"fspath", "sleep", "inet_aton", "inet_ntoa", "htons", "ntohs", "strcoll", "strxfrm", "mktime", "strptime"}
"""Functions of theirs that only compute, or only wait."""
_TORCH_BUILTINS = (
    "is_grad_enabled", "is_anomaly_enabled", "is_inference_mode_enabled", "is_autocast_enabled",
    "is_autocast_cpu_enabled", "get_autocast_dtype", "get_autocast_gpu_dtype", "get_autocast_cpu_dtype",
    "get_default_dtype", "get_num_threads",
)  # fmt: skip
_TORCH_READS = (
    "jit.is_tracing", "are_deterministic_algorithms_enabled", "get_default_device", "cuda.is_available",
    "get_float32_matmul_precision",
)  # fmt: skip
_TORCH_SEEDS = ("manual_seed", "seed", "initial_seed", "set_rng_state", "random.fork_rng")
_TORCH_MODES = (
    "no_grad.__enter__", "enable_grad.__enter__", "inference_mode.__enter__", "set_grad_enabled.__init__",
    "autocast.__enter__", "set_default_dtype",
)  # fmt: skip
"""What is entered or called when a mode is set."""
_SAME_IN_BOTH = {"is_scripting", "is_compiling", "is_exporting", "is_dynamo_compiling", "is_available", "get_rng_state"}
"""Questions that eager and tracing answer alike, and that no caller's mode changes."""

CAPTURING = ("is_compiling", "is_exporting", "is_dynamo_compiling")
"""Questions that torch.export answers otherwise than eager does."""

_MAPPING = "os.environ.get"
"""The environment's methods that it shares with every mapping."""
_SILENT_PLACES = ("importlib", "logging", "warnings", "traceback", "linecache", "threading", "tracemalloc", "unittest")
"""Parts of Python that ask the clock or open files on their own account."""
_TRANSPARENT_PLACES = ("/numpy/", "/torch/utils/_contextlib.py", "/torch/_dynamo/", "/torch/_compile.py")
"""What acts for a function that the user calls: numpy, torch's decorators, torch.compile's once it is loaded."""


@functools.cache
def builtin_facts() -> dict[Any, Facts]:
    """What a call of each built-in function tells."""
    facts: dict[Any, Facts] = {
        getattr(owner, name): ("outside-read", prefix + name) for owner, prefix, names in _BUILTINS for name in names
    }
    for name in _TORCH_BUILTINS:
        if hasattr(torch, name):
            facts[getattr(torch, name)] = ("ambient-read", f"torch.{name}")
    for function in (is_tracing, trace_state):
        facts[function] = ("ambient-read", "torch.jit.is_tracing")
    return facts


@functools.cache
def python_facts() -> dict[CodeType, Facts]:
    """What an entry into each Python function tells."""
    reads: dict[Any, str] = {
        os.environ.__getitem__: "os.environ",
        os.getenv: "os.getenv",
        os.environ.get: _MAPPING,
        os.environ.__contains__: _MAPPING,
        uuid.uuid4: "uuid.uuid4",
        uuid.uuid1: "uuid.uuid1",
        platform.uname: "platform.uname",
        secrets.token_bytes: "secrets.token_bytes",
    }
    facts = {_code(function): ("outside-read", name) for function, name in reads.items()}
    for kind, paths in (("ambient-read", _TORCH_READS), ("reseed", _TORCH_SEEDS), ("ambient-write", _TORCH_MODES)):
        for path in paths:
            facts[_code(operator.attrgetter(path)(torch))] = (kind, f"torch.{path.partition('.__')[0]}")
    facts[_code(torch.backends.ContextProp.__dict__["__get__"])] = ("ambient-read", "torch.backends flag")
    return facts


def _code(function: Any) -> CodeType:
    return inspect.unwrap(getattr(function, "__func__", function)).__code__


def module_facts(function: Any) -> Facts | None:
    """What a call of a compiled function tells by its module: `os.cpu_count`, `socket.gethostname`."""
    module, name = getattr(function, "__module__", None), getattr(function, "__name__", "")
    if module not in _OUTSIDE_MODULES or name in _INWARD:
        return None
    return "outside-read", f"{_OUTSIDE_MODULES[module]}.{name}"


def query_facts(code: CodeType) -> Facts | None:
    """What an entry into one of torch's own functions tells that take nothing and answer with a mode of the process."""
    if code.co_argcount or not code.co_name.startswith(("is_", "are_", "get_")) or code.co_name in _SAME_IN_BOTH:
        return None
    return ("ambient-read", f"torch {code.co_name}") if "/torch/" in slashed(code.co_filename) else None


def capture_facts(code: CodeType) -> Facts | None:
    """What an entry into one of torch's functions tells that answers otherwise while torch.export captures."""
    if code.co_argcount or code.co_name not in CAPTURING or "/torch/" not in slashed(code.co_filename):
        return None
    return "ambient-read", f"torch.compiler.{code.co_name}"


def method_facts(function: Any) -> Facts | None:
    """What a call of a method of a built-in object tells: `random.Random`, numpy's generators, `torch.Size`."""
    owner, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
    if isinstance(owner, random.Random) and name not in ("getstate", "setstate"):
        return ("reseed" if name == "seed" else "outside-read"), f"random.{name}"
    if isinstance(owner, torch.Size) and name in ("numel", "index", "count", "__hash__"):
        return "size-read", f"torch.Size.{name}"
    if isinstance(owner, torch.Generator) and name in ("manual_seed", "seed", "set_state"):
        return "reseed", f"torch.Generator.{name}"
    return None


def held(facts: Facts, frame: FrameType) -> tuple[Any, Any] | None:
    """What holds the answer to a question, and under which key, as a function that was just entered has them.

    None where it does not tell: only the environment and `torch.backends` do.
    """
    names = frame.f_locals
    if facts[1] in ("os.environ", "os.getenv", _MAPPING):
        key = names.get("key")
        return (os.environ, key) if isinstance(key, str) else None
    if facts[1] == "torch.backends flag":
        flags, asked = names.get("obj"), names.get("self")
        found = (name for base in type(flags).__mro__ for name, flag in vars(base).items() if flag is asked)
        name = next(found, None)
        return None if name is None else (flags, name)
    return None


def changes_nothing(facts: Facts, frame: FrameType) -> bool:
    """Whether a call tells nothing: a mapping that is not the environment, a mode that is set to what it is."""
    if facts[1] == _MAPPING:
        return frame.f_locals.get("self") is not os.environ
    return facts[1] == "torch.set_grad_enabled" and frame.f_locals.get("mode") == torch.is_grad_enabled()


def asked_by_user(frame: FrameType) -> bool:
    """Whether a call was made by the user's code, through Python's own library at most."""
    current: FrameType | None = frame
    while current is not None and not is_user_file(current.f_code.co_filename):
        if not _passes_on(current.f_code.co_filename):
            return False
        current = current.f_back
    return current is not None


@functools.cache
def _passes_on(filename: str) -> bool:
    """Whether a file's functions ask on behalf of their callers."""
    transparent = is_standard_library(filename) or any(place in slashed(filename) for place in _TRANSPARENT_PLACES)
    return transparent and not any(place in filename for place in _SILENT_PLACES)


@contextlib.contextmanager
def numpy_draws(note: Callable[[str, FrameType], None]) -> Generator[None]:
    """Watch numpy's global generator: its functions are compiled methods that no profile event reports."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        yield
        return
    module: Any = numpy.random
    originals = {name: getattr(module, name) for name in _numpy_names(module)}
    for name, original in originals.items():
        setattr(module, name, _watched(name, original, note))
    try:
        yield
    finally:
        for name, original in originals.items():
            setattr(module, name, original)


_NUMPY_FUNCTIONS = ("seed", "ranf", "sample")


def _numpy_names(module: Any) -> list[str]:
    """The names of the global generator's methods, and of the functions that stand before them."""
    generator = getattr(getattr(module, "mtrand", None), "_rand", None)
    methods = [name for name in dir(module) if generator is not None and _owner(getattr(module, name)) is generator]
    return [name for name in (*methods, *_NUMPY_FUNCTIONS) if name not in ("get_state", "set_state")]


def _owner(method: object) -> object:
    return getattr(method, "__self__", None)


def _watched(name: str, original: Any, note: Callable[[str, FrameType], None]) -> Any:
    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        note(f"numpy.random.{name}", frame_above(1))
        return original(*args, **kwargs)

    return watched
