"""A tensor that no input feeds: the tracer lost its origin and kept its elements."""

from __future__ import annotations

import copy
import io
import math

import numpy as np
import torch
from torch import nn

from tests.specimens.base import Witness, frozen, other

CONSTANT = "constant-tensor"
TABLE = {"offset": torch.tensor([1.0, 2.0, 3.0])}


def _ones():
    return (torch.ones(3),)


def _rising():
    return (torch.tensor([1.0, 2.0, 3.0]),)


def _long():
    return (torch.ones(5),)


def _refill():
    TABLE["offset"] = torch.tensor([1.0, 2.0, 3.0])


@frozen(CONSTANT, _ones, other(_rising))
def reads_data(x):
    return x + x.data.exp()  # frozen: reads_data


@frozen(CONSTANT, _ones, other(_rising), volatile=True)
def copies_deeply(x):
    # The program has an `aten::new_empty` in its place: it computes with memory that nobody has written.
    before = copy.deepcopy(x)  # frozen: copies_deeply
    return x.cumsum(0) - before


@frozen(CONSTANT, _ones, other(_rising))
def passes_through_dlpack(x):
    y = torch.from_dlpack(x.detach())  # frozen: passes_through_dlpack
    return y * 2


@frozen(f"{CONSTANT}|data-dependent-scalar", _ones, other(_rising))
def passes_through_numpy(x):
    y = np.tanh(x.numpy())  # frozen: passes_through_numpy
    return torch.from_numpy(y) + 1  # frozen: passes_through_numpy


@frozen(f"{CONSTANT}|data-dependent-scalar", _ones, other(_rising))
def passes_through_list(x):
    return torch.tensor(x.tolist()) * 3  # frozen: passes_through_list


@frozen(f"{CONSTANT}|data-dependent-scalar", _ones, other(_rising))
def tensor_of_item(x):
    peak = torch.tensor(x.max().item())  # frozen: tensor_of_item
    return x - peak


@frozen(f"{CONSTANT}|data-dependent-scalar", _ones, other(_rising))
def tensor_of_tensors(x):
    ends = torch.tensor([x[0], x[-1]])  # frozen: tensor_of_tensors
    return ends.sum() * x


@frozen(f"{CONSTANT}|data-dependent-scalar", _ones, other(_rising))
def new_tensor_of_values(x):
    return x.new_tensor([float(x[-1]), 0.0, 0.0])  # frozen: new_tensor_of_values


@frozen(f"{CONSTANT}|shape-dependent-constant", _ones, other(_long))
def tensor_of_float_size(x):
    return x * torch.tensor(float(x.shape[0]))  # frozen: tensor_of_float_size


@frozen(f"{CONSTANT}|shape-dependent-constant", _ones, other(_long))
def tensor_of_root(x):
    scale = torch.tensor(math.sqrt(x.shape[-1]))  # frozen: tensor_of_root
    return x / scale


@frozen(f"{CONSTANT}|shape-dependent-constant", _ones, other(_long, "captured_raises"))
def numpy_ramp(x):
    ramp = np.linspace(0, 1, int(x.shape[0]), dtype=np.float32)  # frozen: numpy_ramp
    return x * torch.as_tensor(ramp)  # frozen: numpy_ramp


@frozen(f"{CONSTANT}|data-dependent-scalar", _ones, other(_rising))
def passes_through_a_file(x):
    buffer = io.BytesIO(x.numpy().tobytes())  # frozen: passes_through_a_file
    return torch.frombuffer(bytearray(buffer.getvalue()), dtype=torch.float32) * 2  # frozen: passes_through_a_file


@frozen(f"{CONSTANT}|state-read", _ones, Witness(to_eager=lambda m: setattr(m, "scale", torch.full((3,), 9.0))))
class HoldsPlainTensor(nn.Module):
    """A tensor in a plain attribute, neither a parameter nor a buffer."""

    def __init__(self):
        super().__init__()
        self.scale = torch.full((3,), 2.0)

    def forward(self, x):
        return x * self.scale  # frozen: HoldsPlainTensor


@frozen(
    f"{CONSTANT}|state-read",
    _ones,
    Witness(to_eager=lambda _: TABLE.update(offset=torch.zeros(3))),
    reset=_refill,
)
def adds_a_global_tensor(x):
    return x + TABLE["offset"]  # frozen: adds_a_global_tensor


@frozen(f"{CONSTANT}|state-read", _ones, Witness(to_eager=lambda f: f.replace(torch.zeros(3))), factory=True)
def multiplies_a_closure_tensor():
    gain = torch.full((3,), 4.0)

    def scaled(x):
        return x * gain  # frozen: multiplies_a_closure_tensor

    def replace(value):
        nonlocal gain
        gain = value

    scaled.replace = replace
    return scaled


@frozen(CONSTANT, _ones, other(_rising))
class KeepsTheResidual(nn.Module):
    """A skip connection whose gradient somebody wanted cut."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x):
        skip = x.data  # frozen: KeepsTheResidual
        return self.linear(x) + skip  # frozen: KeepsTheResidual


@frozen(f"{CONSTANT}|data-dependent-scalar", lambda: (torch.tensor([2, 1]),), other(lambda: (torch.tensor([1, 2]),)))
def masks_by_lengths(lengths):
    rows = [[1.0 if i < n else 0.0 for i in range(2)] for n in lengths.tolist()]  # frozen: masks_by_lengths
    return torch.tensor(rows)  # frozen: masks_by_lengths
