"""Writes a witness as Python that shows the same without TraceLab: copy, paste, run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from tracelab.nesting import MAPPING, SEQUENCE, given_twice
from tracelab.probes.base import Given, Subject
from tracelab.probes.shapes import resized
from tracelab.probes.values import changes_of
from tracelab.replay.stage import Result
from tracelab.tensors import SPARSE, describe, dtype_name, is_equal

_LITERAL = 32
"""Tensors up to this number of elements are written out."""
_EDITS = 8
"""And so many changed elements."""


def snippet(subject: Subject, result: Result) -> str:
    """Python for one Run; `model` is what was traced."""
    probe = result.probe
    if not probe.calls or probe.to is not None:
        return ""
    start = subject.example(probe.method)
    lines = [*_imports(result), "", *_model(subject), *_example(start)]
    lines += ["", *_program(subject, start, probe.method), ""]
    calls, definitions = _calls(start, probe.calls, probe.method)
    lines += definitions
    # An exported program has no modes, and nothing else that can be set.
    lines += [line for line in probe.code if not (subject.exporting and line.startswith("traced."))]
    lines += _seeds(probe.seed)
    lines += _shown(result, calls, probe.within, probe.seed)
    return "\n".join(_without_blank_runs(lines))


def _imports(result: Result) -> Iterator[str]:
    wanted = {"import copy", "import torch", *result.probe.imports}
    if result.probe.seed is not None:
        wanted.add("import random")
    yield from sorted(wanted)


def _model(subject: Subject) -> Iterator[str]:
    func = subject.func
    name, module = getattr(func, "__qualname__", ""), getattr(func, "__module__", "")
    if subject.module is None and name.isidentifier() and module not in ("__main__", "builtins", None):
        yield f"from {module} import {name} as model"
    else:
        kind = type(subject.module).__qualname__ if subject.module is not None else name or "function"
        yield f"model = ...  # the {kind} that was traced"


def _example(start: Given) -> Iterator[str]:
    twice = given_twice(start.kwargs)
    for name, value, _ in start.named():
        written = twice.get(name) or literal(value)
        yield f"{name} = {written}" if written else f"{name} = ...  # the example input, {describe(value)}"


def _program(subject: Subject, start: Given, method: str) -> Iterator[str]:
    """The lines that make the program."""
    if not subject.exporting:
        yield f"traced = {_trace(start, method)}"
        return
    taken = [name for name, _, _ in start.named()]
    if subject.module is None or not isinstance(subject.func, torch.nn.Module):
        signature = ", ".join(["self", *taken])
        call = "model" if subject.module is None else f"model.{getattr(subject.func, '__name__', 'forward')}"
        names = [f"{name}={name}" if keyword else name for name, _, keyword in start.named()]
        yield from (
            "class Function(torch.nn.Module):",
            f"    def forward({signature}):",
            f"        return {call}({', '.join(names)})",
            "",
        )
        module = "Function()"
    else:
        module = "copy.deepcopy(model)"
    args = [name for name, _, keyword in start.named() if not keyword]
    kwargs = ", ".join(f'"{name}": {name}' for name, _, keyword in start.named() if keyword)
    given = f"({', '.join(args)}{',' if len(args) == 1 else ''})" + (f", {{{kwargs}}}" if kwargs else "")
    yield f"traced = {subject.exporting}({module}, {given}{subject.exporting_options}).module()"


def _trace(start: Given, method: str) -> str:
    copied = "copy.deepcopy(model)"  # tracing runs the function, which may leave something behind
    names = [name for name, _, _ in start.named()]
    if start.kwargs:
        given = "{" + ", ".join(f'"{name}": {name}' for name in names) + "}"
        if method != "forward":
            return f'torch.jit.trace_module({copied}, {{"{method}": {given}}}, example_inputs_is_kwarg=True)'
        return f"torch.jit.trace({copied}, example_kwarg_inputs={given}, check_trace=False)"
    given = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    if method != "forward":
        return f'torch.jit.trace_module({copied}, {{"{method}": {given}}}, check_trace=False)'
    return f"torch.jit.trace({copied}, {given}, check_trace=False)"


def _calls(start: Given, calls: Sequence[Given], method: str) -> tuple[list[str], list[str]]:
    """The argument lists of the calls, and the lines that define what they take."""
    lists: list[str] = []
    definitions: list[str] = []
    for number, given in enumerate(calls):
        suffix = "2" if len(calls) == 1 else str(number + 2)
        parts: list[str] = []
        before = {name: value for name, value, _ in start.named()}
        for name, value, keyword in given.named():
            variable, lines = _spelled(name, before.get(name), value, f"{name}{suffix}")
            definitions += lines
            parts.append(f"{name}={variable}" if keyword else variable)
        lists.append(", ".join(parts))
    call = "" if method == "forward" else f".{method}"
    return [f"{call}({part})" for part in lists], definitions


def _spelled(name: str, before: Any, value: Any, new: str) -> tuple[str, list[str]]:
    """How an argument is written, and the lines that make it."""
    if isinstance(value, torch.Tensor) and isinstance(before, torch.Tensor):
        if _is_same(before, value):
            return name, []
        return new, _tensor(name, before.detach(), value, new)
    if _is_plain_same(before, value):
        return name, []
    written = literal(value)
    return new, [
        f"{new} = {written}" if written else f"{new} = ...  # {describe(value)}: trace.witness_inputs(finding)"
    ]


def _tensor(name: str, before: torch.Tensor, value: torch.Tensor, new: str) -> list[str]:
    gradients = ".requires_grad_()" if value.requires_grad and value.is_leaf else ""
    value = value.detach()
    if value.layout in SPARSE and value.layout == before.layout and not value.is_meta:
        dense = _tensor(f"{name}.to_dense()", before.to_dense(), value.to_dense(), new)
        return [*dense, f"{new} = {new}.to_sparse(layout={value.layout}){gradients}"]
    if value.is_meta or value.layout != torch.strided:
        return [f"{new} = {name}." + ('to("meta")' if value.is_meta else "to_sparse()")]
    for way in changes_of(before) if before.dtype == value.dtype and before.layout == torch.strided else ():
        if way.code and value.shape == before.shape and _is_same(way.make(before), value):
            return [f"{new} = {_bracketed(way.code.format(x=name), gradients)}"]
    if _is_laid_out_otherwise(before, value):
        base = literal(value.contiguous()) or (name if is_equal(before.contiguous(), value.contiguous()) else "")
        laid = f"torch.empty_strided({tuple(value.shape)}, {tuple(value.stride())}, dtype={value.dtype})"
        return [f"{new} = {laid}.copy_({base}){gradients}" if base else f"{new} = ...  # {describe(value)}"]
    written = literal(value)
    if written:
        return [f"{new} = {written}{gradients}"]
    if value.shape == before.shape and value.dtype == before.dtype:
        edits = (value != before).nonzero()
        if len(edits) <= _EDITS:
            indices = [tuple(int(part) for part in edit) for edit in edits]
            puts = [f"{new}{list(index)} = {_number(value[index].item())}" for index in indices]
            return [f"{new} = {name}.clone()", *puts]
    made = _made(name, before, value)
    return [
        f"{new} = {made}{gradients}" if made else f"{new} = ...  # {describe(value)}: trace.witness_inputs(finding)"
    ]


def _is_laid_out_otherwise(before: torch.Tensor, value: torch.Tensor) -> bool:
    """Whether only its strides can tell a tensor from a fresh one; one that overlaps itself cannot be filled."""
    overlaps = any(step == 0 and size > 1 for step, size in zip(value.stride(), value.shape))
    return not value.is_contiguous() and value.stride() != before.stride() and not overlaps


def _bracketed(code: str, suffix: str) -> str:
    return f"({code}){suffix}" if suffix else code


def _made(name: str, before: torch.Tensor, value: torch.Tensor) -> str:
    """A large tensor by a formula; empty where none is known."""
    if value.numel() and bool((value == value.flatten()[0]).all()):
        return f"torch.full({list(value.shape)}, {_number(value.flatten()[0].item())}, dtype={value.dtype})"
    if value.dtype != before.dtype and _is_same(before.to(value.dtype), value):
        return f"{name}.to({value.dtype})"
    if value.dim() == before.dim() and value.dtype == before.dtype:
        sizes = {(0, d): int(size) for d, size in enumerate(value.shape) if size != before.shape[d]}
        if _is_same(resized(Given((before,)), sizes).args[0], value):
            cuts = (f".index_select({d}, torch.arange({size}) % {before.shape[d]})" for (_, d), size in sizes.items())
            return name + "".join(cuts)
    for seed in (1, 2, 3):
        if value.is_floating_point():
            drawn = torch.randn(value.shape, generator=torch.Generator().manual_seed(seed)).to(value.dtype)
            if _is_same(drawn, value):
                return f"torch.randn({list(value.shape)}, generator=torch.Generator().manual_seed({seed}))"
    return ""


def _is_same(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.layout != torch.strided or one.is_meta or one.requires_grad != other.requires_grad:
        return False
    return is_equal(one, other) and one.stride() == other.stride()


def _is_plain_same(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor) or isinstance(other, torch.Tensor):
        return isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor) and _is_same(one, other)
    if isinstance(one, SEQUENCE) and isinstance(other, SEQUENCE):
        return len(one) == len(other) and all(map(_is_plain_same, one, other))
    if isinstance(one, MAPPING) and isinstance(other, MAPPING):
        return list(one) == list(other) and all(_is_plain_same(one[key], other[key]) for key in one)
    return type(one) is type(other) and bool(one == other)


def literal(value: Any) -> str:
    """A small value as Python; empty where it is too large, or holds what cannot be written."""
    if isinstance(value, torch.Tensor):
        return _literal_tensor(value)
    if isinstance(value, MAPPING):
        parts = [(repr(key), literal(part)) for key, part in value.items()]
        return "{" + ", ".join(f"{key}: {part}" for key, part in parts) + "}" if all(p for _, p in parts) else ""
    if isinstance(value, SEQUENCE):
        parts = [literal(part) for part in value]
        if not all(parts):
            return ""
        text = ", ".join(parts)
        return f"[{text}]" if isinstance(value, list) else f"({text}{',' if len(parts) == 1 else ''})"
    return repr(value) if isinstance(value, (bool, int, float, str, type(None))) else ""


def _literal_tensor(value: torch.Tensor) -> str:
    if value.layout in SPARSE and not value.requires_grad:
        dense = _literal_tensor(value.to_dense())
        return dense and f"{dense}.to_sparse(layout={value.layout})"
    plain = value.layout == torch.strided and value.device.type == "cpu" and not value.is_complex()
    if not plain or value.numel() > _LITERAL or not value.is_contiguous():
        return ""
    dtype = (
        "" if value.dtype in (torch.float32, torch.int64, torch.bool) else f", dtype=torch.{dtype_name(value.dtype)}"
    )
    gradients = ", requires_grad=True" if value.requires_grad else ""
    if not value.numel():
        return f"torch.empty({list(value.shape)}, dtype={value.dtype})"
    return f"torch.tensor({_nested(_plain(value))}{dtype}{gradients})"


def _plain(value: Any) -> Any:
    return value.detach().tolist()


def _nested(value: Any) -> str:
    return f"[{', '.join(map(_nested, value))}]" if isinstance(value, SEQUENCE) else _number(value)


def _number(value: Any) -> str:
    """As short as a float32 can be told by."""
    if not isinstance(value, float):
        return repr(value)
    if value != value or value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    single = torch.tensor(value).item()
    texts = (f"{value:.{digits}g}" for digits in range(1, 18))
    short = next((text for text in texts if float(text) == value or torch.tensor(float(text)).item() == single), "")
    return short if any(mark in short for mark in ".en") else f"{short}.0"


def _seeds(seed: int | None) -> list[str]:
    if seed is None:
        return []
    return ["def seed():", f"    torch.manual_seed({seed})", f"    random.seed({seed})", ""]


def _shown(result: Result, calls: list[str], within: str, seed: int | None) -> list[str]:
    lines: list[str] = []
    for side in ("model", "traced"):
        lines += ["seed()"] if seed is not None else []
        shown = [f"{side}{call}" for call in calls]
        lines += [*shown[:-1], f'print("{_NAMES[side]}:", {shown[-1]})']
    notes = {"captured_raises": "  # raises", "eager_raises": ""}
    lines[-1] += notes.get(result.outcome, "")
    if result.outcome == "eager_raises":
        return ["try:", *(f"    {line}" for line in lines[: len(lines) // 2]), "except Exception as error:",
                '    print("eager refuses:", error)', *lines[len(lines) // 2 :]]  # fmt: skip
    return [f"with {within}:", *(f"    {line}" for line in lines)] if within else lines


_NAMES = {"model": "eager", "traced": "captured"}


def _without_blank_runs(lines: list[str]) -> list[str]:
    return [line for before, line in zip(["", *lines], lines) if line or before]
