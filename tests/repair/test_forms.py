"""Expressions with a form that stays in the trace."""

from __future__ import annotations

import pytest

from tests.repair.rewriting import line, rewritten
from tracelab.repair import kept, like, numbers
from tracelab.repair.trees import with_import


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("n = len(x)", "n = x.shape[0]"),
        ("n = int(x.shape[2] * 2)", "n = (x.shape[2] * 2)"),
        ("return x / math.sqrt(x.size(-1))", "return x / (x.size(-1) ** 0.5)"),
        ("n = x.size().numel()", "n = x.numel()"),
        ("n = int(x.shape[0] / 2)", "n = (x.shape[0] // 2)"),
        ("n = math.ceil(x.shape[0] / w)", "n = -(-x.shape[0] // w)"),
        ("n = int(x.shape[0] * 0.5)", "n = (x.shape[0] // 2)"),
        ("n = np.prod(x.shape[1:])", "n = math.prod(x.shape[1:])"),
        ("return F.adaptive_avg_pool1d(x, x.shape[2] // 2)", "return F.adaptive_avg_pool1d(x, (x.shape[2] // 2,))"),
        ("t = torch.tensor([x.shape[3], 1])", "t = torch.stack([torch.as_tensor(x.shape[3]), torch.as_tensor(1)])"),
    ],
)
def test_sizes(code: str, wanted: str) -> None:
    assert wanted in line(numbers.proposals, code)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("s = x.abs().max().item() / 127.0", "s = x.abs().max().detach() / 127.0"),
        ("s = float(w.exp())", "s = w.exp().detach()"),
        ("v, i = torch.topk(x, int(w))", "v, i = torch.topk(x, w)"),
        ("n = int(w.sum())", "n = w.sum().long()"),
    ],
)
def test_values(code: str, wanted: str) -> None:
    assert wanted in line(numbers.proposals, code, "data-dependent-scalar")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("y = x.data * 2", "y = x.detach() * 2"),
        ("y = torch.tensor(x)", "y = x.detach().clone()"),
        ("y = torch.from_numpy(x.numpy().argsort().copy())", "y = x.argsort().clone()"),
        ("y = copy.deepcopy(x)", "y = x.clone()"),
        ("y = np.concatenate([x, w])", "y = torch.cat([x, w])"),
    ],
)
def test_round_trips(code: str, wanted: str) -> None:
    assert wanted in line(kept.proposals, code, "constant-tensor")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("y = torch.zeros(2, 3, device=x.device, dtype=x.dtype)", "y = x.new_zeros((2, 3))"),
        ("y = torch.arange(4, device=x.device)", "y = torch.arange(4).type_as(x)"),
        ("y = w.to(x.device)", "y = w.type_as(x)"),
        ("y = w.to(x.device, x.dtype)", "y = w.type_as(x)"),
        ("y = torch.finfo(x.dtype).min", 'y = x.new_full((), float("-inf")).nan_to_num()'),
    ],
)
def test_dtype_and_device(code: str, wanted: str) -> None:
    assert wanted in line(like.proposals, code, "dtype-dependent")


@pytest.mark.parametrize("code", ["y = x + 1", "y = f(x, *w)", "y = torch.tensor([])", "y = int(x, base=2)"])
def test_what_has_no_other_form_stays(code: str) -> None:
    assert all(line(way.proposals, code) == [] for way in (numbers, kept, like))


def test_the_rest_of_the_file_stays_as_it_was_written() -> None:
    code = """
        def f( x ):   # odd spacing
            n = len(x)  # here
            return  x /n
    """
    assert rewritten(numbers.proposals, code)[0] == (
        "def f( x ):   # odd spacing\n    n = x.shape[0]  # here\n    return  x /n\n"
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('"""Doc."""\nimport os\nX = 1\n', '"""Doc."""\nimport os\nimport math\nX = 1\n'),
        ("X = 1\n", "import math\nX = 1\n"),
        ("from a import (\n    b,\n)\nX = 1\n", "from a import (\n    b,\n)\nimport math\nX = 1\n"),
    ],
)
def test_an_import_stands_below_the_others(text: str, wanted: str) -> None:
    assert with_import(text, "math") == wanted
