"""An exported program that can be run, and that tells a refusal from a failure."""

from __future__ import annotations

import copy
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch

from tracelab.backends.fx_graph import stack_of
from tracelab.nesting import tensors_in
from tracelab.source import stack_places

_ASSERTIONS = (
    "_assert_scalar", "_assert_async", "_assert_tensor_metadata", "sym_constrain_range", "sym_constrain_range_for_size",
    "_functional_assert_scalar", "_functional_assert_async", "_check", "_assert",
)  # fmt: skip
"""Operators that do nothing but refuse."""
_INPUT_CHECKS = ("_check_input_constraints_pre_hook", "_check_inputs_match", "_check_input_constraints_for_graph")
"""Functions of torch's that check the inputs before a program runs."""
_GUARDS = "_guards_fn"


class Exported:
    """The module of an exported program.

    Args:
        program: a `torch.export.ExportedProgram`.
        is_draft: whether `draft_export` made it, as `export` refused.
    """

    def __init__(self, program: Any, is_draft: bool = False) -> None:
        self.program, self.is_draft = program, is_draft
        self.module: torch.fx.GraphModule = program.module()
        self.nodes: list[Any] = [node for node in program.graph.nodes if node.op == "call_function"]
        """The nodes of the program's graph, as `fx_graph.read` numbers them."""
        self._own = [(x, x.detach().clone()) for x in _own_tensors(program) if not x.is_meta]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it."""
        return self.module(*args, **kwargs)

    def converted(self, move: Callable[[torch.Tensor], torch.Tensor]) -> Exported:
        """A copy with other parameters, buffers and constants."""
        copied = copy.copy(self)
        with torch.no_grad():
            memo = {id(x): _like(x, move(x)) for x in (*self.module.parameters(), *self.module.buffers())}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch, of its own trees
                copied.module = copy.deepcopy(self.module, memo)
        copied._own = []
        return copied

    def restore(self) -> None:
        """Put the tensors that only the program has back as they were when it was made."""
        with torch.no_grad():
            for tensor, before in self._own:
                if not torch.equal(tensor, before):
                    tensor.copy_(before)

    def is_refusal(self, error: BaseException) -> bool:
        """Whether a guard, a check of the inputs or an assertion of the program's raised an error."""
        if any(frame.name in _INPUT_CHECKS for frame in _frames(error)):
            return True
        node = self._failing(error)
        if node is None:
            return False
        name = str(getattr(node.target, "_opname", getattr(node.target, "__name__", node.target)))
        return name in _ASSERTIONS or (node.op == "call_module" and name.startswith(_GUARDS))

    def lines(self, error: BaseException) -> tuple[tuple[str, int], ...]:
        """The user's files and lines of the node that raised, innermost first."""
        node = self._failing(error)
        if node is None:
            return ()
        return tuple((place.filename, place.lineno) for place in stack_places(stack_of(node)))

    def _failing(self, error: BaseException) -> Any:
        """The node of the module's graph at which it raised: torch writes a line of Python for each."""
        module: Any = self.module
        lines: dict[int, int | None] = getattr(module, "_lineno_map", None) or {}
        start = int(getattr(module, "_prologue_start", 0) or 0)
        code = module.forward.__code__
        for frame, line in traceback.walk_tb(error.__traceback__):
            if frame.f_code is code or (
                frame.f_code.co_filename == code.co_filename and frame.f_code.co_name == "forward"
            ):
                number = lines.get(line - start)
                nodes = list(module.graph.nodes)
                return nodes[number] if number is not None and number < len(nodes) else None
        return None

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any], tell: Callable[[int, Any], None]) -> None:
        """Run node by node.

        Args:
            args: the arguments.
            kwargs: those by keyword.
            tell: is given the place of each node, as `fx_graph.read` has it, and its value.

        Raises:
            Exception: what a node raises.
        """
        names = {node.name: place for place, node in enumerate(self.nodes)}
        _Telling(self.module, names, tell).run(*_flat(self.module, args, kwargs))


def _like(tensor: torch.Tensor, moved: torch.Tensor) -> torch.Tensor:
    is_parameter = isinstance(tensor, torch.nn.Parameter)
    return torch.nn.Parameter(moved, tensor.requires_grad) if is_parameter else moved


class _Telling(torch.fx.Interpreter):
    def __init__(self, module: torch.fx.GraphModule, names: dict[str, int], tell: Callable[[int, Any], None]) -> None:
        super().__init__(module)
        self._names, self._tell = names, tell

    def run_node(self, n: torch.fx.Node) -> Any:
        value = super().run_node(n)
        if n.name in self._names:
            self._tell(self._names[n.name], value)
        return value


def _flat(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """The arguments as the placeholders of the module's graph take them."""
    from torch.export._tree_utils import reorder_kwargs  # private, as is all that flattens inputs
    from torch.utils._pytree import tree_flatten

    spec = module._in_spec
    return tree_flatten((args, reorder_kwargs(kwargs, spec)))[0]


def _own_tensors(program: Any) -> Iterator[torch.Tensor]:
    """Constants that were made while exporting; what the user's module holds is put back with it."""
    yield from tensors_in(list(program.constants.values()))


def _frames(error: BaseException) -> Iterator[traceback.FrameSummary]:
    yield from traceback.extract_tb(error.__traceback__)
