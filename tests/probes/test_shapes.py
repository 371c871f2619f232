"""Other sizes, and what eager's answers teach of those that it takes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest
import torch

from tests.probes.staging import made, played, staged
from tracelab.probes.base import SLOW_SECONDS, Given, Probe, Smaller
from tracelab.probes.shapes import GROWTH, Sizes, probes, resized

Takes = Callable[..., bool]


def drive(probing: Generator[Probe, bool | None, None], takes: Takes) -> list[tuple[tuple[int, ...], ...]]:
    """All shapes that are tried, where eager takes those for which `takes` holds."""
    tried: list[tuple[tuple[int, ...], ...]] = []
    answer: bool | None = None
    while True:
        try:
            probe = probing.send(answer)  # type: ignore[arg-type]
        except StopIteration:
            return tried
        shapes = tuple(tuple(x.shape) for x in probe.calls[0].args)
        tried.append(shapes)
        answer = takes(*shapes)


def sizes(*shapes: tuple[int, ...], is_slow: bool = False) -> Sizes:
    return Sizes(Given(tuple(torch.ones(shape) for shape in shapes)), "forward", is_slow)


def test_one_dimension_grows_and_shrinks() -> None:
    assert drive(sizes((6,)).probes(), lambda x: True) == [((7,),), ((3,),), ((12,),), ((1,),)]


def test_each_dimension_of_its_own_size_moves_alone() -> None:
    tried = drive(sizes((4, 6)).probes(), lambda x: True)
    assert [shape for (shape,) in tried if shape[1] == 6][:4] == [(5, 6), (2, 6), (8, 6), (1, 6)]
    assert all(shape[0] == 4 or shape[1] == 6 for (shape,) in tried)


def test_dimensions_of_one_size_move_together_first_then_apart() -> None:
    tried = drive(sizes((4, 3), (4, 3)).probes(), lambda x, y: True)
    assert tried[0] == ((5, 3), (5, 3))
    assert ((5, 3), (4, 3)) in tried
    assert tried.index(((5, 3), (5, 3))) < tried.index(((5, 3), (4, 3)))


def test_what_moves_only_together_is_tried_apart_and_left() -> None:
    both = sizes((4, 3), (4, 3))
    tried = drive(both.probes(), lambda x, y: x[0] == y[0] and x[1] == y[1] == 3)
    assert both.learned.fixed == [(0, 1), (1, 1)]
    assert tried.index(((5, 3), (5, 3))) < tried.index(((5, 3), (4, 3))) < tried.index(((4, 3), (5, 3)))


def test_a_batch_moves_together_whatever_else_has_its_size() -> None:
    tried = drive(sizes((2, 2), (2,)).probes(), lambda *shapes: True)
    assert tried[0] == ((3, 2), (3,))


@pytest.mark.parametrize("step", [2, 3, 5, 7, 8, 14, 28, 32])
def test_a_multiple_is_learned(step: int) -> None:
    """A patch size, a number of heads: eager takes 7 more where it does not take 1 more."""
    one = sizes((step * 3,))
    tried = [shape[0] for (shape,) in drive(one.probes(), lambda x: x[0] % step == 0)]
    assert one.learned.multiple == {((0, 0),): step}
    assert step * 4 in tried
    assert step * 6 in tried


def test_a_prime_size_is_tried_twice_over() -> None:
    one = sizes((11,))
    drive(one.probes(), lambda x: x[0] % 11 == 0)
    assert one.learned.multiple == {((0, 0),): 11}


def test_a_fixed_dimension_is_learned() -> None:
    both = sizes((4, 6))
    drive(both.probes(), lambda x: x[1] == 6)
    assert both.learned.fixed == [(0, 1)]


def test_nothing_is_tried_twice() -> None:
    tried = drive(sizes((4, 4), (4, 1), (1, 4)).probes(), lambda *shapes: True)
    assert len(tried) == len(set(tried))


def test_one_and_none() -> None:
    assert ((2,),) in drive(sizes((1,)).probes(), lambda x: True)
    assert drive(sizes(()).probes(), lambda x: True) == []


def test_a_size_of_nothing_grows() -> None:
    assert ((1,),) in drive(sizes((0,)).probes(), lambda x: True)


def test_inputs_do_not_grow_beyond_all_bounds() -> None:
    large = Sizes(Given((torch.empty(1, device="meta").expand(GROWTH // 2 + 1),)), "forward")
    assert all(shape[0] <= GROWTH for (shape,) in drive(large.probes(), lambda x: True))


def test_smaller_inputs_are_halves_as_long_as_eager_takes_them() -> None:
    tried = [shape[0] for (shape,) in drive(sizes((200,)).smaller(), lambda x: x[0] >= 50)]
    assert tried == [100, 50, 25]


def test_a_slow_model_is_not_given_more() -> None:
    tried = drive(sizes((6,), is_slow=True).probes(), lambda x: True)
    assert ((12,),) not in tried
    assert tried[0] == ((7,),)


def test_a_slow_model_is_tried_on_the_smallest_that_agreed() -> None:
    subject, _ = staged(lambda x: x * 1, torch.ones(64, 3))
    subject.example_seconds = SLOW_SECONDS * 2
    probing = probes(subject)
    assert next(probing).calls[0].args[0].shape == (32, 3)
    subject.smallest["forward"] = Smaller(Given((torch.ones(16, 3),), {}, ("x",)), frozenset({9}))
    rest = [probing.send(False) for _ in range(2)]
    later = [probe for probe in rest if probe.calls[0].args[0].shape == (17, 3)]
    assert [probe.excused for probe in later] == [frozenset({9})]


def test_other_sizes_are_cut_or_repeated_from_the_start() -> None:
    x = torch.tensor([1.0, 2.0, 3.0])
    assert resized(Given((x,)), {(0, 0): 5}).args[0].tolist() == [1, 2, 3, 1, 2]
    assert resized(Given((x,)), {(0, 0): 2}).args[0].tolist() == [1, 2]
    assert resized(Given((x[:0],)), {(0, 0): 0}).args[0].shape == (0,)


def test_only_the_chosen_tensor_is_resized() -> None:
    x, y = torch.ones(3), torch.ones(3, 2, requires_grad=True)
    given = resized(Given((x,), {"table": {"y": y}}), {(1, 1): 4})
    assert given.args[0].shape == (3,)
    assert (given.kwargs["table"]["y"].shape, given.kwargs["table"]["y"].requires_grad) == ((3, 4), True)


def test_the_text_names_the_inputs_and_their_shapes() -> None:
    def target(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return x * mask

    assert made(probes, target, torch.ones(2, 5), torch.ones(2, 5))[0].text == "x of shape [3, 5], mask of shape [3, 5]"


def loops(x: torch.Tensor) -> torch.Tensor:
    return sum(x[i] * (i + 1) for i in range(x.shape[0]))  # type: ignore[return-value]


def test_what_another_size_shows() -> None:
    outcomes: dict[str, Any] = played(probes, loops, torch.ones(3))
    assert outcomes["x of shape [4]"] == "diverges"
    assert outcomes["x of shape [1]"] == "captured_raises"
