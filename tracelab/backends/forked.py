"""A silent child of this process, for what may crash it: forked, it has the model and the inputs as they are."""

from __future__ import annotations

import faulthandler
import io
import os
import signal
import sys
import warnings
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import torch


def can_fork() -> bool:
    """Whether a child can be had: CUDA does not live on in one."""
    return hasattr(os, "fork") and not (torch.cuda.is_available() and torch.cuda.is_initialized())


def forked(act: Callable[[Connection], object]) -> tuple[int, Connection]:
    """Do something in a child, which is given the way home; its process id, and the end that hears of it.

    The child leaves with status 0 also where `act` raises an `Exception`. Whoever forks has to wait for it.
    """
    ours, theirs = Pipe(duplex=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork and threads: the child uses one and leaves
        child = os.fork()
    if child == 0:
        ours.close()
        _live(act, theirs)
    theirs.close()
    return child, ours


def ended(child: int, by_force: bool) -> int:
    """The status of a child, once it has ended."""
    if by_force:
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _live(act: Callable[[Connection], object], home: Connection) -> None:
    """The child: never returns."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is the parent's to end
        faulthandler.disable()
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.stdout = sys.stderr = io.TextIOWrapper(io.FileIO(1, "w"))  # a notebook's do not write to these
        torch.set_num_threads(1)
        act(home)
        code = 0
    except Exception:  # noqa: BLE001  the parent knows by what it has not heard
        code = 0
    finally:
        os._exit(code)
