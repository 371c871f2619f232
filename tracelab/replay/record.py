"""Results -> the Runs that the document keeps."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from tracelab.probes.base import Given
from tracelab.replay.stage import Result
from tracelab.schema import Input, Run, Tensor
from tracelab.tensors import describe, stored

KEPT_BYTES = 8 << 20
"""Inputs are kept in the document up to this size in all."""


class Keeper:
    """Collects the elements of the inputs that the document keeps."""

    def __init__(self) -> None:
        self.tensors: dict[str, Tensor] = {}

    def inputs(self, given: Given, prefix: str, label: str = "") -> Iterator[Input]:
        """The arguments of a call.

        Args:
            given: the arguments.
            prefix: of the keys of the tensors.
            label: the method, where there are several.
        """
        for name, value, keyword in given.named():
            full = f"{label}.{name}" if label else name
            key = self._kept(value, f"{prefix}.{full}")
            yield Input(name=full, spec=describe(value), tensor=key, keyword=keyword)

    def _kept(self, value: object, key: str) -> str | None:
        if not isinstance(value, torch.Tensor) or value.layout != torch.strided:
            return None
        if value.nbytes + sum(len(kept.data) for kept in self.tensors.values()) > KEPT_BYTES:
            return None
        kept = stored(value)
        if kept is None:
            return None
        self.tensors[key] = kept
        return key


def as_run(result: Result, number: int, keeper: Keeper, snippet: str = "") -> Run:
    """The Run that the document keeps, without what is found out about it later."""
    probe = result.probe
    inputs = tuple(keeper.inputs(probe.calls[-1], f"runs.{number}")) if probe.calls else result.inputs
    return Run(
        id=number,
        probe=probe.text,
        axis=probe.axis,
        method=probe.method,
        outcome=result.outcome,
        outputs=result.outputs if result.disagrees else (),
        error=result.captured.said or result.eager.said,
        inputs=inputs,
        snippet=snippet,
        blame=tuple(dict.fromkeys(result.blame)),
        by_inputs=probe.by_inputs,
    )
