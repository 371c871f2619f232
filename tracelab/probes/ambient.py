"""Another mode of the process: grad mode, autocast, default dtype, deterministic algorithms, flags of backends."""

from __future__ import annotations

import contextlib
import linecache
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch

from tracelab.nesting import mapped
from tracelab.observers import Sighting
from tracelab.probes.base import Given, Probe, Subject
from tracelab.schema import Observation

Around = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Mode:
    """Another mode."""

    text: str
    around: Around
    within: str = ""
    code: tuple[str, ...] = ()


def probes(subject: Subject) -> Iterator[Probe]:
    """Each mode that was asked or set turned to another, then whether gradients flow where a block stops them."""
    for method in subject.methods:
        given = subject.example(method.name)
        for mode, aims in _modes(subject, method.name).items():
            yield Probe(
                "ambient",
                mode.text,
                (given,),
                method=method.name,
                around=mode.around,
                within=mode.within,
                code=mode.code,
                aims=frozenset(aims),
            )
        yield from _gradients(subject, method.name, given)


def _modes(subject: Subject, method: str) -> dict[Mode, list[int]]:
    """The modes to try, each with the observations whose answer it changes."""
    known: dict[str, tuple[Mode, ...]] = {}
    found: dict[Mode, list[int]] = {}
    for observation, sighting in subject.seen("ambient-read", "ambient-write"):
        if observation.method != method:
            continue
        name = observation.asked if sighting.holder is None else f"{id(sighting.holder)}.{sighting.keys[0]}"
        if name not in known:
            known[name] = tuple(_flag(sighting) if sighting.holder is not None else _others(observation.asked))
        for mode in known[name]:
            if "cuda" in mode.text and _asks_the_cpu(observation):
                continue
            same = next((other for other in found if other.text == mode.text), mode)
            found.setdefault(same, []).append(observation.id)
    return found


def _asks_the_cpu(observation: Observation) -> bool:
    """Whether a question names the CPU, as `torch.is_autocast_enabled("cpu")`."""
    place = observation.source
    line = linecache.getline(place.filename, place.lineno) if place is not None else ""
    return "_cpu_" in observation.asked or '"cpu"' in line or "'cpu'" in line


# -- modes of torch ----------------------------------------------------------------------------------------------


def _others(asked: str) -> Iterator[Mode]:
    """Other modes than the one of now, by what was asked or set."""
    maker = _MAKERS.get(asked.removeprefix("torch.").removeprefix("torch "))
    return maker() if maker is not None else iter(())


def _grad() -> Iterator[Mode]:
    if torch.is_grad_enabled():
        yield Mode("under torch.no_grad()", torch.no_grad, "torch.no_grad()")
    else:
        yield Mode("under torch.enable_grad()", torch.enable_grad, "torch.enable_grad()")


def _inference() -> Iterator[Mode]:
    enabled = not torch.is_inference_mode_enabled()
    spelled = "torch.inference_mode()" if enabled else "torch.inference_mode(False)"
    yield Mode(f"under {spelled}", lambda: torch.inference_mode(enabled), spelled)


def _autocast() -> Iterator[Mode]:
    if torch.is_autocast_enabled("cpu"):
        spelled = 'torch.autocast("cpu", enabled=False)'
        yield Mode(f"under {spelled}", lambda: torch.autocast("cpu", enabled=False), spelled)
    else:
        spelled = 'torch.autocast("cpu", dtype=torch.bfloat16)'
        yield Mode(f"under {spelled}", lambda: torch.autocast("cpu", dtype=torch.bfloat16), spelled)
    enabled = not torch.is_autocast_enabled("cuda")
    spelled = (
        f'torch.set_autocast_enabled("cuda", {enabled})'  # torch.autocast("cuda") does nothing where there is none
    )

    def read() -> bool:
        return torch.is_autocast_enabled("cuda")

    def write(value: bool) -> None:
        torch.set_autocast_enabled("cuda", value)

    yield Mode(f"after {spelled}", _setting(read, write, enabled), code=(spelled,))


def _default_dtype() -> Iterator[Mode]:
    other = torch.float32 if torch.get_default_dtype() == torch.float64 else torch.float64
    spelled = f"torch.set_default_dtype({other})"
    yield Mode(f"after {spelled}", _setting(torch.get_default_dtype, torch.set_default_dtype, other), code=(spelled,))


def _deterministic() -> Iterator[Mode]:
    enabled = not torch.are_deterministic_algorithms_enabled()
    spelled = f"torch.use_deterministic_algorithms({enabled}{', warn_only=True' if enabled else ''})"

    @contextlib.contextmanager
    def around() -> Generator[None]:
        before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
        torch.use_deterministic_algorithms(enabled, warn_only=enabled)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(before[0], warn_only=before[1])

    yield Mode(f"after {spelled}", around, code=(spelled,))


def _threads() -> Iterator[Mode]:
    other = 1 if torch.get_num_threads() > 1 else 2
    spelled = f"torch.set_num_threads({other})"
    yield Mode(f"after {spelled}", _setting(torch.get_num_threads, torch.set_num_threads, other), code=(spelled,))


def _matmul_precision() -> Iterator[Mode]:
    read, write = torch.get_float32_matmul_precision, torch.set_float32_matmul_precision
    other = "high" if read() == "highest" else "highest"
    spelled = f'torch.set_float32_matmul_precision("{other}")'
    yield Mode(f"after {spelled}", _setting(read, write, other), code=(spelled,))


def _anomaly() -> Iterator[Mode]:
    enabled = not torch.is_anomaly_enabled()
    spelled = f"torch.autograd.set_detect_anomaly({enabled})"
    yield Mode(f"under {spelled}", lambda: torch.autograd.set_detect_anomaly(enabled), spelled)


_MAKERS: Mapping[str, Callable[[], Iterator[Mode]]] = {
    "is_grad_enabled": _grad,
    "is_inference_mode_enabled": _inference,
    "is_anomaly_enabled": _anomaly,
    "get_default_dtype": _default_dtype,
    "set_default_dtype": _default_dtype,
    "are_deterministic_algorithms_enabled": _deterministic,
    "get_num_threads": _threads,
    "get_float32_matmul_precision": _matmul_precision,
    **dict.fromkeys(
        (
            "is_autocast_enabled", "is_autocast_cpu_enabled", "get_autocast_dtype", "get_autocast_cpu_dtype",
            "get_autocast_gpu_dtype", "autocast",
        ),
        _autocast,
    ),
}  # fmt: skip
"""What was asked or set, and what makes other modes of it. Of the rest no setter is known."""


def _setting(read: Callable[[], Any], write: Callable[[Any], object], value: Any) -> Around:
    """A block in which something is set to another value."""

    @contextlib.contextmanager
    def around() -> Generator[None]:
        before = read()
        write(value)
        try:
            yield
        finally:
            write(before)

    return around


# -- flags of torch.backends ------------------------------------------------------------------------------------


def _flag(sighting: Sighting) -> Iterator[Mode]:
    """A flag that is true or false, turned round."""
    flags, name = sighting.holder, sighting.keys[0]
    value = getattr(flags, name, None)
    if type(value) is bool:
        spelled = f"{getattr(flags, '__name__', 'torch.backends')}.{name} = {not value}"
        around = _setting(lambda: getattr(flags, name), lambda other: setattr(flags, name, other), not value)
        yield Mode(spelled, around, code=(spelled,))


# -- gradients ----------------------------------------------------------------------------------------------------


def _gradients(subject: Subject, method: str, given: Given) -> Iterator[Probe]:
    """Whether outputs require gradients, with inputs that do: a block that sets the grad mode leaves no mark."""
    written = [(o.asked, o.id) for o, _ in subject.seen("ambient-write") if o.method == method]
    stops = [number for asked, number in written if _sets_gradients(asked)]
    starts = [number for asked, number in written if asked.rpartition(".")[2] in ("enable_grad", "set_grad_enabled")]
    leaves = _requiring(given)
    if stops:
        aims = frozenset(stops)
        yield Probe("ambient", "gradients of the outputs", (given,), method=method, gradients=True, aims=aims)
        text = "gradients of the outputs, all inputs with requires_grad"
        yield Probe("ambient", text, (leaves,), method=method, gradients=True, aims=aims)
    if starts:
        yield Probe(
            "ambient",
            "gradients of the outputs, all inputs with requires_grad, under torch.no_grad()",
            (leaves,),
            method=method,
            around=torch.no_grad,
            within="torch.no_grad()",
            aims=frozenset(starts),
            gradients=True,
        )


def _sets_gradients(asked: str) -> bool:
    return "grad" in asked or "inference" in asked


def _requiring(given: Given) -> Given:
    """The same inputs, as leaves that require gradients where they can."""

    def leaf(x: torch.Tensor) -> torch.Tensor:
        if not (x.is_floating_point() or x.is_complex()) or x.is_inference() or x.requires_grad:
            return x
        return x.detach().clone().requires_grad_()

    args, kwargs = mapped((given.args, dict(given.kwargs)), leaf)
    return Given(args, kwargs, given.names)
