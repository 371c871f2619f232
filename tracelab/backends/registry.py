"""The backends that there are, by their names."""

from __future__ import annotations

from tracelab.backends import export, jit
from tracelab.backends.base import Backend

_ALL: tuple[Backend, ...] = (jit, export)
BACKENDS = {backend.name: backend for backend in _ALL}
