"""A shell in this process, and a kernel in another."""

from __future__ import annotations

import atexit
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.jupyter.shells import Kernel, Shell


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """An IPython without the extension."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # of another environment IPython would warn
    config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"xmode": "Plain"}})
    InteractiveShell.clear_instance()
    with warnings.catch_warnings():  # IPython adds a filter of its own
        made = InteractiveShell.instance(config=config, ipython_dir=str(tmp_path))
        yield Shell(made)
    InteractiveShell.clear_instance()
    # At the end of the process each shell would collect all of its garbage once more, which takes minutes in all.
    made._atexit_once_called = True
    atexit.unregister(made.atexit_operations)
    made.atexit_operations()


@pytest.fixture
def shell(bare: Shell) -> Shell:
    """An IPython with the extension, and something to trace."""
    bare.run("%load_ext tracelab")
    bare.run("import torch\nfrom tests.jupyter.models import *\nX = torch.ones(2, 3)\nmodel = Model()")
    return bare


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel as a notebook has one, with the extension."""
    with Kernel(tmp_path_factory.mktemp("ipython")) as kernel:
        kernel.run("%load_ext tracelab\nimport torch\ntorch.set_num_threads(1)\nX = torch.ones(2, 3)")
        yield kernel
