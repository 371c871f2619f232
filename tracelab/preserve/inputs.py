"""Fresh copies of inputs: same values, strides and gradients wanted, so that the user's own are never touched."""

from __future__ import annotations

from typing import Any

import torch

from tracelab.nesting import MAPPING, SEQUENCE


def cloned(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Copy the tensors in nested tuples, lists and dicts; one tensor that is given twice stays one."""
    memo = {} if memo is None else memo
    if isinstance(value, torch.Tensor):
        if id(value) not in memo:
            memo[id(value)] = _cloned_tensor(value)
        return memo[id(value)]
    if isinstance(value, MAPPING):
        copy = value.copy()
        for key, part in value.items():
            copy[key] = cloned(part, memo)
        return copy
    if isinstance(value, SEQUENCE) and hasattr(value, "_fields"):
        return type(value)(*(cloned(part, memo) for part in value))
    if type(value) in SEQUENCE:
        return type(value)(cloned(part, memo) for part in value)
    return value


def _cloned_tensor(tensor: torch.Tensor) -> torch.Tensor:
    if not tensor.is_leaf:
        return tensor.clone()
    source = tensor.detach()
    if tensor.layout != torch.strided:
        return source.clone().requires_grad_(tensor.requires_grad)
    copy: Any = source.clone(memory_format=torch.preserve_format)
    if copy.stride() != source.stride():
        storage: Any = source.untyped_storage().clone()
        copy = torch.empty(0, dtype=source.dtype, device=source.device)
        copy.set_(storage, source.storage_offset(), source.size(), source.stride())
    return copy.requires_grad_(tensor.requires_grad)
