"""Train and eval in one program: the parts that ask for the mode are compiled, and ask at run time."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from tracelab.probes.state import spelled
from tracelab.repair.base import Proposal, Spot
from tracelab.repair.copies import parts_of

_RULES = ("training-mode", "state-read", "unexplained-divergence")


def proposals(spot: Spot) -> Iterator[Proposal]:
    """Torch's own layers that look at the mode, each compiled by itself."""
    if spot.module is None or spot.request.many or spot.finding.rule not in _RULES:
        return
    witness = spot.finding.witness
    if witness is None or witness.axis != "mode":
        return
    fqns = [fqn for fqn, part in parts_of(spot.module) if fqn and _is_layer(part)]
    if fqns:
        names = ", ".join(spelled("model", fqn) for fqn in fqns[:3]) + (
            f" and {len(fqns) - 3} more" if fqns[3:] else ""
        )
        title = f"{names} {'keeps' if len(fqns) == 1 else 'keep'} both modes, compiled by torch.jit.script"
        yield Proposal(title, spot.plan.with_scripted(*fqns))


def _is_layer(part: torch.nn.Module) -> bool:
    """Whether it is a layer of torch's, without parts, that acts otherwise in training."""
    is_torchs = type(part).__module__.startswith("torch.nn.modules")
    asks = "training" in type(part).forward.__code__.co_names or isinstance(part, torch.nn.modules.batchnorm._BatchNorm)  # pyright: ignore[reportPrivateUsage]
    return is_torchs and asks and not list(part.children())
