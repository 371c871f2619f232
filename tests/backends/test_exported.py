"""An exported program that runs: a refusal is told from a failure, and every value is seen."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tests.backends.exporting import Sized
from tracelab.backends import fx_graph
from tracelab.backends.exported import Exported

X = torch.ones(4, 3)


def made(module: nn.Module, *args: torch.Tensor, **options: Any) -> Exported:
    """An exported program."""
    return Exported(torch.export.export(module, args or (X,), **options))


def raised(program: Exported, *args: Any) -> BaseException:
    """What it raises."""
    with pytest.raises((RuntimeError, AssertionError, ValueError, IndexError)) as caught:
        program(*args)
    return caught.value


class Viewing(nn.Module):
    """Fails at an operation, and not at a check, where the dtype is another one."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x * 2
        return self.fc(y)


class Counted(nn.Module):
    """Has a constant of its own that it writes to."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = torch.zeros(())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.add_(1)
        return x + self.seen


@pytest.mark.parametrize("other", [torch.ones(5, 3), torch.ones(2, 3), torch.ones(4)], ids=lambda x: str(x.shape))
def test_a_guard_refuses(other: torch.Tensor) -> None:
    program = made(Sized())
    assert program.is_refusal(raised(program, other))


def test_arguments_of_another_structure_are_refused() -> None:
    program = made(Sized())
    assert program.is_refusal(raised(program, X, X))


def test_an_assertion_on_data_refuses() -> None:
    class Checking(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            size = x.sum().long().item()
            torch._check(size < 40)
            return x * size

    program = made(Checking())
    assert program.is_refusal(raised(program, X * 100))


def test_an_operation_that_fails_is_no_refusal_and_has_a_line() -> None:
    program = made(Viewing())
    error = raised(program, X.double())
    assert not program.is_refusal(error)
    assert program.lines(error)[0] == (__file__, Viewing.forward.__code__.co_firstlineno + 2)


def test_an_error_from_elsewhere_has_no_line() -> None:
    assert made(Sized()).lines(ValueError("elsewhere")) == ()
    assert not made(Sized()).is_refusal(ValueError("elsewhere"))


def test_each_value_is_told_by_the_place_of_its_node() -> None:
    program, told = made(Viewing()), dict[int, Any]()
    program.run((X,), {}, told.__setitem__)
    kinds = [node.kind for node in fx_graph.read(program.program).nodes]
    assert kinds == ["aten::mul", "aten::linear"]
    assert torch.equal(told[0], X * 2)
    assert torch.equal(told[1], program(X))


def test_its_own_tensors_are_put_back() -> None:
    program = made(Counted())
    first = program(X)
    program(X)
    program.restore()
    assert torch.equal(program(X), first)


def test_a_converted_copy_leaves_the_program_as_it_is() -> None:
    program = made(Viewing())
    other = program.converted(lambda x: x.detach().double())
    assert other(X.double()).dtype == torch.float64
    assert program(X).dtype == torch.float32
