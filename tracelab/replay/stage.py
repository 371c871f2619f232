"""Eager and captured, each run under one Probe from the same start, with everything put back afterwards."""

from __future__ import annotations

import contextlib
import copy
import random
import sys
import time
import traceback
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch.sparse import check_sparse_tensor_invariants

from tracelab.backends.base import Method
from tracelab.backends.exported import Exported
from tracelab.backends.replica import Answers
from tracelab.bindings import compiled_of, interpreted, seed_torch, settle
from tracelab.detectors.base import EXAMPLE
from tracelab.nesting import detached, tensors_in
from tracelab.preserve import Preserved, cloned, quiet
from tracelab.probes.base import Probe, given_by
from tracelab.replay.child import DiedError, answer_of, is_risky, portable
from tracelab.replay.compare import compare, compare_gradients
from tracelab.replay.limits import Limits, OverrunError, bounded, completed, is_out_of_memory
from tracelab.replay.watch import Watch
from tracelab.schema import Input, Outcome, OutputError
from tracelab.source import is_user_file
from tracelab.tensors import bytes_of, describe

CONVERTED_BYTES = 512 << 20
"""Modules are copied, to be converted, up to this size."""


@dataclass
class Side:
    """What one side of a Run gave."""

    outputs: list[Any] = field(default_factory=list[Any])
    """One for each call that returned."""
    asked: list[Any] | None = None
    """What the watched values were, where they were watched and the program came to its end."""
    error: BaseException | None = None
    lines: tuple[tuple[str, int], ...] = ()
    """The user's files and lines that the error passed through, innermost first."""
    refused: str = ""
    """Why there is no answer, where the fault is neither side's: it took too long, or too much memory."""
    is_guard: bool = False
    """Whether the error is a guard's: the program says that it was not made for such inputs."""
    seconds: float = 0.0

    @property
    def said(self) -> str:
        """The error's type and last line."""
        if self.error is None:
            return ""
        lines = str(self.error).strip().splitlines() or [""]
        name = type(self.error).__name__
        inner = [line.strip() for line in lines if line.strip().startswith(f"{name}: ")]  # below TorchScript's stack
        return inner[-1] if inner else f"{name}: {lines[0]}"


@dataclass(eq=False)
class Result:
    """A Run with what is live about it."""

    probe: Probe
    outcome: Outcome
    eager: Side
    captured: Side
    outputs: tuple[OutputError, ...] = ()
    """Of the first call that disagrees, or of the last."""
    refused: str = ""
    blame: list[str] = field(default_factory=list[str])
    """The ids of the findings that explain it."""
    inputs: tuple[Input, ...] = ()
    """The inputs of its last call, described, once they are forgotten."""
    failing: int | None = None
    """The place of the recorded node at which the program raises, where that was found out."""
    is_copys: bool = False
    """Whether a copy of the program was played in its place."""

    def forget(self) -> None:
        """Let go of inputs and outputs, which may be large."""
        last = self.probe.calls[-1].named() if self.probe.calls else ()
        self.inputs = tuple(Input(name=n, spec=describe(value), keyword=keyword) for n, value, keyword in last)
        self.probe = replace(self.probe, calls=())
        self.eager, self.captured = Side(), Side()

    @property
    def disagrees(self) -> bool:
        """Whether the program is wrong, or fails where eager does not."""
        return self.outcome in ("diverges", "captured_raises")


class Stage:
    """Where both sides of a Run are played.

    Args:
        func: what was traced.
        program: what the backend returned.
        methods: what can be called, with the example inputs.
        preserved: puts everything back between the sides.
        tolerance: the relative error that is allowed.
        limits: for one side of one Run.
    """

    def __init__(
        self, func: Any, program: Any, methods: list[Method], preserved: Preserved, tolerance: float, limits: Limits
    ) -> None:
        self.func, self.program, self.preserved, self.tolerance, self.limits = (
            func, program, preserved, tolerance, limits,
        )  # fmt: skip
        self._methods = {method.name: method for method in methods}
        owner = getattr(func, "__self__", func)
        self.module: torch.nn.Module | None = owner if isinstance(owner, torch.nn.Module) else None
        self._converted: dict[Any, tuple[Any, Any]] = {}
        self.exported = program if isinstance(program, Exported) else None
        for method in methods if program is not None else ():
            settle(self.program_method(method.name))
        self.is_risky = is_risky(program)
        """Whether all is played in a child process, as the function has an operation that may crash this one."""
        self.screens_without_gradients = False
        """Whether Runs are played without gradients first, which is quicker, and again only where they disagree."""

    def run(self, probe: Probe, watch: Watch | None = None) -> Result:
        """Both sides under a Probe.

        Args:
            probe: the circumstance.
            watch: tells, where it can, what the program's own decisions would be there. Its copy of the program runs
                first, and the program itself where the copy does not agree with eager.
        """
        return self.confirmed(self.screened(probe, watch))

    def screened(self, probe: Probe, watch: Watch | None = None) -> Result:
        """The same at less cost: without gradients where they play no part, and with a copy of the program."""
        result = self._screened(self.lean(probe), watch)
        result.probe = probe
        return result

    def confirmed(self, screened: Result) -> Result:
        """The Run itself, where what was screened disagrees."""
        probe = screened.probe
        if not screened.disagrees or not screened.is_copys:
            return screened
        result = self.judged(probe, screened.eager, self.captured(self.lean(probe)))
        result.captured.asked, result.failing = screened.captured.asked, screened.failing
        return result

    def lean(self, probe: Probe) -> Probe:
        """The same without gradients, where they play no part: a run is quicker then, and holds less."""
        is_lean = self.screens_without_gradients and _asks_nothing_of_gradients(probe)
        return replace(probe, around=torch.no_grad) if is_lean else probe

    def _screened(self, probe: Probe, watch: Watch | None) -> Result:
        """Eager and the copy of the program, or the program where there is none."""
        eager = self.eager(probe)
        if eager.refused or eager.error is not None:
            return Result(probe, "eager_raises", eager, Side(), refused=eager.refused)
        if watch is None or self.exported is not None or not watch.covers(probe):
            return self.judged(probe, eager, self.captured(probe))
        copy = self._copied(probe, watch)
        asked = copy.outputs
        copy.outputs = [answer.outputs for answer in asked]
        flat = replace(eager, outputs=[list(tensors_in(output)) for output in eager.outputs])
        result = self.judged(probe, flat, copy)
        result.eager, result.is_copys = eager, True
        copy.asked = asked[-1].asked if asked else None
        return result

    def asked(self, probe: Probe, watch: Watch) -> list[Any] | None:
        """The watched values under a Probe; None where the copy of the program does not come to its end."""
        copy = self._copied(probe, watch)
        return copy.outputs[-1].asked if copy.error is None and not copy.refused else None

    def _copied(self, probe: Probe, watch: Watch) -> Side:
        def replica(*args: Any, **kwargs: Any) -> Answers:
            return watch.play(args, kwargs)

        return self._play(probe, lambda: replica, None, True)

    def judged(self, probe: Probe, eager: Side, captured: Side) -> Result:
        """The Result of two sides."""
        if eager.error is not None:
            return Result(probe, "eager_raises", eager, captured)
        if captured.refused:
            return Result(probe, "agrees", eager, captured, refused=captured.refused)
        outputs: tuple[OutputError, ...] = ()
        for one, other in zip(eager.outputs, captured.outputs):
            outputs = compare(one, other, self.tolerance)
            if probe.gradients:
                outputs = compare_gradients(outputs, one, other)
            if not all(output.agrees for output in outputs):
                return Result(probe, "diverges", eager, captured, outputs)
        raises: Outcome = "captured_refuses" if captured.is_guard else "captured_raises"
        return Result(probe, "agrees" if captured.error is None else raises, eager, captured, outputs)

    def eager(self, probe: Probe) -> Side:
        """The function itself."""
        return self._play(probe, lambda: self._target(probe, 0), self.module, False)

    def captured(self, probe: Probe, apart: bool = False) -> Side:
        """The program.

        Args:
            probe: the circumstance.
            apart: whether it is played in a child process: eager refuses these inputs, and some operations, as an
                LSTM's, crash on what their Python would have refused.
        """
        return self._play(probe, lambda: self._target(probe, 1), self.program, True, apart)

    def _target(self, probe: Probe, side: int) -> Any:
        pair = (self.func, self.program) if probe.to is None else self._converted_pair(probe.to)
        owner = pair[side]
        if probe.method == "forward":
            return owner
        return getattr(owner, probe.method) if side or probe.to is not None else self._methods[probe.method].func

    def _play(self, probe: Probe, choose: Callable[[], Any], owner: Any, is_program: bool, apart: bool = False) -> Side:
        if not (self.is_risky or apart):
            return self._play_here(probe, choose, owner, is_program)

        def play() -> Side:
            with check_sparse_tensor_invariants(enable=not is_program):  # else eager reads what is not there
                side = self._play_here(probe, choose, owner, is_program)
            side.error = portable(side.error)
            return side

        try:
            return answer_of(play, self.limits.seconds)
        except DiedError as death:
            return Side(refused=str(death))

    def _play_here(self, probe: Probe, choose: Callable[[], Any], owner: Any, is_program: bool) -> Side:
        side, started = Side(), time.perf_counter()
        inputs = [cloned((given.args, dict(given.kwargs))) for given in probe.calls]
        try:
            target = choose()
            with quiet(), probe.around(), modes(owner, probe.modes), _way(is_program), bounded(self.limits):
                seed_all(probe.seed)
                for args, kwargs in inputs:
                    if side.outputs and probe.keeping:
                        self.preserved.objects.undo_all_but(probe.keeping)
                    side.outputs.append(_detached(target(*args, **kwargs), probe.gradients))
        except (OverrunError, UnconvertibleError) as error:
            side.refused = str(error) or "it took too long"
        except (Exception, SystemExit) as error:  # noqa: BLE001  the answer to compare
            side.lines = _lines_of(error)
            if is_program and self.exported is not None:
                side.lines, side.is_guard = self.exported.lines(error), self.exported.is_refusal(error)
            side.error = error.with_traceback(None)
            if is_out_of_memory(error):
                side.refused = "it needs more memory than a probe may take"
        finally:
            completed(self.restore)
        side.seconds = time.perf_counter() - started
        return side

    def _converted_pair(self, kind: torch.dtype | torch.device) -> tuple[Any, Any]:
        """Copies of the module and of the program with converted parameters; functions have none and stay."""
        if self.module is None:
            return self.func, self.program
        if kind not in self._converted:
            if sum(map(bytes_of, (*self.module.parameters(), *self.module.buffers()))) > CONVERTED_BYTES:
                raise UnconvertibleError("the module is too large to be copied")
            try:
                self._converted = {kind: (_converted(self.module, kind), converted_program(self.program, kind))}
            except Exception as error:  # whatever a module's own copying raises
                raise UnconvertibleError(f"the module cannot be copied: {error}") from error
        return self._converted[kind]

    def restore(self) -> None:
        """Put everything back, on either side."""
        self.preserved.restore()
        if self.exported is not None:
            self.exported.restore()

    def method(self, name: str) -> Method:
        """A method with its example inputs."""
        return self._methods[name]

    def program_method(self, name: str) -> Any:
        """A method of the program."""
        return self.program if name == "forward" else getattr(self.program, name)

    @contextlib.contextmanager
    def under(self, probe: Probe) -> Generator[None]:
        """A block under the circumstance of a Probe, on eager's side, after which everything is as it was.

        Raises:
            DiedError: it may crash this process, and cannot be played in another.
        """
        if self.is_risky:
            raise DiedError("it may crash the process")
        try:
            with quiet(), probe.around(), modes(self.module, probe.modes), bounded(self.limits):
                seed_all(probe.seed)
                yield
        finally:
            completed(self.restore)


class UnconvertibleError(Exception):
    """The module cannot be copied and converted."""


def _converted(module: torch.nn.Module, kind: torch.dtype | torch.device) -> torch.nn.Module:
    memo: dict[int, Any] = {}
    for tensor in (*module.parameters(), *module.buffers()):
        moved = _moved(tensor, kind)
        is_parameter = isinstance(tensor, torch.nn.Parameter)
        memo[id(tensor)] = torch.nn.Parameter(moved, tensor.requires_grad) if is_parameter else moved
    return copy.deepcopy(module, memo)


def converted_program(program: Any, kind: torch.dtype | torch.device) -> Any:
    """A converted copy of a program; `.to` itself refuses meta, and parameters that several modules share."""
    if isinstance(program, Exported):
        return program.converted(lambda tensor: _moved(tensor, kind))
    with torch.no_grad():  # which keeps torch from looking for gradients
        copied = copy.deepcopy(program)
        for module in copied.modules():
            compiled = compiled_of(module)
            for name, tensor in (*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)):
                compiled.setattr(name, _moved(tensor, kind))
    return copied


def _moved(tensor: torch.Tensor, kind: torch.dtype | torch.device) -> torch.Tensor:
    """A converted copy; of whole numbers only the device changes."""
    converts = tensor.is_floating_point() or isinstance(kind, torch.device)
    return tensor.detach().to(kind) if converts else tensor.detach().clone()


def _asks_nothing_of_gradients(probe: Probe) -> bool:
    return probe.around is contextlib.nullcontext and not probe.gradients


def _way(is_program: bool) -> contextlib.AbstractContextManager[Any]:
    return interpreted() if is_program else contextlib.nullcontext()


def _detached(output: Any, keep: bool) -> Any:
    return output if keep or isinstance(output, Answers) else detached(output)


@contextlib.contextmanager
def modes(owner: Any, modes: Mapping[str, bool] | None) -> Generator[None]:
    """Put modules into another mode; those that the program has not are left out."""
    if modes is None or not isinstance(owner, torch.nn.Module):
        yield
        return
    modules = dict(_named_modules(owner))
    before = {fqn: modules[fqn].training for fqn in modes if fqn in modules}
    try:
        for fqn in before:
            modules[fqn].training = modes[fqn]
        yield
    finally:
        for fqn, training in before.items():
            modules[fqn].training = training


def _named_modules(owner: Any) -> list[tuple[str, torch.nn.Module]]:
    return list(owner.named_modules())


def seed_all(seed: int | None) -> None:
    """Seed torch's, Python's and numpy's global generators; None leaves them alone."""
    if seed is None:
        return
    seed_torch(seed)
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)


def _lines_of(error: BaseException) -> tuple[tuple[str, int], ...]:
    frames = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    return tuple(frame for frame in reversed(frames) if is_user_file(frame[0]))


def example_probe(method: Method, text: str = EXAMPLE) -> Probe:
    """The inputs of a method as they are."""
    return Probe("example", text, (given_by(method),), method=method.name)
