"""The private entries of torch that TraceLab needs, each under a name of its own.

torch has no types for them: its graphs, nodes and values are `Any` here. What a new torch moves is mended here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import torch
import torch.jit._trace

C: Any = torch._C  # pyright: ignore[reportPrivateUsage]
"""torch's compiled part."""
jit: Any = torch.jit
"""`torch.jit`, most of which has no types."""
jit_trace: Any = torch.jit._trace
"""The module of `torch.jit.trace`."""

python_cu: Any = jit._state._python_cu
"""The compilation unit of everything that is scripted or traced: the default of `torch.jit.trace`."""

trace_state: Callable[[], Any] = C._get_tracing_state
"""The tracing state of this thread; None where nothing is being traced."""
is_tracing: Callable[[], bool] = C._is_tracing
"""Whether anything is being traced; `torch.jit.is_tracing` asks it."""
set_trace_state: Callable[[Any], None] = C._set_tracing_state
value_of: Callable[[torch.Tensor], Any] = C._get_value_trace
"""The value of the graph that a tensor stands for; torch makes a constant where there is none, or raises."""
without_overrides: Callable[[], AbstractContextManager[None]] = C.DisableTorchFunction
"""A block that no torch function mode sees."""

push_mode: Callable[[Any], None] = C._push_on_torch_function_stack
pop_mode: Callable[[], Any] = C._pop_torch_function_stack
count_modes: Callable[[], int] = C._len_torch_function_stack

name_lookup: Callable[[int], Callable[[Any], str]] = jit_trace._create_interpreter_name_lookup_fn
"""How torch names values: after the variables of the frame that is so many frames up."""
argument_names: Callable[[Any], list[str]] = jit_trace.get_callable_argument_names
preserving_version: Callable[[torch.Tensor], AbstractContextManager[None]] = (
    torch.autograd._unsafe_preserve_version_counter  # pyright: ignore[reportPrivateUsage, reportPrivateImportUsage, reportAssignmentType]
)
"""A block that leaves no mark in a tensor's version counter."""


seed_torch: Callable[[int], Any] = torch.manual_seed  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
function_of_graph: Callable[[str, Any], Any] = C._create_function_from_graph
"""A callable made of a graph that returns one value."""


def interpreted() -> AbstractContextManager[None]:
    """A block in which programs are run node by node: without it their second and third calls compile them."""
    return jit.optimized_execution(False)


def settle(function: Any) -> None:
    """Let torch inline the graph of a program's method now.

    It does so once, when the method is first run or shown: run first under `interpreted`, it would stay as it is.
    """
    getattr(function, "inlined_graph", None)


def version_of(tensor: torch.Tensor) -> int:
    """How often a tensor was written in place; -1 where torch does not count."""
    return -1 if tensor.is_inference() else tensor._version  # pyright: ignore[reportPrivateUsage]


def set_version(tensor: torch.Tensor, version: int) -> None:
    """Let a tensor's version counter say again what it said."""
    C._autograd._unsafe_set_version_counter((tensor,), (version,))


def is_tracing_enabled() -> bool:
    """Whether `torch.jit.trace` traces at all: PYTORCH_JIT=0 switches it off."""
    return bool(jit_trace._enabled)


def graph_of(function: Any) -> Any:
    """The graph of a ScriptFunction."""
    return function.graph


def compiled_of(module: torch.jit.ScriptModule) -> Any:
    """The compiled part of a ScriptModule, which has the graphs of its methods."""
    return module._c  # pyright: ignore[reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType]


def export(module: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any] | None, **options: Any) -> Any:
    """`torch.export.export`; loading it takes a while, and most captures never need it."""
    import torch.export

    return torch.export.export(module, args, kwargs, **options)


def export_with_ones(module: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any] | None, **o: Any) -> Any:
    """The same where a size of 1 can be left open as any other: torch takes it for special, and fixes it.

    Raises:
        AttributeError: this torch has no such setting.
    """
    import torch.export

    settings: Any = importlib.import_module("torch.fx.experimental._config")
    return settings.patch(backed_size_oblivious=True)(torch.export.export)(module, args, kwargs, **o)


def settle_compiler() -> None:
    """Let torch's compiler, which `torch.cond` needs, note now by their ids which functions are numpy's and Python's.

    It does so once. Noted while observers have stand-ins in their place, the ids would be of functions that are gone,
    and some function of the user's that gets one of them later would be taken for numpy's.
    """
    rules: Any = importlib.import_module("torch._dynamo.trace_rules")
    for held in list[Any](rules.__dict__.values()):
        if isinstance(held, rules.FunctionIdSet):
            held()


def draft_export(module: torch.nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any] | None, **options: Any) -> Any:
    """`torch.export.draft_export`; what it leaves open is closed."""
    draft: Any = importlib.import_module("torch.export._draft_export")
    handlers: list[Any] = []
    original: Any = draft.CaptureStructuredTrace

    def noted(*args: Any, **kwargs: Any) -> Any:
        handlers.append(original(*args, **kwargs))
        return handlers[-1]

    draft.CaptureStructuredTrace = noted
    try:
        return draft.draft_export(module, args, kwargs, **options)
    finally:
        draft.CaptureStructuredTrace = original
        for handler in handlers:
            handler.close()


def interned_names() -> dict[int, str]:
    """The files that torch's structured logs, and with them draft_export's reports, name by a number.

    A report has only those that no earlier one of the process had.
    """
    from torch._logging.structured import INTERN_TABLE

    return {number: name for name, number in INTERN_TABLE.items()}


def dimension() -> Any:
    """`torch.export.Dim`."""
    import torch.export

    return torch.export.Dim


def shapes_collection() -> Any:
    """A new `torch.export.ShapesCollection`: the `dynamic_shapes` of tensors, wherever they stand."""
    import torch.export

    return torch.export.ShapesCollection()
