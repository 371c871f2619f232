"""What a trace captures faithfully, and looks like what it does not."""

from __future__ import annotations

import functools
import logging
import math

import torch
import torch.nn.functional as F
from torch import nn

from tests.specimens.base import Witness, clean

LOG = logging.getLogger(__name__)
LIMITS = {"low": -1.0, "high": 1.0}
ORDER = [2, 0, 1]


def _ones():
    return (torch.ones(3),)


def _rising():
    return (torch.tensor([1.0, 2.0, 3.0]),)


def _minus():
    return (-torch.ones(3),)


def _long():
    return (torch.arange(7.0),)


def _grid(rows=2, columns=3):
    return lambda: (torch.arange(1.0, rows * columns + 1).reshape(rows, columns) / 7,)


def _image(size=8):
    return lambda: (torch.arange(3.0 * size * size).reshape(1, 3, size, size) / 100,)


still = functools.partial(clean, silent=True)


@still(_ones, _minus, _long)
def doubles(x):
    return x * 2 + 1


@still(_ones, _minus, _rising)
def chooses_by_where(x):
    return torch.where(x > 0, x, -x * 2)


@still(_ones, _minus, _rising)
def selects_by_mask(x):
    return x[x > 0]


@still(_ones, _rising, _long)
def clamps(x):
    return x.clamp(LIMITS["low"], LIMITS["high"])


@still(_grid(), _grid(5, 2), _grid(1, 9))
def flattens(x):
    return x.view(x.shape[0] * x.shape[1]) * 2


@still(_grid(), _grid(5, 4))
def reshapes_with_sizes(x):
    rows, columns = x.shape
    return x.reshape(columns, rows) @ x


@still(_grid(), _grid(5, 4))
def makes_zeros_of_sizes(x):
    return torch.zeros(x.shape[0], x.size(1)) + x


@still(_ones, _long)
def makes_zeros_like(x):
    return torch.zeros_like(x) + torch.full_like(x, 3.0) * x


@still(_ones, _long)
def makes_arange_of_size(x):
    return x + torch.arange(x.shape[0])


@still(_ones, _long)
def divides_by_numel(x):
    return x.sum() / x.numel()


@still(_grid(), _grid(4, 5))
def multiplies_sizes(x):
    return x.sum() / math.prod(x.shape)


@still(_ones, _long)
def takes_half(x):
    return x[: x.shape[0] // 2]


@still(_grid(), _grid(4, 5))
def expands_to_another(x):
    return torch.ones(1, 1).expand(x.size()) * x


@still(_grid(), _grid(4, 3))
class IsAPerceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 8), nn.GELU(), nn.LayerNorm(8), nn.Linear(8, 2))

    def forward(self, x):
        return self.layers(x).softmax(-1)


@still(_image(), _image(12))
class IsConvolutional(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.pool = nn.AdaptiveAvgPool2d(2)

    def forward(self, x):
        return self.pool(F.relu(self.conv(x))).flatten(1)


@still(_grid(), _grid(4, 3))
class LoopsOverLayers(nn.Module):
    """The number of layers is the model's, not the input's."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(3, 3) for _ in range(3))

    def forward(self, x):
        for place, layer in enumerate(self.layers):
            if place != len(self.layers) - 1:
                x = layer(x).relu()
            else:
                x = layer(x)
        return x


@still(_grid(), _grid(4, 3))
class AsksItsConfig(nn.Module):
    def __init__(self):
        super().__init__()
        self.kind, self.scale, self.extra = "relu", 0.5, None

    def forward(self, x):
        if self.extra is not None:
            x = x + self.extra
        return {"relu": F.relu, "tanh": torch.tanh}[self.kind](x) * self.scale


@still(_ones, _rising)
class AddsABuffer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("offset", torch.tensor([1.0, 2.0, 3.0]))

    def forward(self, x):
        return x + self.offset


@still(_ones, Witness(calls=3), _rising)
class CountsInABuffer(nn.Module):
    """Written in place: the program writes it too."""

    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        self.count.add_(1)
        return x * self.count


@still(_ones, Witness(seed=8), Witness(seed=9, calls=2))
def draws_noise(x):
    return x + torch.randn_like(x)


@still(_ones, Witness(seed=8), _long)
def draws_noise_of_size(x):
    return x * torch.rand(x.shape[0])


@still(_ones, Witness(effects=True), Witness(args=_rising, effects=True))
def writes_in_place(x):
    x += 1
    x[0] = 5
    x.mul_(2)
    return x - 1


@still(_ones, _rising)
def writes_in_a_slice(x):
    y = x.clone()
    y[1:] = y[1:] * 3
    y[0].fill_(7)
    return y


@still(_ones, _rising)
def detaches(x):
    return x + x.detach() * 2


@still(_ones, _rising, _long)
def takes_the_best(x):
    best = x.argmax()
    return x[best] * 2 + x.gather(0, best[None])


@still(_ones, _rising)
def indexes_by_python_constants(x):
    return torch.stack([x[i] for i in ORDER])


@still(_grid(), _grid(5, 6))
def unpacks_a_shape(x):
    batch, *rest = x.shape
    return x.view(batch, *rest, 1).squeeze(-1)


@still(_grid(2, 4), _grid(5, 4))
def chunks_by_constant(x):
    left, right = x.chunk(2, dim=1)
    return left * right.sigmoid()


@still(_grid(2, 4), _grid(5, 4))
def stacks_a_fixed_number(x):
    return torch.cat([x * k for k in range(3)], dim=0)


@still(lambda: (torch.arange(10.0).reshape(1, 5, 2),), lambda: (torch.arange(24.0).reshape(2, 6, 2),))
class AttendsCausally(nn.Module):
    def __init__(self):
        super().__init__()
        self.project = nn.Linear(2, 6)

    def forward(self, x):
        query, key, value = self.project(x).chunk(3, dim=-1)
        scores = query @ key.transpose(1, 2) / 1.41
        mask = torch.ones_like(scores).tril().bool()
        return scores.masked_fill(~mask, float("-inf")).softmax(-1) @ value


@still(lambda: (torch.tensor([[1, 2, 0]]),), lambda: (torch.tensor([[1, 2, 3, 4], [1, 0, 0, 0]]),))
class EmbedsTokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(6, 2)
        self.places = nn.Embedding(6, 2)

    def forward(self, ids):
        embedded = self.words(ids) + self.places(torch.arange(ids.shape[1]))
        return embedded * (ids != 0).unsqueeze(-1)


@still(_grid(4, 3), _grid(6, 3))
class AveragesByMask(nn.Module):
    def forward(self, x):
        mask = (x.sum(-1) > 0.5).to(torch.float32)
        return (x * mask[:, None]).sum(0) / mask.sum().clamp(min=1)


@still(_grid(4, 3), _grid(6, 3))
class RunsALSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 2, batch_first=True)

    def forward(self, x):
        out, _ = self.lstm(x[None])
        return out[:, -1]


@still(_image(8), _image(12))
def interpolates_by_scale(x):
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


@still(_image(8), _image(12))
def pads_with_constants(x):
    return F.pad(x, (1, 1, 2, 2)).mean((2, 3))


@still(_ones, _minus)
def catches_nothing_of_tensors(x):
    try:
        scale = LIMITS["middle"]
    except KeyError:
        scale = 0.5
    return x * scale


@still(_ones, _minus)
def logs(x):
    LOG.debug("called with %s", type(x).__name__)
    return x + 1


@still(_ones, _minus)
def keeps_local_lists(x):
    parts = []
    for k in range(3):
        parts.append(x * k)
    table = {"sum": sum(parts)}
    table["twice"] = table["sum"] * 2
    return table["twice"]


@still(_ones, _minus)
class ReturnsAPair(nn.Module):
    def forward(self, x):
        return x + 1, (x * 2, [x - 1])


@still(lambda: (torch.ones(3), torch.zeros(3)), lambda: (torch.ones(7), torch.zeros(7)))
def takes_two(x, y):
    return torch.atan2(x, y + 1)


@still(lambda: ((torch.ones(3), torch.zeros(3)),), lambda: ((torch.zeros(4), torch.ones(4)),))
def takes_a_pair(pair):
    x, y = pair
    return x - y


@still(lambda: ({"x": torch.ones(3)},), lambda: ({"x": torch.zeros(4)},))
def takes_a_dict(batch):
    return batch["x"] * 2


@still(_ones, _minus)
class HasHooks(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)
        self.linear.register_forward_hook(lambda module, args, output: output * 2)

    def forward(self, x):
        return self.linear(x)


@still(_ones, _minus)
class SharesALayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.second = self.first

    def forward(self, x):
        return self.second(self.first(x).tanh())


@still(_ones, _minus)
class CallsAScriptedPart(nn.Module):
    """Control flow in TorchScript is captured as it is."""

    def __init__(self):
        super().__init__()
        self.part = torch.jit.script(_Scripted())

    def forward(self, x):
        return self.part(x) + 1


class _Scripted(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool(x.sum() > 0):
            return x * 2
        return x * 3


@still(_ones, _minus)
def asks_scripting(x):
    if torch.jit.is_scripting():
        return x * 2
    return x


@still(_ones, _minus)
def asks_is_tensor(x):
    if not isinstance(x, torch.Tensor):
        raise TypeError("a tensor, please")
    return x / 2


@still(_ones, _minus, _rising)
class AsksAParameter(nn.Module):
    """Decided by a weight: no input can reach it."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Parameter(torch.tensor(0.7))

    def forward(self, x):
        if self.gate > 0.5:
            return x * self.gate
        return x


@still(_ones, _minus, _rising)
class CountsItsParameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(3, 3)

    def forward(self, x):
        size = int(self.linear.weight.shape[0]) * 2
        return self.linear(x) / math.sqrt(self.linear.in_features) + size


@still(_ones, _minus)
def asks_a_fresh_tensor(x):
    steps = torch.linspace(0.0, 1.0, 3)
    return x * float(steps[1]) + len(steps)


@still(_ones, _minus)
def makes_a_literal_tensor(x):
    return x * torch.tensor(2.0) + torch.tensor([1.0, 0.0, -1.0])


@still(_ones, _rising)
def sets_the_mode_it_is_in(x):
    with torch.set_grad_enabled(torch.is_grad_enabled()):
        return x * 2


@still(_ones, _rising)
def types_as_another(x):
    return torch.arange(3).type_as(x) * x


@still(_ones, _rising)
def asks_rank_from_the_end(x):
    return x.transpose(-1, x.dim() - 1) + x.sum(dim=tuple(range(x.dim())))


@still(lambda: (torch.ones(2, 4, 6),), lambda: (torch.ones(3, 5, 6),))
class IsATransformerLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)
        self.norm = nn.LayerNorm(6)

    def forward(self, x):
        return self.norm(x + self.attention(x, x, x, need_weights=False)[0])


@still(_grid(), _grid(4, 3))
def uses_einsum(x):
    return torch.einsum("ij,kj->ik", x, x).diagonal()


@still(_ones, _rising, _long)
def sorts_by_torch(x):
    values, places = x.sort(descending=True)
    return values.cumsum(0) + places


@still(_ones, _rising)
def computes_in_double(x):
    return (x.double() * 3).float()
