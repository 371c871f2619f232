"""Specimens: one frozen behaviour each, or none, with the circumstances that prove it."""

from __future__ import annotations

from tests.specimens import (
    ambient,
    clean,
    constants,
    draws,
    errors,
    guards,
    kinds,
    mutation,
    outside,
    shapes,
    state,
    structure,
    values,
)
from tests.specimens.base import Specimen

FILES = (values, shapes, constants, kinds, outside, draws, state, ambient, structure, mutation, errors, clean, guards)

ALL: tuple[Specimen, ...] = tuple(
    value for module in FILES for value in vars(module).values() if isinstance(value, Specimen)
)
"""Every specimen, in the order of its file."""
