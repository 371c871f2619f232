"""What Python objects hold is noted, compared and put back."""

from __future__ import annotations

import collections
import functools
import random
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import nn

import tracelab
from tracelab.preserve import Objects, Preserved

SETTINGS = {"gain": 2, "inner": {"depth": 1}}
TOTAL = 0
STREAM = iter(range(100))
DRAWS = random.Random(1)
NUMPYS = np.random.default_rng(1)
OLD_NUMPYS = np.random.RandomState(1)
TORCHS = torch.Generator().manual_seed(1)


class Plain:
    """An object of the user's."""

    shared: ClassVar[list[int]] = [1]
    count = 0

    def __init__(self) -> None:
        self.calls = 0
        self.names = ["a"]
        self.parts = [Slotless()]


class Slotless:
    """An object that another one holds."""

    def __init__(self) -> None:
        self.deep = {"x": collections.deque([1])}


class Slotted:
    """An object without a dict."""

    __slots__ = ("calls", "names", "unset")

    def __init__(self) -> None:
        self.calls, self.names = 0, ["a"]


class Model(nn.Module):
    """A module with a parameter, a buffer and a plain attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.seen: torch.Tensor
        self.register_buffer("seen", torch.zeros(2))
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(x)


def noted(root: object) -> Objects:
    objects = Objects()
    objects.note(root)
    return objects


CHANGES: dict[str, tuple[Callable[[Any], object], str, str]] = {
    "attribute": (lambda o: setattr(o, "calls", 1), "calls", "attribute"),
    "new attribute": (lambda o: setattr(o, "extra", 1), "extra", "attribute"),
    "deleted attribute": (lambda o: delattr(o, "calls"), "calls", "attribute"),
    "list": (lambda o: o.names.append("b"), "names", "item"),
    "same length": (lambda o: o.names.__setitem__(0, "b"), "names", "item"),
    "nested": (lambda o: o.parts[0].deep.update(y=1), "parts[0].deep['y']", "item"),
    "nested attribute": (lambda o: setattr(o.parts[0], "deep", {}), "parts[0].deep", "attribute"),
    "deque": (lambda o: o.parts[0].deep["x"].append(2), "parts[0].deep['x']", "item"),
    "class attribute": (lambda o: setattr(type(o), "count", 1), "Plain", "class attribute"),
    "new class attribute": (lambda o: setattr(type(o), "extra", 1), "Plain", "class attribute"),
    "class's list": (lambda o: type(o).shared.append(2), "Plain.shared", "item"),
}


def state(held: Plain) -> str:
    shown = {name: part for name, part in vars(Plain).items() if not callable(part) and not name.startswith("__")}
    return f"{vars(held).keys()} {held.names} {vars(held.parts[0])} {getattr(held, 'calls', '?')} {shown}"


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen_and_undone(name: str) -> None:
    change, path, kind = CHANGES[name]
    held = Plain()
    before, objects = state(held), noted(held)
    assert objects.changes() == []
    change(held)
    assert state(held) != before
    seen = objects.changes()
    assert [(found.path.startswith(path), found.kind) for found in seen] == [(True, kind)]
    objects.restore()
    assert state(held) == before
    assert objects.changes() == []


@pytest.mark.parametrize("change", [lambda o: o.parts[0].deep.update(y=1), lambda o: o.parts[0].deep["x"].append(1)])
def test_a_change_has_the_last_name_of_its_path(change: Callable[[Plain], object]) -> None:
    held = Plain()
    objects = noted(held)
    change(held)
    assert [found.name for found in objects.changes()] == ["deep"]


def test_containers_stay_the_same_objects() -> None:
    held = Plain()
    names, deep, objects = held.names, held.parts[0].deep, noted(held)
    held.names = []
    names.clear()
    deep.clear()
    objects.restore()
    assert held.names is names == ["a"]
    assert held.parts[0].deep is deep
    assert list(deep["x"]) == [1]


def test_a_set_and_a_bytearray() -> None:
    held: dict[str, Any] = {"set": {1, 2}, "bytes": bytearray(b"ab")}
    objects = noted(held)
    held["set"].add(3)
    held["bytes"].extend(b"c")
    assert {change.name for change in objects.changes()} == {""}
    objects.restore()
    assert held == {"set": {1, 2}, "bytes": bytearray(b"ab")}


def test_a_dict_keeps_its_order() -> None:
    held = {"a": 1, "b": 2}
    objects = noted(held)
    held["a"] = held.pop("a")
    objects.restore()
    assert list(held) == ["a", "b"]


def test_a_cycle_ends() -> None:
    held: list[Any] = []
    held.append(held)
    objects = noted(held)
    held.append(1)
    objects.restore()
    assert len(held) == 1


def test_a_closure_variable() -> None:
    count, names = 0, ["a"]

    def step() -> None:
        nonlocal count
        count += 1
        names.append("b")

    objects = noted(step)
    step()
    assert {(change.name, change.kind) for change in objects.changes()} == {("count", "closure"), ("names", "item")}
    objects.restore()
    assert (count, names) == (0, ["a"])


def test_what_a_partial_holds() -> None:
    model = Model()
    objects = noted(functools.partial(lambda held: held, model))
    model.calls = 5
    objects.restore()
    assert model.calls == 0


def test_attributes_in_slots() -> None:
    held = Slotted()
    objects = noted(held)
    held.calls = 5
    held.names.append("b")
    assert {change.name for change in objects.changes()} == {"calls", "names"}
    objects.restore()
    assert (held.calls, held.names) == (0, ["a"])


def test_an_attribute_and_a_default_of_a_function() -> None:
    def step(cache: list[int] = []) -> None:  # noqa: B006 (what is under test)
        cache.append(1)
        step.calls = 1  # type: ignore[attr-defined]

    objects = noted(step)
    step()
    objects.restore()
    assert step.__defaults__ == ([],)
    assert not hasattr(step, "calls")


def test_globals_are_noted_when_a_function_that_uses_them_is_entered() -> None:
    def step(x: torch.Tensor) -> torch.Tensor:
        global TOTAL
        TOTAL += 1
        SETTINGS["gain"] += 1
        SETTINGS["inner"]["depth"] += 1
        return x * TOTAL

    tracelab.trace(step, torch.ones(2))
    assert (TOTAL, SETTINGS) == (0, {"gain": 2, "inner": {"depth": 1}})


def test_a_global_that_a_function_makes_is_gone() -> None:
    def step(x: torch.Tensor) -> torch.Tensor:
        global MADE
        MADE = 1  # type: ignore[name-defined]
        return x + MADE

    tracelab.trace(step, torch.ones(2))
    assert "MADE" not in globals()


@pytest.mark.parametrize(
    "draw",
    [
        lambda: DRAWS.random(),
        lambda: NUMPYS.random(),
        lambda: OLD_NUMPYS.rand(),
        lambda: torch.rand(1, generator=TORCHS).item(),
    ],
    ids=["random", "numpy", "numpy's old", "torch"],
)
def test_a_generator_draws_next_what_it_would_have_drawn(draw: Callable[[], float]) -> None:
    objects = noted([DRAWS, NUMPYS, OLD_NUMPYS, TORCHS])
    first = draw()
    assert [change.kind for change in objects.changes()] == ["generator"]
    objects.restore()
    assert draw() == first
    objects.restore()


def counting() -> Iterator[int]:
    """A generator: it can be neither copied nor rewound."""
    yield from range(5)


@pytest.mark.parametrize(
    "make",
    [lambda: iter([0, 1, 2]), counting, lambda: iter(range(5)), lambda: enumerate("abc"), lambda: map(abs, range(5))],
)
def test_an_iterator_goes_on_where_it_stood(make: Callable[[], Iterator[Any]]) -> None:
    held = Plain()
    held.stream = make()  # type: ignore[attr-defined]
    expected = list(make())
    objects = noted(held)
    for _ in range(2):
        assert next(held.stream) == expected[0]  # type: ignore[attr-defined]
        objects.restore()
    assert list(held.stream) == expected  # type: ignore[attr-defined]


def test_an_iterator_that_was_begun() -> None:
    held = [counting(), {"stream": counting()}]
    next(held[1]["stream"])  # type: ignore[index]
    objects = noted(held[1])
    assert next(held[1]["stream"]) == 1  # type: ignore[index]
    objects.restore()
    assert list(held[1]["stream"]) == [1, 2, 3, 4]  # type: ignore[index]


def test_a_global_iterator_goes_on_where_it_stood() -> None:
    def step(x: torch.Tensor) -> torch.Tensor:
        return x + next(STREAM)

    tracelab.trace(step, torch.ones(2))
    assert next(STREAM) == 0


def test_a_cache_forgets_what_it_learned_while_tracing() -> None:
    ran: list[int] = []

    @functools.lru_cache
    def slow(n: int) -> int:
        ran.append(n)
        return n

    def step(x: torch.Tensor) -> torch.Tensor:
        return x * slow(3)

    tracelab.trace(step, torch.ones(2))
    assert (slow.cache_info().currsize, ran) == (0, [])
    step(torch.ones(2))
    assert ran == [3]


def test_a_cache_that_was_only_asked_keeps_all() -> None:
    @functools.lru_cache
    def slow(n: int) -> int:
        return n

    slow(3)
    tracelab.trace(lambda x: x * slow(3), torch.ones(2))
    assert slow.cache_info().currsize == 1


def test_a_write_in_place_to_a_buffer_is_seen_and_undone() -> None:
    model = Model()
    objects = noted(model)
    model.seen.add_(1)
    assert [(change.path, change.kind) for change in objects.changes()] == [("seen", "elements")]
    objects.restore()
    assert model.seen.tolist() == [0, 0]


def test_a_write_through_a_view_of_a_buffer_is_undone() -> None:
    model = Model()
    objects = noted(model)
    model.seen[:1].fill_(float("nan"))
    objects.restore()
    assert model.seen.tolist() == [0, 0]


def test_nan_is_no_change() -> None:
    model = Model()
    model.seen.fill_(float("nan"))
    assert noted(model).changes() == []


def test_parameters_are_copied_only_when_something_writes() -> None:
    model = Model()
    before = model.fc.weight.detach().clone()
    objects = noted(model)
    objects.before_write(model.fc.weight)
    with torch.no_grad():
        model.fc.weight.zero_()
    assert [change.path for change in objects.changes()] == ["fc.weight"]
    objects.restore()
    assert torch.equal(model.fc.weight, before)


WRITES: dict[str, Callable[[Model], object]] = {
    "in place": lambda m: m.fc.weight.mul_(2),
    "into a part": lambda m: m.fc.weight.__setitem__(0, 1.0),
    "into a view": lambda m: m.fc.weight.view(-1)[:2].zero_(),
    "as an output": lambda m: torch.add(m.fc.weight, 1, out=m.fc.weight),
    "into data": lambda m: m.fc.weight.data.mul_(2),
    "by functional": lambda m: nn.init.ones_(m.fc.weight),
    "by foreach": lambda m: torch._foreach_add_([m.fc.weight], 1.0),
    "a buffer": lambda m: m.seen.add_(1),
    "rebound": lambda m: setattr(m.fc.weight, "data", torch.ones(2, 2)),
    "replaced": lambda m: setattr(m.fc, "weight", nn.Parameter(torch.ones(2, 2))),
}


@pytest.mark.parametrize("name", WRITES)
def test_a_traced_write_leaves_the_model_as_it_was(name: str) -> None:
    def step(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            WRITES[name](model)
        return model.fc(x) + model.seen

    model = Model()
    weight, values, address = model.fc.weight, model.fc.weight.detach().clone(), model.fc.weight.data_ptr()
    tracelab.trace(step, torch.ones(1, 2))
    assert (model.fc.weight is weight, weight.data_ptr()) == (True, address)
    assert torch.equal(weight, values)
    assert model.seen.tolist() == [0, 0]


def test_a_table_that_is_kept_within_a_norm_stays_as_it_was() -> None:
    """`max_norm` shrinks the rows that are looked up, in place, inside of torch."""
    table = nn.Embedding(3, 4, max_norm=0.1)
    before = table.weight.detach().clone()
    tracelab.trace(table, torch.tensor([0, 2]))
    assert torch.equal(table.weight, before)


def test_data_that_was_rebound_is_bound_again() -> None:
    model = Model()
    weight, address = model.fc.weight, model.fc.weight.data_ptr()
    objects = noted(model)
    weight.data = torch.ones(3)
    assert [change.path for change in objects.changes()] == ["fc.weight"]
    objects.restore()
    assert (weight.data_ptr(), tuple(weight.shape)) == (address, (2, 2))


def test_a_write_that_was_undone_leaves_no_mark_in_the_version() -> None:
    model = Model()
    version, objects = model.seen._version, noted(model)
    model.seen.add_(1)
    objects.restore()
    assert model.seen._version == version


def test_a_graph_from_before_a_capture_can_be_differentiated_after_it() -> None:
    model = Model()
    weight = torch.ones(2, requires_grad=True)
    loss = (weight * model.seen).sum()

    def step(x: torch.Tensor) -> torch.Tensor:
        model.seen.add_(1)
        return x + model.seen

    step.model = model  # type: ignore[attr-defined]
    tracelab.trace(step, torch.ones(2))
    loss.backward()
    assert weight.grad is not None
    assert weight.grad.tolist() == [0, 0]


def test_gradients_and_requires_grad_are_put_back() -> None:
    model = Model()
    model.fc.bias.grad = torch.ones(2)
    grad, objects = model.fc.bias.grad, noted(model)
    model.fc.bias.grad = None
    model.fc.weight.grad = torch.ones(2, 2)
    model.fc.weight.requires_grad_(False)
    objects.restore()
    assert model.fc.bias.grad is grad
    assert model.fc.weight.grad is None
    assert model.fc.weight.requires_grad


def test_gradients_that_grow_in_place_are_put_back() -> None:
    model = Model()
    model.fc.bias.grad = torch.ones(2)

    def step(x: torch.Tensor) -> torch.Tensor:
        model(x).sum().backward()
        return x + 1

    tracelab.trace(step, torch.ones(1, 2))
    assert model.fc.bias.grad.tolist() == [1, 1]
    assert model.fc.weight.grad is None


class Interrupting(Model):
    """A module that the user interrupts half-way."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        self.seen.add_(1)
        torch.manual_seed(3)
        random.seed(3)
        torch.set_grad_enabled(False)
        raise KeyboardInterrupt


def test_an_interrupt_half_way_restores_everything() -> None:
    model = Interrupting()
    states = torch.get_rng_state(), random.getstate()
    with pytest.raises(KeyboardInterrupt):
        tracelab.trace(model, torch.ones(1, 2))
    assert (model.calls, model.seen.tolist()) == (0, [0, 0])
    assert torch.equal(torch.get_rng_state(), states[0])
    assert random.getstate() == states[1]
    assert torch.is_grad_enabled()
    assert not torch.jit.is_tracing()


class LaterInterrupting(Interrupting):
    """A module that is interrupted only while torch traces it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) if torch.jit.is_tracing() else x


def test_an_interrupt_while_tracing_restores_everything() -> None:
    model = LaterInterrupting()
    entries = {name: getattr(torch._C, name) for name in ("_create_function_from_trace", "ScriptModule")}
    with pytest.raises(KeyboardInterrupt):
        tracelab.trace(model, torch.ones(1, 2))
    assert (model.calls, model.seen.tolist()) == (0, [0, 0])
    assert torch.is_grad_enabled()
    assert not torch.jit.is_tracing()
    assert {name: getattr(torch._C, name) for name in entries} == entries
    assert tracelab.trace(Model(), torch.ones(1, 2)).program is not None


def test_preserved_tells_what_was_there_before() -> None:
    model = Model()
    with Preserved(model) as preserved:
        assert preserved.objects.holds(model.fc)
        assert not preserved.objects.holds(nn.Linear(1, 1))


class Instantier(collections.OrderedDict[str, type]):
    """Makes an object of what it holds when it is asked, as `transformers.activations.ACT2FN` does."""

    def __getitem__(self, key: str) -> Any:
        return super().__getitem__(key)()


def test_a_mapping_that_answers_otherwise_than_it_holds_is_left_alone() -> None:
    kinds = Instantier(relu=nn.ReLU)
    tracelab.trace(lambda x: kinds["relu"](x), torch.ones(2))
    assert dict.__getitem__(kinds, "relu") is nn.ReLU
