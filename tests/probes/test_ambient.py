"""Another mode of the process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from tests.probes.staging import made, played, staged
from tracelab.probes.ambient import probes

X = torch.ones(3)


def asks_grad(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.is_grad_enabled() else x


def asks_inference(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.is_inference_mode_enabled() else x


def asks_autocast(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.is_autocast_enabled("cpu") else x


def asks_autocast_of_cuda(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.is_autocast_enabled() else x


def asks_dtype(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.get_default_dtype() == torch.float64 else x


def asks_deterministic(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.are_deterministic_algorithms_enabled() else x


def asks_threads(x: torch.Tensor) -> torch.Tensor:
    return x * torch.get_num_threads()


def asks_precision(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.get_float32_matmul_precision() == "highest" else x


def asks_a_flag(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.backends.mkldnn.enabled else x


def asks_a_backend_of_many(x: torch.Tensor) -> torch.Tensor:
    return x * 2 if torch.backends.cudnn.benchmark else x


ASKS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "torch.no_grad()": asks_grad,
    "torch.inference_mode()": asks_inference,
    'torch.autocast("cpu"': asks_autocast,
    'set_autocast_enabled("cuda"': asks_autocast_of_cuda,
    "set_default_dtype(torch.float64)": asks_dtype,
    "use_deterministic_algorithms(True": asks_deterministic,
    "set_num_threads(": asks_threads,
    "set_float32_matmul_precision(": asks_precision,
    "torch.backends.mkldnn.enabled = ": asks_a_flag,
    "torch.backends.cudnn.benchmark = ": asks_a_backend_of_many,
}


@pytest.mark.parametrize("text", ASKS)
def test_another_mode_parts_them(text: str) -> None:
    outcomes = played(probes, ASKS[text], X)
    assert [outcome for said, outcome in outcomes.items() if text in said] == ["diverges"]


@pytest.mark.parametrize("text", ASKS)
def test_what_is_said_is_what_is_done(text: str) -> None:
    """A reader who runs the words gets another answer of eager, and the one that the probe gets."""
    probe = next(probe for probe in made(probes, ASKS[text], X) if text in probe.text)
    before = _modes()
    plain = ASKS[text](X)
    with probe.around():
        inside, modes = ASKS[text](X), _modes()
    assert not torch.equal(inside, plain)
    assert _modes() == before
    with probe.around():  # it puts back what the statement sets
        pass
        exec("\n".join(probe.code) if probe.code else f"mode = {probe.within}", names := {"torch": torch})
        with names.get("mode", torch.enable_grad()):
            assert _modes() == modes
    assert _modes() == before


def _modes() -> tuple[Any, ...]:
    return (
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(), torch.is_autocast_enabled("cpu"), torch.is_autocast_enabled("cuda"),
        torch.get_default_dtype(), torch.get_deterministic_debug_mode(), torch.get_num_threads(),
        torch.get_float32_matmul_precision(), torch.backends.mkldnn.enabled, torch.backends.cudnn.benchmark,
    )  # fmt: skip


def test_a_question_of_the_cpu_is_not_answered_by_cuda() -> None:
    assert len(made(probes, asks_autocast, X)) == 1


def test_a_mode_that_nobody_asked_is_left_alone() -> None:
    assert made(probes, lambda x: x * 2, X) == []


def test_a_mode_without_a_known_setter_is_left_alone() -> None:
    assert made(probes, lambda x: x * 2 if torch.cuda.is_available() else x, X) == []


class Stops(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return self.fc(x)


def test_gradients_that_a_block_stops() -> None:
    assert set(played(probes, Stops(), X).values()) == {"diverges"}


def test_a_block_that_stops_nothing_of_the_output() -> None:
    def shifts(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            ramp = torch.arange(3)
        return x + ramp

    assert set(played(probes, shifts, X).values()) == {"agrees"}


def test_gradients_that_a_block_lets_flow() -> None:
    def starts(x: torch.Tensor) -> torch.Tensor:
        with torch.enable_grad():
            return x * 2

    outcomes = played(probes, starts, X)
    assert [said for said, outcome in outcomes.items() if outcome == "diverges"] == [
        "gradients of the outputs, all inputs with requires_grad, under torch.no_grad()"
    ]


def test_a_probe_aims_at_what_it_changes() -> None:
    def asks_two(x: torch.Tensor) -> torch.Tensor:
        y = x * 2 if torch.is_grad_enabled() else x
        return y + 1 if torch.are_deterministic_algorithms_enabled() else y

    subject, _ = staged(asks_two, X)
    assert {probe.text[:14]: [subject.observations[i].asked for i in probe.aims] for probe in probes(subject)} == {
        "under torch.no": ["torch.is_grad_enabled"],
        "after torch.us": ["torch.are_deterministic_algorithms_enabled"],
    }
