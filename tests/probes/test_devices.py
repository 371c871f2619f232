"""Other devices."""

from __future__ import annotations

import torch
from torch import nn

from tests.probes.staging import made, only, played
from tracelab.probes.devices import probes


class Places(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x).sum() + torch.zeros(3, device=x.device)


def places(x: torch.Tensor, n: torch.Tensor) -> torch.Tensor:
    return torch.arange(3, device=x.device) + n.shape[0]


def test_a_program_keeps_the_example_s_device() -> None:
    assert played(probes, places, torch.ones(3), torch.ones(2)) == {"inputs on meta": "diverges"}


def test_all_inputs_move() -> None:
    (probe,) = made(probes, places, torch.ones(3), torch.ones(2))
    assert all(x.is_meta for x in only(probe).args)
    assert probe.by_inputs


def test_the_module_moves_too() -> None:
    (probe,) = made(probes, Places(), torch.ones(3))
    assert probe.to == torch.device("meta")
    assert probe.code == ('model.to("meta")', 'traced.to("meta")')


def test_an_input_on_meta_stays_there() -> None:
    assert made(probes, places, torch.ones(3, device="meta"), torch.ones(2, device="meta")) == []


def test_nothing_where_nobody_asks() -> None:
    assert made(probes, lambda x: torch.zeros_like(x) + x, torch.ones(3)) == []
