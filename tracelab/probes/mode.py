"""The other mode, training or evaluation, where the function asks which one it is in.

Only the modules whose class asks are flipped, so that what diverges is theirs. What was traced in training mode is
also flipped as a whole: torch's own layers, as dropout and batch norm, keep the mode without the user's code asking.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import torch

from tracelab.observers.accesses import Access
from tracelab.observers.ran import Ran
from tracelab.probes.base import Probe, Subject
from tracelab.schema import Observation
from tracelab.syntax import is_argument


@dataclass
class _Asked:
    """The modules whose `training` a place reads."""

    training: bool
    modules: dict[int, torch.nn.Module] = field(default_factory=dict[int, torch.nn.Module])
    ids: set[int] = field(default_factory=set[int])
    code: tuple[str, ...] = ()


def probes(subject: Subject) -> Iterator[Probe]:
    """For each class that asks, its modules in the other mode; then the whole, where it was traced in training mode."""
    for kind, asked in _asked(subject).items():
        yield from _flipped(subject, kind, asked)
    if subject.module is not None and subject.module.training:
        yield from _whole(subject)


def _asked(subject: Subject) -> dict[str, _Asked]:
    """By the name of the class and its mode, what asked."""
    found: dict[str, _Asked] = {}
    for observation, _ in subject.seen("state-read"):
        if not observation.asked.endswith(".training") or observation.value not in ("True", "False"):
            continue
        for function, access in _reads(subject.ran, observation):
            training = observation.value == "True"
            if not training and is_argument(access.node):
                continue  # dropout that is off is what evaluation is for
            for module in _modules_of(subject, function, access, training):
                name = type(module).__name__
                asked = found.setdefault(f"{name} {training}", _Asked(training))
                asked.modules[id(module)] = module
                asked.ids.add(observation.id)
                asked.code = (f"{'.'.join(access.path[:-1])}.train({not training})",)
    return found


def _reads(ran: list[Ran], observation: Observation) -> Iterator[tuple[Ran, Access]]:
    """The functions and the accesses that an observation may be of."""
    source = observation.source
    for function in ran:
        if source is None or function.filename != source.filename or function.name != source.function:
            continue
        for access in function.reading.accesses:
            if access.node.lineno == source.lineno and ast.unparse(access.node) == observation.asked:
                yield function, access
                return


def _modules_of(subject: Subject, function: Ran, access: Access, training: bool) -> Iterator[torch.nn.Module]:
    """The modules that the same line asks, in every module that runs it."""
    root, *rest = access.path[:-1]
    first: Any = function.names.get(root, function.scope.get(root))
    owners: list[Any] = [first]
    kind = _defining_class(first, function)
    if subject.module is not None and kind is not None:
        owners += [module for module in subject.module.modules() if isinstance(module, kind) and module is not first]
    for owner in owners:
        for name in rest:
            owner = getattr(owner, name, None) if isinstance(owner, torch.nn.Module) else None
        if isinstance(owner, torch.nn.Module) and owner.training is training:
            yield owner


def _defining_class(owner: Any, function: Ran) -> type[Any] | None:
    """The class whose body has the function that ran."""
    for kind in type(owner).__mro__ if isinstance(owner, torch.nn.Module) else ():
        if _same_code(vars(kind).get(function.name), function):
            return kind
    return type(owner) if isinstance(owner, torch.nn.Module) else None


def _same_code(value: Any, function: Ran) -> bool:
    value = getattr(value, "fget", None) or getattr(value, "__func__", value)
    while hasattr(value, "__wrapped__"):
        value = value.__wrapped__
    code = getattr(value, "__code__", None)
    return code is not None and (code.co_filename, code.co_firstlineno) == (function.filename, function.firstlineno)


def _flipped(subject: Subject, kind: str, asked: _Asked) -> Iterator[Probe]:
    """The modules of one class in the other mode."""
    text = f"{kind.partition(' ')[0]} in {'eval' if asked.training else 'train'} mode"
    fqns = [fqn for fqn, module in _named_modules(subject.module) if id(module) in asked.modules]
    aims = frozenset(asked.ids)
    methods = [m.name for m in subject.methods if any(subject.observations[i].method == m.name for i in asked.ids)]
    for method in methods or [subject.methods[0].name]:
        given = subject.example(method)
        if fqns:
            code = tuple(line for fqn in fqns for line in _code(fqn, not asked.training))
            modes = dict.fromkeys(fqns, not asked.training)
            yield Probe("mode", text, (given,), method=method, modes=modes, code=code, aims=aims)
        elif subject.module is None:
            around = _in_mode(list(asked.modules.values()), not asked.training)
            yield Probe("mode", text, (given,), method=method, around=around, code=asked.code, aims=aims)


def _named_modules(module: Any) -> list[tuple[str, torch.nn.Module]]:
    """All modules; one that stands at several places under each of its names."""
    return [] if module is None else list(module.named_modules(remove_duplicate=False))


def _code(fqn: str, training: bool) -> list[str]:
    """One module alone: `eval()` would change what is below it too."""
    owners = ("model", "traced")
    if not fqn:
        return [f"{owner}.training = {training}" for owner in owners]
    return [f'{owner}.get_submodule("{fqn}").training = {training}' for owner in owners]


def _in_mode(modules: list[torch.nn.Module], training: bool) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Modules that a plain function uses, in another mode."""

    @contextlib.contextmanager
    def around() -> Generator[None]:
        before = [module.training for module in modules]
        for module in modules:
            module.training = training
        try:
            yield
        finally:
            for module, was in zip(modules, before, strict=True):
                module.training = was

    return around


def _whole(subject: Subject) -> Iterator[Probe]:
    """The whole model in evaluation mode, where any of its modules looks at the mode."""
    module = subject.module
    if module is None or not any(_looks(type(one)) or _is_hooked(one) for one in module.modules()):
        return
    modes = {fqn: False for fqn, _ in _named_modules(module)}
    code = ("model.eval()", "traced.eval()")
    for method in subject.methods:
        given = subject.example(method.name)
        yield Probe("mode", "in eval mode", (given,), method=method.name, modes=modes, code=code)


def _is_hooked(module: Any) -> bool:
    """Whether a hook that stands before a module's forward mentions `training`, as spectral_norm's does."""
    hooks: list[Any] = [*module._forward_pre_hooks.values(), *module._forward_hooks.values()]
    codes = [
        getattr(hook if isinstance(hook, FunctionType) else type(hook).__call__, "__code__", None) for hook in hooks
    ]
    return any("training" in code.co_names for code in codes if code is not None)


def _looks(kind: type[torch.nn.Module]) -> bool:
    """Whether a function of a class mentions `training`."""
    return any(
        "training" in function.__code__.co_names
        for base in kind.__mro__
        if base not in (torch.nn.Module, object)
        for function in vars(base).values()
        if isinstance(function, FunctionType)
    )
