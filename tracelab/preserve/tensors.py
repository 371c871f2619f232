"""The elements of tensors, put back in place without a trace in their version counters."""

from __future__ import annotations

import torch

from tracelab.bindings import preserving_version, set_version, version_of
from tracelab.tensors import SPARSE, elements_of, is_equal


class KeptTensor:
    """A tensor as it was: its storage at once, a copy of its elements when asked.

    Parameters are copied only when something is about to write to them (`Objects.before_write`), so that a
    capture does not hold the model twice.
    """

    def __init__(self, tensor: torch.Tensor, copied: bool) -> None:
        self.tensor = tensor
        self.alias = tensor.detach()
        self.version = version_of(tensor)
        self.requires_grad = tensor.requires_grad
        self.grad = tensor.grad if tensor.is_leaf else None
        self.kept_grad = None if self.grad is None else KeptTensor(self.grad, copied=True)  # `backward` adds in place
        self.copy: torch.Tensor | None = None
        if copied:
            self.keep()

    def keep(self) -> None:
        """Copy the elements now, unless that was done or something has written to them."""
        if self.copy is None and version_of(self.alias) == self.version:
            self.copy = self.alias.clone()

    @property
    def rebound(self) -> bool:
        """Whether `.data` was given another storage or shape."""
        now, then = self.tensor.detach(), self.alias
        return _place(now) != _place(then) or now.shape != then.shape or now.dtype != then.dtype

    @property
    def written(self) -> bool:
        """Whether elements were written in place."""
        return self.copy is not None and self._is_readable and not is_equal(self.copy, self.alias)

    @property
    def _is_readable(self) -> bool:
        return not self.alias.is_meta and self.alias.layout in (torch.strided, *SPARSE)

    def restore(self) -> None:
        """Put back storage, elements, version, gradient and `requires_grad`."""
        if self.rebound:
            self.tensor.data = self.alias
        if self.written and self.copy is not None:
            with torch.no_grad(), preserving_version(self.alias):
                self.alias.copy_(self.copy)
        if self.copy is not None and version_of(self.alias) != self.version:
            set_version(self.alias, self.version)
        if self.tensor.is_leaf and self.tensor.grad is not self.grad:
            self.tensor.grad = self.grad
        if self.kept_grad is not None:
            self.kept_grad.restore()
        if self.tensor.is_leaf and self.tensor.requires_grad != self.requires_grad:
            self.tensor.requires_grad_(self.requires_grad)


def _place(tensor: torch.Tensor) -> int:
    """The address of a tensor's elements, 0 where it has none."""
    return 0 if tensor.is_mkldnn else elements_of(tensor).data_ptr()


def storage_of(tensor: torch.Tensor) -> int:
    """The address of a tensor's storage, 0 where it has none."""
    if tensor.layout != torch.strided or tensor.is_meta:
        return 0
    try:
        return tensor.untyped_storage().data_ptr()
    except (RuntimeError, NotImplementedError):
        return 0
