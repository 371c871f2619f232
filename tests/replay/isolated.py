"""Running what changes the process for good, without changing this one."""

from __future__ import annotations

import os
import pickle
import traceback
import warnings
from collections.abc import Callable
from typing import Any


def isolated(call: Callable[[], Any]) -> Any:
    """What a call returns in a copy of this process; a failure there is one here, with the same words."""
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that other threads are not copied, which nothing needs
        child = os.fork()
    if not child:
        try:
            answer = (True, call())
        except BaseException:  # noqa: BLE001 (told to the parent)
            answer = (False, traceback.format_exc())
        os.write(write, pickle.dumps(answer))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    worked, answer = pickle.loads(said) if said else (False, "the process died")
    assert worked, answer
    return answer
