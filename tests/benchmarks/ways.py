"""The ways of capturing a model that are compared, each in a process of its own that answers when it is asked.

Some of them leave torch changed, or keep a cache; in their own processes they cannot help or hinder each other. The
one who asks lets them take turns, so that what else the machine does falls on all of them alike.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import json
import logging
import os
import resource
import select
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Sample:
    """One capture.

    Attributes:
        seconds: how long it took.
        peak_bytes: the most memory that was held meanwhile, above what was held before.
        model_bytes: what the model's parameters and buffers take.
        raised: the exception that ended it, its first line.
        runs: how many Runs its document keeps.
        wrong: how many of its findings diverge or raise.
        frozen: how many findings it has.
    """

    seconds: float
    peak_bytes: int = 0
    model_bytes: int = 0
    raised: str = ""
    runs: int = 0
    wrong: int = 0
    frozen: int = 0


class Worker:
    """A process that has built a model, and captures it in one way as often as it is asked.

    Args:
        way: a key of `WAYS`, or of `OTHERS`.
        subject: a key of `notebooks/models.py`, or a chain: `operations:1000`, `modules:1000`.
        threads: of torch; None leaves its own number.
        limit_seconds: how long one capture may take.
    """

    def __init__(self, way: str, subject: str, threads: int | None, limit_seconds: float = 600.0) -> None:
        # A plain process: torchlens refuses those of multiprocessing.
        command = [sys.executable, __file__, way, subject, str(threads or 0)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._limit = limit_seconds

    def sample(self) -> Sample:
        """Capture once; `raised` says what became of a process that gave no answer."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        with contextlib.suppress(OSError):
            asked.write("once more\n")
            asked.flush()
            if not select.select([answers], [], [], self._limit)[0]:
                self._process.kill()
                return Sample(self._limit, raised="time is over")
            line = answers.readline()
            if line:
                return Sample(**json.loads(line))
        return Sample(float("nan"), raised=f"the process ended: {self._process.wait()}")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def serve(way: str, subject: str, threads: str) -> None:
    """A capture for each line that comes in."""
    import torch

    answers = _silent()
    if threads != "0":
        torch.set_num_threads(int(threads))
    captured = {**WAYS, **OTHERS}[way]
    with contextlib.suppress(Exception):
        captured(built("modules:4"))  # what is imported only when it is needed, is now
    model = built(subject)
    for _ in sys.stdin:
        print(json.dumps(asdict(_measured(captured, model))), file=answers, flush=True)


def _silent() -> TextIO:
    """Nothing that is said gets out, but what is written to the file that comes back."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    return answers


def _measured(captured: Callable[[Any], Any], model: Any) -> Sample:
    gc.collect()
    before = _start_of_peak()
    result, raised, started = None, "", time.perf_counter()
    try:
        result = captured(model)
    except Exception as error:  # noqa: BLE001  the time counts all the same
        raised = f"{type(error).__name__}: {str(error).strip()}".splitlines()[0][:160]
    sample = Sample(time.perf_counter() - started, _highest_bytes() - before, _model_bytes(model.model), raised)
    capture = getattr(result, "capture", None)
    if capture is not None and hasattr(capture, "runs"):
        sample.runs, sample.frozen = len(capture.runs), len(capture.findings)
        sample.wrong = sum(finding.verdict in ("diverges", "raises") for finding in capture.findings)
    return sample


def _model_bytes(model: Any) -> int:
    found = (*model.parameters(), *model.buffers()) if hasattr(model, "parameters") else ()
    return sum(tensor.nbytes for tensor in found)


def _start_of_peak() -> int:
    """Forget the peak so far, where the system lets one; what is held now."""
    if RESET.exists():
        ctypes.CDLL(None).malloc_trim(0)
        RESET.write_text("5")
    return _highest_bytes()


def _highest_bytes() -> int:
    """The most that this process has held; on Linux since the peak was forgotten."""
    if STATUS.exists():
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


# -- what is captured -----------------------------------------------------------------------------------------


def built(subject: str) -> Any:
    """A model or a chain with its arguments."""
    import torch
    from models import BUILDERS, Built

    kind, _, count = subject.partition(":")
    if not count:
        return BUILDERS[kind](**({"layers": 12} if kind == "bert" else {}))
    chain = {"operations": _operations, "modules": _modules}[kind](int(count))
    return Built(chain, (torch.linspace(-1, 1, 4).reshape(1, 4),), {})


def _operations(count: int) -> Any:
    def chain(x: Any) -> Any:
        for _ in range(count // 2):
            x = x * 0.999 + 0.001
        return x

    return chain


def _modules(count: int) -> Any:
    from torch import nn

    return nn.Sequential(*(nn.Tanh() if index % 2 else nn.Linear(4, 4) for index in range(count))).eval()


# -- the ways -------------------------------------------------------------------------------------------------


def _eager(model: Any) -> Any:
    return model.model(*model.args, **model.kwargs)


def _unrecorded(model: Any) -> Any:
    import torch

    with torch.no_grad():
        return _eager(model)


def _jit(check: bool) -> Callable[[Any], Any]:
    def captured(model: Any) -> Any:
        import torch

        args, kwargs = model.args or None, model.kwargs or None
        return torch.jit.trace(model.model, args, example_kwarg_inputs=kwargs, check_trace=check)

    return captured


def _tracelab(probes: tuple[()] | None) -> Callable[[Any], Any]:
    def captured(model: Any) -> Any:
        import tracelab

        args, kwargs = model.args or None, model.kwargs or None
        return tracelab.trace(model.model, args, example_kwarg_inputs=kwargs, probes=probes)

    return captured


def _draft_export(model: Any) -> Any:
    import torch

    return torch.export.draft_export(model.model, model.args, model.kwargs or None)


def _export(model: Any) -> Any:
    import torch

    return torch.export.export(model.model, model.args, model.kwargs or None)


def _tracelab_export(model: Any) -> Any:
    import tracelab

    return tracelab.trace(model.model, model.args or None, example_kwarg_inputs=model.kwargs or None, backend="export")


def _torchlens(model: Any) -> Any:
    import torchlens  # pyright: ignore[reportMissingImports]

    return torchlens.trace(model.model, list(model.args) or None, model.kwargs or None)


WAYS: dict[str, Callable[[Any], Any]] = {
    "eager": _eager,
    "eager, no_grad": _unrecorded,
    "jit.trace": _jit(True),
    "jit.trace, no check": _jit(False),
    "tracelab, no probes": _tracelab(()),
    "tracelab": _tracelab(None),
    "draft_export": _draft_export,
    "torchlens": _torchlens,
}


OTHERS: dict[str, Callable[[Any], Any]] = {"export": _export, "tracelab, export": _tracelab_export}
"""Ways that `export.py` compares."""


def is_there(way: str) -> bool:
    """Whether what a way needs is installed."""
    return way != "torchlens" or importlib.util.find_spec("torchlens") is not None


if __name__ == "__main__":
    serve(*sys.argv[1:])
