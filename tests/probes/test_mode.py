"""The other mode."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tests.probes.staging import asked, made, played, staged
from tracelab.probes.mode import probes


class Asks(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            return x * 2
        return x


class AsksToo(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x - 1 if not self.training else x


class AsksItsChild(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.child = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.child.training:
            return x * 2
        return self.child(x)


class Heir(Asks):
    pass


X = torch.ones(3)


def test_the_other_arm() -> None:
    assert played(probes, Asks().eval(), X) == {"Asks in train mode": "diverges"}


def test_what_is_changed() -> None:
    subject, _ = staged(nn.Sequential(Asks(), nn.Dropout(), Asks()).eval(), X)
    (probe,) = probes(subject)
    assert probe.modes == {"0": True, "2": True}
    assert probe.aims == asked(subject, "state-read")
    assert probe.code[:2] == ('model.get_submodule("0").training = True', 'traced.get_submodule("0").training = True')


def test_each_class_by_itself() -> None:
    outcomes = played(probes, nn.Sequential(Asks(), AsksToo()).eval(), X)
    assert outcomes == {"Asks in train mode": "diverges", "AsksToo in train mode": "diverges"}


def test_heirs_of_the_class_that_asks() -> None:
    modes = [probe.modes for probe in made(probes, nn.Sequential(Asks(), Heir()).eval(), X)]
    assert modes == [{"0": True}, {"1": True}]


def test_the_module_that_is_asked() -> None:
    (probe,) = made(probes, AsksItsChild().eval(), X)
    assert probe.modes == {"child": True}


def test_traced_in_training_mode() -> None:
    assert played(probes, Asks().train(), X) == {"Asks in eval mode": "diverges", "in eval mode": "diverges"}


def test_layers_of_torch_keep_the_mode() -> None:
    model = nn.Sequential(nn.BatchNorm1d(3)).train()
    (probe,) = made(probes, model, torch.randn(4, 3))
    assert (probe.text, probe.aims) == ("in eval mode", frozenset())
    assert probe.code == ("model.eval()", "traced.eval()")
    assert played(probes, model, torch.randn(4, 3)) == {"in eval mode": "diverges"}


def test_layers_that_have_no_mode() -> None:
    assert made(probes, nn.Sequential(nn.Linear(3, 3), nn.ReLU()).train(), X) == []


def test_dropout_that_is_off_is_left_alone() -> None:
    class Drops(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = F.dropout(x, 0.5, self.training)
            return y + F.dropout(x, p=0.5 if self.training else 0.0)

    assert asked(staged(Drops().eval(), X)[0], "state-read")
    assert made(probes, Drops().eval(), X) == []


def test_dropout_of_torch_is_left_alone() -> None:
    assert made(probes, nn.Sequential(nn.Dropout()).eval(), X) == []


def test_a_module_of_a_function() -> None:
    part = Asks().eval()

    def target(x: torch.Tensor) -> torch.Tensor:
        return part(x) + 1

    assert played(probes, target, X) == {"Asks in train mode": "diverges"}
    assert not part.training
