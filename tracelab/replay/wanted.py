"""What the user wants to run again, as a Probe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from tracelab.detectors.base import ASKED, EXAMPLE, GIVEN
from tracelab.probes.base import Given, Probe, Subject


def wanted(
    subject: Subject,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    mode: str | None,
    calls: int,
    seed: int | None,
    method: str,
    under: Callable[[], AbstractContextManager[Any]],
) -> Probe:
    """A Probe of all that is wanted; what is not said is as it was while capturing."""
    example = subject.example(method)
    is_given = bool(args or kwargs)
    given = Given(args, kwargs, example.names) if is_given else example
    return Probe(
        ASKED,
        _text(is_given, mode, calls, seed),
        (given,) * max(calls, 1),
        method=method,
        seed=seed,
        modes=None if mode is None else dict.fromkeys(_names(subject.module), mode == "train"),
        around=under,
        code=() if mode is None else (f"model.{mode}()", f"traced.{mode}()"),
    )


def _text(is_given: bool, mode: str | None, calls: int, seed: int | None) -> str:
    parts = [GIVEN if is_given else EXAMPLE]
    parts += [f"{mode} mode"] if mode is not None else []
    parts += [f"{calls} calls"] if calls > 1 else []
    parts += [f"seed {seed}"] if seed is not None else []
    return ", ".join(parts)


def _names(module: Any) -> list[str]:
    return [] if module is None else [name for name, _ in module.named_modules()]
