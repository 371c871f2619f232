"""A child process that plays a side of a Run in place of this one, where an operation is known to crash.

Some of torch's operations read or write where nothing is theirs once their inputs are odd: an infinity in
`linalg.eig`, indices out of range in a sparse tensor. Eager and captured die alike, or the memory is spoilt and
something else dies later. What such a function gives is therefore always computed in a child and sent home.
"""

from __future__ import annotations

import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import torch

from tracelab.backends.forked import can_fork, ended, forked
from tracelab.bindings import compiled_of, graph_of

RISKY = (
    "aten::linalg_eig", "aten::linalg_eigvals", "aten::_linalg_eigvals", "aten::lcm", "aten::lcm_", "aten::lu_unpack",
    "aten::embedding_bag", "aten::_embedding_bag", "aten::sparse_coo_tensor", "aten::_sparse_coo_tensor_unsafe",
    "aten::sparse_csr_tensor", "aten::_sparse_csr_tensor_unsafe", "aten::sparse_csc_tensor", "aten::sparse_bsr_tensor",
    "aten::sparse_bsc_tensor", "aten::sparse_compressed_tensor", "aten::_sparse_compressed_tensor_unsafe",
)  # fmt: skip
"""Operations that were seen to end the process, on torch 2.13."""
_SLACK_SECONDS = 5.0


class DiedError(Exception):
    """The child did not come to its end: the text says how."""


def is_risky(program: Any) -> bool:
    """Whether a program has an operation that may crash the process."""
    return any(graph.findAllNodes(kind, True) for graph in _graphs(program) for kind in RISKY)


def _graphs(program: Any) -> Iterator[Any]:
    """One of each method of each part: to inline them takes longer."""
    if isinstance(program, torch.jit.ScriptFunction):
        yield graph_of(program)
    parts: list[Any] = list(program.modules()) if isinstance(program, torch.jit.ScriptModule) else []
    for compiled in map(compiled_of, parts):
        yield from (compiled._get_method(name).graph for name in compiled._method_names())


def answer_of(act: Callable[[], Any], seconds: float) -> Any:
    """What a call gives in a child; whatever it changes is lost with the child.

    Args:
        act: gives something that can be pickled.
        seconds: after which the child is ended.

    Raises:
        DiedError: there is no answer.
    """
    if not can_fork():
        raise DiedError("it may crash the process, and no child can be had that would go first")
    return _wait(*forked(lambda home: _tell(act, home)), seconds + _SLACK_SECONDS)


def _tell(act: Callable[[], Any], home: Connection) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        home.send_bytes(pickle.dumps(act()))


def _wait(child: int, home: Connection, seconds: float) -> Any:
    packed: bytes | None = None
    is_late = True
    try:
        if home.poll(seconds):
            is_late = False
            packed = home.recv_bytes()
    except EOFError:
        pass
    finally:
        home.close()
        status = ended(child, by_force=is_late)
    if packed is not None:
        return pickle.loads(packed)
    if is_late:
        raise DiedError("it took too long")
    if os.WIFSIGNALED(status):
        raise DiedError(f"it would crash the process with {signal.Signals(os.WTERMSIG(status)).name}")
    raise DiedError("what it gives cannot leave a child process")


def portable(error: BaseException | None) -> BaseException | None:
    """An error of the same name that says the same, and can be sent: a user's own type need not be."""
    return None if error is None else _told(type(error).__name__, str(error))


def _told(name: str, text: str) -> Exception:
    made: Exception = type(name, (_Told,), {})(text)
    return made


class _Told(Exception):  # noqa: N818  goes by the name of another
    def __reduce__(self) -> tuple[Callable[[str, str], Exception], tuple[str, str]]:
        return _told, (type(self).__name__, str(self))
