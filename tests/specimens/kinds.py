"""The dtype, the device or the layout of the example is asked by Python, or baked into a call."""

from __future__ import annotations

import torch
from torch import nn

from tests.specimens.base import Witness, frozen, other

DTYPE, DEVICE, LAYOUT = "dtype-dependent", "device-dependent", "layout-dependent"


def _ones():
    return (torch.ones(3),)


def _halves():
    return (torch.ones(3, dtype=torch.float16),)


def _doubles():
    return (torch.ones(3, dtype=torch.float64),)


def _longs():
    return (torch.ones(3, dtype=torch.int64),)


def _meta():
    return (torch.ones(3, device="meta"),)


def _grid():
    return (torch.arange(6.0).reshape(2, 3),)


def _turned():
    return (torch.arange(6.0).reshape(3, 2).t(),)


@frozen(DTYPE, _ones, other(_doubles))
def asks_dtype(x):
    if x.dtype == torch.float32:  # frozen: asks_dtype
        return x + 1
    return x - 1


@frozen(DTYPE, _ones, other(_longs))
def asks_floating(x):
    if not x.is_floating_point():  # frozen: asks_floating
        x = x.float() / 255
    return x


@frozen(DTYPE, _ones, other(lambda: (torch.ones(3, dtype=torch.complex64),)))
def asks_complex(x):
    return x.abs() * 5 if torch.is_complex(x) else x  # frozen: asks_complex


@frozen(DTYPE, _ones, other(_halves))
def masks_with_finfo(x):
    lowest = torch.finfo(x.dtype).min  # frozen: masks_with_finfo
    return torch.where(x > 5, x, lowest)


@frozen(DTYPE, _ones, other(_halves))
def makes_zeros_of_dtype(x):
    return x + torch.zeros(3, dtype=x.dtype)  # frozen: makes_zeros_of_dtype


@frozen(DTYPE, _ones, other(_doubles))
def casts_to_dtype(x):
    ramp = torch.arange(3).to(x.dtype)  # frozen: casts_to_dtype
    return ramp * 2


@frozen(DTYPE, _halves, other(_doubles))
class ComputesInFloat(nn.Module):
    """The usual norm that computes in float32 and returns what came in."""

    def forward(self, x):
        kind = x.dtype  # frozen: ComputesInFloat
        x = x.float()
        return (x * torch.rsqrt(x.square().mean() + 1e-6)).to(kind)  # frozen: ComputesInFloat


@frozen(DTYPE, _ones, other(_doubles))
def counts_bytes(x):
    return x * x.element_size()  # frozen: counts_bytes


@frozen(DTYPE, _ones, other(_doubles))
def counts_bits(x):
    return x * torch.finfo(x.dtype).bits  # frozen: counts_bits


@frozen(DTYPE, _longs, other(lambda: (torch.ones(3, dtype=torch.int16),)))
def clamps_with_iinfo(x):
    return x + torch.iinfo(x.dtype).max // 2  # frozen: clamps_with_iinfo


@frozen(DTYPE, _ones, other(_doubles))
def chooses_by_table(x):
    return x / {torch.float32: 2.0, torch.float64: 4.0}[x.dtype]  # frozen: chooses_by_table


@frozen(DEVICE, _ones, other(_meta, "captured_raises"))
def makes_ones_on_device(x):
    return torch.cat([x, torch.ones(2, device=x.device)])  # frozen: makes_ones_on_device


@frozen(DEVICE, _ones, other(_meta))
def makes_arange_on_device(x):
    return torch.arange(x.shape[0], device=x.device)  # frozen: makes_arange_on_device


@frozen(DEVICE, _ones, other(_meta))
def asks_device_type(x):
    if x.device.type == "cpu":  # frozen: asks_device_type
        return x[:2]
    return x[:1]


@frozen(DEVICE, _ones, other(_meta))
def asks_is_cpu(x):
    return x[:2] if x.is_cpu else x[:1]  # frozen: asks_is_cpu


@frozen(DEVICE, _ones, other(_meta))
class MovesToDevice(nn.Module):
    def forward(self, x):
        place = x.device  # frozen: MovesToDevice
        return torch.zeros(3).to(place)  # frozen: MovesToDevice


@frozen(LAYOUT, _grid, other(_turned))
def asks_contiguous(x):
    if x.is_contiguous():  # frozen: asks_contiguous
        return x * 2
    return x * 3


@frozen(f"{LAYOUT}|shape-dependent-branch", _grid, other(_turned))
def asks_strides(x):
    return x + 1 if x.stride(1) == 1 else x - 1  # frozen: asks_strides


@frozen(
    LAYOUT,
    lambda: (torch.ones(1, 2, 3, 3),),
    other(lambda: (torch.ones(1, 2, 3, 3).to(memory_format=torch.channels_last),)),
)
def asks_channels_last(x):
    if x.is_contiguous(memory_format=torch.channels_last):  # frozen: asks_channels_last
        return x.mean(1)
    return x.sum(1)


@frozen(f"{LAYOUT}|{DTYPE}|input-structure", _grid, Witness(args=lambda: (torch.ones(2, 3).to_sparse(),)))
def asks_sparse(x):
    if x.is_sparse:  # frozen: asks_sparse
        x = x.to_dense() * 10
    return x * 2
