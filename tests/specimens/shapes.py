"""A size, a rank or a length becomes a Python value."""

from __future__ import annotations

import itertools
import math
import operator

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from tests.specimens.base import frozen, other

BRANCH = "shape-dependent-branch"
LOOP = "shape-dependent-loop"
CONSTANT = "shape-dependent-constant"
EITHER = f"{BRANCH}|{LOOP}|{CONSTANT}"
WEIGHTS = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def _sized(*shape):
    return lambda: (torch.arange(1.0, math.prod(shape) + 1).reshape(shape),)


@frozen(LOOP, _sized(2, 3), other(_sized(2, 5)))
def ranges_over_columns(x):
    total = torch.zeros_like(x[:, 0])
    for i in range(x.shape[1]):  # frozen: ranges_over_columns
        total = total + x[:, i] * (i + 1)
    return total


@frozen(LOOP, _sized(3), other(_sized(5)))
def ranges_over_len(x):
    total = x[0] * 0
    for i in range(len(x)):  # frozen: ranges_over_len
        total = total * 2 + x[i]
    return total


@frozen(LOOP, _sized(3, 2), other(_sized(5, 2), "captured_raises"))
def iterates_rows(x):
    state = torch.zeros(2)
    for row in x:  # frozen: iterates_rows
        state = torch.tanh(state + row)
    return state


@frozen(LOOP, _sized(3, 2), other(_sized(4, 2), "captured_raises"))
def enumerates_rows(x):
    total = torch.zeros(2)
    for place, row in enumerate(x):  # frozen: enumerates_rows
        total = total + place * row
    return total


@frozen(
    LOOP,
    lambda: (torch.ones(3, 2), torch.ones(3, 2)),
    other(lambda: (torch.ones(4, 2), torch.ones(4, 2)), "captured_raises"),
)
def zips_rows(x, y):
    return torch.stack([a @ b for a, b in zip(x, y)])  # frozen: zips_rows


@frozen(LOOP, _sized(6), other(_sized(8), "captured_raises"))
def loops_over_split(x):
    total = torch.zeros(2)
    for part in x.split(2):  # frozen: loops_over_split
        total = total * 0.5 + part
    return total


@frozen(LOOP, _sized(2, 3), other(_sized(2, 4), "captured_raises"))
def loops_over_unbind(x):
    out = []
    for column in torch.unbind(x, dim=1):  # frozen: loops_over_unbind
        out.append(column.cumsum(0))
    return torch.stack(out)


@frozen(LOOP, _sized(2, 2), other(_sized(2, 3)))
def loops_over_product(x):
    total = torch.zeros(())
    for i, j in itertools.product(range(x.size(0)), range(x.size(1))):  # frozen: loops_over_product
        total = total + x[i, j] * (i - j + 1)
    return total


@frozen(EITHER, _sized(4), other(_sized(8)))
def doubles_to_the_size(x):
    width = 1
    while width < x.shape[0]:  # frozen: doubles_to_the_size
        width *= 2
        x = x * 2
    return x


@frozen(LOOP, _sized(2, 3), other(_sized(2, 5), "captured_raises"))
def builds_a_list(x):
    return torch.stack([x[:, i].sum() for i in range(x.shape[1])]) * x[0]  # frozen: builds_a_list


@frozen(CONSTANT, _sized(4), other(_sized(8)))
def takes_half_by_int(x):
    return x[: int(x.shape[0] * 0.5)]  # frozen: takes_half_by_int


@frozen(CONSTANT, _sized(2, 4), other(_sized(2, 9)))
class ScalesByRoot(nn.Module):
    def forward(self, x):
        return x / math.sqrt(x.shape[-1])  # frozen: ScalesByRoot


@frozen(CONSTANT, _sized(5), other(_sized(9)))
def pads_to_ceil(x):
    wanted = math.ceil(x.shape[0] / 4) * 4  # frozen: pads_to_ceil
    return x.sum() / wanted


@frozen(f"{CONSTANT}|constant-tensor", _sized(3), other(_sized(5), "captured_raises"))
def makes_numpy_positions(x):
    return x + torch.from_numpy(np.arange(int(x.shape[0]), dtype=np.float32))  # frozen: makes_numpy_positions


@frozen(BRANCH, _sized(2, 3), other(_sized(3, 2)))
def compares_whole_shape(x):
    if x.shape == (2, 3):  # frozen: compares_whole_shape
        return x.sum()
    return x.mean()


@frozen(BRANCH, lambda: (torch.ones(3), torch.ones(3)), other(lambda: (torch.ones(3), torch.ones(1))))
def compares_two_shapes(x, y):
    if x.shape != y.shape:  # frozen: compares_two_shapes
        return x * 2 + y
    return x + y


@frozen(BRANCH, _sized(4), other(_sized(2)))
def asks_size(x):
    if x.size(0) > 3:  # frozen: asks_size
        return x[:3]
    return x * 10


@frozen(BRANCH, _sized(4), other(_sized(5)))
def asks_odd(x):
    odd = x.shape[0] % 2 == 1
    if odd:  # frozen: asks_odd
        x = F.pad(x, (0, 1))
    return x


@frozen(BRANCH, _sized(3), other(_sized(2, 3)))
def asks_dim(x):
    if x.dim() == 1:  # frozen: asks_dim
        x = x * 2
    return x.sum()


@frozen(BRANCH, _sized(3), other(_sized(2, 3)))
def asks_ndim(x):
    scale = 1.0 if x.ndim < 2 else 5.0  # frozen: asks_ndim
    return x * scale


@frozen(BRANCH, _sized(2, 2), other(_sized(2, 5)))
def asks_numel(x):
    if x.numel() > 6:  # frozen: asks_numel
        return x.mean()
    return x.sum()


@frozen(EITHER, _sized(2), other(_sized(3)))
def asks_membership(x):
    if x.shape[0] in (2, 4):  # frozen: asks_membership
        return -x
    return x


@frozen(EITHER, _sized(2, 5), other(_sized(6, 3)))
def takes_smaller_side(x):
    side = min(x.shape[0], x.shape[1])  # frozen: takes_smaller_side
    return x[:side, :side]


@frozen(BRANCH, _sized(4), other(_sized(3), "eager_raises"))
def asserts_even(x):
    assert x.shape[0] % 2 == 0, "an even number of rows"  # frozen: asserts_even
    return x * 2


@frozen(CONSTANT, _sized(3), other(_sized(5)))
def multiplies_by_len(x):
    return x * len(x)  # frozen: multiplies_by_len


@frozen(f"{CONSTANT}|constant-tensor", _sized(3), other(_sized(5), "captured_raises"))
def multiplies_a_list(x):
    return x * torch.tensor([0.5] * x.shape[0])  # frozen: multiplies_a_list


@frozen(f"{CONSTANT}|layout-dependent", _sized(2, 3), other(_sized(2, 5)))
def multiplies_by_stride(x):
    return x * x.stride(0)  # frozen: multiplies_by_stride


@frozen(CONSTANT, _sized(2, 3), other(_sized(2, 5)))
def counts_by_size(x):
    return x / x.size().numel()  # frozen: counts_by_size


@frozen(CONSTANT, _sized(2, 3), other(_sized(2, 5)))
def counts_by_numpy(x):
    return x.sum() / int(np.prod(x.shape))  # frozen: counts_by_numpy


@frozen(EITHER, _sized(3), other(_sized(3)))
def looks_up_size(x):
    gain = {3: 10.0, 5: 20.0}.get(x.shape[0], 1.0)  # frozen: looks_up_size
    return x * gain


@frozen(CONSTANT, _sized(1, 1, 4), other(_sized(1, 1, 8)))
class PoolsToHalf(nn.Module):
    def forward(self, x):
        return F.adaptive_avg_pool1d(x, x.shape[-1] // 2)  # frozen: PoolsToHalf


@frozen(CONSTANT, _sized(2), other(_sized(4)))
def slices_a_list(x):
    return x.sum() * sum(WEIGHTS[: x.shape[0]])  # frozen: slices_a_list


@frozen(CONSTANT, _sized(2), other(_sized(4)))
def indexes_by_size(x):
    return x * WEIGHTS[x.shape[0]]  # frozen: indexes_by_size


@frozen(CONSTANT, _sized(2), other(_sized(4)))
def asks_operator_index(x):
    return x * operator.index(x.shape[0])  # frozen: asks_operator_index


@frozen(CONSTANT, _sized(2), other(_sized(4)))
def formats_a_size(x):
    return x * float(f"{x.shape[0]}.5")  # frozen: formats_a_size


@frozen(CONSTANT, _sized(2, 3), other(_sized(2, 5), "captured_raises"))
def makes_ints_of_shape(x):
    rows, columns = (int(size) for size in x.shape)  # frozen: makes_ints_of_shape
    return torch.ones(rows, columns) * x


@frozen(CONSTANT, _sized(2), other(_sized(5)))
def logs_a_size(x):
    return x + math.log2(x.shape[0])  # frozen: logs_a_size


@frozen(f"{CONSTANT}|untraceable", _sized(5), refuses=TypeError)
def rounds_a_size(x):
    return x[: round(x.shape[0] / 2)]  # frozen: rounds_a_size


@frozen(f"{CONSTANT}|untraceable", _sized(5), refuses=TypeError)
def divides_a_size(x):
    whole, rest = divmod(x.shape[0], 2)  # frozen: divides_a_size
    return x[: whole + rest]


@frozen(CONSTANT, _sized(6), other(_sized(8), "captured_raises"))
class MergesWindows(nn.Module):
    """Windows of two, put back by a count that Python took."""

    def forward(self, x):
        count = int(x.shape[0] / 2)  # frozen: MergesWindows
        return x.reshape(count, 2).mean(1) + torch.zeros(count)


@frozen(f"{BRANCH}|{CONSTANT}", _sized(1, 3), other(_sized(2, 3)))
def squeezes_when_single(x):
    single = x.shape[0] == 1
    return x.squeeze(0) * 2 if single else x  # frozen: squeezes_when_single
